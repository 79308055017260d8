package openai_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// ledger is an account on a Redis, and a clock.
type ledger struct {
	redis rueidis.Client
	at    atomic.Int64
}

func (l *ledger) now() time.Time { return time.Unix(l.at.Load(), 0) }

func (l *ledger) budget(cfg openai.Config) *openai.Budget {
	return openai.NewBudget(l.redis, cfg, l.now)
}

// noon of 22 November 2026 in Seoul.
var noon = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func eachRedis(t *testing.T, test func(t *testing.T, l *ledger)) {
	for name, url := range map[string]func() string{
		"redis":    func() string { return testkit.RedisURL(t) },
		"embedded": func() string { return storage.EmbeddedRedis },
	} {
		t.Run(name, func(t *testing.T) {
			l := &ledger{redis: testkit.OpenRedis(t, url())}
			l.at.Store(noon.Unix())
			test(t, l)
		})
	}
}

func seoul(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	return zone
}

// priced has prices of 1 and 2 for a million tokens.
func priced(t *testing.T, limits openai.Limits) openai.Config {
	limits.Zone = seoul(t)
	return openai.Config{InputPrice: 1, OutputPrice: 2, Limits: limits}
}

func TestTheBudgetIsNeverOverspent(t *testing.T) {
	for name, limits := range map[string]openai.Limits{
		"money":  {Money: 0.01},   // of ten calls that take 600 + 2 × 200 millionths at most
		"tokens": {Tokens: 8_000}, // of ten calls of 800
		"both":   {Money: 0.01, Tokens: 1_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			eachRedis(t, func(t *testing.T, l *ledger) {
				cfg := priced(t, limits)
				var granted, refused atomic.Int64
				var callers sync.WaitGroup
				for range 40 {
					callers.Go(func() {
						_, err := l.budget(cfg).Reserve(context.Background(), 600, 200) // each as if on a node of its own
						var failure *openai.Error
						switch {
						case err == nil:
							granted.Add(1)
						case assert.ErrorAs(t, err, &failure) && assert.Equal(t, openai.Spent, failure.Kind):
							assert.Equal(t, 12*time.Hour, failure.After, "until midnight in Seoul")
							refused.Add(1)
						}
					})
				}
				callers.Wait()
				require.EqualValues(t, 10, granted.Load())
				require.EqualValues(t, 30, refused.Load())
				today, err := l.budget(cfg).Today(t.Context())
				require.NoError(t, err)
				require.Zero(t, today.Left)
				require.Zero(t, today.Calls, "nothing is settled yet")
			})
		})
	}
}

func TestSettlingFreesWhatWasNotUsed(t *testing.T) {
	eachRedis(t, func(t *testing.T, l *ledger) {
		b := l.budget(priced(t, openai.Limits{Money: 0.001}))
		held, err := b.Reserve(t.Context(), 600, 200)
		require.NoError(t, err)
		_, err = b.Reserve(t.Context(), 1, 0)
		requireKind(t, openai.Spent, err)
		b.Settle(t.Context(), held, openai.Usage{Input: 150, Output: 25, Readings: 3})
		today, err := b.Today(t.Context())
		require.NoError(t, err)
		require.Equal(t, openai.Today{Readings: 3, Calls: 1, InputTokens: 150, OutputTokens: 25, Cost: 0.0002, Left: 0.8}, today)
		_, err = b.Reserve(t.Context(), 400, 200)
		require.NoError(t, err)
	})
}

func TestWhatNobodyKnowsStaysSpent(t *testing.T) {
	eachRedis(t, func(t *testing.T, l *ledger) {
		b := l.budget(priced(t, openai.Limits{Money: 0.002, Tokens: 1000}))
		held, err := b.Reserve(t.Context(), 600, 200)
		require.NoError(t, err)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		b.Settle(ended, held, openai.Usage{Unknown: true, Failed: true})
		require.NoError(t, b.Fell(t.Context(), 2))
		today, err := b.Today(t.Context())
		require.NoError(t, err)
		require.InDelta(t, 0.2, today.Left, 1e-9, "by tokens, of which less is left than of money")
		today.Left = 0
		require.Equal(t, openai.Today{Calls: 1, Failures: 1, Fallbacks: 2, Cost: 0.001}, today)
	})
}

func TestTheBudgetBeginsAnewAtMidnightAndSurvivesRestarts(t *testing.T) {
	eachRedis(t, func(t *testing.T, l *ledger) {
		cfg := priced(t, openai.Limits{Tokens: 100, Messages: 2})
		late, err := l.budget(cfg).Reserve(t.Context(), 90, 10)
		require.NoError(t, err)
		n, _, err := l.budget(cfg).Admit(t.Context(), 7, 2)
		require.NoError(t, err)
		require.Equal(t, 2, n)

		l.at.Store(time.Date(2026, 11, 22, 14, 59, 59, 0, time.UTC).Unix()) // a second before midnight in Seoul
		_, err = l.budget(cfg).Reserve(t.Context(), 1, 0)
		require.Equal(t, time.Second, requireFailure(t, openai.Spent, err).After)
		_, _, err = l.budget(cfg).Admit(t.Context(), 7, 1)
		require.Equal(t, time.Second, requireFailure(t, openai.Spent, err).After)

		l.at.Add(1)
		b := l.budget(cfg)
		b.Settle(t.Context(), late, openai.Usage{Input: 50, Output: 10})
		today, err := b.Today(t.Context())
		require.NoError(t, err)
		require.Equal(t, openai.Today{Left: 1}, today, "a call is settled on the day that it began")
		_, err = b.Reserve(t.Context(), 90, 10)
		require.NoError(t, err)
		n, _, err = b.Admit(t.Context(), 7, 2)
		require.NoError(t, err)
		require.Equal(t, 2, n)
	})
}

func TestEachPersonHasAPartOfTheDay(t *testing.T) {
	eachRedis(t, func(t *testing.T, l *ledger) {
		cfg := priced(t, openai.Limits{Messages: 10})
		var granted [2]atomic.Int64
		var callers sync.WaitGroup
		for i := range 16 {
			callers.Go(func() {
				n, _, _ := l.budget(cfg).Admit(context.Background(), int64(i%2), 3)
				granted[i%2].Add(int64(n))
			})
		}
		callers.Wait()
		require.EqualValues(t, 10, granted[0].Load())
		require.EqualValues(t, 10, granted[1].Load())

		b := l.budget(cfg)
		n, back, err := b.Admit(t.Context(), 2, 12)
		requireKind(t, openai.Spent, err)
		require.Equal(t, 10, n)
		back(t.Context(), 4)
		n, _, err = b.Admit(t.Context(), 2, 4)
		require.NoError(t, err)
		require.Equal(t, 4, n)
	})
}

func TestLimitsOfZeroBoundNothing(t *testing.T) {
	eachRedis(t, func(t *testing.T, l *ledger) {
		b := l.budget(openai.Config{InputPrice: 1e6})
		_, err := b.Reserve(t.Context(), 1_000_000, 1_000_000)
		require.NoError(t, err)
		n, _, err := b.Admit(t.Context(), 1, 20)
		require.NoError(t, err)
		require.Equal(t, 20, n)
		today, err := b.Today(t.Context())
		require.NoError(t, err)
		require.InDelta(t, 1, today.Left, 0)
	})
}

func TestNothingIsAskedWithoutBudgetOrRedis(t *testing.T) {
	ask := func(t *testing.T, l *ledger, limits openai.Limits) (*openaitest.Server, []openai.Result, error) {
		t.Helper()
		provider := openaitest.New(t)
		cfg := priced(t, limits)
		cfg.BaseURL, cfg.Model = provider.BaseURL, model
		engine, err := openai.New(cfg, l.budget(cfg), openai.NewMetrics(prometheus.NewRegistry()), l.now)
		require.NoError(t, err)
		t.Cleanup(engine.Close)
		results, err := engine.Read(t.Context(), talk("hi", "고마워"))
		return provider, results, err
	}
	eachRedis(t, func(t *testing.T, l *ledger) {
		provider, _, err := ask(t, l, openai.Limits{Tokens: 10})
		requireKind(t, openai.Spent, err)
		require.Empty(t, provider.Requests())

		provider, results, err := ask(t, l, openai.Limits{Messages: 1})
		require.NoError(t, err)
		require.Nil(t, results[0].Err)
		requireKind(t, openai.Spent, results[1].Err)
		require.Len(t, provider.Requests()[0].Messages, 1, "the message over the limit is not sent")

		provider, results, err = ask(t, l, openai.Limits{Tokens: 100_000, Money: 1})
		require.NoError(t, err)
		require.Len(t, results, 2)
		require.Len(t, provider.Requests(), 1)

		l.redis.Close()
		provider, _, err = ask(t, l, openai.Limits{})
		require.Equal(t, 5*time.Second, requireFailure(t, openai.Busy, err).After)
		require.Empty(t, provider.Requests())
	})
}
