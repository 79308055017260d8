package openapitest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi/openapitest"
)

// recorder notes what a test would have failed with.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// send gets an answer of a server that says what it is told to, and returns what the client found wrong.
func send(t *testing.T, r *http.Request, status int, header map[string]string, body string) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client's side tells
	}))
	defer server.Close()
	rec := &recorder{TB: t}
	r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
	response, err := openapitest.Client(rec, *server.Client()).Do(r)
	require.NoError(t, err)
	got, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, body, string(got), "the body stays readable")
	return rec.failures
}

func request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://host"+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

const ticket = `{"ticket":"abc","expiresIn":30,"epoch":"e"}`

func problem(status int, code string) string {
	return fmt.Sprintf(`{"type":"/problems/%s","title":"T","status":%d,"code":%q,"detail":"D"}`, code, status, code)
}

func TestAnswersAreHeldToTheDescription(t *testing.T) {
	asJSON := map[string]string{"Content-Type": "application/json"}
	asProblem := map[string]string{"Content-Type": "application/problem+json"}
	for name, c := range map[string]struct {
		path   string
		status int
		header map[string]string
		body   string
		wrong  bool
	}{
		"as described":                {"/ws/tickets", 201, asJSON, ticket, false},
		"a problem":                   {"/ws/tickets", 404, asProblem, problem(404, "room.not_found"), false},
		"another status":              {"/ws/tickets", 200, asJSON, ticket, true},
		"a missing property":          {"/ws/tickets", 201, asJSON, `{"ticket":"abc","epoch":"e"}`, true},
		"a property too many":         {"/ws/tickets", 201, asJSON, `{"ticket":"abc","expiresIn":30,"epoch":"e","more":1}`, true},
		"another type":                {"/ws/tickets", 201, asJSON, `{"ticket":1,"expiresIn":30,"epoch":"e"}`, true},
		"another media type":          {"/ws/tickets", 201, map[string]string{"Content-Type": "text/html"}, ticket, true},
		"a problem that is no JSON":   {"/ws/tickets", 404, asProblem, `oops`, true},
		"a problem of another status": {"/ws/tickets", 404, asProblem, problem(400, "room.not_found"), true},
		"a code that nobody knows":    {"/ws/tickets", 404, asProblem, problem(404, "a.b"), true},
		"a code of another status":    {"/ws/tickets", 409, asProblem, problem(409, "room.not_found"), true},
		"a status without a code":     {"/ws/tickets", 431, asProblem, problem(431, "request.refused"), false},
		"a problem without its type":  {"/ws/tickets", 404, asJSON, problem(404, "room.not_found"), true},
		"too many, no Retry-After":    {"/ws/tickets", 429, asProblem, problem(429, "request.too_many"), true},
		"a strange Retry-After": {"/ws/tickets", 429, map[string]string{"Content-Type": "application/problem+json", "Retry-After": "soon"},
			problem(429, "request.too_many"), true},
		"nobody, no WWW-Authenticate": {"/ws/tickets", 401, asProblem, problem(401, "auth.unauthenticated"), true},
		"unknown path, problem":       {"/nothing", 404, asProblem, problem(404, "room.not_found"), false},
		"unknown path, answered":      {"/nothing", 200, asJSON, `{}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := openapitest.Wrong(request(t, "POST", "/api/v1"+c.path, ""))
			require.Equal(t, c.wrong, len(send(t, r, c.status, c.header, c.body)) > 0)
		})
	}
}

func TestRequestsAreHeldToTheDescriptionUnlessMarked(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, body string
		wrong              bool
	}{
		"as described":     {"POST", "/api/v1/friends", `{"userId":1}`, false},
		"a wrong body":     {"POST", "/api/v1/friends", `{"userId":"1"}`, true},
		"no body":          {"POST", "/api/v1/friends", "", true},
		"unknown path":     {"POST", "/api/v1/nothing", "", true},
		"unknown method":   {"DELETE", "/api/v1/friends", "", true},
		"the root's keys":  {"GET", "/.well-known/jwks.json", "", false},
		"the socket":       {"GET", "/api/v1/ws", "", false},
		"a wrong variable": {"PUT", "/api/v1/friends/x", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "application/problem+json"}
			body := problem(404, "room.not_found")
			require.Equal(t, c.wrong, len(send(t, request(t, c.method, c.path, c.body), 404, header, body)) > 0)
			require.Empty(t, send(t, openapitest.Wrong(request(t, c.method, c.path, c.body)), 404, header, body))
		})
	}
}

func TestFramesAreHeldToTheDescription(t *testing.T) {
	const good = `{"type":"typing","room":1,"user":2}`
	for name, c := range map[string]struct {
		schema, frame string
		wrong         bool
	}{
		"one":              {"ServerEnvelope", good, false},
		"several":          {"ServerEnvelope", good + "\n" + `{"type":"bye","reason":"shutdown","retryAfter":1}` + "\n", false},
		"the second wrong": {"ServerEnvelope", good + "\n" + `{"type":"bye"}`, true},
		"unknown type":     {"ServerEnvelope", `{"type":"hello"}`, true},
		"no type":          {"ServerEnvelope", `{}`, true},
		"too much":         {"ServerEnvelope", `{"type":"typing","room":1,"user":2,"x":1}`, true},
		"of the other way": {"ClientEnvelope", good, true},
		"a command":        {"ClientEnvelope", `{"type":"typing","room":1}`, false},
		"a wrong id":       {"ClientEnvelope", `{"type":"message","room":1,"clientId":"x","body":"a"}`, true},
		"nullable reading": {"ServerEnvelope", `{"type":"reading","room":1,"seq":1,"rev":2,"reading":null}`, false},
		"an error":         {"ServerEnvelope", `{"type":"error","code":"room.read_only","detail":"D"}`, false},
		"an unknown code":  {"ServerEnvelope", `{"type":"error","code":"a.b","detail":"D"}`, true},
		"too deep":         {"ServerEnvelope", `{"type":"friend","user":{"id":1,"nickname":"a","email":"a"},"state":"none"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			rec := &recorder{TB: t}
			openapitest.Frame(rec, c.schema, []byte(c.frame))
			require.Equal(t, c.wrong, len(rec.failures) > 0, "%v", rec.failures)
		})
	}
}
