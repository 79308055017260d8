package grafana

// pool selects a metric of the connections that are written over; SQLite has others beside them for reading.
func pool(metric string) string { return chosen(metric, `db_name="emosation"`) }

// database is what the program stands on: SQL and Redis.
func database() Dashboard {
	return Dashboard{
		Name: "database", title: "Database", from: "now-3h", perNode: true,
		description: "What the program stands on, as it sees it: the connections to SQL, what transactions collide over, and Redis.",
		rows: []row{
			{"Connections to SQL", []panel{
				newGraph("Connections", "In use and at rest, of all chosen nodes. No more are opened than the line that is allowed.", count,
					query{sum(pool("go_sql_in_use_connections")), "in use"},
					query{sum(pool("go_sql_idle_connections")), "at rest"},
					query{sum(pool("go_sql_max_open_connections")), "allowed"}),
				newGraph("In use", "The part of the allowed connections. At 100 % all else waits.", share,
					query{pool("go_sql_in_use_connections") + " / " + pool("go_sql_max_open_connections"), "{{instance}}"}).from(0.9, "red"),
				newGraph("Waiting for a connection", "How many wait at a time, on average. More than one all the time is a database that is too slow or asked too much.", count,
					query{rate(pool("go_sql_wait_duration_seconds_total")), "{{instance}}"}).from(1, "red"),
			}},
			{"Transactions", []panel{
				newGraph("Conflicts", "A second, by kind. They are tried again by themselves; many make everybody slow.", perSecond,
					query{sum(rate(chosen("emosation_sql_conflicts_total")), "kind"), "{{kind}}"}).stacked(),
				newGraph("Conflicts for each message", "Conflicts by messages stored. A rise without more people is a change of ours, or of the database.", share,
					query{orZero(sum(rate(chosen("emosation_sql_conflicts_total"))) + " / (" + sum(rate(chosen("emosation_messages_total", `outcome="stored"`))) + " > 0)"), "conflicts"}),
				newGraph("Commit of messages", "From arrival to commit: what half, 95 % and 99 % stay below.", seconds,
					quantiles("emosation_message_commit_seconds")...).from(0.5, "red"),
			}},
			{"Redis", []panel{
				newGraph("Redis answers", "1 for each node that reaches it. Without it people who are connected still talk to those on their node; others see it late, and nobody new can connect.", count,
					query{chosen("emosation_redis_up"), "{{instance}}"}),
				newGraph("Commands", "A second, by outcome. failed are those that Redis did not answer.", perSecond,
					query{sum(rate(chosen("emosation_redis_commands_total")), "outcome"), "{{outcome}}"}).stacked(),
				newGraph("Time of a command", "What half, 95 % and 99 % stay below.", seconds,
					quantiles("emosation_redis_command_seconds")...).from(0.1, "red"),
				newGraph("Connections", "Open ones of all chosen nodes, and how many of them somebody has alone, to hear other nodes or to wait for work. Both stay the same once a node has started.", count,
					query{sum(chosen("emosation_redis_connections")), "open"},
					query{sum(chosen("emosation_redis_connections_dedicated")), "of one alone"}),
				newGraph("New connections", "A minute, by outcome. None but after a start: more of them replace what broke, failed ones find nobody.", count,
					query{sum(rate(chosen("emosation_redis_dials_total")), "outcome") + " * 60", "{{outcome}}"}).stacked(),
				newGraph("Time to connect", "How long a new connection takes until it is open, TLS included: what 99 % of the hour before stay below. Zero where none was made.", seconds,
					query{orZero("histogram_quantile(0.99, " + sum(lately(chosen("emosation_redis_dial_seconds_bucket"), "1h"), "le") + ") >= 0"), "99 %"}).from(0.5, "red"),
			}},
		},
	}
}
