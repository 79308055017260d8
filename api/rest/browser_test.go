package rest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const secure = "https://chat.example.org"

// cookieOf returns the one cookie that an answer sets.
func cookieOf(t *testing.T, a answer) *http.Cookie {
	t.Helper()
	lines := a.header.Values("Set-Cookie")
	require.Len(t, lines, 1, a.text)
	cookie, err := http.ParseSetCookie(lines[0])
	require.NoError(t, err)
	return cookie
}

func credentials() map[string]any {
	return map[string]any{"email": "minji@example.org", "password": password}
}

func TestTheRefreshTokenIsACookieThatScriptsCannotRead(t *testing.T) {
	for url, encrypted := range map[string]bool{secure: true, "http://chat.example.org": false} {
		w := embedded(t, func(s *settings) { s.PublicURL = url })
		w.join(t, "minji")
		a := w.do(t, request{method: "POST", path: "/auth/login", body: credentials()})
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.NotContains(t, a.body, "refreshToken")
		cookie := cookieOf(t, a)
		require.Equal(t, "emosation_refresh", cookie.Name)
		require.True(t, cookie.HttpOnly)
		require.Equal(t, encrypted, cookie.Secure)
		require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
		require.Equal(t, "/api/v1/auth", cookie.Path)
		require.Equal(t, int((30 * 24 * time.Hour).Seconds()), cookie.MaxAge)
		require.NotContains(t, a.text, cookie.Value)
	}
}

func TestTheBodyDeliversInsteadOfTheCookieWhenAsked(t *testing.T) {
	w := embedded(t)
	w.join(t, "minji")
	ask := credentials()
	ask["tokenDelivery"] = "body"
	a := w.do(t, request{method: "POST", path: "/auth/login", body: ask})
	require.Empty(t, a.header.Values("Set-Cookie"))
	a = w.do(t, request{method: "POST", path: "/auth/refresh", body: map[string]any{"refreshToken": a.body["refreshToken"]}})
	require.Equal(t, http.StatusOK, a.status)
	require.Empty(t, a.header.Values("Set-Cookie"))
	require.NotEmpty(t, a.body["refreshToken"])
}

func TestACookieIsRenewedForOurOwnPagesOnly(t *testing.T) {
	w := embedded(t, func(s *settings) { s.PublicURL, s.Origins = secure, []string{"https://app.example.net"} })
	w.join(t, "minji")
	cookie := cookieOf(t, w.do(t, request{method: "POST", path: "/auth/login", body: credentials()})).Value
	refresh := func(origin string) answer {
		header := map[string]string{"Cookie": "emosation_refresh=" + cookie}
		if origin != "" {
			header["Origin"] = origin
		}
		return w.do(t, request{method: "POST", path: "/auth/refresh", header: header})
	}
	for _, origin := range []string{
		"https://evil.example.org", "http://chat.example.org", "https://chat.example.org.evil.org", "null", "https://chat.example.org:444", "://",
	} {
		a := refresh(origin)
		require.Equal(t, http.StatusForbidden, a.status, origin)
		require.Equal(t, "auth.foreign_origin", a.body["code"])
	}
	for _, origin := range []string{"", secure, "https://app.example.net", w.url} { // the refused ones have used nothing up
		a := refresh(origin)
		require.Equal(t, http.StatusOK, a.status, "%s: %s", origin, a.text)
		require.NotContains(t, a.body, "refreshToken")
		next := cookieOf(t, a).Value
		require.NotEqual(t, cookie, next)
		cookie = next
	}
	a := w.do(t, request{method: "POST", path: "/auth/refresh"})
	require.Equal(t, http.StatusUnauthorized, a.status, "without any token")
}

func TestLogoutTakesTheCookieBack(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	cookie := cookieOf(t, minji.call(t, "POST", "/auth/logout", nil))
	require.Equal(t, "emosation_refresh", cookie.Name)
	require.Empty(t, cookie.Value)
	require.Negative(t, cookie.MaxAge)
	require.Equal(t, "/api/v1/auth", cookie.Path, "or the browser would keep the other one")
}

func TestPagesOfAllowedOriginsMayUseTheAPI(t *testing.T) {
	w := embedded(t, func(s *settings) { s.Origins = []string{"https://app.example.net"} })
	ask := func(origin string) answer {
		return w.do(t, request{method: "OPTIONS", path: "/users/me", wrong: true, header: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type",
		}})
	}
	allowed := ask("https://app.example.net")
	require.Equal(t, http.StatusNoContent, allowed.status)
	require.Equal(t, "https://app.example.net", allowed.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", allowed.header.Get("Access-Control-Allow-Credentials"))
	require.Contains(t, allowed.header.Get("Access-Control-Allow-Methods"), "PATCH")
	require.Contains(t, allowed.header.Get("Access-Control-Allow-Headers"), "Authorization")
	require.Empty(t, ask("https://evil.example.org").header.Get("Access-Control-Allow-Origin"))

	a := w.do(t, request{method: "GET", path: "/users/me", header: map[string]string{"Origin": "https://app.example.net"}})
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Equal(t, "https://app.example.net", a.header.Get("Access-Control-Allow-Origin"), "errors can be read as well")
	require.Contains(t, strings.ToLower(a.header.Get("Access-Control-Expose-Headers")), "retry-after")
}

func TestAnswersAreNeitherCachedNorGuessedAt(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	for _, a := range []answer{
		minji.call(t, "GET", "/users/me", nil),
		w.do(t, request{method: "GET", path: "/users/me"}),
		w.do(t, request{method: "GET", path: "/nothing", wrong: true}),
		w.do(t, request{method: "GET", path: "/.well-known/jwks.json"}),
	} {
		require.Equal(t, "no-store", a.header.Get("Cache-Control"))
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	}
}
