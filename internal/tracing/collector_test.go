package tracing

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/protobuf/encoding/protowire"
)

// script answers requests one after the other: by a status and perhaps what to say in Retry-After, or by an error. The last one stays.
type script struct {
	answers []any
	at      []time.Duration // since the first request
	begin   time.Time
}

type busy struct {
	status     int
	retryAfter string
}

// RoundTrip implements http.RoundTripper.
func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.at == nil {
		s.begin = time.Now()
	}
	s.at = append(s.at, time.Since(s.begin))
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	reply := &http.Response{Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(""))}
	switch a := answer.(type) {
	case error:
		return nil, a
	case int:
		reply.StatusCode = a
	case string:
		reply.StatusCode, reply.Body = http.StatusOK, io.NopCloser(strings.NewReader(a))
	case busy:
		reply.StatusCode = a.status
		reply.Header.Set("Retry-After", a.retryAfter)
	}
	return reply, nil
}

func newScript(t *testing.T, answers ...any) (*collector, *script, *observer.ObservedLogs) {
	t.Helper()
	s := &script{answers: answers}
	core, logged := observer.New(zap.InfoLevel)
	c := newCollector(t.Context(), "http://collector.example/v1/traces", zap.New(core))
	c.client.Transport = s
	t.Cleanup(c.abandon)
	return c, s, logged
}

// upload sends three spans as the library does, which gives it half a minute.
func upload(t *testing.T, c *collector) {
	t.Helper()
	require.NoError(t, tryUpload(t.Context(), c))
}

func tryUpload(ctx context.Context, c *collector) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	spans := []*tracepb.Span{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	return c.UploadTraces(ctx, []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}})
}

func TestACollectorThatMayTakeThemLaterIsAskedAgain(t *testing.T) {
	away := errors.New("connection refused")
	for name, c := range map[string]struct {
		answers   []any
		want      []time.Duration // between requests; 0 is the usual rest
		delivered bool
	}{
		"at once":                  {[]any{200}, nil, true},
		"with nothing to say":      {[]any{204}, nil, true},
		"when it says":             {[]any{busy{429, "7"}, 200}, []time.Duration{7 * time.Second}, true},
		"at a date":                {[]any{busy{503, "in 20 s"}, 200}, []time.Duration{20 * time.Second}, true},
		"at a date gone by":        {[]any{busy{503, "Mon, 01 Jan 1990 00:00:00 GMT"}, 200}, []time.Duration{0}, true},
		"when it says nonsense":    {[]any{busy{503, "-3"}, 200}, []time.Duration{0}, true},
		"when it says nothing":     {[]any{429, 502, 503, 504, 200}, []time.Duration{0, 0, 0, 0}, true},
		"away":                     {[]any{away, away, 200}, []time.Duration{0, 0}, true},
		"not for so long":          {[]any{busy{429, "60"}}, nil, false},
		"not what it cannot read":  {[]any{400}, nil, false},
		"not without a key":        {[]any{401}, nil, false},
		"not where nobody is":      {[]any{404}, nil, false},
		"not what is too long":     {[]any{413}, nil, false},
		"not what breaks it":       {[]any{500}, nil, false},
		"not by another address":   {[]any{301}, nil, false},
		"not what it takes partly": {[]any{partly(2)}, nil, false},
		"nor what it takes whole":  {[]any{partly(0)}, nil, true},
		"or says otherwise":        {[]any{"<html>\xff"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for i, answer := range c.answers {
					if b, ok := answer.(busy); ok && b.retryAfter == "in 20 s" {
						c.answers[i] = busy{b.status, time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)}
					}
				}
				to, script, logged := newScript(t, c.answers...)
				upload(t, to)
				require.Len(t, script.at, len(c.want)+1)
				rest := firstRest
				for i, want := range c.want {
					waited := script.at[i+1] - script.at[i]
					if want > 0 {
						require.Equal(t, want, waited)
						continue
					}
					require.GreaterOrEqual(t, waited, rest/2)
					require.Less(t, waited, rest*3/2)
					rest = min(2*rest, mostRest)
				}
				require.Equal(t, !c.delivered, logged.Len() > 0)
			})
		})
	}
}

// partly is an ExportTraceServiceResponse.
func partly(rejected uint64) string {
	partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), rejected)
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), "what somebody wrote is too long")
	unknown := protowire.AppendString(protowire.AppendTag(nil, 9, protowire.BytesType), "of a later version")
	return string(protowire.AppendBytes(protowire.AppendTag(unknown, 1, protowire.BytesType), partial))
}

func TestACollectorThatStaysAwayIsGivenUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, script, _ := newScript(t, http.StatusServiceUnavailable)
		begin := time.Now()
		upload(t, to)
		require.Less(t, time.Since(begin), 31*time.Second)
		require.Greater(t, len(script.at), 3)
		require.Less(t, len(script.at), 10)
	})
}

func TestTheLogTellsOnceThatTracesAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, _, logged := newScript(t, 200, 400, 400, partly(1), 200, 200, 500)
		for range 7 {
			upload(t, to)
		}
		var lines []string
		for _, line := range logged.All() {
			text := line.Level.String() + " " + line.Message
			for key, value := range line.ContextMap() {
				switch v := value.(type) {
				case string:
					text += " " + key + "=" + v
				case int64:
					text += " " + key + "=" + strconv.FormatInt(v, 10)
				}
			}
			lines = append(lines, text)
		}
		require.Equal(t, []string{
			"warn traces are not delivered; nothing else suffers from it error=the collector answers 400",
			"info traces are delivered again lost=7",
			"warn traces are not delivered; nothing else suffers from it error=the collector answers 500",
		}, lines)
	})
}

func TestWhatACollectorSaysOfSpansIsNotLogged(t *testing.T) {
	to, _, logged := newScript(t, partly(2))
	upload(t, to)
	require.Len(t, logged.All(), 1)
	require.Equal(t, map[string]any{"error": "the collector refuses 2 of 3 spans"}, logged.All()[0].ContextMap())
}

func TestWhoEndsDoesNotRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, script, _ := newScript(t, busy{503, "20"})
		done := make(chan error, 1)
		go func() { done <- tryUpload(t.Context(), to) }()
		synctest.Wait()
		begin := time.Now()
		to.hurry()
		require.NoError(t, <-done)
		require.Zero(t, time.Since(begin))
		upload(t, to) // what else there is, is sent once
		require.Zero(t, time.Since(begin))
		require.Len(t, script.at, 2)
	})
}
