package rest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
)

// each calls test for every operation of the description, with a path that some room or user might have.
func each(t *testing.T, test func(t *testing.T, method, path string, operation *openapi3.Operation)) {
	t.Helper()
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	values := strings.NewReplacer("{roomId}", "1", "{userId}", "1", "{sessionId}", "1", "{seq}", "1", "{emoji}", "%F0%9F%91%8D",
		"{storeId}", "1", "{itemId}", "1", "{boxId}", "1", "{announcementId}", "1")
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			t.Run(method+" "+path, func(t *testing.T) { test(t, method, values.Replace(path), operation) })
		}
	}
}

func isPublic(operation *openapi3.Operation) bool {
	return operation.Security != nil && len(*operation.Security) == 0
}

func isForBoxes(operation *openapi3.Operation) bool {
	if isPublic(operation) || operation.Security == nil {
		return false
	}
	_, box := (*operation.Security)[0]["boxKey"]
	return box
}

func TestNobodyUsesAnOperationWithoutSigningIn(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	require.Equal(t, http.StatusNoContent, minji.call(t, "POST", "/auth/logout", nil).status)
	each(t, func(t *testing.T, method, path string, operation *openapi3.Operation) {
		if isPublic(operation) {
			return
		}
		for name, header := range map[string]string{
			"nothing":          "",
			"no scheme":        minji.access,
			"another scheme":   "Basic bWluamk6cGFzc3dvcmQ=",
			"no token":         "Bearer ",
			"garbage":          "Bearer garbage",
			"two tokens":       "Bearer a b",
			"unsigned":         "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwic2lkIjoiMSJ9.",
			"refresh token":    "Bearer " + minji.refresh,
			"an ended session": "Bearer " + minji.access,
		} {
			a := w.do(t, request{method: method, path: path, header: map[string]string{"Authorization": header}, body: "not JSON", wrong: true})
			require.Equal(t, http.StatusUnauthorized, a.status, "%s: %s", name, a.text)
			want := "Bearer"
			if isForBoxes(operation) { // what a person signs in with is nothing to it
				want = "X-Box-Key"
			}
			require.Equal(t, want, a.header.Get("WWW-Authenticate"))
		}
	})
}

// A client whose access token has expired sends it along with its refresh all the same.
func TestPublicOperationsDoNotLookAtTheToken(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	a := w.do(t, request{
		method: "POST", path: "/auth/refresh", body: map[string]any{"refreshToken": minji.refresh},
		header: map[string]string{"Authorization": "Bearer expired"},
	})
	require.Equal(t, http.StatusOK, a.status, a.text)
}

func TestBadInputIsNamedAndChangesNothing(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	me := minji.call(t, "GET", "/users/me", nil).body
	long := strings.Repeat("가", 201)
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
		fields       []string
	}{
		"registration without anything": {"POST", "/auth/register", map[string]any{}, 422,
			[]string{"body.email", "body.password", "body.nickname", "body.emotionConsent"}},
		"registration with wrong types": {"POST", "/auth/register",
			map[string]any{"email": 1, "password": nil, "nickname": []any{}, "emotionConsent": "yes", "locale": true}, 422,
			[]string{"body.email", "body.password", "body.nickname", "body.emotionConsent", "body.locale"}},
		"registration with bad values": {"POST", "/auth/register",
			map[string]any{"email": "no mail", "password": "비밀번호입니다", "nickname": "\u3164", "emotionConsent": true}, 422,
			[]string{"body.password"}},
		"registration with values only the domain knows": {"POST", "/auth/register",
			map[string]any{"email": "no mail", "password": password, "nickname": "\u3164", "emotionConsent": true}, 422,
			[]string{"body.email", "body.nickname"}},
		"registration with too much": {"POST", "/auth/register",
			map[string]any{"email": "a@example.org", "password": password, "nickname": "a", "emotionConsent": true, "role": "admin", "id": 1}, 422,
			[]string{"body.id", "body.role"}},
		"registration with an unknown language": {"POST", "/auth/register",
			map[string]any{"email": "a@example.org", "password": password, "nickname": "a", "emotionConsent": true, "locale": "xx"}, 422,
			[]string{"body.locale"}},
		"registration too long": {"POST", "/auth/register",
			map[string]any{"email": strings.Repeat("a", 255), "password": long, "nickname": long, "emotionConsent": true}, 422,
			[]string{"body.email", "body.password", "body.nickname"}},
		"registration by another case": {"POST", "/auth/register", `{"EMAIL":"a@example.org","password":"` + password + `","nickname":"a","emotionConsent":true}`, 422,
			[]string{"body.EMAIL", "body.email"}},
		"a list":                            {"POST", "/auth/register", []any{}, 422, []string{"body"}},
		"a text":                            {"POST", "/auth/register", `"text"`, 422, []string{"body"}},
		"null":                              {"POST", "/auth/register", `null`, 422, []string{"body"}},
		"no body":                           {"POST", "/auth/register", nil, 422, []string{"body"}},
		"half of a body":                    {"POST", "/auth/register", `{"email":`, 400, nil},
		"more than a body":                  {"POST", "/auth/register", `{} {}`, 400, nil},
		"not UTF-8":                         {"POST", "/auth/login", "{\"email\":\"\xff\",\"password\":\"x\"}", 400, nil},
		"login without anything":            {"POST", "/auth/login", map[string]any{}, 422, []string{"body.email", "body.password"}},
		"login with empty values":           {"POST", "/auth/login", map[string]any{"email": "", "password": ""}, 422, []string{"body.email", "body.password"}},
		"unknown delivery":                  {"POST", "/auth/login", map[string]any{"email": "a", "password": "b", "tokenDelivery": "mail"}, 422, []string{"body.tokenDelivery"}},
		"an empty refresh token":            {"POST", "/auth/refresh", map[string]any{"refreshToken": ""}, 422, []string{"body.refreshToken"}},
		"a change of nothing":               {"PATCH", "/users/me", map[string]any{}, 422, []string{"body"}},
		"a change of what is not ours":      {"PATCH", "/users/me", map[string]any{"email": "a@example.org", "id": 2}, 422, []string{"body.email", "body.id"}},
		"a change to nothing":               {"PATCH", "/users/me", map[string]any{"nickname": nil, "showReadings": nil}, 422, []string{"body.nickname", "body.showReadings"}},
		"a change with bad values":          {"PATCH", "/users/me", map[string]any{"nickname": "", "locale": "xx", "shareReadings": "all"}, 422, []string{"body.locale", "body.nickname", "body.shareReadings"}},
		"a change with one good value":      {"PATCH", "/users/me", map[string]any{"nickname": "a\nb", "locale": "en"}, 422, []string{"body.nickname"}},
		"a short password":                  {"PUT", "/users/me/password", map[string]any{"currentPassword": password, "newPassword": "short"}, 422, []string{"body.newPassword"}},
		"a reset for nobody":                {"POST", "/auth/password-resets", map[string]any{}, 422, []string{"body.email"}},
		"a reset for what is no e-mail":     {"POST", "/auth/password-resets", map[string]any{"email": "minji\r\nBcc: all@example.org"}, 422, []string{"body.email"}},
		"a reset by nothing":                {"POST", "/auth/password-resets/redeem", map[string]any{}, 422, []string{"body.token", "body.newPassword"}},
		"a reset to a short password":       {"POST", "/auth/password-resets/redeem", map[string]any{"token": "x", "newPassword": "short"}, 422, []string{"body.newPassword"}},
		"a reset by a made up link":         {"POST", "/auth/password-resets/redeem", map[string]any{"token": "x", "newPassword": password}, 422, []string{"body.token"}},
		"an e-mail proven by nothing":       {"POST", "/auth/email-verifications/redeem", map[string]any{"token": ""}, 422, []string{"body.token"}},
		"an e-mail proven by a made up one": {"POST", "/auth/email-verifications/redeem", map[string]any{"token": strings.Repeat("가", 200)}, 422, []string{"body.token"}},
		"a short temporary password":        {"POST", "/auth/login", map[string]any{"email": "a", "password": "b", "newPassword": "short"}, 422, []string{"body.newPassword"}},
		"no query":                          {"GET", "/users", nil, 422, []string{"query.query"}},
		"an empty query":                    {"GET", "/users?query=", nil, 422, []string{"query.query"}},
		"a blank query":                     {"GET", "/users?query=%20%20", nil, 422, []string{"query.query"}},
		"a long query":                      {"GET", "/users?query=" + strings.Repeat("a", 255), nil, 422, []string{"query.query"}},
		"a search for nothing":              {"GET", "/search/messages", nil, 422, []string{"query.q"}},
		"a search for punctuation":          {"GET", "/search/messages?q=%22%2B-*()~%3C%3E%25", nil, 422, []string{"query.q"}},
		"a long search":                     {"GET", "/search/messages?q=" + strings.Repeat("a", 101), nil, 422, []string{"query.q"}},
		"a search with a made up cursor":    {"GET", "/search/messages?q=a&cursor=next", nil, 422, []string{"query.cursor"}},
		"a search in no room for too much":  {"GET", "/search/messages?q=a&roomId=0&limit=51", nil, 422, []string{"query.roomId", "query.limit"}},
		"a friend that is no number":        {"POST", "/friends", map[string]any{"userId": "1"}, 422, []string{"body.userId"}},
		"a friend that is a fraction":       {"POST", "/friends", map[string]any{"userId": 1.5}, 422, []string{"body.userId"}},
		"a friend that is nobody":           {"POST", "/friends", map[string]any{"userId": 0}, 422, []string{"body.userId"}},
		"a friend beyond all numbers":       {"POST", "/friends", `{"userId":1e400}`, 422, []string{"body.userId"}},
		"a friend beyond 64 bits":           {"POST", "/friends", `{"userId":9223372036854775808}`, 400, nil},
		"myself as a friend":                {"POST", "/friends", map[string]any{"userId": minji.id}, 422, []string{"body.userId"}},
		"myself blocked":                    {"PUT", fmt.Sprintf("/blocks/%d", minji.id), nil, 422, []string{"path.userId"}},
		"a path that is no number":          {"PUT", "/friends/minji", nil, 422, []string{"path.userId"}},
		"a path beyond 64 bits":             {"PUT", "/friends/9223372036854775808", nil, 422, []string{"path.userId"}},
		"a path that is nobody":             {"DELETE", "/blocks/0", nil, 422, []string{"path.userId"}},
		"a path with SQL":                   {"DELETE", "/auth/sessions/1%20OR%201=1", nil, 422, []string{"path.sessionId"}},
		"cursors that are no numbers":       {"GET", "/rooms/x/messages?before=a&after=-1&limit=1000", nil, 422, []string{"path.roomId", "query.before", "query.after", "query.limit"}},
		"a client id that is no UUID":       {"POST", "/rooms/1/messages", map[string]any{"clientId": "1", "body": ""}, 422, []string{"body.body", "body.clientId"}},
		"a client id that is another's way": {"POST", "/rooms/1/messages", map[string]any{"clientId": "{0f8fad5b-d9cb-469f-a165-70867728950e}", "body": "a"}, 422, []string{"body.clientId"}},
		"a correction of nothing":           {"PUT", "/rooms/1/messages/1/reading", map[string]any{}, 422, []string{"body.label"}},
		"a correction to what is no label":  {"PUT", "/rooms/1/messages/1/reading", map[string]any{"label": "rage", "fine": "gloom", "sure": true}, 422, []string{"body.label", "body.fine", "body.sure"}},
		"a correction that contradicts":     {"PUT", "/rooms/1/messages/1/reading", map[string]any{"label": "joy", "fine": "grief"}, 422, []string{"body.fine"}},
		"a draft of nothing":                {"POST", "/emotion/preview", map[string]any{"roomId": 0}, 422, []string{"body.text", "body.roomId"}},
		"a blank draft":                     {"POST", "/emotion/preview", map[string]any{"text": "\u3164 \n"}, 422, []string{"body.text"}},
		"a long draft":                      {"POST", "/emotion/preview", map[string]any{"text": strings.Repeat("가", 4001), "store": true}, 422, []string{"body.text", "body.store"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := minji.do(t, request{method: c.method, path: c.path, body: c.body, wrong: true})
			require.Equal(t, c.status, a.status, a.text)
			require.ElementsMatch(t, c.fields, a.fields(t), a.text)
			if c.status == 422 {
				require.NotContains(t, a.text, password, "what was sent is not repeated")
			}
		})
	}
	require.Equal(t, me, minji.call(t, "GET", "/users/me", nil).body)
	for table, want := range map[string]int64{"users": 1, "friendships": 0, "blocks": 0, "sessions": 1} {
		var n int64
		require.NoError(t, w.DB.Table(table).Count(&n).Error)
		require.Equal(t, want, n, table)
	}
}

// Whatever is sent to whatever operation, it is the sender's mistake and never ours.
func TestHostileBodiesNeverFail(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	require.NoError(t, account.SetRole(w.DB, account.ID(minji.id), account.RoleAdmin, time.Now())) // or half of it would be for others
	minji.proves(t)
	header := map[string]string{"X-Box-Key": "made up"}
	bodies := []string{
		`null`, `true`, `1`, `-0`, `1e999`, `""`, `"\u0000"`, `[]`, `{}`, `[[[[]]]]`, `{"":1}`, `{"__proto__":{}}`, `{`, `}`, ``, ` `, "\x00", "\xff\xfe",
		`{"email":{},"password":[],"nickname":{},"emotionConsent":0}`,
		`{"email":"a@example.org","email":2,"password":"x"}`,
		`{"userId":-9223372036854775809}`, `{"userId":1.0}`, `{"userId":{"$gt":0}}`, `{"nickname":"\ud800"}`,
		strings.Repeat("[", 30_000), strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000),
		`{"nickname":"` + strings.Repeat("\u202e", 30) + `"}`,
	}
	each(t, func(t *testing.T, method, path string, operation *openapi3.Operation) {
		if operation.RequestBody == nil {
			return
		}
		for _, body := range bodies {
			a := minji.do(t, request{method: method, path: path, body: body, header: header, wrong: true})
			require.True(t, a.status >= 400 && a.status < 500 || a.status == 200 && path == "/users/me", "%d for %.60q: %s", a.status, body, a.text)
		}
	})
}

func TestRequestsThatAreNoneAreProblems(t *testing.T) {
	w := embedded(t)
	w.echo.GET("/*", func(c echo.Context) error { return echo.ErrNotFound }) // as the web app has it
	minji := w.join(t, "minji")
	for name, c := range map[string]struct {
		method, path string
		body         any
		kind         string
		status       int
		code         string
	}{
		"no such operation":        {"GET", "/nothing", nil, "", 404, "request.no_such_operation"},
		"no such operation, POST":  {"POST", "/nothing", "{}", "", 404, "request.no_such_operation"},
		"the base itself":          {"GET", "", nil, "", 404, "request.no_such_operation"},
		"a slash too many":         {"GET", "/users/me/", nil, "", 404, "request.no_such_operation"},
		"another method":           {"POST", "/users/me", "{}", "", 405, "request.method_not_allowed"},
		"another method, deleting": {"DELETE", "/users", nil, "", 405, "request.method_not_allowed"},
		"a form":                   {"POST", "/auth/login", "email=a&password=b", "application/x-www-form-urlencoded", 415, "request.unsupported_media_type"},
		"a text that is JSON":      {"POST", "/auth/login", `{"email":"a","password":"b"}`, "text/plain", 415, "request.unsupported_media_type"},
		"no type at all":           {"POST", "/auth/login", `{"email":"a","password":"b"}`, "-", 415, "request.unsupported_media_type"},
		"too much":                 {"POST", "/auth/login", `{"email":"` + strings.Repeat("a", 70_000) + `","password":"b"}`, "", 413, "request.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{}
			if c.kind != "" {
				header["Content-Type"] = strings.Trim(c.kind, "-")
			}
			a := minji.do(t, request{method: c.method, path: c.path, body: c.body, header: header, wrong: true})
			require.Equal(t, c.status, a.status, a.text)
			require.Equal(t, c.code, a.body["code"])
			require.Equal(t, "/problems/"+c.code, a.body["type"])
			if c.status == http.StatusMethodNotAllowed {
				require.NotEmpty(t, a.header.Get("Allow"))
			}
		})
	}
}

func TestACharsetIsNoOtherMediaType(t *testing.T) {
	w := embedded(t)
	w.join(t, "minji")
	a := w.do(t, request{method: "POST", path: "/auth/login", body: `{"email":"minji@example.org","password":"` + password + `"}`,
		header: map[string]string{"Content-Type": "application/json; charset=utf-8"}})
	require.Equal(t, http.StatusOK, a.status, a.text)
}

func TestOurOwnFailuresTellNothing(t *testing.T) {
	w := embedded(t)
	secret := errors.New("secret: password of the database")
	w.echo.GET("/api/v1/panics", func(echo.Context) error { panic(secret) })
	w.echo.GET("/api/v1/fails", func(echo.Context) error { return secret })
	w.echo.GET("/api/v1/breaks", func(echo.Context) error { return fmt.Errorf("read: %w", io.ErrUnexpectedEOF) })
	for _, path := range []string{"/panics", "/fails", "/breaks"} {
		a := w.do(t, request{method: "GET", path: path, wrong: true})
		require.Equal(t, http.StatusInternalServerError, a.status)
		require.NotContains(t, a.text, "secret")
		require.Equal(t, "server.failed", a.body["code"])
	}
}
