package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
)

func TestAnEndedSessionIsLockedOutAtOnce(t *testing.T) {
	for name, end := range map[string]func(*world, *testing.T, auth.Principal) error{
		"logout":     func(w *world, t *testing.T, p auth.Principal) error { return w.Logout(t.Context(), p) },
		"revocation": func(w *world, t *testing.T, p auth.Principal) error { return w.Revoke(t.Context(), p.User, p.Session) },
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				tokens, p := w.login(t, "minji@example.org")
				_, other := w.login(t, "minji@example.org")
				require.NoError(t, end(w, t, p))
				require.Equal(t, []any{auth.SessionEnded(p)}, w.events.Take())

				_, err := w.Authenticate(t.Context(), tokens.Access)
				require.ErrorIs(t, err, auth.ErrSessionEnded)
				_, err = w.Refresh(t.Context(), browser, tokens.Refresh)
				require.ErrorIs(t, err, auth.ErrSessionEnded)
				require.NoError(t, w.Alive(t.Context(), other))
				strange := auth.Principal{User: other.User + 1, Session: other.Session}
				living, err := w.Living(t.Context(), []auth.Principal{p, other, strange})
				require.NoError(t, err)
				require.Equal(t, []bool{false, true, false}, []bool{living[p], living[other], living[strange]})
				require.NoError(t, w.Logout(t.Context(), p), "twice is no error")
				require.ErrorIs(t, w.Revoke(t.Context(), p.User, p.Session), auth.ErrUnknownSession)
				require.Empty(t, w.events.Take(), "it ends once")
			})
		})
	}
}

func TestNobodyEndsTheSessionOfAnother(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, theirs := w.login(t, "juno@example.org")
		require.ErrorIs(t, w.Revoke(t.Context(), mine.User, theirs.Session), auth.ErrUnknownSession)
		require.ErrorIs(t, w.Revoke(t.Context(), mine.User, 999), auth.ErrUnknownSession)
		require.NoError(t, w.Logout(t.Context(), auth.Principal{User: mine.User, Session: theirs.Session}))
		require.NoError(t, w.Alive(t.Context(), theirs))
		require.ErrorIs(t, w.Alive(t.Context(), auth.Principal{User: mine.User, Session: theirs.Session}), auth.ErrSessionEnded)
		require.Empty(t, w.events.Take())
	})
}

func TestSessionsAreListedByTheirLastUse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		first, one := w.login(t, "minji@example.org")
		w.clock.Advance(time.Minute)
		_, two := w.login(t, "minji@example.org")
		w.login(t, "juno@example.org")
		require.Equal(t, []auth.SessionID{two.Session, one.Session}, listed(t, w, one))
		w.clock.Advance(time.Minute)
		_, err := w.Refresh(t.Context(), browser, first.Refresh)
		require.NoError(t, err)
		require.Equal(t, []auth.SessionID{one.Session, two.Session}, listed(t, w, one))
		require.NoError(t, w.Revoke(t.Context(), one.User, two.Session))
		require.Equal(t, []auth.SessionID{one.Session}, listed(t, w, one))
	})
}

func listed(t *testing.T, w *world, p auth.Principal) (ids []auth.SessionID) {
	t.Helper()
	sessions, err := w.Sessions(t.Context(), p.User)
	require.NoError(t, err)
	for _, s := range sessions {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestAChangeOfPasswordEndsTheOtherSessions(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		tokens, other := w.login(t, "minji@example.org")
		_, stranger := w.login(t, "juno@example.org")
		require.NoError(t, w.ChangePassword(t.Context(), mine, password, "battery staple"))
		require.Equal(t, []any{auth.SessionEnded(other)}, w.events.Take())

		require.NoError(t, w.Alive(t.Context(), mine))
		require.NoError(t, w.Alive(t.Context(), stranger))
		_, err := w.Authenticate(t.Context(), tokens.Access)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.Login(t.Context(), browser, "minji@example.org", password)
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
		_, err = w.Login(t.Context(), browser, "minji@example.org", "battery staple")
		require.NoError(t, err)
	})
}

func TestAChangeOfPasswordAsksForTheOldOne(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, other := w.login(t, "minji@example.org")
		err := w.ChangePassword(t.Context(), mine, "wrong password", "battery staple")
		require.ErrorIs(t, err, auth.ErrWrongPassword)
		require.Equal(t, []string{"body.currentPassword"}, fields(t, err))
		err = w.ChangePassword(t.Context(), mine, password, "short")
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.Equal(t, []string{"body.newPassword"}, fields(t, err))
		require.NoError(t, w.Alive(t.Context(), other))
		require.Empty(t, w.events.Take())
		_, err = w.Login(t.Context(), browser, "minji@example.org", password)
		require.NoError(t, err)
	})
}
