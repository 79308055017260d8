package auth_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/testkit"
)

func TestRegistrationMakesAnAccount(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		got, err := w.Register(t.Context(), browser, auth.Registration{
			Email: " MinJi@Example.org ", Password: password, Nickname: " 민지 ", EmotionConsent: true,
		})
		require.NoError(t, err)
		require.Equal(t, account.User{
			ID: got.ID, Email: "MinJi@Example.org", Nickname: "민지", Role: account.RoleUser, State: account.Active, Locale: account.Korean,
			ShareReadings: account.ShareEveryone, ShowReadings: true, CreatedAt: got.CreatedAt,
		}, got)
	})
}

func TestWithoutConsentReadingsStartOff(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := registration("minji@example.org")
		r.EmotionConsent, r.Locale = false, account.English
		got, err := w.Register(t.Context(), browser, r)
		require.NoError(t, err)
		require.Equal(t, account.ShareOff, got.ShareReadings)
		require.Equal(t, account.English, got.Locale)
	})
}

func TestRegistrationNamesEveryWrongFieldAndMakesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, auth.Registration{Email: "nobody", Password: "비밀번호", Nickname: "\u3164", Locale: "xx"})
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.Equal(t, []string{"body.email", "body.password", "body.nickname", "body.locale"}, fields(t, err))
		r := registration("minji@example.org")
		r.Password = strings.Repeat("가", 201)
		_, err = w.Register(t.Context(), browser, r)
		require.Equal(t, []string{"body.password"}, fields(t, err))
		require.Zero(t, rows(t, w, "users"))
		require.Zero(t, w.hashes(t))
	})
}

func TestAKnownEmailIsTurnedAwayBeforeHashing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		_, err = w.Register(t.Context(), browser, registration("MINJI@example.org"))
		require.ErrorIs(t, err, account.ErrEmailTaken)
		require.Equal(t, 1, w.hashes(t))
	})
}

// The first bar of the product: its predecessor answered a thousand identical registrations with duplicates.
func TestAThousandIdenticalRegistrationsMakeOneAccountWithOneHash(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var made, taken atomic.Int64
		start := make(chan struct{})
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				<-start
				_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
				switch {
				case err == nil:
					made.Add(1)
				case errors.Is(err, account.ErrEmailTaken):
					taken.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		close(start)
		all.Wait()
		require.EqualValues(t, 1, made.Load())
		require.EqualValues(t, 999, taken.Load())
		require.EqualValues(t, 1, rows(t, w, "users"))
		require.Equal(t, 1, w.hashes(t))
	})
}

func TestTheLoserOfTheLockDoesNoWork(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		unlock, err := w.LockEmail(t.Context(), "minji@example.org")
		require.NoError(t, err)
		_, err = w.Register(t.Context(), browser, registration("MinJi@example.org"))
		require.ErrorIs(t, err, account.ErrEmailTaken)
		require.Zero(t, w.hashes(t))
		unlock()
		_, err = w.Register(t.Context(), browser, registration("MinJi@example.org"))
		require.NoError(t, err)
	})
}

func TestALockThatExpiredIsNotTakenFromItsNextOwner(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		late, err := w.LockEmail(t.Context(), "minji@example.org")
		require.NoError(t, err)
		keys, err := w.Redis.Do(t.Context(), w.Redis.B().Keys().Pattern("emosation:auth:register:*").Build()).AsStrSlice()
		require.NoError(t, err)
		require.Len(t, keys, 1)
		left, err := w.Redis.Do(t.Context(), w.Redis.B().Pttl().Key(keys[0]).Build()).AsInt64()
		require.NoError(t, err)
		require.Positive(t, left)
		require.LessOrEqual(t, left, int64(5000))
		require.NoError(t, w.Redis.Do(t.Context(), w.Redis.B().Del().Key(keys[0]).Build()).Error()) // as time would

		unlock, err := w.LockEmail(t.Context(), "minji@example.org")
		require.NoError(t, err)
		late()
		_, err = w.LockEmail(t.Context(), "minji@example.org")
		require.ErrorIs(t, err, account.ErrEmailTaken, "the late one has released another's lock")
		unlock()
	})
}

// Two holders of the lock at once are possible when one of them stalls for five seconds.
func TestTheUniqueIndexHasTheLastWord(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var made, taken atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := account.Create(w.DB.WithContext(t.Context()), account.New{
					Email: "minji@example.org", Nickname: "m", Locale: account.Korean, ShareReadings: account.ShareOff,
				}, w.clock.Now())
				if err == nil {
					made.Add(1)
				} else if errors.Is(err, account.ErrEmailTaken) {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, made.Load())
		require.EqualValues(t, 7, taken.Load())
	})
}

func TestWithoutRedisNobodyRegisters(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		s.Redis = lostRedis(t)
		w := newWorld(t, s)
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.ErrorIs(t, err, auth.ErrUnavailable)
		require.Positive(t, auth.ErrUnavailable.RetryAfter)
		require.Zero(t, w.hashes(t))
		require.Zero(t, rows(t, w, "users"))
	})
}

func rows(t *testing.T, w *world, table string) (n int64) {
	t.Helper()
	require.NoError(t, w.DB.Table(table).Count(&n).Error)
	return n
}
