package openai_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

func TestSettingsAreChecked(t *testing.T) {
	good := openai.Config{BaseURL: "https://api.openai.com/v1", Model: model}
	require.NoError(t, good.Check())
	require.Equal(t, "api.openai.com", good.Host())
	for name, spoil := range map[string]func(c *openai.Config){
		"no address":      func(c *openai.Config) { c.BaseURL = "" },
		"no host":         func(c *openai.Config) { c.BaseURL = "https:///v1" },
		"another scheme":  func(c *openai.Config) { c.BaseURL = "file:///etc/passwd" },
		"a key in it":     func(c *openai.Config) { c.BaseURL = "https://me:secret@host/v1" },
		"a query":         func(c *openai.Config) { c.BaseURL = "https://host/v1?key=secret" },
		"no model":        func(c *openai.Config) { c.Model = "" },
		"a long model":    func(c *openai.Config) { c.Model = strings.Repeat("가", 61) },
		"a time-out < 0":  func(c *openai.Config) { c.Timeout = -1 },
		"a price < 0":     func(c *openai.Config) { c.InputPrice = -1 },
		"no price at all": func(c *openai.Config) { c.OutputPrice = math.NaN() },
		"endless money":   func(c *openai.Config) { c.Limits.Money = math.Inf(1) },
		"tokens < 0":      func(c *openai.Config) { c.Limits.Tokens = -1 },
		"many messages":   func(c *openai.Config) { c.Limits.Messages = math.MaxInt64 },
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			spoil(&c)
			require.Error(t, c.Check())
			_, err := openai.New(c, &pocket{}, openai.NewMetrics(prometheus.NewRegistry()), time.Now)
			require.Error(t, err)
		})
	}
}

func TestErrorsAreComparedByKindAndTellNoText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(openaitest.Failure(400, "bad: 비밀 이야기"))
		_, err := w.Read(t.Context(), talk("비밀 이야기"))
		require.ErrorIs(t, err, &openai.Error{Kind: openai.Permanent})
		require.NotErrorIs(t, err, &openai.Error{Kind: openai.Busy})
		require.NotErrorIs(t, err, context.Canceled)
		require.Equal(t, "remote engine: permanent: not accepted (status 400)", err.Error())
		require.NoError(t, errors.Unwrap(err), "what the client says may quote the request")
	})
}

func TestMetricsCountByOutcomeAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.provider.Script(taking(70, 30), openaitest.Status(500), taking(7, 3), openaitest.Refusal())
		for range 3 {
			_, _ = w.Read(t.Context(), talk("비밀", "hi"))
		}
		require.NoError(t, testutil.GatherAndCompare(w.registry, strings.NewReader(`
# HELP emosation_openai_breaker 1 for the state that the breaker is in.
# TYPE emosation_openai_breaker gauge
emosation_openai_breaker{state="closed"} 1
emosation_openai_breaker{state="half_open"} 0
emosation_openai_breaker{state="open"} 0
# HELP emosation_openai_calls_total Calls of the remote engine, by outcome.
# TYPE emosation_openai_calls_total counter
emosation_openai_calls_total{outcome="busy"} 1
emosation_openai_calls_total{outcome="good"} 2
emosation_openai_calls_total{outcome="invalid"} 0
emosation_openai_calls_total{outcome="permanent"} 0
emosation_openai_calls_total{outcome="refused"} 1
emosation_openai_calls_total{outcome="spent"} 0
# HELP emosation_openai_messages_total Messages that were to be read remotely, by outcome.
# TYPE emosation_openai_messages_total counter
emosation_openai_messages_total{outcome="busy"} 0
emosation_openai_messages_total{outcome="good"} 4
emosation_openai_messages_total{outcome="invalid"} 0
emosation_openai_messages_total{outcome="permanent"} 0
emosation_openai_messages_total{outcome="refused"} 2
emosation_openai_messages_total{outcome="spent"} 0
# HELP emosation_openai_tokens_total Tokens that the remote engine says it took.
# TYPE emosation_openai_tokens_total counter
emosation_openai_tokens_total{direction="input"} 177
emosation_openai_tokens_total{direction="output"} 43
`), "emosation_openai_breaker", "emosation_openai_calls_total", "emosation_openai_messages_total", "emosation_openai_tokens_total"))
		w.provider.Script(openaitest.Status(500))
		for _, who := range []int64{1001, 1002} {
			_, _ = w.Read(t.Context(), paidBy(who))
		}
		require.NoError(t, testutil.GatherAndCompare(w.registry, strings.NewReader(`
# HELP emosation_openai_breaker 1 for the state that the breaker is in.
# TYPE emosation_openai_breaker gauge
emosation_openai_breaker{state="closed"} 0
emosation_openai_breaker{state="half_open"} 0
emosation_openai_breaker{state="open"} 1
`), "emosation_openai_breaker"))
	})
}

func TestCostIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider, registry := openaitest.NewInside(t), prometheus.NewRegistry()
		provider.Script(taking(1000, 500))
		cfg := openai.Config{BaseURL: provider.BaseURL, Model: model, Dial: provider.Dial, InputPrice: 0.4, OutputPrice: 1.6}
		engine, err := openai.New(cfg, &pocket{}, openai.NewMetrics(registry), time.Now)
		require.NoError(t, err)
		t.Cleanup(engine.Close)
		_, err = engine.Read(t.Context(), talk("hi"))
		require.NoError(t, err)
		require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_openai_cost_total Money spent on the remote engine, by the prices configured.
# TYPE emosation_openai_cost_total counter
emosation_openai_cost_total 0.0012
`), "emosation_openai_cost_total"))
	})
}
