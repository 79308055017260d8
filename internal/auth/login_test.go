package auth_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
)

func TestLoginStartsASession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		user, err := w.Register(t.Context(), browser, registration("MinJi@example.org"))
		require.NoError(t, err)
		tokens, err := w.Login(t.Context(), browser, " minji@EXAMPLE.org", password)
		require.NoError(t, err)
		require.Equal(t, user, tokens.User)
		require.Equal(t, 15*time.Minute, tokens.AccessTTL)
		require.Equal(t, 30*24*time.Hour, tokens.RefreshTTL)

		p, err := w.Authenticate(t.Context(), tokens.Access)
		require.NoError(t, err)
		require.Equal(t, user.ID, p.User)
		sessions, err := w.Sessions(t.Context(), user.ID)
		require.NoError(t, err)
		now := w.clock.Now().Truncate(time.Microsecond)
		require.Equal(t, []auth.Session{{
			ID: p.Session, UserAgent: browser.UserAgent, Address: browser.Address,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(30 * 24 * time.Hour),
		}}, sessions)
	})
}

func TestLoginDoesNotTellWhetherAnEmailIsKnown(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		before := w.hashes(t)
		_, known := w.Login(t.Context(), browser, "minji@example.org", "wrong password")
		require.Equal(t, 1, w.hashes(t)-before)
		_, unknown := w.Login(t.Context(), browser, "nobody@example.org", "wrong password")
		require.Equal(t, 2, w.hashes(t)-before, "both do the same work")
		require.Equal(t, auth.ErrWrongCredentials, known)
		require.Equal(t, auth.ErrWrongCredentials, unknown)
		require.Zero(t, rows(t, w, "sessions"))
	})
}

func TestAStrangersClientTextFitsItsColumns(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		tokens, err := w.Login(t.Context(), auth.Client{Address: strings.Repeat("1", 100), UserAgent: strings.Repeat("가\xff", 500)},
			"minji@example.org", password)
		require.NoError(t, err)
		sessions, err := w.Sessions(t.Context(), tokens.User.ID)
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("가\ufffd", 200), sessions[0].UserAgent)
	})
}

func TestTokensAreNotKeptInClear(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, _ := w.login(t, "minji@example.org")
		var kept []string
		require.NoError(t, w.DB.Table("refresh_tokens").Pluck("token_hash", &kept).Error)
		require.Len(t, kept, 1)
		require.Len(t, kept[0], 64)
		require.NotContains(t, kept[0], tokens.Refresh)
		_, err := w.Refresh(t.Context(), browser, kept[0])
		require.ErrorIs(t, err, auth.ErrSessionEnded, "what is kept is no token")
	})
}

func TestRefreshRenewsTheSession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, p := w.login(t, "minji@example.org")
		w.clock.Advance(20 * 24 * time.Hour)
		next, err := w.Refresh(t.Context(), browser, tokens.Refresh)
		require.NoError(t, err)
		require.NotEqual(t, tokens.Refresh, next.Refresh)
		require.Equal(t, tokens.User, next.User)
		again, err := w.Authenticate(t.Context(), next.Access)
		require.NoError(t, err)
		require.Equal(t, p, again, "it is the same session")

		w.clock.Advance(29 * 24 * time.Hour) // 49 days after the login, 29 after the renewal
		sessions, err := w.Sessions(t.Context(), p.User)
		require.NoError(t, err)
		require.Len(t, sessions, 1)
		require.True(t, sessions[0].LastSeenAt.After(sessions[0].CreatedAt))
		_, err = w.Refresh(t.Context(), browser, next.Refresh)
		require.NoError(t, err)
		require.Empty(t, w.events.Take())
	})
}

func TestASessionExpiresThirtyDaysAfterItsLastRenewal(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, p := w.login(t, "minji@example.org")
		w.clock.Advance(30 * 24 * time.Hour)
		_, err := w.Refresh(t.Context(), browser, tokens.Refresh)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		require.ErrorIs(t, w.Alive(t.Context(), p), auth.ErrSessionEnded)
		sessions, err := w.Sessions(t.Context(), p.User)
		require.NoError(t, err)
		require.Empty(t, sessions)
		w.login(t, "minji@example.org")
		require.EqualValues(t, 1, rows(t, w, "sessions"), "the expired one is cleared away")
		require.EqualValues(t, 1, rows(t, w, "refresh_tokens"))
	})
}

func TestARefreshTokenUsedTwiceEndsItsSession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		stolen, p := w.login(t, "minji@example.org")
		_, other := w.login(t, "minji@example.org")
		next, err := w.Refresh(t.Context(), browser, stolen.Refresh)
		require.NoError(t, err)
		require.Empty(t, w.events.Take())

		_, err = w.Refresh(t.Context(), browser, stolen.Refresh)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		require.Equal(t, []any{auth.SessionEnded(p)}, w.events.Take())
		_, err = w.Authenticate(t.Context(), next.Access)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.Refresh(t.Context(), browser, next.Refresh)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		require.Empty(t, w.events.Take(), "it ends once")
		require.NoError(t, w.Alive(t.Context(), other), "other sessions go on")
	})
}

func TestOfConcurrentRefreshesWithOneTokenOneWinsAndTheSessionEnds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, p := w.login(t, "minji@example.org")
		var won, lost atomic.Int64
		start := make(chan struct{})
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				<-start
				_, err := w.Refresh(t.Context(), browser, tokens.Refresh)
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, auth.ErrSessionEnded):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		close(start)
		all.Wait()
		require.EqualValues(t, 1, won.Load())
		require.EqualValues(t, 15, lost.Load())
		require.ErrorIs(t, w.Alive(t.Context(), p), auth.ErrSessionEnded)
		require.Equal(t, []any{auth.SessionEnded(p)}, w.events.Take())
	})
}

func TestUselessRefreshTokensLookAlike(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ended, p := w.login(t, "minji@example.org")
		require.NoError(t, w.Logout(t.Context(), p))
		for name, token := range map[string]string{"empty": "", "unknown": "unknown", "of an ended session": ended.Refresh, "an access token": ended.Access} {
			_, err := w.Refresh(t.Context(), browser, token)
			require.ErrorIs(t, err, auth.ErrSessionEnded, name)
		}
	})
}

// A login that has proven the old password must not outlive the change that was meant to end all sessions.
func TestNoSessionSlipsPastAChangeOfPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		old, next := password, password+"!"
		for range 5 {
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					_, err := w.Login(t.Context(), browser, "minji@example.org", old)
					if err != nil && !errors.Is(err, auth.ErrWrongCredentials) {
						t.Error(err)
					}
				})
			}
			all.Go(func() {
				if err := w.ChangePassword(t.Context(), mine, old, next); err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			sessions, err := w.Sessions(t.Context(), mine.User)
			require.NoError(t, err)
			require.Len(t, sessions, 1)
			require.Equal(t, mine.Session, sessions[0].ID)
			old, next = next, old
		}
	})
}

func TestAnUnknownEmailIsStillLimitedAndHidden(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, _, err := account.Credentials(w.DB.WithContext(t.Context()), "nobody@example.org")
		require.ErrorIs(t, err, account.ErrUnknown)
		_, err = w.Login(t.Context(), browser, "no e-mail at all\x00\xff", "x")
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
	})
}
