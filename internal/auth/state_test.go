package auth_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
)

// put brings an account into a state, as closing and restoring it do, and returns whose it is.
func (w *world) put(t *testing.T, email string, state account.State) account.ID {
	t.Helper()
	user, _, err := account.Credentials(w.DB, email)
	require.NoError(t, err)
	require.NoError(t, w.DB.Table("users").Where("id = ?", user.ID).Update("state", state).Error)
	return user.ID
}

func (w *world) stateOf(t *testing.T, id account.ID) account.State {
	t.Helper()
	user, err := account.Load(w.DB, id)
	require.NoError(t, err)
	return user.State
}

func TestAClosedAccountLooksLikeAWrongPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		w.put(t, "minji@example.org", account.Deactivated)
		before := w.hashes(t)
		_, err := w.Login(t.Context(), browser, "minji@example.org", password)
		require.Equal(t, auth.ErrWrongCredentials, err)
		require.Equal(t, 1, w.hashes(t)-before, "the same work")
		_, err = w.LoginAnew(t.Context(), browser, "minji@example.org", password, "battery staple")
		require.Equal(t, auth.ErrWrongCredentials, err)
		require.Equal(t, 2, w.hashes(t)-before)
		require.EqualValues(t, 1, rows(t, w, "sessions"), "only the one of before")
	})
}

func TestARestoredAccountNeedsANewPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		id := w.put(t, "minji@example.org", account.MustReset)
		login := func(password, replacement string) error {
			_, err := w.LoginAnew(t.Context(), browser, "minji@example.org", password, replacement)
			return err
		}
		_, err = w.Login(t.Context(), browser, "minji@example.org", password)
		require.Equal(t, auth.ErrMustReset, err)
		require.Equal(t, auth.ErrWrongCredentials, login("wrong password", ""))
		require.Equal(t, auth.ErrWrongCredentials, login("wrong password", "battery staple"), "a new one is no way in")
		for _, bad := range []string{"short", password} {
			err := login(password, bad)
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.Equal(t, []string{"body.newPassword"}, fields(t, err))
		}
		require.Equal(t, account.MustReset, w.stateOf(t, id))
		require.Zero(t, rows(t, w, "sessions"))

		tokens, err := w.LoginAnew(t.Context(), browser, "minji@example.org", password, "battery staple")
		require.NoError(t, err)
		require.Equal(t, account.Active, tokens.User.State)
		require.Equal(t, account.Active, w.stateOf(t, id))
		_, err = w.Authenticate(t.Context(), tokens.Access)
		require.NoError(t, err)
		require.Equal(t, auth.ErrWrongCredentials, login(password, "another battery"), "the temporary one works no more")
		_, err = w.Login(t.Context(), browser, "minji@example.org", "battery staple")
		require.NoError(t, err)
	})
}

func TestANewPasswordIsIgnoredWhereNoneIsNeeded(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		_, err := w.LoginAnew(t.Context(), browser, "minji@example.org", password, "x")
		require.NoError(t, err)
		w.login(t, "minji@example.org") // with the password it had
	})
}

func TestOfTwoLoginsWithOneTemporaryPasswordOneWins(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		w.put(t, "minji@example.org", account.MustReset)
		var all sync.WaitGroup
		var mu sync.Mutex
		var won []string
		for _, next := range []string{"battery staple 1", "battery staple 2", "battery staple 3"} {
			all.Go(func() {
				_, err := w.LoginAnew(t.Context(), browser, "minji@example.org", password, next)
				if errors.Is(err, auth.ErrWrongCredentials) {
					return
				}
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				won = append(won, next)
			})
		}
		all.Wait()
		require.Len(t, won, 1)
		require.EqualValues(t, 1, rows(t, w, "sessions"))
		_, err = w.Login(t.Context(), browser, "minji@example.org", won[0])
		require.NoError(t, err)
	})
}

// A login that has proven the password while the account is being closed must leave no session behind.
func TestNoSessionSlipsPastTheEndOfAnAccount(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		user, hash, err := account.Credentials(w.DB, "minji@example.org")
		require.NoError(t, err)
		for _, state := range []account.State{account.Deactivated, account.MustReset} {
			w.put(t, "minji@example.org", state)
			_, err = w.Start(t.Context(), browser, user, hash)
			require.ErrorIs(t, err, auth.ErrWrongCredentials)
			require.Zero(t, rows(t, w, "sessions"))
		}
		w.put(t, "minji@example.org", account.Active)
		_, err = w.Start(t.Context(), browser, user, hash+"x")
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
		_, err = w.Start(t.Context(), browser, user, hash)
		require.NoError(t, err)
	})
}

func TestWhenSomebodyWasHereLastIsNoted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		seen := func() (at *time.Time) {
			require.NoError(t, w.DB.Table("users").Select("last_seen_at").Row().Scan(&at))
			return at
		}
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		require.Nil(t, seen())
		_, err = w.Login(t.Context(), browser, "minji@example.org", "wrong password")
		require.Error(t, err)
		require.Nil(t, seen())
		tokens, _ := w.login(t, "minji@example.org")
		require.Equal(t, w.clock.Now().Truncate(time.Microsecond), seen().UTC())
		w.login(t, "minji@example.org") // at the same moment
		w.clock.Advance(time.Hour)
		_, err = w.Refresh(t.Context(), browser, tokens.Refresh)
		require.NoError(t, err)
		require.Equal(t, w.clock.Now().Truncate(time.Microsecond), seen().UTC())
	})
}
