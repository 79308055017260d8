package auth_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/testkit"
)

func limited(cfg *auth.Config) { cfg.RateLimits = true }

func eachLimitedWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) { test(t, newWorld(t, s, limited)) })
}

// requireTooMany checks that an error says when to come back, within the interval of its rule.
func requireTooMany(t *testing.T, err error, interval time.Duration) {
	t.Helper()
	require.ErrorIs(t, err, auth.ErrTooMany)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Positive(t, f.RetryAfter)
	require.LessOrEqual(t, f.RetryAfter, interval)
}

func TestGuessingOnePasswordIsStopped(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		before := w.hashes(t)
		for i := range 10 {
			from := auth.Client{Address: fmt.Sprintf("192.0.2.%d", i)} // from everywhere
			_, err := w.Login(t.Context(), from, "minji@example.org", "wrong password")
			require.ErrorIs(t, err, auth.ErrWrongCredentials)
		}
		_, err := w.Login(t.Context(), browser, "MINJI@example.org", password)
		requireTooMany(t, err, 15*time.Second)
		require.Equal(t, 10, w.hashes(t)-before)
		_, err = w.Login(t.Context(), browser, "nobody@example.org", "wrong password")
		require.ErrorIs(t, err, auth.ErrWrongCredentials, "others are not held up")
	})
}

func TestASuccessfulLoginForgetsTheFailures(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		for range 3 {
			for range 9 {
				_, err := w.Login(t.Context(), browser, "minji@example.org", "wrong password")
				require.ErrorIs(t, err, auth.ErrWrongCredentials)
			}
			w.login(t, "minji@example.org")
		}
	})
}

func TestAnAddressCannotFlood(t *testing.T) {
	for name, c := range map[string]struct {
		burst    int
		interval time.Duration
		try      func(*world, *testing.T, auth.Client, int) error
	}{
		"registrations": {30, 20 * time.Second, func(w *world, t *testing.T, from auth.Client, i int) error {
			_, err := w.Register(t.Context(), from, registration(fmt.Sprintf("u%d.%s@example.org", i, from.UserAgent)))
			return err
		}},
		"logins": {60, time.Second, func(w *world, t *testing.T, from auth.Client, i int) error {
			_, err := w.Login(t.Context(), from, fmt.Sprintf("u%d@example.org", i), "wrong password")
			if errors.Is(err, auth.ErrWrongCredentials) {
				return nil
			}
			return err
		}},
		"refreshes": {120, 500 * time.Millisecond, func(w *world, t *testing.T, from auth.Client, i int) error {
			_, err := w.Refresh(t.Context(), from, "unknown")
			if errors.Is(err, auth.ErrSessionEnded) {
				return nil
			}
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachLimitedWorld(t, func(t *testing.T, w *world) {
				var err error
				for i := 0; err == nil && i < 10*c.burst; i++ { // each address has only one /64
					err = c.try(w, t, auth.Client{Address: fmt.Sprintf("2001:db8::%x", i), UserAgent: "a"}, i)
				}
				requireTooMany(t, err, c.interval)
				require.NoError(t, c.try(w, t, auth.Client{Address: "2001:db8:0:1::1", UserAgent: "b"}, 0), "another network is free")
			})
		})
	}
}

func TestGuessingTheOldPasswordIsStopped(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		for range 5 {
			require.ErrorIs(t, w.ChangePassword(t.Context(), mine, "wrong password", "battery staple"), auth.ErrWrongPassword)
		}
		requireTooMany(t, w.ChangePassword(t.Context(), mine, password, "battery staple"), time.Minute)
	})
}

func TestNodesCountTogetherAndUnderConcurrency(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		other := newWorld(t, w.Stack, limited)
		var tried, stopped atomic.Int64
		begin := time.Now()
		var all sync.WaitGroup
		for i := range 100 {
			node := w
			if i%2 == 1 {
				node = other
			}
			all.Go(func() {
				_, err := node.Register(t.Context(), browser, registration("minji@example.org"))
				switch {
				case errors.Is(err, auth.ErrTooMany):
					stopped.Add(1)
				case err == nil || errors.Is(err, account.ErrEmailTaken):
					tried.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		more := int64(time.Since(begin) / (20 * time.Second)) // on a very slow machine
		require.GreaterOrEqual(t, tried.Load(), int64(30))
		require.LessOrEqual(t, tried.Load(), 30+more)
		require.EqualValues(t, 100, tried.Load()+stopped.Load())
	})
}

func TestWithoutRedisLimitsRefuse(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		_, mine := newWorld(t, s).login(t, "minji@example.org")
		s.Redis = lostRedis(t)
		w := newWorld(t, s, limited)
		_, err := w.Login(t.Context(), browser, "minji@example.org", password)
		require.ErrorIs(t, err, auth.ErrUnavailable)
		_, err = w.Refresh(t.Context(), browser, "unknown")
		require.ErrorIs(t, err, auth.ErrUnavailable)
		require.ErrorIs(t, w.ChangePassword(t.Context(), mine, password, "battery staple"), auth.ErrUnavailable)
		require.NoError(t, w.Alive(t.Context(), mine), "who is signed in stays so")
		require.Zero(t, w.hashes(t))
	})
}
