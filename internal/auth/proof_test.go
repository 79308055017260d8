package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
)

// proven returns when the password was proven in a session, or nil.
func (w *world) proven(t *testing.T, p auth.Principal) (at *time.Time) {
	t.Helper()
	require.NoError(t, w.DB.Table("sessions").Select("proven_at").Where("id = ?", p.Session).Row().Scan(&at))
	return at
}

func TestAProofHoldsForItsSessionAlone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, other := w.login(t, "minji@example.org")
		require.Nil(t, w.proven(t, mine), "a login is no proof")
		w.clock.Advance(time.Hour)
		require.NoError(t, w.Reauthenticate(t.Context(), mine, password))
		require.Equal(t, w.clock.Now().Truncate(time.Microsecond), w.proven(t, mine).UTC())
		require.Nil(t, w.proven(t, other))
		w.clock.Advance(time.Minute)
		require.NoError(t, w.Reauthenticate(t.Context(), mine, password))
		require.Equal(t, w.clock.Now().Truncate(time.Microsecond), w.proven(t, mine).UTC(), "the last one counts")
		require.Empty(t, w.events.Take())
	})
}

func TestAProofNeedsThePassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, theirs := w.login(t, "juno@example.org")
		err := w.Reauthenticate(t.Context(), mine, "wrong password")
		require.ErrorIs(t, err, auth.ErrWrongPassword)
		require.Equal(t, []string{"body.password"}, fields(t, err))
		require.Nil(t, w.proven(t, mine))

		foreign := auth.Principal{User: mine.User, Session: theirs.Session}
		require.ErrorIs(t, w.Reauthenticate(t.Context(), foreign, password), auth.ErrSessionEnded)
		_, other := w.login(t, "minji@example.org")
		require.NoError(t, w.Logout(t.Context(), mine))
		require.ErrorIs(t, w.Reauthenticate(t.Context(), mine, password), auth.ErrSessionEnded)
		require.Nil(t, w.proven(t, other))
		require.Nil(t, w.proven(t, mine))
		require.Nil(t, w.proven(t, theirs))
	})
}

func TestAProofLastsFiveMinutes(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	require.True(t, auth.Proves(at, at))
	require.True(t, auth.Proves(at, at.Add(5*time.Minute-time.Microsecond)))
	require.False(t, auth.Proves(at, at.Add(5*time.Minute)))
	require.False(t, auth.Proves(time.Time{}, at), "never")
	require.False(t, auth.Proves(time.Time{}, time.Time{}.Add(time.Minute)), "never, whatever the clock shows")
}

func TestGuessingAPasswordForAProofIsStopped(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, theirs := w.login(t, "juno@example.org")
		for range 3 { // a success forgets the failures
			for range 4 {
				require.ErrorIs(t, w.Reauthenticate(t.Context(), mine, "wrong password"), auth.ErrWrongPassword)
			}
			require.NoError(t, w.Reauthenticate(t.Context(), mine, password))
		}
		for range 3 {
			require.ErrorIs(t, w.Reauthenticate(t.Context(), mine, "wrong password"), auth.ErrWrongPassword)
		}
		for range 2 { // what is guessed elsewhere counts too
			require.ErrorIs(t, w.ChangePassword(t.Context(), mine, "wrong password", "battery staple"), auth.ErrWrongPassword)
		}
		requireTooMany(t, w.Reauthenticate(t.Context(), mine, password), time.Minute)
		require.NoError(t, w.Reauthenticate(t.Context(), theirs, password))
	})
}

// A proof of the old password must not outlive the change of it elsewhere, which ends the session.
func TestNoProofSlipsPastAChangeOfPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, stolen := w.login(t, "minji@example.org")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _ = w.Reauthenticate(t.Context(), stolen, password) }) // either way
		}
		all.Go(func() {
			if err := w.ChangePassword(t.Context(), mine, password, "battery staple"); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		require.ErrorIs(t, w.Alive(t.Context(), stolen), auth.ErrSessionEnded)
		require.Error(t, w.Reauthenticate(t.Context(), stolen, password))
		require.ErrorIs(t, w.Reauthenticate(t.Context(), mine, password), auth.ErrWrongPassword)
	})
}
