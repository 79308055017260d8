package main

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/testkit"
)

// collector takes spans as those that are for sale do.
type collector struct {
	url string

	mu   sync.Mutex
	list []*spans.Span
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var data spans.TracesData
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &data) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, r := range data.ResourceSpans {
			for _, scope := range r.ScopeSpans {
				c.list = append(c.list, scope.Spans...)
			}
		}
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// named returns the spans of a name.
func (c *collector) named(name string) []*spans.Span {
	return slices.DeleteFunc(slices.Clone(c.list), func(s *spans.Span) bool { return s.Name != name })
}

// under returns the names of all spans below one.
func (c *collector) under(top *spans.Span) (names []string) {
	for _, s := range c.list {
		if string(s.ParentSpanId) == string(top.SpanId) {
			names = append(append(names, s.Name), c.under(s)...)
		}
	}
	return names
}

func TestATraceFollowsWhatPeopleDoAndNeverSaysWhatTheySaid(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		provider, to := openaitest.New(t), newCollector(t)
		server := start(t, stackSettings(t, stack, append(remotely(provider), "EMOSATION_HTTP_ADDR=127.0.0.1:0",
			"EMOSATION_OTLP_URL="+to.url, "EMOSATION_TRACE_RATIO=1")...))
		ann, ben := newcomer(t, http.DefaultClient, server.url, "Hermione"), newcomer(t, http.DefaultClient, server.url, "Persephone")
		room := befriend(t, ann, ben)
		socket := ann.dial(t)
		socket.send(t, map[string]any{"type": "enter", "room": room})
		socket.waitType(t, "entered")
		socket.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "pomegranate for supper"})
		socket.waitType(t, "ack")
		ben.must(t, http.MethodPost, messages(room), note("I love pomegranate"))
		socket.wait(t, "a better reading", func(e envelope) bool { return e.Type == "reading" })
		ben.must(t, http.MethodGet, "/users?query=Hermione", nil)
		ben.must(t, http.MethodGet, "/search/messages?q=pomegranate", nil)
		require.Equal(t, exitOK, server.stop())

		request := to.named("POST /api/v1/rooms/:roomId/messages")
		require.Len(t, request, 1)
		below := to.under(request[0])
		require.Contains(t, below, "store messages", "the writer goes on with it")
		require.Greater(t, len(below), 3, "with statements: %v", below)
		frame := to.named("message")
		require.Len(t, frame, 1)
		require.Contains(t, to.under(frame[0]), "store messages")
		require.Empty(t, frame[0].ParentSpanId, "a connection is no trace without an end")
		require.NotEmpty(t, to.named("enter"))
		turns := to.named("read messages")
		require.NotEmpty(t, turns)
		require.True(t, slices.ContainsFunc(turns, func(s *spans.Span) bool { return slices.Contains(to.under(s), "chat") }), "and the provider")
		require.True(t, slices.ContainsFunc(to.list, func(s *spans.Span) bool {
			return s.ParentSpanId != nil && (s.Name == "XADD" || s.Name == "EVALSHA" || s.Name == "PIPELINE" || s.Name == "GET")
		}), "and Redis")
		require.True(t, slices.ContainsFunc(to.list, func(s *spans.Span) bool { return strings.Contains(s.String(), "INSERT INTO messages") }))

		for _, s := range to.list {
			told := s.String()
			for _, secret := range []string{"pomegranate", "supper", "Hermione", "Persephone", ann.email, ben.email, ann.token, ben.token, ann.refresh, "correct horse"} {
				require.NotEmpty(t, secret)
				require.NotContains(t, strings.ToLower(told), strings.ToLower(secret), s.Name)
			}
		}
	})
}

func TestWhoAsksMayNameTheirTraceButNotHaveItKept(t *testing.T) {
	to := newCollector(t)
	settings := append(embedded(t), "EMOSATION_HTTP_ADDR=127.0.0.1:0", "EMOSATION_OTLP_URL="+to.url+"/v1/traces")
	const theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
	for ratio, want := range map[string]int{"1": 1, "0": 0} {
		server := start(t, append(slices.Clone(settings), "EMOSATION_TRACE_RATIO="+ratio))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+"/api/v1/emotion", nil)
		require.NoError(t, err)
		request.Header.Set("Traceparent", "00-"+theirs+"-00f067aa0ba902b7-01")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		odd, err := http.NewRequestWithContext(t.Context(), "POMEGRANATE", server.url+"/api/v1/emotion", nil)
		require.NoError(t, err)
		answer, err = http.DefaultClient.Do(odd)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, exitOK, server.stop())
		for _, s := range to.list {
			require.NotContains(t, s.String(), "POMEGRANATE", "a method may be anything")
		}
		got := to.named("GET /api/v1/emotion")
		require.Len(t, got, want)
		if want > 0 {
			require.Equal(t, theirs, hex.EncodeToString(got[0].TraceId))
		}
		to.list = nil
	}
}

func TestACollectorThatIsAwayOrHangsHoldsNobodyUp(t *testing.T) {
	ended := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	t.Cleanup(hangs.Close)
	defer close(ended)
	for _, url := range []string{"http://127.0.0.1:1", hangs.URL} {
		server := start(t, append(embedded(t), "EMOSATION_HTTP_ADDR=127.0.0.1:0", "EMOSATION_OTLP_URL="+url, "EMOSATION_TRACE_RATIO=1"))
		status, _ := get(t, server.url+"/api/v1/emotion")
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, exitOK, server.stop(), "it is no failure of the program")
		require.Contains(t, server.logged.rest(), "traces are not delivered")
	}
}
