package grafana

// business is what people do here, all of them together.
func business() Dashboard {
	done := func(method, route, status, legend string) query {
		made := ours("emosation_http_requests_total", `method="`+method+`"`, `route="/api/v1`+route+`"`, `status="`+status+`"`)
		return query{orZero(sum(lately(made, "1h"))), legend}
	}
	return Dashboard{
		Name: "business", title: "What people do", from: "now-7d",
		description: "What people do, all of them together. It shows nobody's messages and is not for watching over staff or pupils.",
		rows: []row{
			{"Now", []panel{
				newNumber("People online", "People with at least one open connection.", count, query{most(ours("emosation_users_online")), "people"}),
				newNumber("Sessions online", "Browsers and programs with an open connection; somebody may have several.", count, query{most(ours("emosation_sessions_online")), "sessions"}),
				newNumber("Rooms", "That are not closed, of all kinds.", count, query{sum(most(ours("emosation_rooms"), "kind", "phase")), "rooms"}),
				newNumber("Messages in 24 hours", "Stored, of all rooms.", count, query{sum(lately(ours("emosation_messages_total", `outcome="stored"`), "24h")), "messages"}).rounded(),
				newNumber("Sign-ins in 24 hours", "That were right.", count, query{sum(lately(ours("emosation_logins_total", `outcome="ok"`), "24h")), "sign-ins"}).rounded(),
				newNumber("Readings in 24 hours", "Of all engines, those that say something.", count, query{sum(lately(ours("emosation_emotion_readings_total", `label!="unclear"`), "24h")), "readings"}).rounded(),
			}},
			{"People", []panel{
				newGraph("Online", "People and their sessions.", count,
					query{most(ours("emosation_users_online")), "people"},
					query{most(ours("emosation_sessions_online")), "sessions"}),
				newGraph("New accounts", "In the hour before.", count, done("POST", "/auth/register", "201", "accounts")),
				newGraph("Sign-ins", "In the hour before, by what became of them.", count,
					query{sum(lately(ours("emosation_logins_total"), "1h"), "outcome"), "{{outcome}}"}).stacked(),
			}},
			{"Rooms", []panel{
				newGraph("Rooms by kind", "That are not closed.", count,
					query{sum(most(ours("emosation_rooms"), "kind", "phase"), "kind"), "{{kind}}"}).stacked(),
				newGraph("Rooms by phase", "How far those that order together have come; none are those that do not order.", count,
					query{sum(most(ours("emosation_rooms"), "kind", "phase"), "phase"), "{{phase}}"}).stacked(),
				newGraph("New rooms", "Opened in the hour before.", count, done("POST", "/rooms", "201", "group rooms")),
			}},
			{"Messages", []panel{
				newGraph("Messages", "Stored in the hour before.", count,
					query{sum(lately(ours("emosation_messages_total", `outcome="stored"`), "1h")), "messages"}),
				newGraph("How they were meant", "Readings of the hour before, of all people together, by emotion.", count,
					query{sum(lately(ours("emosation_emotion_readings_total"), "1h"), "label"), "{{label}}"}).stacked(),
				newGraph("Money for readings", "Spent on the provider in the hour before, by the prices that are configured.", count,
					query{sum(lately(ours("emosation_openai_cost_total"), "1h")), "money"}),
			}},
			{"Mails", []panel{
				newGraph("Mails", "In the hour before, by what became of them.", count,
					query{sum(lately(ours("emosation_mails_total"), "1h"), "result"), "{{result}}"}).stacked().wide(12),
				newGraph("Mails sent", "In the hour before, by what they were for.", count,
					query{sum(lately(ours("emosation_mails_total", `result="sent"`), "1h"), "purpose"), "{{purpose}}"}).stacked().wide(12),
			}},
		},
	}
}
