package tracing_test

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"github.com/emosation/emosation/internal/tracing"
)

// backend is a collector that remembers what it was sent.
type backend struct {
	url   string
	conns atomic.Int32
	hold  chan struct{} // answers wait until it is closed
	gone  chan struct{} // hears of each request that was given up

	mu       sync.Mutex
	requests []*http.Request
	data     []*spans.ResourceSpans
}

func newBackend(t *testing.T) *backend {
	t.Helper()
	b := &backend{hold: make(chan struct{}), gone: make(chan struct{}, 100)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var data spans.TracesData
		if err != nil || proto.Unmarshal(body, &data) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.mu.Lock()
		b.requests = append(b.requests, r)
		b.data = append(b.data, data.ResourceSpans...)
		b.mu.Unlock()
		select {
		case <-b.hold:
		case <-r.Context().Done():
			b.gone <- struct{}{}
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(nil) // all were taken
		_ = packed.Close()
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			b.conns.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// spans are all that have arrived.
func (b *backend) spans() (list []*spans.Span) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, of := range b.data {
		for _, scope := range of.ScopeSpans {
			list = append(list, scope.Spans...)
		}
	}
	return list
}

func begin(t *testing.T, url string, ratio float64) *tracing.Tracing {
	t.Helper()
	tracer, err := tracing.Start(t.Context(), tracing.Options{URL: url, Ratio: ratio, Node: "node-1", Version: "v1.2.3", Log: zap.NewNop()})
	require.NoError(t, err)
	return tracer
}

func end(t *testing.T, tracer *tracing.Tracing, within time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), within)
	defer cancel()
	tracer.Shutdown(ctx)
}

func TestACollectorGetsWhatTheProtocolSays(t *testing.T) {
	for given, want := range map[string]string{"": "/v1/traces", "/": "/v1/traces", "/v1/traces": "/v1/traces", "/insert/otlp": "/insert/otlp"} {
		t.Run(given, func(t *testing.T) {
			b := newBackend(t)
			close(b.hold)
			tracer := begin(t, b.url+given, 1)
			ctx, request := tracer.Root(t.Context(), "request", trace.SpanKindServer)
			_, statement := tracing.Child(ctx, "statement", trace.SpanKindClient)
			statement.End()
			request.End()
			end(t, tracer, 10*time.Second)

			require.Len(t, b.requests, 1)
			r := b.requests[0]
			require.Equal(t, http.MethodPost, r.Method)
			require.Equal(t, want, r.URL.Path)
			require.Equal(t, "application/x-protobuf", r.Header.Get("Content-Type"))
			require.Empty(t, r.Header.Get("Content-Encoding"))
			about := map[string]string{}
			for _, a := range b.data[0].Resource.Attributes {
				about[a.Key] = a.Value.GetStringValue()
			}
			require.Equal(t, map[string]string{"service.name": "emosation", "service.version": "v1.2.3", "service.instance.id": "node-1"}, about)
			got := b.spans()
			require.Len(t, got, 2)
			require.Equal(t, []string{"statement", "request"}, []string{got[0].Name, got[1].Name})
			require.Equal(t, []spans.Span_SpanKind{spans.Span_SPAN_KIND_CLIENT, spans.Span_SPAN_KIND_SERVER}, []spans.Span_SpanKind{got[0].Kind, got[1].Kind})
			require.Equal(t, got[1].SpanId, got[0].ParentSpanId)
			require.Equal(t, got[1].TraceId, got[0].TraceId)
			require.LessOrEqual(t, got[0].StartTimeUnixNano, got[0].EndTimeUnixNano)
		})
	}
}

func TestNobodyWaitsForACollector(t *testing.T) {
	b := newBackend(t)
	tracer := begin(t, b.url, 1)
	const many = 6000 // more than are kept
	for i := range many {
		_, span := tracer.Root(t.Context(), strconv.Itoa(i), trace.SpanKindInternal)
		span.End()
	}
	require.Eventually(t, func() bool { return len(b.spans()) > 0 }, 10*time.Second, 5*time.Millisecond)
	close(b.hold)
	end(t, tracer, 10*time.Second)
	require.Greater(t, len(b.spans()), 2000)
	require.Less(t, len(b.spans()), many, "what it did not take in time is dropped")
	require.EqualValues(t, 1, b.conns.Load(), "all by one connection")
}

func TestTheEndIsNotHeldUpByACollectorThatHangs(t *testing.T) {
	b := newBackend(t)
	tracer := begin(t, b.url, 1)
	_, span := tracer.Root(t.Context(), "last", trace.SpanKindInternal)
	span.End()
	end(t, tracer, 200*time.Millisecond) // its own patience is ten seconds, and the test's is not
	select {
	case <-b.gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the request goes on")
	}
}

func TestStrangersDecideNothingOfTracesButTheirName(t *testing.T) {
	b := newBackend(t)
	close(b.hold)
	// Whoever decides by the id alone keeps all of the first, and none of the second.
	const kept, left = "4bf92f3577b34da60000000000000000", "4bf92f3577b34da6ffffffffffffffff"
	send := func(tracer *tracing.Tracing, id, flags string) {
		header := http.Header{}
		header.Set("Traceparent", "00-"+id+"-00f067aa0ba902b7-"+flags)
		header.Set("Tracestate", "vendor=someone-example-org")
		ctx, span := tracer.Request(t.Context(), header, "GET")
		_, child := tracing.Child(ctx, "child", trace.SpanKindInternal)
		child.End()
		span.End()
	}
	never, rarely, always := begin(t, b.url, 0), begin(t, b.url, 0.01), begin(t, b.url, 1)
	for range 200 {
		send(never, kept, "01")
		send(rarely, kept, "01")
	}
	end(t, never, 10*time.Second)
	require.Empty(t, b.spans())
	end(t, rarely, 10*time.Second)
	require.Less(t, len(b.spans()), 2*30, "30 of 200 would be a miracle")
	seldom := len(b.spans())
	send(always, left, "00")
	end(t, always, 10*time.Second)
	mine := b.spans()[seldom:]
	require.Len(t, mine, 2)
	for _, s := range b.spans() {
		require.Empty(t, s.TraceState)
	}
	require.Equal(t, left, hex.EncodeToString(mine[1].TraceId))
	require.Equal(t, "00f067aa0ba902b7", hex.EncodeToString(mine[1].ParentSpanId))
	require.Equal(t, mine[1].SpanId, mine[0].ParentSpanId)
}

func TestAHeaderThatNamesNoTraceBeginsOne(t *testing.T) {
	b := newBackend(t)
	close(b.hold)
	tracer := begin(t, b.url, 1)
	given := []string{"", "nonsense", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
	for _, parent := range given {
		_, span := tracer.Request(t.Context(), http.Header{"Traceparent": {parent}}, "GET")
		span.End()
	}
	end(t, tracer, 10*time.Second)
	require.Len(t, b.spans(), len(given))
	for _, s := range b.spans() {
		require.Empty(t, s.ParentSpanId)
		require.NotEqual(t, "4bf92f3577b34da6a3ce929d0e0e4736", hex.EncodeToString(s.TraceId))
	}
}

func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	tracer := begin(t, "", 1)
	require.Nil(t, tracer)
	require.Nil(t, tracer.Provider())
	ctx, span := tracer.Root(t.Context(), "a", trace.SpanKindInternal)
	require.False(t, span.IsRecording())
	require.Nil(t, tracing.Of(ctx))
	ctx, span = tracer.Request(ctx, http.Header{"Traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}, "GET")
	require.False(t, span.IsRecording())
	_, span = tracing.Child(ctx, "b", trace.SpanKindInternal)
	require.False(t, span.IsRecording())
	end(t, tracer, time.Second)
}
