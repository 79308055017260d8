package main

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// valuesOf are the numbers behind every series of a node.
func valuesOf(t *testing.T, ops string) map[string]float64 {
	t.Helper()
	status, text := get(t, ops+"/metrics")
	require.Equal(t, http.StatusOK, status)
	values := make(map[string]float64)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, " ")
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		require.NoError(t, err, line)
		values[line[:at]] = value
	}
	return values
}

// rises does something and waits until these series have risen by as much as is said. A series is named without emosation_.
func rises(t *testing.T, ops string, want map[string]float64, something func()) {
	t.Helper()
	before := valuesOf(t, ops)
	something()
	var got map[string]float64
	for deadline := time.Now().Add(20 * time.Second); ; {
		now := valuesOf(t, ops)
		got = make(map[string]float64, len(want))
		for series := range want {
			name, labels, _ := strings.Cut(series, "{")
			full := "emosation_" + name
			if labels != "" {
				full += "{" + labels
			}
			got[series] = now[full] - before[full]
		}
		if maps.Equal(got, want) {
			return
		}
		if time.Now().After(deadline) {
			require.Equal(t, want, got)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestMetricsTellWhatHappened(t *testing.T) {
	s := start(t, embedded(t))
	var minji, ben *person
	rises(t, s.ops, map[string]float64{
		`http_requests_total{method="POST",route="/api/v1/auth/register",status="201"}`: 2,
		`http_requests_total{method="POST",route="/api/v1/auth/login",status="200"}`:    2,
		`http_request_seconds_count{method="POST",route="/api/v1/auth/login"}`:          2,
		`logins_total{outcome="ok"}`: 2, `logins_total{outcome="wrong"}`: 0,
		`password_hashes_total`: 4, `http_requests_running`: 0,
	}, func() {
		minji, ben = newcomer(t, http.DefaultClient, s.url, "Minji"), newcomer(t, http.DefaultClient, s.url, "Ben")
	})
	rises(t, s.ops, map[string]float64{
		`http_requests_total{method="GET",route="/api/v1/rooms/:roomId",status="404"}`: 3, `http_requests_total{method="GET",route="unmatched",status="404"}`: 0,
		`http_requests_total{method="other",route="unmatched",status="404"}`: 0, `http_requests_total{method="GET",route="/*",status="404"}`: 0,
	}, func() {
		for range 3 {
			minji.refused(t, "room.not_found", http.MethodGet, "/rooms/99999", nil)
		}
	})
	room, other := befriend(t, minji, ben), newcomer(t, http.DefaultClient, s.url, "Cleo")

	var socket, listens *socket
	rises(t, s.ops, map[string]float64{
		`sockets_open`: 2, `http_requests_total{method="GET",route="/api/v1/ws",status="101"}`: 2,
		`http_request_seconds_count{method="GET",route="/api/v1/ws"}`: 0, `http_requests_running`: 0,
	}, func() { socket, listens = minji.dial(t), ben.dial(t) })

	body := map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "I love this, thank you so much!"}
	rises(t, s.ops, map[string]float64{
		`socket_frames_received_total`: 2, `socket_envelopes_sent_total`: 4, // both acks, and the message at both ends
		`messages_total{outcome="stored"}`: 1, `messages_total{outcome="repeated"}`: 1, `messages_total{outcome="refused"}`: 0, `messages_total{outcome="failed"}`: 0,
		`message_commit_seconds_count`: 1, `message_batch_messages_count`: 2, `message_batch_messages_sum`: 2, `message_waiting`: 0,
		`emotion_embedded_reads_total`: 2, `emotion_read_seconds_count`: 2, // who sends again is found out at the commit
		`emotion_readings_total{engine="embedded",label="joy"}`: 1,
		`emotion_fallbacks_total`:                               0, `resume_rows_total`: 0,
	}, func() {
		socket.send(t, body)
		listens.waitType(t, "message")
		socket.waitType(t, "ack")
		socket.forget()
		socket.send(t, body)
		socket.waitType(t, "ack")
	})
	rises(t, s.ops, map[string]float64{`messages_total{outcome="refused"}`: 1, `messages_total{outcome="stored"}`: 0}, func() {
		other.refused(t, "room.not_found", http.MethodPost, messages(room), map[string]any{"clientId": uuid.NewString(), "body": "let me in"})
	})
	rises(t, s.ops, map[string]float64{`resume_rows_total`: 1}, func() {
		listens.send(t, map[string]any{"type": "enter", "room": room, "sinceRev": 0})
		listens.waitType(t, "entered")
	})
	rises(t, s.ops, map[string]float64{`sockets_open`: -1, `sockets_closed_total{cause="gone"}`: 1, `sockets_closed_total{cause="slow"}`: 0}, func() {
		listens.conn.CloseNow()
	})

	now := valuesOf(t, s.ops)
	for _, series := range []string{
		`emosation_socket_frames_sent_total`, `emosation_message_delivery_seconds_count`,
		`emosation_redis_connections`, `emosation_redis_connections_dedicated`, `emosation_redis_up`, `emosation_ready`, `emosation_bus_nodes`,
		`emosation_redis_dials_total{outcome="ok"}`, `emosation_redis_commands_total{outcome="ok"}`, `emosation_redis_command_seconds_count`,
		`go_sql_open_connections{db_name="emosation"}`, `emosation_jobs_total{outcome="done",task="census"}`,
	} {
		require.Positive(t, now[series], series)
	}
	require.Zero(t, now[`emosation_redis_dials_total{outcome="failed"}`])
	require.Zero(t, now[`emosation_redis_commands_total{outcome="refused"}`])
}
