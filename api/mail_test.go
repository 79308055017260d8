package main

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/mailbox"
	"github.com/stretchr/testify/require"
)

// newMailbox is a relay until the test ends.
func newMailbox(t *testing.T) *mailbox.Server {
	t.Helper()
	box, err := mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Stop()) })
	return box
}

// relay is the settings that make a server hand its mails to a box.
func relay(box *mailbox.Server) []string {
	return []string{"EMOSATION_SMTP_URL=" + box.URL(), "EMOSATION_MAIL_FROM=Emosation <chat@example.org>"}
}

// shownMails is what the private listener of a server tells of mails that are not sent.
func shownMails(t *testing.T, server running) (status int, page string) {
	t.Helper()
	answer, err := http.Get(server.ops + mailsPath)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, html.UnescapeString(string(text))
}

var tokenIn = regexp.MustCompile(`http://chat\.example\.org(/verify|/reset)#token=([A-Z2-7]+)`)

// mailed waits for a mail that links to a page, and returns the token of the latest.
func mailed(t *testing.T, path, email string, texts func() []string) (token string) {
	t.Helper()
	require.Eventually(t, func() bool {
		token = ""
		for _, text := range texts() {
			if found := tokenIn.FindStringSubmatch(text); strings.Contains(text, email) && found != nil && found[1] == path {
				token = found[2]
			}
		}
		return token != ""
	}, 30*time.Second, 20*time.Millisecond, "no mail to %s came", path)
	return token
}

// TestMailedLinksWork goes the way of somebody who registers, proves their e-mail, forgets their password and sets a new one; on a
// database server by mail, on the embedded one by what the operator sees.
func TestMailedLinksWork(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		settings := stackSettings(t, s)
		var server running
		var texts func() []string
		if s.Name == "embedded" {
			server = start(t, settings)
			texts = func() []string {
				_, page := shownMails(t, server)
				articles := strings.Split(page, "<article")
				for i, j := 0, len(articles)-1; i < j; i, j = i+1, j-1 { // the newest comes first there
					articles[i], articles[j] = articles[j], articles[i]
				}
				return articles
			}
		} else {
			box := newMailbox(t)
			server = start(t, append(settings, relay(box)...))
			texts = func() (list []string) {
				for _, m := range box.Mails() {
					list = append(list, m.To+"\n"+m.Text)
				}
				return list
			}
			status, _ := shownMails(t, server)
			require.Equal(t, http.StatusNotFound, status, "mails that are sent are nobody else's business")
		}
		client := contractClient(t)
		minji := newcomer(t, client, server.url, "민지")
		nobody := &person{url: server.url, http: client}
		me := func() openapi.User { return decoded[openapi.User](t, minji.must(t, http.MethodGet, "/users/me", nil)) }
		require.False(t, me().EmailVerified)
		proof := map[string]any{"token": mailed(t, "/verify", minji.email, texts)}
		nobody.must(t, http.MethodPost, "/auth/email-verifications/redeem", proof)
		nobody.refused(t, "auth.link", http.MethodPost, "/auth/email-verifications/redeem", proof)
		require.True(t, me().EmailVerified)
		minji.refused(t, "auth.email_verified", http.MethodPost, "/auth/email-verifications", nil)

		open := minji.dial(t)
		for _, email := range []string{"nobody@example.org", minji.email} {
			a := nobody.ask(t, http.MethodPost, "/auth/password-resets", map[string]any{"email": email}, nil)
			require.Equal(t, http.StatusAccepted, a.status)
			require.Empty(t, a.body)
		}
		reset := map[string]any{"token": mailed(t, "/reset", minji.email, texts), "newPassword": "battery staple"}
		nobody.must(t, http.MethodPost, "/auth/password-resets/redeem", reset)
		require.Equal(t, websocket.StatusCode(4401), open.closed(t))
		nobody.refused(t, "auth.link", http.MethodPost, "/auth/password-resets/redeem", reset)
		minji.refused(t, "auth.session_ended", http.MethodGet, "/users/me", nil)
		old := map[string]any{"email": minji.email, "password": testPassword}
		nobody.refused(t, "auth.wrong_credentials", http.MethodPost, "/auth/login", old)
		nobody.must(t, http.MethodPost, "/auth/login", map[string]any{"email": minji.email, "password": "battery staple"})
		for _, text := range texts() {
			require.NotContains(t, text, "nobody@example.org")
		}
	})
}

func TestADatabaseServerWithoutARelaySaysThatThereAreNoMails(t *testing.T) {
	server := start(t, stackSettings(t, serverStack(t)))
	minji := newcomer(t, contractClient(t), server.url, "민지")
	minji.refused(t, "mail.unavailable", http.MethodPost, "/auth/password-resets", map[string]any{"email": minji.email})
	minji.refused(t, "mail.unavailable", http.MethodPost, "/auth/password-resets", map[string]any{"email": "nobody@example.org"})
	minji.refused(t, "mail.unavailable", http.MethodPost, "/auth/email-verifications", nil)
	status, _ := shownMails(t, server)
	require.Equal(t, http.StatusNotFound, status)
}

func TestARestoredAccountIsEnteredWithATemporaryPassword(t *testing.T) {
	w := newTown(t, serverStack(t), time.Now)
	minji := w.person(t, "Minji")
	require.NoError(t, w.stack.DB.Table("users").Where("id = ?", minji.id).Update("state", account.MustReset).Error)
	login := map[string]any{"email": minji.email, "password": testPassword}
	w.machine().refused(t, "auth.must_reset", http.MethodPost, "/auth/login", login)
	login["newPassword"] = testPassword
	w.machine().refused(t, "request.invalid", http.MethodPost, "/auth/login", login)
	login["newPassword"] = "battery staple"
	w.machine().must(t, http.MethodPost, "/auth/login", login)
	login["password"] = "battery staple"
	w.machine().must(t, http.MethodPost, "/auth/login", login)
	w.machine().refused(t, "auth.wrong_credentials", http.MethodPost, "/auth/login", map[string]any{"email": minji.email, "password": testPassword})
}
