package observability_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/observability"
)

func get(t *testing.T, handler http.Handler, path string) (status int, body string) {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

func TestReadyNeedsEveryPart(t *testing.T) {
	ok := func(context.Context) error { return nil }
	down := func(context.Context) error { return errors.New("no answer") }
	for name, c := range map[string]struct {
		checks map[string]observability.Check
		status int
		body   string
	}{
		"nothing to ask": {nil, 200, `{}`},
		"all well":       {map[string]observability.Check{"database": ok, "redis": ok}, 200, `{"database":"ok","redis":"ok"}`},
		"one is down":    {map[string]observability.Check{"database": ok, "redis": down}, 503, `{"database":"ok","redis":"no answer"}`},
	} {
		t.Run(name, func(t *testing.T) {
			ops := observability.OpsHandler(prometheus.NewRegistry(), c.checks)
			status, body := get(t, ops, "/readyz")
			require.Equal(t, c.status, status)
			require.JSONEq(t, c.body, body)
			status, _ = get(t, ops, "/healthz")
			require.Equal(t, 200, status, "the process itself is well")
			_, body = get(t, ops, "/metrics")
			require.Contains(t, body, map[int]string{200: "\nemosation_ready 1\n", 503: "\nemosation_ready 0\n"}[c.status])
		})
	}
}

func TestReadyDoesNotWaitForAPartThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		begin := time.Now()
		status, body := get(t, observability.OpsHandler(prometheus.NewRegistry(), map[string]observability.Check{"a": hangs, "b": hangs}), "/readyz")
		require.Equal(t, 503, status)
		require.Contains(t, body, "deadline")
		require.Equal(t, 2*time.Second, time.Since(begin))
	})
}

func TestOpsHandlerServesMetricsAndProfiles(t *testing.T) {
	registry := observability.NewRegistry()
	ops := observability.OpsHandler(registry, nil)
	for path, want := range map[string]string{"/metrics": "go_goroutines", "/debug/pprof/": "goroutine", "/debug/pprof/cmdline": "test"} {
		status, body := get(t, ops, path)
		require.Equal(t, 200, status, path)
		require.Contains(t, body, want, path)
	}
}

func TestHTTPMetricsKeepTheirLabelsFew(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := observability.NewHTTPMetrics(registry)
	end := m.Begin()
	m.Answered("GET", "/api/v1/rooms/:roomId", 200, time.Millisecond)
	m.Answered("GET", "/api/v1/rooms/:roomId", 200, time.Millisecond)
	m.Answered("BREW", "", 404, time.Millisecond)
	m.Answered("SIP", "", 404, time.Millisecond)
	m.Answered("GET", "/api/v1/ws", 101, time.Hour)
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_http_requests_running Requests being answered now. A socket is one until it is open.
# TYPE emosation_http_requests_running gauge
emosation_http_requests_running 1
# HELP emosation_http_requests_total Requests answered, by route and status.
# TYPE emosation_http_requests_total counter
emosation_http_requests_total{method="GET",route="/api/v1/rooms/:roomId",status="200"} 2
emosation_http_requests_total{method="GET",route="/api/v1/ws",status="101"} 1
emosation_http_requests_total{method="other",route="unmatched",status="404"} 2
`), "emosation_http_requests_running", "emosation_http_requests_total"))
	count, err := testutil.GatherAndCount(registry, "emosation_http_request_seconds")
	require.NoError(t, err)
	require.Equal(t, 2, count, "a socket's life is no answering time")
	end()
}

func TestRequestIDTakesOnlyPlainOnes(t *testing.T) {
	for _, given := range []string{"0af7651916cd43dd8448eb211c80319c", "3f2c-8_a.Z"} {
		require.Equal(t, given, observability.RequestID(given))
	}
	for _, given := range []string{"", "short", "with space here", "line\nbreak-in-it", "한글한글한글", strings.Repeat("a", 65), `quote"quote"`} {
		id := observability.RequestID(given)
		require.NotEqual(t, given, id)
		require.Equal(t, id, observability.RequestID(id), "our own are plain")
	}
	require.Empty(t, observability.RequestIDFrom(t.Context()))
	require.Equal(t, "x", observability.RequestIDFrom(observability.WithRequestID(t.Context(), "x")))
}

func TestLogIsOneJSONObjectALine(t *testing.T) {
	out := new(strings.Builder)
	log := observability.NewLogger(zap.InfoLevel, out)
	log.Debug("not this")
	log.Info("listening", zap.String("address", "127.0.0.1:8080"), zap.Duration("took", 1500*time.Millisecond))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 1)
	var entry map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &entry))
	_, err := time.Parse(time.RFC3339Nano, entry["time"].(string))
	require.NoError(t, err)
	delete(entry, "time")
	require.Equal(t, map[string]any{"level": "info", "message": "listening", "address": "127.0.0.1:8080", "took": 1.5}, entry)
}
