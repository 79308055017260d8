package auth_test

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/testkit"
)

var inLink = regexp.MustCompile(issuer + `/(reset|verify)#token=([A-Z2-7]{26})\n`)

// post sends what is promised, and returns the tokens of it by page and address.
func (w *world) post(t *testing.T) map[string]string {
	t.Helper()
	w.letters.sent = nil
	require.NoError(t, w.mails.Deliver(t.Context()))
	tokens := map[string]string{}
	for _, m := range w.letters.sent {
		found := inLink.FindStringSubmatch(m.Text)
		require.NotNil(t, found, m.Text)
		tokens[found[1]+" "+m.To] = found[2]
	}
	return tokens
}

// forgotten has somebody ask for a new password and returns the token that is mailed to them.
func (w *world) forgotten(t *testing.T, email string) string {
	t.Helper()
	require.NoError(t, w.RequestReset(t.Context(), browser, email))
	token := w.post(t)["reset "+email]
	require.NotEmpty(t, token)
	return token
}

func TestAForgottenPasswordIsSetAnewByMail(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, one := w.login(t, "minji@example.org")
		_, two := w.login(t, "minji@example.org")
		_, stranger := w.login(t, "juno@example.org")
		w.post(t)
		token := w.forgotten(t, "minji@example.org")

		err := w.RedeemReset(t.Context(), browser, token, "short")
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.Equal(t, []string{"body.newPassword"}, fields(t, err))
		require.NoError(t, w.Alive(t.Context(), one), "nothing has happened yet")
		require.NoError(t, w.RedeemReset(t.Context(), browser, token, "battery staple"))
		require.ElementsMatch(t, []any{auth.SessionEnded(one), auth.SessionEnded(two)}, w.events.Take())
		for _, p := range []auth.Principal{one, two} {
			require.ErrorIs(t, w.Alive(t.Context(), p), auth.ErrSessionEnded)
		}
		_, err = w.Refresh(t.Context(), browser, tokens.Refresh)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		require.NoError(t, w.Alive(t.Context(), stranger))
		_, err = w.Login(t.Context(), browser, "minji@example.org", password)
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
		again, err := w.Login(t.Context(), browser, "minji@example.org", "battery staple")
		require.NoError(t, err)
		require.True(t, again.User.EmailVerified, "who reads the mail has the address")

		err = w.RedeemReset(t.Context(), browser, token, "another battery")
		require.ErrorIs(t, err, mail.ErrLink, "it works once")
		require.Equal(t, []string{"body.token"}, fields(t, err))
		require.Empty(t, w.events.Take())
	})
}

func TestLinksOfBeforeDieWithTheOneThatIsUsed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		verify := w.post(t)["verify minji@example.org"]
		older, newer := w.forgotten(t, "minji@example.org"), w.forgotten(t, "minji@example.org")
		require.NoError(t, w.RedeemReset(t.Context(), browser, newer, "battery staple"))
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, older, "another battery"), mail.ErrLink)
		require.ErrorIs(t, w.RedeemVerification(t.Context(), browser, verify), mail.ErrLink, "there is nothing left to prove")
		require.Zero(t, rows(t, w, "links"))

		late := w.forgotten(t, "minji@example.org")
		w.clock.Advance(time.Hour)
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, late, "another battery"), mail.ErrLink)
	})
}

func TestAChangeOfPasswordMakesMailedResetsWorthless(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		token := w.forgotten(t, "minji@example.org")
		require.NoError(t, w.ChangePassword(t.Context(), mine, password, "battery staple"))
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, token, "another battery"), mail.ErrLink)
	})
}

func TestOneLinkSetsOnePassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		token := w.forgotten(t, "minji@example.org")
		var mu sync.Mutex
		var won []string
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				next := fmt.Sprintf("battery staple %d", i)
				if err := w.RedeemReset(t.Context(), browser, token, next); err == nil {
					mu.Lock()
					defer mu.Unlock()
					won = append(won, next)
				}
			})
		}
		all.Wait()
		require.Len(t, won, 1)
		_, err := w.Login(t.Context(), browser, "minji@example.org", won[0])
		require.NoError(t, err)
	})
}

func TestALinkBringsARestoredAccountBackIntoUse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		w.post(t)
		for _, purpose := range []mail.Purpose{mail.Restore, mail.Reset} {
			id := w.put(t, "minji@example.org", account.MustReset)
			require.NoError(t, w.mails.Post(w.DB, id, purpose))
			token := w.post(t)["reset minji@example.org"]
			require.NoError(t, w.RedeemReset(t.Context(), browser, token, "battery staple"))
			require.Equal(t, account.Active, w.stateOf(t, id))
			_, err = w.Login(t.Context(), browser, "minji@example.org", "battery staple")
			require.NoError(t, err)
		}
		// Who comes back with a temporary password needs the link no more.
		id := w.put(t, "minji@example.org", account.MustReset)
		require.NoError(t, w.mails.Post(w.DB, id, mail.Restore))
		token := w.post(t)["reset minji@example.org"]
		_, err = w.LoginAnew(t.Context(), browser, "minji@example.org", "battery staple", "correct staple")
		require.NoError(t, err)
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, token, "another battery"), mail.ErrLink)
	})
}

func TestNoLinkOpensAClosedAccount(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		verify := w.post(t)["verify minji@example.org"]
		reset := w.forgotten(t, "minji@example.org")
		id := w.put(t, "minji@example.org", account.Deactivated)
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, reset, "battery staple"), mail.ErrLink)
		require.ErrorIs(t, w.RedeemVerification(t.Context(), browser, verify), mail.ErrLink)
		require.Equal(t, account.Deactivated, w.stateOf(t, id))
		require.NoError(t, w.RequestReset(t.Context(), browser, "minji@example.org"), "which nobody is told")
		require.Empty(t, w.post(t))
		w.put(t, "minji@example.org", account.Active)
		_, err = w.Login(t.Context(), browser, "minji@example.org", password)
		require.NoError(t, err, "nothing was changed")
	})
}

// What is done on request must not depend on whether the e-mail has an account: work is counted, since time cannot be trusted.
func TestAskingForAResetDoesNotTellWhetherAnEmailIsKnown(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.MariaDB(t), Redis: testkit.OpenRedis(t, "embedded")}, limited)
	for _, email := range []string{"minji@example.org", "closed@example.org", "restored@example.org"} {
		_, err := w.Register(t.Context(), browser, registration(email))
		require.NoError(t, err)
	}
	w.put(t, "closed@example.org", account.Deactivated)
	w.put(t, "restored@example.org", account.MustReset)
	require.NoError(t, w.mails.Deliver(t.Context()))
	statements := func() (n int) {
		var name string
		require.NoError(t, w.DB.Raw("SHOW GLOBAL STATUS LIKE 'Questions'").Row().Scan(&name, &n))
		return n
	}
	for _, email := range []string{"minji@example.org", "closed@example.org", "restored@example.org", "nobody@example.org"} {
		before, hashes, waiting := statements(), w.hashes(t), rows(t, w, "mails")
		require.NoError(t, w.RequestReset(t.Context(), browser, email))
		require.EqualValues(t, 1, rows(t, w, "mails")-waiting, email)
		require.Equal(t, 4, statements()-before, "%s: the one that stores it, and three of this test", email)
		require.Equal(t, hashes, w.hashes(t))
	}
	for _, email := range []string{"minji@example.org", "nobody@example.org"} {
		require.NoError(t, w.RequestReset(t.Context(), browser, email))
		require.NoError(t, w.RequestReset(t.Context(), browser, email))
		requireTooMany(t, w.RequestReset(t.Context(), browser, email), 10*time.Minute)
	}
}

func TestAnEmailThatIsNoneIsSaidToBe(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")})
	err := w.RequestReset(t.Context(), browser, "minji@example.org\r\nBcc: all@example.org")
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.Equal(t, []string{"body.email"}, fields(t, err))
	require.Zero(t, rows(t, w, "mails"))
}

func TestAnEmailIsProvenByMail(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		user, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.NoError(t, err)
		require.False(t, user.EmailVerified)
		first := w.post(t)["verify minji@example.org"]
		require.NotEmpty(t, first, "one is mailed at registration")
		require.NoError(t, w.RequestVerification(t.Context(), user.ID))
		second := w.post(t)["verify minji@example.org"]
		require.NotEqual(t, first, second)

		reset := w.forgotten(t, "minji@example.org")
		require.ErrorIs(t, w.RedeemVerification(t.Context(), browser, reset), mail.ErrLink)
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, second, "battery staple"), mail.ErrLink)
		require.NoError(t, w.RedeemVerification(t.Context(), browser, second))
		user.EmailVerified = true
		require.Equal(t, []any{account.SettingsChanged{User: user}}, w.events.Take())
		tokens, p := w.login(t, "minji@example.org")
		require.True(t, tokens.User.EmailVerified)
		require.NoError(t, w.Alive(t.Context(), p), "nobody is signed out")
		for _, token := range []string{first, second} {
			require.ErrorIs(t, w.RedeemVerification(t.Context(), browser, token), mail.ErrLink)
		}
		require.ErrorIs(t, w.RequestVerification(t.Context(), user.ID), auth.ErrEmailVerified)
		require.NoError(t, w.RedeemReset(t.Context(), browser, reset, "battery staple"), "which is another matter")
	})
}

func TestARegistrationThatFailsMailsNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		require.Len(t, w.post(t), 1)
		_, err := w.Register(t.Context(), browser, registration("minji@example.org"))
		require.ErrorIs(t, err, account.ErrEmailTaken)
		require.Empty(t, w.post(t))
	})
}

func TestWithoutMailsThoseWhoAskAreTold(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(cfg *auth.Config) { cfg.Mails = nil })
	_, p := w.login(t, "minji@example.org")
	require.ErrorIs(t, w.RequestReset(t.Context(), browser, "minji@example.org"), mail.ErrUnavailable)
	require.ErrorIs(t, w.RequestReset(t.Context(), browser, "nobody@example.org"), mail.ErrUnavailable)
	require.ErrorIs(t, w.RequestVerification(t.Context(), p.User), mail.ErrUnavailable)
	require.Zero(t, rows(t, w, "mails"))
}

func TestLinksAreNotAskedForOrTriedWithoutEnd(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		_, mine := w.login(t, "minji@example.org")
		_, theirs := w.login(t, "juno@example.org")
		for range 3 {
			require.NoError(t, w.RequestVerification(t.Context(), mine.User))
		}
		requireTooMany(t, w.RequestVerification(t.Context(), mine.User), 10*time.Minute)
		require.NoError(t, w.RequestVerification(t.Context(), theirs.User))

		flood := auth.Client{Address: "192.0.2.99"}
		var err error
		for i := range 21 {
			err = w.RequestReset(t.Context(), flood, fmt.Sprintf("u%d@example.org", i))
		}
		requireTooMany(t, err, 30*time.Second)
		for range 40 { // more than are allowed at once, and in the time that takes
			if err = w.RedeemVerification(t.Context(), flood, "made up"); !errors.Is(err, mail.ErrLink) {
				break
			}
		}
		requireTooMany(t, err, 2*time.Second)
		require.ErrorIs(t, w.RedeemReset(t.Context(), browser, "made up", "battery staple"), mail.ErrLink)
	})
}

// Who has guessed at a password does not keep its owner out for long.
func TestAResetForgetsTheGuessesOfOthers(t *testing.T) {
	eachLimitedWorld(t, func(t *testing.T, w *world) {
		w.login(t, "minji@example.org")
		w.post(t)
		for range 11 {
			_, _ = w.Login(t.Context(), auth.Client{Address: "192.0.2.99"}, "minji@example.org", "wrong password")
		}
		_, err := w.Login(t.Context(), browser, "minji@example.org", password)
		requireTooMany(t, err, 15*time.Second)
		require.NoError(t, w.RedeemReset(t.Context(), browser, w.forgotten(t, "minji@example.org"), "battery staple"))
		_, err = w.Login(t.Context(), browser, "minji@example.org", "battery staple")
		require.NoError(t, err)
	})
}
