package rest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// requireAlike checks that two answers cannot be told apart.
func requireAlike(t *testing.T, one, two answer) {
	t.Helper()
	require.Equal(t, one.status, two.status)
	require.Equal(t, one.text, two.text)
	one.header.Del("Date")
	two.header.Del("Date")
	require.Equal(t, one.header, two.header)
}

func TestLoginDoesNotTellWhoHasAnAccount(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.join(t, "minji")
		try := func(email string) answer {
			return w.do(t, request{method: "POST", path: "/auth/login", body: map[string]any{"email": email, "password": "wrong password"}})
		}
		known, unknown := try("minji@example.org"), try("nobody@example.org")
		require.Equal(t, http.StatusUnauthorized, known.status)
		requireAlike(t, known, unknown)
		requireAlike(t, known, try("no e-mail at all"))
	})
}

func TestWhoBlockedMeLooksLikeNobody(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		me, other := w.join(t, "minji"), w.join(t, "juno")
		require.Equal(t, http.StatusNoContent, other.call(t, "PUT", fmt.Sprintf("/blocks/%d", me.id), nil).status)
		const nobody = 999
		for name, try := range map[string]func(id int64) answer{
			"request": func(id int64) answer { return me.call(t, "POST", "/friends", map[string]any{"userId": id}) },
			"accept":  func(id int64) answer { return me.call(t, "PUT", fmt.Sprintf("/friends/%d", id), nil) },
			"remove":  func(id int64) answer { return me.call(t, "DELETE", fmt.Sprintf("/friends/%d", id), nil) },
			"unblock": func(id int64) answer { return me.call(t, "DELETE", fmt.Sprintf("/blocks/%d", id), nil) },
			"room":    func(id int64) answer { return me.call(t, "POST", "/rooms/direct", map[string]any{"userId": id}) },
		} {
			t.Run(name, func(t *testing.T) { requireAlike(t, try(nobody), try(other.id)) })
		}
		requireAlike(t, me.call(t, "GET", "/users?query=nobody", nil), me.call(t, "GET", "/users?query=juno", nil))
		block := func(id int64) answer { return me.call(t, "PUT", fmt.Sprintf("/blocks/%d", id), nil) }
		requireAlike(t, block(nobody), block(other.id)) // last: from then on it is me who blocks
	})
}

func TestTheSessionsOfOthersLookLikeNone(t *testing.T) {
	w := embedded(t)
	me, other := w.join(t, "minji"), w.join(t, "juno")
	theirs := other.call(t, "GET", "/auth/sessions", nil).items()[0].(map[string]any)["id"].(float64)
	revoke := func(id int) answer { return me.call(t, "DELETE", fmt.Sprintf("/auth/sessions/%d", id), nil) }
	require.Equal(t, http.StatusNotFound, revoke(999).status)
	requireAlike(t, revoke(999), revoke(int(theirs)))
	require.Equal(t, http.StatusOK, other.call(t, "GET", "/users/me", nil).status)
}

func TestATakenEmailIsAConflict(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.join(t, "minji")
		a := w.do(t, request{method: "POST", path: "/auth/register", body: registration("MINJI@example.org")})
		require.Equal(t, http.StatusConflict, a.status)
		require.Equal(t, "account.email_taken", a.body["code"])
	})
}

func TestTooManyAttemptsAreToldWhenToComeBack(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, func(set *settings) { set.RateLimits = true })
		w.join(t, "minji")
		try := func(password string) answer {
			return w.do(t, request{method: "POST", path: "/auth/login", body: map[string]any{"email": "minji@example.org", "password": password}})
		}
		for range 10 {
			require.Equal(t, http.StatusUnauthorized, try("wrong password").status)
		}
		a := try(password)
		require.Equal(t, http.StatusTooManyRequests, a.status, a.text)
		wait, err := strconv.Atoi(a.header.Get("Retry-After"))
		require.NoError(t, err)
		require.True(t, wait >= 1 && wait <= 15, "%d s", wait)
	})
}

func TestWithoutRedisOnlyWhatNeedsItIsRefused(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		var key auth.Key
		before := newWorld(t, s, func(set *settings) { key = set.Key })
		minji := before.join(t, "minji")
		s.Redis = lostRedis(t)
		w := newWorld(t, s, func(set *settings) { set.Key, set.RateLimits = key, true })
		minji.world = w
		for name, a := range map[string]answer{
			"register": w.do(t, request{method: "POST", path: "/auth/register", body: registration("juno@example.org")}),
			"login":    w.do(t, request{method: "POST", path: "/auth/login", body: credentials()}),
			"ticket":   minji.call(t, "POST", "/ws/tickets", nil),
		} {
			require.Equal(t, http.StatusServiceUnavailable, a.status, "%s: %s", name, a.text)
			require.NotEmpty(t, a.header.Get("Retry-After"))
		}
		require.Equal(t, http.StatusOK, minji.call(t, "GET", "/users/me", nil).status, "who is signed in stays so")
		require.Equal(t, http.StatusNoContent, minji.call(t, "POST", "/auth/logout", nil).status)
	})
}

func TestWithoutTheDatabaseOneMayTryAgain(t *testing.T) {
	server, err := servers.StartMariaDB(t.Context())
	require.NoError(t, err)
	require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE emosation"))
	db := testkit.Open(t, server.URL("emosation"))
	require.NoError(t, storage.Migrate(t.Context(), db))
	w := newWorld(t, testkit.Stack{DB: db, Redis: testkit.OpenRedis(t, "embedded")})
	minji := w.join(t, "minji")
	require.NoError(t, server.Stop())
	for range 3 { // the first meets a broken connection, the others none
		a := minji.call(t, "GET", "/users/me", nil)
		require.Equal(t, http.StatusServiceUnavailable, a.status, a.text)
		require.Equal(t, "server.unavailable", a.body["code"])
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
}

func lostRedis(t *testing.T) rueidis.Client {
	t.Helper()
	client, closed, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	closed()
	return client
}
