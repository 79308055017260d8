package grafana

// realtime is the way of a message: from a socket through the commit and the other nodes to sockets.
func realtime() Dashboard {
	return Dashboard{
		Name: "realtime", title: "Realtime", from: "now-1h", perNode: true,
		description: "The way of a message: from a socket through its commit and the other nodes to everybody's sockets.",
		rows: []row{
			{"Sockets", []panel{
				newGraph("Open sockets", "By node. After a deployment they spread again within a minute.", count,
					query{chosen("emosation_sockets_open"), "{{instance}}"}).stacked(),
				newGraph("Sockets that ended", "A second, by cause. slow is a client that did not take what it was sent and catches up by itself; shutdown is a node that ends; gone is the client or its network.", perSecond,
					query{sum(rate(chosen("emosation_sockets_closed_total")), "cause"), "{{cause}}"}).stacked(),
				newGraph("Frames", "A second, from clients and to them. Several envelopes share a frame when there is much to tell.", perSecond,
					query{sum(rate(chosen("emosation_socket_frames_received_total"))), "received"},
					query{sum(rate(chosen("emosation_socket_frames_sent_total"))), "sent"},
					query{sum(rate(chosen("emosation_socket_envelopes_sent_total"))), "envelopes sent"}),
			}},
			{"Messages", []panel{
				newGraph("Messages sent", "A second, by outcome. repeated is one that was sent again after a lost answer, refused is against a rule, failed is our fault.", perSecond,
					query{sum(rate(chosen("emosation_messages_total")), "outcome"), "{{outcome}}"}).stacked(),
				newGraph("From arrival to commit", "How long a sender waits until the message is safe in the database: what half, 95 % and 99 % stay below.", seconds,
					quantiles("emosation_message_commit_seconds")...).from(0.5, "red"),
				newGraph("From commit to sockets", "How long it takes until the message is written to the sockets of a node: what half, 95 % and 99 % stay below.", seconds,
					quantiles("emosation_message_delivery_seconds")...).from(1, "red"),
				newGraph("Messages in one commit", "On average and at most times (95 %). Under load many messages share one commit, which keeps the database calm.", count,
					query{mean("emosation_message_batch_messages"), "mean"},
					query{quantile("0.95", "emosation_message_batch_messages"), "95 %"}),
				newGraph("Waiting for the writer", "Messages and changes that have arrived and are not yet being committed. What stays above some hundreds means that the database is too slow.", count,
					query{chosen("emosation_message_waiting"), "{{instance}}"}),
				newGraph("Caught up after an absence", "Messages a second sent to those who were away for a moment. A deployment and a bad network show here.", perSecond,
					query{sum(rate(chosen("emosation_resume_rows_total"))), "messages"}),
			}},
			{"Between the nodes", []panel{
				newGraph("Packets", "A second, over Redis. A node that is alone sends none.", perSecond,
					query{sum(rate(chosen("emosation_bus_packets_total")), "direction"), "{{direction}}"}),
				newGraph("Nodes that each one hears", "Every node should hear all others. One that does not lets its people wait until they ask for what they missed.", count,
					query{chosen("emosation_bus_nodes"), "{{instance}}"}),
				newGraph("Online", "People, and their sessions, as all nodes count them together.", count,
					query{most(ours("emosation_users_online")), "people"},
					query{most(ours("emosation_sessions_online")), "sessions"}),
			}},
		},
	}
}
