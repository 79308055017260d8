package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit/leaks"
)

// TestNothingThatPeopleWriteOrSignInWithIsLogged uses the program, also wrongly, while its database fails and with something secret in every
// place of a request, and looks for all of it in the log down to debug.
func TestNothingThatPeopleWriteOrSignInWithIsLogged(t *testing.T) {
	box := newMailbox(t)
	w := newTown(t, serverStack(t), time.Now, append(relay(box), "EMOSATION_LOG_LEVEL=debug")...)
	minji, ben := newcomer(t, w.client, w.url, "Minji Needlework"), newcomer(t, w.client, w.url, "벤 하이스택")
	used := leaks.Used{}
	used.Add("password", testPassword, "the wrong password", "a password of a room")
	used.Add("token", minji.token, minji.refresh, ben.token, ben.refresh)

	room := befriend(t, minji, ben)
	socket := minji.dial(t)
	socket.send(t, map[string]any{"type": "enter", "room": room, "sinceRev": 0})
	socket.waitType(t, "entered")
	say := func(body string) {
		used.Add("message", body)
		socket.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": body})
		socket.waitType(t, "ack")
	}
	say("오늘 정말 고마웠어")
	say("nobody else may read this")
	ticket := decoded[openapi.Ticket](t, ben.must(t, http.MethodPost, "/ws/tickets", nil)).Ticket
	group := newRoom(4)
	group["password"] = "a password of a room"
	opened := minji.opens(t, group)
	invite := decoded[openapi.Invite](t, minji.must(t, http.MethodPost, "/rooms/"+itoa(opened.Id)+"/invites", nil)).Token
	used.Add("token", ticket, invite)
	w.machine().must(t, http.MethodPost, "/auth/password-resets", map[string]any{"email": ben.email})
	mailed(t, "/reset", ben.email, func() (texts []string) {
		for _, m := range box.Mails() {
			texts = append(texts, m.To+"\n"+m.Text)
		}
		return texts
	})

	secrets := []string{minji.email, testPassword, minji.token, ben.refresh, ticket, invite, "nobody else may read this", "Minji Needlework"}
	for _, secret := range secrets {
		plain := url.PathEscape(secret)
		for _, path := range []string{
			"/" + plain, "/api/v1/" + plain, "/api/v1/rooms/" + plain, "/api/v1/users?query=" + url.QueryEscape(secret), "/api/v1/ws?ticket=" + plain,
			"/api/v1" + messages(room) + "?before=" + url.QueryEscape(secret), "/.well-known/" + plain,
		} {
			sendSecret(t, minji, http.MethodGet, path, secret, nil)
		}
		sendSecret(t, minji, http.MethodPut, "/api/v1"+messages(room)+"/1/reactions/"+plain, secret, nil)
		sendSecret(t, minji, http.MethodPost, "/api/v1/auth/login", secret, map[string]any{"email": secret, "password": secret})
		sendSecret(t, minji, http.MethodPost, "/api/v1"+messages(room), secret, map[string]any{"clientId": secret, "body": secret, "replyTo": 99999})
		sendSecret(t, minji, http.MethodPost, "/api/v1/invites", secret, map[string]any{"token": secret})
		sendSecret(t, minji, http.MethodPost, "/api/v1/auth/refresh", secret, map[string]any{"refreshToken": secret})
		socket.send(t, map[string]any{"type": secret, "room": room, "body": secret, "clientId": secret})
	}

	require.NoError(t, used.AddAll(w.stack.DB))
	for _, table := range []string{"messages", "users"} {
		renameTable(t, w, table, "gone")
		for _, secret := range secrets {
			sendSecret(t, minji, http.MethodPost, "/api/v1/auth/login", secret, map[string]any{"email": minji.email, "password": testPassword})
			sendSecret(t, minji, http.MethodPost, "/api/v1"+messages(room), secret, map[string]any{"clientId": uuid.NewString(), "body": secret})
			sendSecret(t, minji, http.MethodGet, "/api/v1/users?query="+url.QueryEscape(secret), secret, nil)
		}
		socket.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "nobody else may read this"})
		renameTable(t, w, "gone", table)
	}
	say("it is well again")

	require.Equal(t, exitOK, w.stop())
	log := w.logged.rest()
	for _, line := range []string{`"message":"request"`, `"message":"request failed"`, `"message":"socket ended"`, `"user":` + itoa(minji.id)} {
		require.Contains(t, log, line)
	}
	require.Empty(t, used.In(log), "%s", log)
	require.NotContains(t, log, `"path"`)
}

// renameTable waits for those who use the table.
func renameTable(t *testing.T, w *town, from, to string) {
	t.Helper()
	require.Eventually(t, func() bool { return w.stack.DB.Exec("RENAME TABLE "+from+" TO "+to).Error == nil }, time.Minute, 50*time.Millisecond)
}

// sendSecret asks something that may well be refused, with a secret in the headers besides.
func sendSecret(t *testing.T, who *person, method, path, secret string, in any) {
	t.Helper()
	body, err := json.Marshal(in)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, who.url+path, strings.NewReader(string(body)))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+who.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", secret)
	request.Header.Set("X-Request-ID", "a secret: "+secret)
	request.Header.Set("Cookie", "emosation_refresh="+url.QueryEscape(secret))
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
}
