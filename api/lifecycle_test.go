package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

// dead checks that nothing works with which somebody could come in, on any node.
func (w *town) dead(t *testing.T, gone *person, tickets []string, nodes ...running) {
	t.Helper()
	for i, node := range nodes {
		there := gone.on(node)
		there.refused(t, "auth.session_ended", http.MethodGet, "/users/me", nil)
		there.refused(t, "auth.session_ended", http.MethodPost, "/ws/tickets", nil)
		(&person{url: node.url, http: w.client}).refused(t, "auth.session_ended", http.MethodPost, "/auth/refresh", map[string]any{"refreshToken": gone.refresh})
		(&person{url: node.url, http: w.client}).refused(t, "auth.wrong_credentials", http.MethodPost, "/auth/login",
			map[string]any{"email": gone.email, "password": testPassword})
		_, err := there.tryDial(t)
		require.Error(t, err)
		_, answer, err := websocket.Dial(t.Context(), node.url+"/api/v1/ws", &websocket.DialOptions{
			Subprotocols: []string{"emosation.v1", "ticket." + tickets[i]}, HTTPHeader: http.Header{"Origin": {node.url}},
		})
		require.Error(t, err)
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
		require.NoError(t, answer.Body.Close())
	}
}

// TestWhoseAccountIsClosedIsGoneFromAllNodesAndComesBackWhole closes an account in the middle of a conversation on two nodes.
func TestWhoseAccountIsClosedIsGoneFromAllNodesAndComesBackWhole(t *testing.T) {
	w := serverTown(t)
	there := w.secondNode(t)
	for name, closes := range map[string]func(*person){
		"deleted": func(p *person) {
			p.refused(t, "auth.reauthenticate", http.MethodDelete, "/users/me?messages=delete", nil)
			p.proves(t)
			left := p.ask(t, http.MethodDelete, "/users/me?messages=delete", nil, nil)
			require.Equal(t, http.StatusOK, left.status)
			require.Contains(t, left.header.Get("Set-Cookie"), "emosation_refresh=;", "the browser forgets it too")
			after := decoded[openapi.Deletion](t, left.body).PurgeAfter
			require.WithinDuration(t, time.Now().Add(30*24*time.Hour), after, time.Hour)
		},
		"deactivated": func(p *person) {
			w.admin.proves(t)
			at := "/admin/users/" + itoa(p.id) + "/deactivation"
			closed := decoded[openapi.AdminUser](t, w.admin.must(t, http.MethodPost, at, map[string]any{"reason": "spam"}))
			require.Equal(t, openapi.AccountStateDeactivated, closed.State)
			require.Equal(t, "deactivated", closed.Nickname, "admins know who it was")
			w.admin.refused(t, "account.state", http.MethodPost, at, map[string]any{})
			w.admin.refused(t, "account.own", http.MethodPost, "/admin/users/"+itoa(w.admin.id)+"/deactivation", map[string]any{})
			w.admin.refused(t, "account.unknown", http.MethodPost, "/admin/users/999999/deactivation", map[string]any{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			gone, friendly, stranger := newcomer(t, w.client, w.url, name), w.person(t, "friendly").on(there), w.person(t, "stranger")
			direct := befriend(t, gone, friendly)
			group := gone.opens(t, newRoom(3)).Id
			friendly.joins(t, group)
			invite := decoded[openapi.Invite](t, gone.must(t, http.MethodPost, at(group, "/invites"), map[string]any{"hours": 1})).Token
			gone.must(t, http.MethodPost, messages(direct), note("before"))
			var tickets []string
			for range 2 {
				tickets = append(tickets, decoded[openapi.Ticket](t, gone.must(t, http.MethodPost, "/ws/tickets", nil)).Ticket)
			}
			local, remote, witness := gone.dial(t), gone.on(there).dial(t), friendly.dial(t)

			before := time.Now()
			closes(gone)
			w.dead(t, gone, tickets, w.running, there)
			require.NotEqual(t, websocket.StatusNormalClosure, local.closed(t))
			require.NotEqual(t, websocket.StatusNormalClosure, remote.closed(t))
			t.Logf("everything was over after %s", time.Since(before)) // a bound would measure the machine
			stranger.refused(t, "room.invite_invalid", http.MethodPost, at(group, "/members"), map[string]any{"invite": invite})
			vanished := witness.wait(t, "that they are no friends", func(e envelope) bool { return e.Type == "friend" && e.State == "none" })
			require.Contains(t, vanished.raw, `"nickname":""`)
			witness.wait(t, "that they left", func(e envelope) bool { return e.Room == group && e.Change == "left" })
			require.Empty(t, decoded[openapi.FriendList](t, friendly.must(t, http.MethodGet, "/friends", nil)).Items)
			require.Empty(t, decoded[openapi.UserMatchList](t, stranger.must(t, http.MethodGet, "/users?query="+name, nil)).Items)
			friendly.refused(t, "room.read_only", http.MethodPost, messages(direct), note("are you there?"))
			seen := friendly.sees(t, direct)
			require.Equal(t, openapi.RoomStateReadOnly, seen.State)
			require.Empty(t, seen.Peer.Nickname)
			witness.forget()

			w.comesBack(t, gone, friendly, witness, direct, group)
		})
	}
}

func (w *town) comesBack(t *testing.T, gone, friendly *person, witness *socket, direct, group int64) {
	t.Helper()
	w.admin.proves(t)
	path := "/admin/users/" + itoa(gone.id)
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	put := decoded[openapi.AdminUser](t, w.admin.must(t, http.MethodPut, path+"/purge-date", map[string]any{"purgeAfter": later}))
	require.True(t, later.Equal(*put.PurgeAfter))
	back := decoded[openapi.Restoration](t, w.admin.must(t, http.MethodPost, path+"/restoration", map[string]any{"access": "password"}))
	require.Equal(t, openapi.AccountStateMustReset, back.User.State)
	require.NotNil(t, back.TemporaryPassword)
	w.admin.refused(t, "account.state", http.MethodPost, path+"/restoration", map[string]any{"access": "password"})
	w.admin.refused(t, "account.state", http.MethodPut, path+"/purge-date", map[string]any{"purgeAfter": later})
	witness.wait(t, "that they are friends", func(e envelope) bool { return e.Type == "friend" && e.State == "accepted" })
	witness.wait(t, "that they are back", func(e envelope) bool { return e.Room == group && e.Change == "joined" })

	status, body := gone.call(t, http.MethodPost, "/auth/login", map[string]any{
		"email": gone.email, "password": *back.TemporaryPassword, "newPassword": testPassword, "tokenDelivery": "body",
	})
	require.Equal(t, http.StatusOK, status, string(body))
	gone.login(t)
	require.Len(t, gone.history(t, direct), 1)
	require.Equal(t, openapi.RoomStateOpen, gone.sees(t, direct).State)
	require.Len(t, gone.members(t, group), 2)
	require.Len(t, decoded[openapi.FriendList](t, gone.must(t, http.MethodGet, "/friends", nil)).Items, 1)
	gone.must(t, http.MethodPost, messages(direct), note("back"))
	require.Len(t, friendly.history(t, direct), 2)
}
