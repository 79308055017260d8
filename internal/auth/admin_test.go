package auth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
)

// boss registers an admin.
func (w *world) boss(t *testing.T) audit.Actor {
	t.Helper()
	u, err := w.Register(t.Context(), browser, registration("boss@example.org"))
	require.NoError(t, err)
	require.NoError(t, account.SetRole(w.DB, u.ID, account.RoleAdmin, w.clock.Now()))
	return audit.Actor{User: u.ID, Address: "192.0.2.9"}
}

// entries returns what the audit holds, the latest first.
func (w *world) entries(t *testing.T, by audit.Actor) []audit.Entry {
	t.Helper()
	page, err := audit.NewService(w.DB).List(t.Context(), by.User, audit.Filter{Size: 100})
	require.NoError(t, err)
	return page.Entries
}

func TestAnAdminEndsTheSessionsOfAnother(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, boss := t.Context(), w.boss(t)
		tokens, one := w.login(t, "minji@example.org")
		_, two := w.login(t, "minji@example.org")
		_, three := w.login(t, "minji@example.org")
		_, other := w.login(t, "juno@example.org")
		minji := audit.Target{Type: audit.User, ID: int64(one.User)}
		w.events.Take()

		sessions, err := w.ViewSessions(ctx, boss, one.User)
		require.NoError(t, err)
		require.Len(t, sessions, 3)
		latest := w.entries(t, boss)[0]
		require.Equal(t, audit.UserViewed, latest.Action)
		require.Equal(t, minji, latest.Target)
		require.Equal(t, "192.0.2.9", latest.Address)

		require.NoError(t, w.RevokeOne(ctx, boss, one.User, one.Session))
		require.Equal(t, []any{auth.SessionEnded(one)}, w.events.Take())
		_, err = w.Authenticate(ctx, tokens.Access)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		require.NoError(t, w.Alive(ctx, two))
		latest = w.entries(t, boss)[0]
		require.Equal(t, audit.UserSessionsRevoked, latest.Action)
		require.Equal(t, "session", latest.Changes[0].Field)

		require.NoError(t, w.RevokeAll(ctx, boss, one.User))
		require.ElementsMatch(t, []any{auth.SessionEnded(two), auth.SessionEnded(three)}, w.events.Take())
		for _, p := range []auth.Principal{two, three} {
			require.ErrorIs(t, w.Alive(ctx, p), auth.ErrSessionEnded)
		}
		require.NoError(t, w.Alive(ctx, other))
		latest = w.entries(t, boss)[0]
		require.Equal(t, "2", *latest.Changes[0].Before)
		require.NoError(t, w.RevokeAll(ctx, boss, one.User), "there are none any more")
		require.Empty(t, w.events.Take())
		require.Len(t, w.entries(t, boss), 4)
	})
}

func TestOnlyAdminsSeeAndEndTheSessionsOfOthers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, boss := t.Context(), w.boss(t)
		_, minji := w.login(t, "minji@example.org")
		_, juno := w.login(t, "juno@example.org")
		acts := map[string]func(by audit.Actor, who account.ID, id auth.SessionID) error{
			"view": func(by audit.Actor, who account.ID, _ auth.SessionID) error {
				_, err := w.ViewSessions(ctx, by, who)
				return err
			},
			"revoke all": func(by audit.Actor, who account.ID, _ auth.SessionID) error { return w.RevokeAll(ctx, by, who) },
			"revoke one": func(by audit.Actor, who account.ID, id auth.SessionID) error { return w.RevokeOne(ctx, by, who, id) },
		}
		for name, act := range acts {
			require.ErrorIs(t, act(audit.Actor{}, minji.User, minji.Session), account.ErrAdminOnly, name)
			require.ErrorIs(t, act(audit.Actor{User: juno.User}, minji.User, minji.Session), account.ErrAdminOnly, name)
			require.ErrorIs(t, act(boss, 999, minji.Session), account.ErrUnknown, name)
		}
		require.ErrorIs(t, w.RevokeOne(ctx, boss, minji.User, juno.Session), auth.ErrNoSession)
		require.NoError(t, w.Alive(ctx, minji))
		require.NoError(t, w.Alive(ctx, juno))
		require.Empty(t, w.entries(t, boss))
	})
}
