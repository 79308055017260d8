package main

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// scraped is what a node tells Prometheus: the help of each metric, and its series without their values.
type scraped struct {
	help   map[string]string
	series map[string]bool
}

func scrape(t *testing.T, ops string) scraped {
	t.Helper()
	status, text := get(t, ops+"/metrics")
	require.Equal(t, http.StatusOK, status)
	s := scraped{make(map[string]string), make(map[string]bool)}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, help, _ := strings.Cut(strings.TrimSpace(rest), " ")
			s.help[name] = help
		} else if !strings.HasPrefix(line, "#") {
			s.series[line[:strings.LastIndex(line, " ")]] = true
		}
	}
	return s
}

// familyOf is the metric that a series is of.
func (s scraped) familyOf(series string) string {
	name, _, _ := strings.Cut(series, "{")
	for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
		if family := strings.TrimSuffix(name, suffix); s.help[family] != "" {
			return family
		}
	}
	return ""
}

// promised are the metrics that dashboards, alerts and operators rely on, besides those of the runtime.
func promised() []string {
	return strings.Fields(`
		emosation_http_requests_running emosation_http_requests_total emosation_http_request_seconds
		emosation_sockets_open emosation_sockets_closed_total emosation_socket_frames_received_total emosation_socket_frames_sent_total
		emosation_socket_envelopes_sent_total emosation_mails_total emosation_password_hashes_total emosation_emotion_embedded_reads_total
		emosation_analysis_messages_total emosation_analysis_batch_messages emosation_analysis_waiting_messages
		emosation_openai_calls_total emosation_openai_call_seconds emosation_openai_tokens_total emosation_openai_cost_total
		emosation_openai_messages_total emosation_openai_breaker
		emosation_message_commit_seconds emosation_message_delivery_seconds emosation_message_batch_messages emosation_message_waiting
		emosation_messages_total emosation_resume_rows_total emosation_sql_conflicts_total emosation_redis_commands_total
		emosation_redis_command_seconds emosation_redis_up emosation_redis_connections emosation_redis_connections_dedicated
		emosation_redis_dials_total emosation_redis_dial_seconds emosation_bus_packets_total emosation_bus_nodes emosation_emotion_read_seconds
		emosation_emotion_readings_total emosation_emotion_fallbacks_total emosation_jobs_total emosation_job_seconds emosation_rooms
		emosation_users_online emosation_sessions_online emosation_logins_total emosation_rate_limited_total
		go_sql_open_connections go_sql_in_use_connections go_sql_wait_count_total go_sql_wait_duration_seconds_total go_goroutines
		process_cpu_seconds_total process_resident_memory_bytes`)
}

// labels are all that any series may have: their values come from the program and never from outside.
func labels() []string {
	return []string{
		"method", "route", "status", "cause", "outcome", "direction", "engine", "label", "task", "kind", "phase", "rule", "purpose", "result", "state",
		"db_name", "le", "quantile", "version", "path", "checksum",
	}
}

func TestMetricsHaveHelpPrefixesAndFewSeries(t *testing.T) {
	s := start(t, embedded(t))
	first := scrape(t, s.ops)
	client := contractClient(t)
	minji, ben := newcomer(t, client, s.url, "Minji"), newcomer(t, client, s.url, "Ben")
	room := befriend(t, minji, ben)
	socket := ben.dial(t)
	socket.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "so glad to see you!"})
	socket.waitType(t, "ack")

	now := scrape(t, s.ops)
	for _, name := range promised() {
		require.NotEmpty(t, now.help[name], name)
	}
	label := regexp.MustCompile(`(\w+)="`)
	for series := range now.series {
		family := now.familyOf(series)
		require.NotEmpty(t, family, "%s has no help", series)
		require.Regexp(t, `^(emosation|go|process|promhttp)_`, series)
		if strings.HasPrefix(family, "emosation_") && strings.HasSuffix(family, "_seconds") {
			require.Regexp(t, `seconds|Unix time`, now.help[family], "%s does not tell its unit", family)
		}
		for _, match := range label.FindAllStringSubmatch(series, -1) {
			require.Contains(t, labels(), match[1], series)
		}
		if !first.series[series] { // a rate is not known from the first event on
			require.Regexp(t, `^(emosation_http_|go_|process_)`, series, "it was not there before it happened")
		}
	}
	for _, name := range []string{"tasks", "rules"} {
		for _, value := range namesOf(t, name) {
			label := map[string]string{"tasks": `emosation_jobs_total{outcome="done",task="%s"}`, "rules": `emosation_rate_limited_total{rule="%s"}`}[name]
			require.True(t, first.series[fmt.Sprintf(label, value)], "nobody registers %s of %s", value, name)
		}
	}

	odd := func() {
		askOddly(t, s.url, minji, room)
		socket.send(t, map[string]any{"type": uuid.NewString(), "room": time.Now().UnixNano()})
		socket.send(t, map[string]any{"type": "message", "room": time.Now().UnixNano(), "clientId": uuid.NewString(), "body": uuid.NewString()})
	}
	odd()
	settled := scrape(t, s.ops)
	for range 20 {
		odd()
	}
	after := scrape(t, s.ops)
	maps.DeleteFunc(after.series, func(series string, _ bool) bool { return settled.series[series] })
	require.Empty(t, slices.Collect(maps.Keys(after.series)), "what clients send makes new series")
}

// namesOf finds in the source what work and which rules have names.
func namesOf(t *testing.T, what string) (names []string) {
	t.Helper()
	pattern := map[string]*regexp.Regexp{
		"tasks": regexp.MustCompile(`\bNewJob\("([^"]+)"\)`), "rules": regexp.MustCompile(`\bRule\{Name: "([^"]+)"`),
	}[what]
	for _, root := range []string{".", "../internal"} {
		require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(os.DirFS(root), path)
			for _, match := range pattern.FindAllStringSubmatch(string(text), -1) {
				if match[1] != "tense" { // hints are no attempts of anybody
					names = append(names, match[1])
				}
			}
			return err
		}))
	}
	require.Greater(t, len(names), 5, "the source was not read")
	return names
}

// askOddly sends what no client of ours does, with something new in every place.
func askOddly(t *testing.T, url string, who *person, room int64) {
	t.Helper()
	unknown := uuid.NewString()
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/" + unknown, ""}, {"GET", "/api/v1/" + unknown, ""}, {"PATCH", "/api/v1/rooms/" + unknown, "{}"},
		{"BREW" + unknown[:4], "/api/v1/rooms", ""}, {"GET", "/api/v1/rooms/" + itoa(time.Now().UnixNano()), ""},
		{"GET", "/api/v1/search/messages?q=" + unknown, ""}, {"DELETE", "/api/v1/" + unknown + "/" + unknown, unknown},
		{"POST", "/api/v1/auth/login", `{"email":"` + unknown + `@example.org","password":"` + unknown + `"}`},
		{"POST", "/api/v1/auth/login", unknown}, {"PUT", "/api/v1" + messages(room) + "/1/reactions/" + unknown, ""},
		{"POST", "/api/v1/auth/password-resets/redeem", `{"token":"` + unknown + `","newPassword":"correct horse battery"}`},
		{"GET", "/api/v1/ws?ticket=" + unknown, ""}, {"TRACE", "/api/v1/rooms", ""}, {"OPTIONS", "/" + unknown, ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), r.method, url+r.path, strings.NewReader(r.body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+who.token)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Request-Id", unknown)
		request.Header.Set("User-Agent", unknown)
		request.Host = unknown + ".example.org"
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
	}
}
