package rest_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
)

func TestTwoPeopleFindEachOther(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno := w.join(t, "minji"), w.join(t, "juno")
		w.online[account.ID(juno.id)] = true

		found := minji.call(t, "GET", "/users?query=JUNO%40example.org", nil)
		require.Equal(t, []any{
			map[string]any{"user": map[string]any{"id": float64(juno.id), "nickname": "juno"}, "friend": "none"},
		}, found.items())
		asked := minji.call(t, "POST", "/friends", map[string]any{"userId": juno.id})
		require.Equal(t, http.StatusCreated, asked.status, asked.text)
		require.Equal(t, "outgoing", asked.body["state"])
		require.Equal(t, http.StatusOK, minji.call(t, "POST", "/friends", map[string]any{"userId": juno.id}).status, "asking twice")
		require.Equal(t, "incoming", juno.call(t, "GET", "/friends", nil).items()[0].(map[string]any)["state"])

		accepted := juno.call(t, "PUT", fmt.Sprintf("/friends/%d", minji.id), nil)
		require.Equal(t, http.StatusOK, accepted.status, accepted.text)
		friend := minji.call(t, "GET", "/friends", nil).items()[0].(map[string]any)
		require.Equal(t, "accepted", friend["state"])
		require.Equal(t, true, friend["online"])

		require.Equal(t, http.StatusNoContent, juno.call(t, "PUT", fmt.Sprintf("/blocks/%d", minji.id), nil).status)
		require.Len(t, juno.call(t, "GET", "/blocks", nil).items(), 1)
		require.Empty(t, minji.call(t, "GET", "/blocks", nil).items())
		require.Empty(t, minji.call(t, "GET", "/friends", nil).items())
		require.Empty(t, minji.call(t, "GET", "/users?query=juno", nil).items())
		require.Equal(t, http.StatusNoContent, juno.call(t, "DELETE", fmt.Sprintf("/blocks/%d", minji.id), nil).status)
		require.Equal(t, http.StatusNoContent, juno.call(t, "DELETE", fmt.Sprintf("/friends/%d", minji.id), nil).status)
	})
}

func TestAProfileIsChanged(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.join(t, "minji")
		me := minji.call(t, "GET", "/users/me", nil)
		want := map[string]any{
			"id": float64(minji.id), "email": "minji@example.org", "emailVerified": false, "nickname": "minji", "role": "user", "locale": "ko",
			"shareReadings": "everyone", "showReadings": true, "calibrateReadings": false, "createdAt": me.body["createdAt"],
		}
		require.Equal(t, want, me.body)
		want["nickname"], want["locale"], want["shareReadings"], want["showReadings"] = "민지", "en", "off", false
		want["calibrateReadings"] = true
		changed := minji.call(t, "PATCH", "/users/me", map[string]any{
			"nickname": " 민지 ", "locale": "en", "shareReadings": "off", "showReadings": false, "calibrateReadings": true,
		})
		require.Equal(t, want, changed.body)
		want["locale"] = "ko"
		require.Equal(t, want, minji.call(t, "PATCH", "/users/me", map[string]any{"locale": "ko"}).body)
		require.Equal(t, want, minji.call(t, "GET", "/users/me", nil).body)
	})
}

func TestASessionIsListedRenewedAndEnded(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		here, there := w.join(t, "minji"), w.login(t, "minji")
		sessions := here.call(t, "GET", "/auth/sessions", nil).items()
		require.Len(t, sessions, 2)
		other := sessions[0].(map[string]any)
		require.Equal(t, false, other["current"])
		require.Equal(t, true, sessions[1].(map[string]any)["current"])
		require.Equal(t, "127.0.0.1", other["address"])
		require.Contains(t, other["userAgent"], "Go-http-client")

		renewed := w.do(t, request{method: "POST", path: "/auth/refresh", body: map[string]any{"refreshToken": there.refresh}})
		require.Equal(t, http.StatusOK, renewed.status, renewed.text)
		require.NotEqual(t, there.refresh, renewed.body["refreshToken"])
		require.Equal(t, http.StatusNoContent, here.call(t, "DELETE", fmt.Sprintf("/auth/sessions/%.0f", other["id"]), nil).status)
		for _, token := range []string{there.access, renewed.body["accessToken"].(string)} {
			there.access = token
			ended := there.call(t, "GET", "/users/me", nil)
			require.Equal(t, http.StatusUnauthorized, ended.status)
			require.Equal(t, "auth.session_ended", ended.body["code"])
		}
		require.Equal(t, http.StatusNotFound, here.call(t, "DELETE", fmt.Sprintf("/auth/sessions/%.0f", other["id"]), nil).status)

		require.Equal(t, http.StatusCreated, here.call(t, "POST", "/ws/tickets", nil).status)
		require.Equal(t, http.StatusNoContent, here.call(t, "POST", "/auth/logout", nil).status)
		require.Equal(t, http.StatusUnauthorized, here.call(t, "GET", "/users/me", nil).status)
	})
}

func TestAPasswordIsChanged(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		here, there := w.join(t, "minji"), w.login(t, "minji")
		wrong := here.call(t, "PUT", "/users/me/password", map[string]any{"currentPassword": "x", "newPassword": "battery staple"})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
		require.Equal(t, []string{"body.currentPassword"}, wrong.fields(t))
		right := here.call(t, "PUT", "/users/me/password", map[string]any{"currentPassword": password, "newPassword": "battery staple"})
		require.Equal(t, http.StatusNoContent, right.status, right.text)
		require.Equal(t, http.StatusOK, here.call(t, "GET", "/users/me", nil).status)
		require.Equal(t, http.StatusUnauthorized, there.call(t, "GET", "/users/me", nil).status)
	})
}

func TestTheKeysAreServedWhereTheyAreLookedFor(t *testing.T) {
	w := embedded(t)
	below := w.do(t, request{method: "GET", path: "/.well-known/jwks.json"})
	require.Equal(t, http.StatusOK, below.status)
	keys := below.body["keys"].([]any)
	require.Len(t, keys, 1)
	require.Equal(t, "EdDSA", keys[0].(map[string]any)["alg"])
	require.NotContains(t, keys[0], "d")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/api/v1/.well-known/jwks.json", nil)
	require.NoError(t, err)
	response, err := w.client.Do(req)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// The first bar of the product, over real HTTP.
func TestAThousandIdenticalRegistrations(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		statuses := map[int]int{}
		var mu sync.Mutex
		var all sync.WaitGroup
		start := make(chan struct{})
		for range 1000 {
			all.Go(func() {
				<-start
				a := w.do(t, request{method: "POST", path: "/auth/register", body: registration("minji@example.org")})
				mu.Lock()
				defer mu.Unlock()
				statuses[a.status]++
			})
		}
		close(start)
		all.Wait()
		require.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 999}, statuses)
		var users int64
		require.NoError(t, w.DB.Table("users").Count(&users).Error)
		require.EqualValues(t, 1, users)
		families, err := w.metrics.Gather()
		require.NoError(t, err)
		require.Equal(t, "emosation_password_hashes_total", families[0].GetName())
		require.Equal(t, 1, int(families[0].GetMetric()[0].GetCounter().GetValue()))
	})
}
