package grafana

// emotion is how messages are read, by the engine inside and by the provider outside.
func emotion() Dashboard {
	return Dashboard{
		Name: "emotion", title: "Emotion", from: "now-6h", perNode: true,
		description: "How messages are read: by the embedded engine at once, and by a provider afterwards where the operator, the room and the author agreed.",
		rows: []row{
			{"Readings", []panel{
				newGraph("Readings by engine", "A second. A message that the provider has read was read by the embedded engine before.", perSecond,
					query{sum(rate(chosen("emosation_emotion_readings_total")), "engine"), "{{engine}}"}).stacked(),
				newGraph("Readings by emotion", "A second, of all people together. unclear is where the engine would rather say nothing.", perSecond,
					query{sum(rate(chosen("emosation_emotion_readings_total")), "label"), "{{label}}"}).stacked(),
				newGraph("Left unclear", "The part of its readings about which an engine would rather say nothing. About a third is usual in chats; a jump means that people write differently, or that the model is another one.", share,
					query{sum(rate(chosen("emosation_emotion_readings_total", `label="unclear"`)), "engine") + " / (" +
						sum(rate(chosen("emosation_emotion_readings_total")), "engine") + " > 0)", "{{engine}}"}),
			}},
			{"The embedded engine", []panel{
				newGraph("Texts read", "A second, also those that are drafts or are read again.", perSecond,
					query{rate(chosen("emosation_emotion_embedded_reads_total")), "{{instance}}"}),
				newGraph("Time of a reading", "What half, 95 % and 99 % stay below. It is spent before the commit of each message.", seconds,
					quantiles("emosation_emotion_read_seconds")...),
				newGraph("Kept the embedded reading", "Messages a second that should have been read by the provider and were not.", perSecond,
					query{sum(rate(chosen("emosation_emotion_fallbacks_total"))), "messages"}),
			}},
			{"The provider", []panel{
				newNumber("Breaker", "In how many nodes the provider is asked (closed), left alone after failures (open) or tried again (half_open).", count,
					query{sum(chosen("emosation_openai_breaker"), "state"), "{{state}}"}).wide(8),
				newNumber("Waiting", "Messages of all nodes that wait to be read by the provider.", count,
					query{most(chosen("emosation_analysis_waiting_messages")), "messages"}).from(100, "orange").from(1000, "red"),
				newNumber("Spent in 24 hours", "By the prices that are configured, in their currency. Budgets are of calendar days and are not reset by a restart.", count,
					query{sum(lately(chosen("emosation_openai_cost_total"), "24h")), "money"}),
				newNumber("Spent in 30 days", "By the prices that are configured, in their currency, as far as Prometheus remembers.", count,
					query{sum(lately(chosen("emosation_openai_cost_total"), "30d")), "money"}),
				newNumber("Tokens in 24 hours", "As the provider counts them.", count,
					query{sum(lately(chosen("emosation_openai_tokens_total"), "24h")), "tokens"}).rounded(),
				newGraph("Calls", "A second, by outcome. busy is tried again; permanent and refused want another configuration; spent is the budget.", perSecond,
					query{sum(rate(chosen("emosation_openai_calls_total")), "outcome"), "{{outcome}}"}).stacked(),
				newGraph("Time of a call", "What half, 95 % and 99 % stay below. Nobody waits for it: the embedded reading is there meanwhile.", seconds,
					quantiles("emosation_openai_call_seconds")...),
				newGraph("What became of messages", "A second. improved got a better reading, outdated were changed meanwhile, all others keep the embedded reading.", perSecond,
					query{sum(rate(chosen("emosation_analysis_messages_total")), "outcome"), "{{outcome}}"}).stacked(),
				newGraph("Answers about messages", "A second, by outcome. invalid are answers that were no readings of what was asked.", perSecond,
					query{sum(rate(chosen("emosation_openai_messages_total")), "outcome"), "{{outcome}}"}).stacked(),
				newGraph("Messages in one call", "On average. More in one call cost less each.", count,
					query{mean("emosation_analysis_batch_messages") + " >= 0", "mean"}),
				newGraph("Tokens", "A second, to the provider and from it.", perSecond,
					query{sum(rate(chosen("emosation_openai_tokens_total")), "direction"), "{{direction}}"}),
			}},
		},
	}
}
