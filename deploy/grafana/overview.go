package grafana

// overview answers whether all is well, and if it is not, where to look.
func overview() Dashboard {
	return Dashboard{
		Name: "overview", title: "Overview", from: "now-3h", perNode: true,
		description: "Whether all is well. Start here; the other pages go into the parts.",
		rows: []row{
			{"Now", []panel{
				newNumber("Nodes", "Whether each node answers and says that it is ready. One that ends on purpose says for some seconds that it is not.", count,
					query{ours("emosation_ready") + " or " + ours("up") + " == 0", "{{instance}}"}).says("not ready", "ready"),
				newNumber("Alerts", "How many alerts fire at this moment. Prometheus lists them under Alerts, each with what to do.", count,
					query{orZero(`count(ALERTS{alertstate="firing"})`), "firing"}).from(1, "red"),
				newNumber("People online", "People with at least one open connection to any node.", count,
					query{most(ours("emosation_users_online")), "people"}),
				newNumber("Messages", "Messages stored a second.", perSecond,
					query{sum(rate(chosen("emosation_messages_total", `outcome="stored"`))), "stored"}),
				newNumber("Deliveries, slowest 1 %", "From the commit of a message until it is written to a socket: what 99 % stay below, over five minutes.", seconds,
					query{orZero("emosation:message_delivery_seconds:p99_5m >= 0"), "99 %"}).from(0.25, "orange").from(1, "red"),
				newNumber("Requests that failed", "The part of all requests that was answered with 5xx, over five minutes: mistakes of ours or of what we stand on.", share,
					query{"emosation:http_errors:ratio_rate5m", "5xx"}).from(0.01, "orange").from(0.05, "red"),
			}},
			{"Requests", requests()},
			{"In the background", []panel{
				newGraph("Tasks", "What the program does by itself, runs a minute by task.", count,
					query{sum(rate(chosen("emosation_jobs_total")), "task") + " * 60", "{{task}}"}),
				newGraph("Tasks that failed", "In the last hour. The log says why; what has failed is tried again.", count,
					query{sum(lately(chosen("emosation_jobs_total", `outcome="failed"`), "1h"), "task"), "{{task}}"}).from(1, "red"),
				newGraph("Time of tasks", "How long a run takes on average.", seconds,
					query{mean("emosation_job_seconds", "task") + " >= 0", "{{task}}"}),
			}},
			{"Nodes", []panel{
				newGraph("Processor", "Cores in use. All passwords are hashed here: a wave of sign-ins shows.", count,
					query{rate(chosen("process_cpu_seconds_total")), "{{instance}}"}),
				newGraph("Memory", "What the system counts for the process, and what of it the heap of Go holds.", amount,
					query{chosen("process_resident_memory_bytes"), "{{instance}} in all"},
					query{chosen("go_memstats_heap_inuse_bytes"), "{{instance}} heap"}),
				newGraph("Goroutines", "A few for each socket. What only grows, also at night, is a leak.", count,
					query{chosen("go_goroutines"), "{{instance}}"}),
				newGraph("Open files", "The part of the allowed ones that is in use; each socket is one.", share,
					query{chosen("process_open_fds") + " / " + chosen("process_max_fds"), "{{instance}}"}).from(0.8, "red"),
				newGraph("Up since", "How long each node has run. What falls to zero again and again crashes or is killed for its memory.", seconds,
					query{"time() - " + chosen("process_start_time_seconds"), "{{instance}}"}),
				newGraph("Password hashes", "Computed a second. Each takes a core for some hundredths of a second, and at most one a core runs at a time.", perSecond,
					query{rate(chosen("emosation_password_hashes_total")), "{{instance}}"}),
			}},
		},
	}
}

// requests are how often the API is asked, how long it takes and how much of it fails, in all and by route.
func requests() []panel {
	return []panel{
		newGraph("Requests by status", "Answers a second. 4xx are mistakes of clients, 429 are limits, 5xx are ours.", perSecond,
			query{sum(rate(chosen("emosation_http_requests_total")), "status"), "{{status}}"}).stacked(),
		newGraph("Time to answer", "What half, 95 % and 99 % of all requests stay below. Sockets are left out.", seconds,
			quantiles("emosation_http_request_seconds")...).from(1, "red"),
		newGraph("Requests at a time", "Being answered now, by node. What rises while no more is asked waits for something: the database, Redis or the processor.", count,
			query{chosen("emosation_http_requests_running"), "{{instance}}"}).stacked(),
		newGraph("Busiest routes", "The ten routes that are asked most, answers a second.", perSecond,
			query{"topk(10, " + sum(rate(chosen("emosation_http_requests_total")), "method", "route") + " > 0)", "{{method}} {{route}}"}),
		newGraph("Slowest routes", "The ten routes of which 5 % take longest.", seconds,
			query{"topk(10, " + quantile("0.95", "emosation_http_request_seconds", "method", "route") + " > 0)", "{{method}} {{route}}"}),
		newGraph("Failures by route", "5xx a second. The log of the node has a line for each, with the cause.", perSecond,
			query{orNone(sum(rate(chosen("emosation_http_requests_total", `status=~"5.."`)), "route"), "route"), "{{route}}"}),
		newGraph("Sign-ins", "A second, by what became of them. Many wrong ones are somebody who guesses: they are held up by limits.", perSecond,
			query{sum(rate(chosen("emosation_logins_total")), "outcome"), "{{outcome}}"}).stacked().wide(12),
		newGraph("Held up by limits", "Requests and frames a second that were refused because somebody did too much, by rule.", perSecond,
			query{orNone(sum(rate(chosen("emosation_rate_limited_total")), "rule"), "rule"), "{{rule}}"}).wide(12),
	}
}
