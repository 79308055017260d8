package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/testkit"
)

func TestWhatCannotBeUndoneNeedsAProofInThisSession(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		clock := testkit.NewClock(time.Now())
		w := newWorld(t, s, func(set *settings) { set.Now = clock.Now })
		admin := w.join(t, "admin")
		require.NoError(t, account.SetRole(w.DB, account.ID(admin.id), account.RoleAdmin, time.Now()))
		made := admin.call(t, "POST", "/admin/boxes", map[string]any{"name": "Box", "zip": "90101", "address": "Street", "lat": 37.5, "lng": 127.0})
		require.Equal(t, http.StatusCreated, made.status, made.text)
		try := func(p person) string {
			code, _ := p.call(t, "POST", "/admin/boxes/1/key", nil).body["code"].(string)
			return code
		}
		elsewhere := w.login(t, "admin")
		elsewhere.proves(t)
		require.Equal(t, "auth.reauthenticate", try(admin), "another session's proof does not help")
		require.Equal(t, "auth.wrong_password", admin.call(t, "POST", "/auth/reauthentication", map[string]any{"password": "wrong"}).body["code"])
		require.Equal(t, "auth.reauthenticate", try(admin))

		admin.proves(t)
		require.Empty(t, try(admin))
		require.Empty(t, try(admin), "it works more than once")
		clock.Advance(4 * time.Minute)
		require.Empty(t, try(admin))
		clock.Advance(2 * time.Minute)
		require.Equal(t, "auth.reauthenticate", try(admin))
		admin.proves(t) // by the clock of signing in, which did not move
		require.Equal(t, "auth.reauthenticate", try(admin))
	})
}

// Those that carry the extension are guarded, whatever is asked of them, and no others are.
func TestEveryOperationThatAsksForAProofIsGuarded(t *testing.T) {
	w := embedded(t)
	admin, minji := w.join(t, "admin"), w.join(t, "minji")
	require.NoError(t, account.SetRole(w.DB, account.ID(admin.id), account.RoleAdmin, time.Now()))
	var guarded []string
	each(t, func(t *testing.T, method, path string, operation *openapi3.Operation) {
		if _, marked := operation.Extensions["x-reauthenticate"]; !marked {
			return
		}
		guarded = append(guarded, operation.OperationID)
		for _, body := range []any{nil, "{}", "not JSON", `{"role":"admin","access":"link","purgeAfter":"2030-01-01T00:00:00Z"}`} {
			a := admin.do(t, request{method: method, path: path + "?messages=keep", body: body, wrong: true})
			require.Equal(t, http.StatusForbidden, a.status, a.text)
			require.Equal(t, "auth.reauthenticate", a.body["code"])
			if path != "/users/me" {
				a = minji.do(t, request{method: method, path: path, body: body, wrong: true})
				require.Equal(t, "auth.admin_only", a.body["code"], "who may not in any case is told so")
			}
		}
	})
	require.ElementsMatch(t, []string{
		"DeleteMe", "DeleteStore", "DeleteMenuItem", "DeleteBox", "CreateBoxKey", "RevokeUserSessions", "RevokeUserSession", "SetUserRole",
		"DeactivateUser", "RestoreUser", "SetPurgeDate", "WithdrawAnnouncement",
	}, guarded)
	require.Equal(t, http.StatusOK, admin.call(t, "GET", "/users/me", nil).status)
}
