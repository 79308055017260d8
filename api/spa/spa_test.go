package spa_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/spa"
)

// app serves a small built web app beside one operation of an API.
func app(t *testing.T) http.Handler {
	t.Helper()
	outside := t.TempDir()
	dir := filepath.Join(outside, "dist")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "assets"), 0o700))
	for name, content := range map[string]string{
		"secret": "secret", "dist/index.html": "<title>page</title>", "dist/favicon.svg": "<svg/>",
		"dist/assets/app-1a2b.js": strings.Repeat("// code\n", 1000),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(outside, name), []byte(content), 0o600))
	}
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")))
	e := echo.New()
	e.GET("/api/v1/users/me", func(c echo.Context) error { return c.String(http.StatusOK, "me") })
	require.NoError(t, spa.Register(e, dir))
	return e
}

func ask(t *testing.T, handler http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(method, "http://chat.example/", nil)
	request.URL.Path = path // as it is, so that a test may ask for what no browser would
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func TestTheAppAnswersItsOwnAddresses(t *testing.T) {
	handler := app(t)
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/":                      {200, "page"},
		"/index.html":            {200, "page"},
		"/rooms/7":               {200, "page"},
		"/settings/":             {200, "page"},
		"/assets":                {200, "page"},
		"/favicon.svg":           {200, "<svg/>"},
		"/assets/app-1a2b.js":    {200, "// code"},
		"/assets/gone-ffff.js":   {404, ""}, // a page in the place of a script would only confuse
		"/assets/gone":           {404, ""}, // and be kept for a year
		"/api/v1/users/me":       {200, "me"},
		"/api/v1/nothing":        {404, ""},
		"/api":                   {404, ""},
		"/.well-known/jwks.json": {404, ""},
		"/../secret":             {200, "page"},
		"/assets/../../secret":   {200, "page"},
		"/link":                  {200, "page"},
		"/\x00":                  {200, "page"},
	} {
		answer := ask(t, handler, http.MethodGet, path)
		require.Equal(t, want.status, answer.Code, path)
		require.Contains(t, answer.Body.String(), want.body, path)
		require.NotContains(t, answer.Body.String(), "secret", path)
		if want.status == 404 {
			require.NotContains(t, answer.Body.String(), "page", path)
		}
	}
	require.Equal(t, http.StatusMethodNotAllowed, ask(t, handler, http.MethodPost, "/rooms/7").Code)
	require.Empty(t, ask(t, handler, http.MethodHead, "/").Body.String())
}

func TestFilesAreCachedAsLongAsTheyHold(t *testing.T) {
	handler := app(t)
	for path, want := range map[string]string{
		"/": "no-cache", "/rooms/7": "no-cache", "/favicon.svg": "no-cache",
		"/assets/app-1a2b.js": "public, max-age=31536000, immutable", "/assets/gone-ffff.js": "no-store", "/assets/gone": "no-store",
	} {
		require.Equal(t, want, ask(t, handler, http.MethodGet, path).Header().Get("Cache-Control"), path)
	}
	modified := ask(t, handler, http.MethodGet, "/").Header().Get("Last-Modified")
	require.Equal(t, http.StatusNotModified, ask(t, handler, http.MethodGet, "/rooms/7", "If-Modified-Since", modified).Code)
}

func TestScriptsAreCompressed(t *testing.T) {
	answer := ask(t, app(t), http.MethodGet, "/assets/app-1a2b.js", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", answer.Header().Get("Content-Encoding"))
	require.Less(t, answer.Body.Len(), 1000)
	plain, err := gzip.NewReader(answer.Body)
	require.NoError(t, err)
	content, err := io.ReadAll(plain)
	require.NoError(t, err)
	require.Len(t, content, 8000)

	part := ask(t, app(t), http.MethodGet, "/assets/app-1a2b.js", "Accept-Encoding", "gzip", "Range", "bytes=0-6")
	require.Equal(t, "// code", part.Body.String())
}

func TestThePageMayOnlyTalkToUs(t *testing.T) {
	header := ask(t, app(t), http.MethodGet, "/").Header()
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'self'")
	require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
}

func TestRegisterRefusesAFolderThatIsMissing(t *testing.T) {
	require.Error(t, spa.Register(echo.New(), filepath.Join(t.TempDir(), "dist")))
}
