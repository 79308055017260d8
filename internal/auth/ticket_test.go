package auth_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/testkit"
)

func TestATicketIsGoodForOneSocket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, p := w.login(t, "minji@example.org")
		ticket, ttl, err := w.CreateTicket(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, 30*time.Second, ttl)
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				got, err := w.RedeemTicket(t.Context(), ticket)
				switch {
				case err == nil && got == p:
					won.Add(1)
				case errors.Is(err, auth.ErrUnauthenticated):
					lost.Add(1)
				default:
					t.Error(got, err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, 9, lost.Load())
	})
}

func TestTicketsExpireAndAreNotKeptInClear(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, p := w.login(t, "minji@example.org")
		ticket, _, err := w.CreateTicket(t.Context(), p)
		require.NoError(t, err)
		keys, err := w.Redis.Do(t.Context(), w.Redis.B().Keys().Pattern("emosation:auth:ticket:*").Build()).AsStrSlice()
		require.NoError(t, err)
		require.Len(t, keys, 1)
		require.NotContains(t, keys[0], ticket)
		left, err := w.Redis.Do(t.Context(), w.Redis.B().Pttl().Key(keys[0]).Build()).AsInt64()
		require.NoError(t, err)
		require.Positive(t, left)
		require.LessOrEqual(t, left, int64(30_000))
		require.NoError(t, w.Redis.Do(t.Context(), w.Redis.B().Pexpire().Key(keys[0]).Milliseconds(1).Build()).Error())
		require.Eventually(t, func() bool {
			_, err := w.RedeemTicket(t.Context(), ticket)
			return errors.Is(err, auth.ErrUnauthenticated)
		}, 5*time.Second, 10*time.Millisecond)
	})
}

func TestATicketDiesWithItsSession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, p := w.login(t, "minji@example.org")
		ticket, _, err := w.CreateTicket(t.Context(), p)
		require.NoError(t, err)
		require.NoError(t, w.Logout(t.Context(), p))
		_, err = w.RedeemTicket(t.Context(), ticket)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.RedeemTicket(t.Context(), "")
		require.ErrorIs(t, err, auth.ErrUnauthenticated)
	})
}

func TestWithoutRedisThereAreNoTickets(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		s.Redis = lostRedis(t)
		w := newWorld(t, s)
		_, _, err := w.CreateTicket(t.Context(), auth.Principal{User: 1, Session: 1})
		require.ErrorIs(t, err, auth.ErrUnavailable)
		_, err = w.RedeemTicket(t.Context(), "ticket")
		require.ErrorIs(t, err, auth.ErrUnavailable)
	})
}
