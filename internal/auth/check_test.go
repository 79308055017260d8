package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/testkit"
)

// A token that was found good is remembered; that must not let it live longer, or begin earlier.
func TestATokenThatIsKnownExpiresAllTheSame(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")})
	tokens, p := w.login(t, "minji@example.org")
	for range 2 {
		got, err := w.Authenticate(t.Context(), tokens.Access)
		require.NoError(t, err)
		require.Equal(t, p, got)
	}
	w.clock.Advance(-time.Minute)
	_, err := w.Authenticate(t.Context(), tokens.Access)
	require.ErrorIs(t, err, auth.ErrUnauthenticated, "it is from the future")
	w.clock.Advance(time.Minute + 15*time.Minute)
	_, err = w.Authenticate(t.Context(), tokens.Access)
	require.NoError(t, err, "the clocks of two nodes may differ a little")
	w.clock.Advance(6 * time.Second)
	_, err = w.Authenticate(t.Context(), tokens.Access)
	require.ErrorIs(t, err, auth.ErrUnauthenticated)
}

// Many ask about the same session while it ends: who asks after the end is acknowledged is refused, whoever else asks.
func TestNobodyIsLetInAfterTheEndOfTheirSession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for range 5 {
			tokens, p := w.login(t, "minji@example.org")
			var ended atomic.Bool
			var asking sync.WaitGroup
			for range 8 {
				asking.Go(func() {
					for {
						late := ended.Load()
						_, err := w.Authenticate(t.Context(), tokens.Access)
						if late {
							require.ErrorIs(t, err, auth.ErrSessionEnded)
							return
						}
						if err != nil {
							require.ErrorIs(t, err, auth.ErrSessionEnded)
						}
					}
				})
			}
			require.NoError(t, w.Logout(t.Context(), p))
			ended.Store(true)
			asking.Wait()
		}
	})
}

func TestThoseWhoAskTogetherShareStatements(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.MariaDB(t), Redis: testkit.OpenRedis(t, "embedded")})
	_, mine := w.login(t, "minji@example.org")
	_, theirs := w.login(t, "juno@example.org")
	foreign := auth.Principal{User: mine.User, Session: theirs.Session}
	executed := func() (n int) {
		var name string
		require.NoError(t, w.DB.Raw("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").Row().Scan(&name, &n))
		return n
	}
	const people, times = 40, 25
	before := executed()
	var begin, asking sync.WaitGroup
	begin.Add(1)
	for i := range people {
		asking.Go(func() {
			begin.Wait()
			for range times {
				switch i % 3 {
				case 0:
					require.NoError(t, w.Alive(t.Context(), mine))
				case 1:
					require.NoError(t, w.Alive(t.Context(), theirs))
				default:
					require.ErrorIs(t, w.Alive(t.Context(), foreign), auth.ErrSessionEnded)
				}
			}
		})
	}
	begin.Done()
	asking.Wait()
	statements := executed() - before
	require.Positive(t, statements)
	require.Less(t, statements, people*times/4, "%d questions", people*times)
}
