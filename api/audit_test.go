package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
)

// audited is an operation of admins: what to ask so that it is carried out, and how the audit names it. Nothing is kept of an operation
// without an action.
type audited struct {
	ask    func(t *testing.T, w *town) request
	action audit.Action
}

func auditedOperations() map[string]audited {
	plain := func(path string) audited {
		return audited{ask: func(*testing.T, *town) request { return request{http.MethodGet, path, nil} }}
	}
	ofStore := func(method, path string, body any, action audit.Action) audited {
		return audited{func(t *testing.T, w *town) request {
			store, dishes := w.store(t, 4_000)
			return request{method, strings.NewReplacer("{store}", itoa(store), "{dish}", itoa(dishes[0])).Replace(path), body}
		}, action}
	}
	ofBox := func(method, path string, body func(*town) any, action audit.Action) audited {
		return audited{func(t *testing.T, w *town) request {
			box, _ := w.box(t)
			return request{method, "/admin/boxes/" + itoa(box.Id) + path, body(w)}
		}, action}
	}
	ofUser := func(method, path string, body any, action audit.Action) audited {
		return audited{func(t *testing.T, w *town) request {
			return request{method, "/admin/users/" + itoa(w.person(t, "target").id) + path, body}
		}, action}
	}
	ofClosed := func(method, path string, body any, action audit.Action) audited {
		return audited{func(t *testing.T, w *town) request {
			id := w.person(t, "closed").id
			w.admin.proves(t)
			w.admin.must(t, http.MethodPost, "/admin/users/"+itoa(id)+"/deactivation", map[string]any{})
			return request{method, "/admin/users/" + itoa(id) + path, body}
		}, action}
	}
	ofAnnouncement := func(method string, body any, action audit.Action) audited {
		return audited{func(t *testing.T, w *town) request {
			made := decoded[openapi.AdminAnnouncement](t, w.admin.must(t, http.MethodPost, "/admin/announcements", announcementInput(time.Now().Add(time.Hour))))
			return request{method, "/admin/announcements/" + itoa(made.Id), body}
		}, action}
	}
	nothing := func(*town) any { return nil }
	aBox := func(w *town) any { return w.boxInput() }
	later := time.Now().Add(24 * time.Hour)
	return map[string]audited{
		"listAllStores": plain("/admin/stores"), "listAllBoxes": plain("/admin/boxes"), "listUsers": plain("/admin/users"),
		"listAllRooms": plain("/admin/rooms"), "listAudit": plain("/admin/audit"), "listAllAnnouncements": plain("/admin/announcements"),
		"getStats": plain("/admin/stats"), "getEmotionHealth": plain("/admin/emotion"),
		"getUser":          ofUser(http.MethodGet, "", nil, audit.UserViewed),
		"listUserSessions": ofUser(http.MethodGet, "/sessions", nil, audit.UserViewed),

		"createStore":     {func(*testing.T, *town) request { return request{http.MethodPost, "/admin/stores", storeInput()} }, audit.StoreCreated},
		"getWholeStore":   ofStore(http.MethodGet, "/admin/stores/{store}", nil, ""),
		"replaceStore":    ofStore(http.MethodPut, "/admin/stores/{store}", storeInput(), audit.StoreReplaced),
		"deleteStore":     ofStore(http.MethodDelete, "/admin/stores/{store}", nil, audit.StoreDeleted),
		"createMenuItem":  ofStore(http.MethodPost, "/admin/stores/{store}/menu", dish("Another", 5_000), audit.MenuItemCreated),
		"replaceMenuItem": ofStore(http.MethodPut, "/admin/stores/{store}/menu/{dish}", dish("Changed", 6_000), audit.MenuItemReplaced),
		"deleteMenuItem":  ofStore(http.MethodDelete, "/admin/stores/{store}/menu/{dish}", nil, audit.MenuItemDeleted),
		"createBox":       {func(_ *testing.T, w *town) request { return request{http.MethodPost, "/admin/boxes", w.boxInput()} }, audit.BoxCreated},
		"replaceBox":      ofBox(http.MethodPut, "", aBox, audit.BoxReplaced),
		"deleteBox":       ofBox(http.MethodDelete, "", nothing, audit.BoxDeleted),
		"createBoxKey":    ofBox(http.MethodPost, "/key", nothing, audit.BoxKeyCreated),

		"setUserRole":        ofUser(http.MethodPut, "/role", map[string]any{"role": "admin"}, audit.UserRoleChanged),
		"revokeUserSessions": ofUser(http.MethodDelete, "/sessions", nil, audit.UserSessionsRevoked),
		"revokeUserSession": {func(t *testing.T, w *town) request {
			p := w.person(t, "target")
			sessions := decoded[openapi.SessionList](t, p.must(t, http.MethodGet, "/auth/sessions", nil)).Items
			return request{http.MethodDelete, "/admin/users/" + itoa(p.id) + "/sessions/" + itoa(sessions[0].Id), nil}
		}, audit.UserSessionsRevoked},
		"deactivateUser": ofUser(http.MethodPost, "/deactivation", map[string]any{"reason": "spam"}, audit.UserDeactivated),
		"restoreUser":    ofClosed(http.MethodPost, "/restoration", map[string]any{"access": "password"}, audit.UserRestored),
		"setPurgeDate":   ofClosed(http.MethodPut, "/purge-date", map[string]any{"purgeAfter": later}, audit.UserPurgeDateChanged),

		"createAnnouncement": {func(*testing.T, *town) request {
			return request{http.MethodPost, "/admin/announcements", announcementInput(later)}
		}, audit.AnnouncementCreated},
		"replaceAnnouncement":  ofAnnouncement(http.MethodPut, announcementInput(later), audit.AnnouncementReplaced),
		"withdrawAnnouncement": ofAnnouncement(http.MethodDelete, nil, audit.AnnouncementWithdrawn),
	}
}

func announcementInput(at time.Time) map[string]any {
	return map[string]any{"title": "Tea", "body": "At five.", "audience": map[string]any{"role": nil, "locale": nil}, "publishAt": at}
}

// TestWhatAdminsDoIsInTheAuditOnce carries out every operation that openapi.yaml has for admins. What changes something must be kept.
func TestWhatAdminsDoIsInTheAuditOnce(t *testing.T) {
	w := serverTown(t)
	table := auditedOperations()
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if !strings.HasPrefix(path, "/admin/") {
				require.NotContains(t, operation.Tags, "admin", "%s is not under /admin", path)
				continue
			}
			name := strings.ToLower(operation.OperationID[:1]) + operation.OperationID[1:]
			require.Contains(t, table, name, "it has no row")
			row := table[name]
			require.True(t, method == http.MethodGet || row.action != "", "%s changes something", name)
			t.Run(name, func(t *testing.T) {
				ask := row.ask(t, w)
				require.Equal(t, method, ask.method)
				w.admin.proves(t)
				before := count(t, w.stack.DB, "audit", "1 = 1")
				w.admin.must(t, ask.method, ask.path, ask.body)
				if row.action == "" {
					require.Equal(t, before, count(t, w.stack.DB, "audit", "1 = 1"))
					return
				}
				require.Equal(t, before+1, count(t, w.stack.DB, "audit", "1 = 1"))
				entry := decoded[openapi.AuditList](t, w.admin.must(t, http.MethodGet, "/admin/audit?size=1", nil)).Items[0]
				require.EqualValues(t, row.action, entry.Action)
				require.Equal(t, w.admin.id, entry.Actor.Id)
				require.Equal(t, "127.0.0.1", *entry.Address)
			})
		}
	}
}

// Entries outlive people, so nothing in them says who somebody was.
func TestTheAuditHoldsNoNamesOfPeople(t *testing.T) {
	w := serverTown(t)
	name := "Nobody knows me"
	p := w.person(t, name)
	w.admin.proves(t)
	user := "/admin/users/" + itoa(p.id)
	w.admin.must(t, http.MethodGet, user, nil)
	w.admin.must(t, http.MethodGet, "/admin/users?q="+p.email[:8], nil)
	w.admin.must(t, http.MethodPut, user+"/role", map[string]any{"role": "admin"})
	w.admin.must(t, http.MethodDelete, user+"/sessions", nil)
	made := command(t, "", w.settings, "create-admin", p.email)
	require.Equal(t, exitOK, made.code, made.err)
	require.EqualValues(t, 4, count(t, w.stack.DB, "audit", "target_type = 'user' AND target_id = ?", p.id))
	var text []string
	require.NoError(t, w.stack.DB.Raw("SELECT CONCAT_WS(' ', changes, address, action, target_type) FROM audit").Scan(&text).Error)
	for _, secret := range []string{name, p.email[:8], "@example.org"} {
		require.NotContains(t, fmt.Sprint(text), secret)
	}
	latest := decoded[openapi.AuditList](t, w.admin.must(t, http.MethodGet, "/admin/audit?action=admin.created", nil)).Items
	require.Len(t, latest, 1)
	require.Nil(t, latest[0].Actor, "an operator has no account")
	require.Nil(t, latest[0].Address)
}

// What an admin sees of accounts and rooms, as the web page asks for it.
func TestAnAdminLooksAfterAccounts(t *testing.T) {
	w := serverTown(t)
	minji, juno := w.person(t, "민지"), w.person(t, "juno")
	direct := befriend(t, minji, juno)
	minji.must(t, http.MethodPost, messages(direct), note("a secret between us"))
	s := minji.dial(t)
	var list openapi.AdminUserList
	require.Eventually(t, func() bool {
		list = decoded[openapi.AdminUserList](t, w.admin.must(t, http.MethodGet, "/admin/users?q=%EB%AF%BC&sort=nickname&descending=true", nil))
		return len(list.Items) == 1 && list.Items[0].Online
	}, 30*time.Second, 20*time.Millisecond)
	require.Equal(t, 1, list.Total)
	require.False(t, list.TotalCapped)
	require.Equal(t, minji.id, list.Items[0].Id)
	require.Equal(t, minji.email, list.Items[0].Email)
	first := decoded[openapi.AdminUserList](t, w.admin.must(t, http.MethodGet, "/admin/users?size=2", nil))
	require.Len(t, first.Items, 2)
	rest := decoded[openapi.AdminUserList](t, w.admin.must(t, http.MethodGet, "/admin/users?size=2&cursor="+*first.Next, nil))
	require.Len(t, rest.Items, 1)
	require.Nil(t, rest.Next)
	for path, field := range map[string]string{
		"/admin/users?cursor=x": "query.cursor", "/admin/users?sort=email&cursor=" + *first.Next: "query.cursor",
		"/admin/rooms?cursor=x": "query.cursor", "/admin/audit?cursor=x": "query.cursor",
	} {
		status, body := w.admin.call(t, http.MethodGet, path, nil)
		require.Equal(t, http.StatusUnprocessableEntity, status, path)
		require.Equal(t, field, (*decoded[openapi.Problem](t, body).Fields)[0].Field, path)
	}

	detail := decoded[openapi.AdminUserDetail](t, w.admin.must(t, http.MethodGet, "/admin/users/"+itoa(minji.id), nil))
	require.Equal(t, [3]int{1, 1, 1}, [3]int{detail.Sessions, detail.Friends, detail.Rooms})
	rooms := w.admin.must(t, http.MethodGet, "/admin/rooms?kind=direct", nil)
	require.NotContains(t, string(rooms), "secret")
	require.Equal(t, 2, decoded[openapi.AdminRoomList](t, rooms).Items[0].Members)

	w.admin.proves(t)
	for path, method := range map[string]string{"": http.MethodGet, "/sessions": http.MethodDelete, "/sessions/1": http.MethodDelete} {
		w.admin.refused(t, "account.unknown", method, "/admin/users/1099511627776"+path, nil)
	}
	sessions := decoded[openapi.SessionList](t, w.admin.must(t, http.MethodGet, "/admin/users/"+itoa(minji.id)+"/sessions", nil)).Items
	require.False(t, sessions[0].Current)
	w.admin.refused(t, "auth.unknown_session", http.MethodDelete, "/admin/users/"+itoa(juno.id)+"/sessions/"+itoa(sessions[0].Id), nil)
	w.admin.must(t, http.MethodDelete, "/admin/users/"+itoa(minji.id)+"/sessions/"+itoa(sessions[0].Id), nil)
	s.closed(t)
	minji.refused(t, "auth.session_ended", http.MethodGet, "/users/me", nil)
}

func TestARoleIsGoodForTheVeryNextRequest(t *testing.T) {
	w := serverTown(t)
	juno := w.person(t, "juno")
	role := func(role account.Role) map[string]any { return map[string]any{"role": role} }
	juno.refused(t, "auth.admin_only", http.MethodGet, "/admin/users", nil)
	w.admin.proves(t)
	w.admin.refused(t, "account.last_admin", http.MethodPut, "/admin/users/"+itoa(w.admin.id)+"/role", role(account.RoleUser))
	w.admin.must(t, http.MethodPut, "/admin/users/"+itoa(juno.id)+"/role", role(account.RoleAdmin))
	juno.must(t, http.MethodGet, "/admin/users", nil)
	juno.proves(t)
	juno.must(t, http.MethodPut, "/admin/users/"+itoa(w.admin.id)+"/role", role(account.RoleUser))
	w.admin.refused(t, "auth.admin_only", http.MethodGet, "/admin/users", nil)
}
