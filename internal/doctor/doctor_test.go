package doctor_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/doctor"
)

const page = `<!doctype html><div id="root"></div><script src="/assets/app-1a2b.js"></script>`

// site is a deployment in which all is well, but for what a test replaces: paths and what they answer.
type site map[string]http.HandlerFunc

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "code": code}) // the test fails when it does not arrive
}

func text(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	}
}

// ServeHTTP implements http.Handler.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	if answer, ok := s[path]; ok {
		answer(w, r)
		return
	}
	own := "https://" + r.Host
	switch {
	case path == "/.well-known/jwks.json":
		text("application/json", `{"keys":[{}]}`)(w, r)
	case path == "/api/v1/ws" && r.Header.Get("Origin") != own:
		problem(w, 403, "socket.foreign_origin")
	case path == "/api/v1/ws":
		problem(w, 401, "auth.required")
	case path == "/api/v1/users/me":
		if r.Header.Get("Origin") == own {
			w.Header().Set("Access-Control-Allow-Origin", own)
		}
		problem(w, 401, "auth.unauthenticated")
	case path == "/api/v1/auth/login":
		w.Header().Add("Set-Cookie", "balancer=1; Path=/")
		w.Header().Add("Set-Cookie", "emosation_refresh=1; Path=/api/v1/auth; Secure; HttpOnly")
		text("application/json", `{"accessToken":"t"}`)(w, r)
	case path == "/api/v1/auth/sessions":
		host, _, _ := strings.Cut(r.RemoteAddr, ":")
		text("application/json", `{"items":[{"current":true,"address":"`+host+`"}]}`)(w, r)
	case path == "/api/v1/ws/tickets":
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"ticket":"x"}`)
	case strings.HasPrefix(path, "/api/"):
		problem(w, 404, "request.no_such_operation")
	case path == "/assets/app-1a2b.js":
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		text("text/javascript", strings.Repeat("x", 3000))(w, r)
	case strings.HasPrefix(path, "/assets/"):
		http.NotFound(w, r)
	default:
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		text("text/html", page)(w, r)
	}
}

// line is a socket of tests.
type line struct {
	pongs int  // how many pings are answered
	ends  bool // by itself
}

func (l *line) Ping(context.Context) error {
	if l.pongs--; l.pongs < 0 {
		return errors.New("no answer")
	}
	return nil
}

func (l *line) Wait(ctx context.Context) error {
	if l.ends {
		return errors.New("closed by somebody")
	}
	<-ctx.Done()
	return ctx.Err()
}

func (l *line) Close() {}

// examine returns what is wrong with a site, by check.
func examine(t *testing.T, s http.Handler, change func(*doctor.Options)) map[string]doctor.Result {
	t.Helper()
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // connections that only look whether a port is open
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	o := doctor.Options{URL: server.URL, Roots: roots, Now: time.Now, Email: "me@example.org", Password: "p",
		Open: func(context.Context, *http.Client, string, []string, http.Header) (doctor.Socket, error) {
			return &line{pongs: 2}, nil
		},
	}
	if change != nil {
		change(&o)
	}
	report, err := doctor.Examine(t.Context(), o)
	require.NoError(t, err)
	found := make(map[string]doctor.Result)
	for _, r := range report.Results {
		if r.Status == doctor.Warn || r.Status == doctor.Fail {
			require.NotEmpty(t, r.Advice, r.Check)
			found[r.Check] = r
		} else {
			require.Empty(t, r.Advice, r.Check)
		}
	}
	return found
}

func TestNothingIsWrongWithAGoodSite(t *testing.T) {
	require.Empty(t, examine(t, site{}, nil))
}

func TestEachFaultIsNamedAlone(t *testing.T) {
	turns := new(atomic.Int64)
	inTurn := func(a, b http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if turns.Add(1)%2 == 0 {
				a(w, r)
				return
			}
			b(w, r)
		}
	}
	for name, fault := range map[string]struct {
		site   site
		change func(*doctor.Options)
		check  string
		status doctor.Status
		found  string
	}{
		"another site": {site{"/": text("text/html", "Welcome to nginx!")}, nil, "page", doctor.Fail, "not the web app's page"},
		"a site that moved": {site{"/": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://www.example.org/", http.StatusFound)
		}}, nil, "page", doctor.Fail, "leads to https://www.example.org/"},
		"no web app":        {site{"/": func(w http.ResponseWriter, _ *http.Request) { problem(w, 404, "request.no_such_operation") }}, nil, "page", doctor.Warn, "no web app"},
		"no places":         {site{"/rooms/1": http.NotFound}, nil, "places", doctor.Fail, "/rooms/1 is answered 404"},
		"a page for a file": {site{"/assets/app-1a2b.js": text("text/html", page)}, nil, "files", doctor.Fail, "the web app's page"},
		"plain files": {site{"/assets/app-1a2b.js": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "immutable")
			text("text/javascript", strings.Repeat("x", 3000))(w, r)
		}}, nil, "compression", doctor.Warn, "not compressed"},
		"other keys": {site{"/.well-known/jwks.json": inTurn(text("application/json", `{"keys":[{"kid":"a"}]}`), text("application/json", `{"keys":[{"kid":"b"}]}`))}, nil, "nodes", doctor.Fail, "different keys"},
		"no keys":    {site{"/.well-known/jwks.json": text("application/json", `{}`)}, nil, "keys", doctor.Fail, "200 OK"},
		"a broken node": {site{"/api/v1/users/me": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == "" {
				inTurn(http.NotFound, site{}.ServeHTTP)(w, r)
				return
			}
			site{}.ServeHTTP(w, r)
		}}, nil, "nodes", doctor.Fail, "4 of 8"},
		"a foreign page": {site{"/api/v1/users/me": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			problem(w, 401, "auth.unauthenticated")
		}}, nil, "origins", doctor.Fail, "any other site"},
		"no upgrade": {site{"/api/v1/ws": func(w http.ResponseWriter, _ *http.Request) { problem(w, 401, "socket.no_handshake") }}, nil, "socket", doctor.Fail, "Upgrade"},
		"no socket":  {site{"/api/v1/ws": http.NotFound}, nil, "socket", doctor.Fail, "404"},
		"a gateway":  {site{"/api/v1/ws": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }}, nil, "socket", doctor.Fail, "502"},
		"sign-in":    {site{"/api/v1/auth/login": func(w http.ResponseWriter, _ *http.Request) { problem(w, 401, "auth.wrong") }}, nil, "account", doctor.Fail, "auth.wrong"},
		"no cookie":  {site{"/api/v1/auth/login": text("application/json", `{"accessToken":"t"}`)}, nil, "cookie", doctor.Fail, "no cookie"},
		"an open cookie": {site{"/api/v1/auth/login": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "emosation_refresh=1; HttpOnly")
			text("application/json", `{"accessToken":"t"}`)(w, nil)
		}}, nil, "cookie", doctor.Fail, "not for encrypted connections"},
		"words that do something to a terminal": {site{"/api/v1/auth/login": func(w http.ResponseWriter, _ *http.Request) { problem(w, 401, "auth.\x1b[2J\u202ewrong") }}, nil, "account", doctor.Fail, "auth.[2Jwrong"},
		"foreign pages":                         {site{"/api/v1/ws": func(w http.ResponseWriter, _ *http.Request) { problem(w, 401, "auth.required") }}, nil, "foreign pages", doctor.Fail, "may begin a socket: 401"},
		"mails":                                 {site{"/dev/mails": text("text/html", "<title>Mails that were not sent</title>")}, nil, "operators", doctor.Fail, "/dev/mails"},
		"no HSTS": {site{"/": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Strict-Transport-Security", "max-age=60")
			site{}.ServeHTTP(short{w}, r)
		}}, nil, "HSTS", doctor.Warn, "60 seconds"},
		"a slow clock":                 {site{}, func(o *doctor.Options) { o.Now = func() time.Time { return time.Now().Add(5 * time.Minute) } }, "clock", doctor.Warn, "it differs by 5m"},
		"an address that is believed":  {site{"/api/v1/auth/sessions": text("application/json", `{"items":[{"current":true,"address":"203.0.113.77"}]}`)}, nil, "address", doctor.Warn, "as if it were a proxy"},
		"an address that is another's": {site{"/api/v1/auth/sessions": text("application/json", `{"items":[{"current":true,"address":"10.0.0.7"}]}`)}, nil, "address", doctor.Fail, "taken for 10.0.0.7"},
		"no tickets":                   {site{"/api/v1/ws/tickets": func(w http.ResponseWriter, _ *http.Request) { problem(w, 503, "server.unavailable") }}, nil, "live", doctor.Fail, "no ticket"},
		"no pong": {site{}, func(o *doctor.Options) {
			o.Open = func(context.Context, *http.Client, string, []string, http.Header) (doctor.Socket, error) {
				return &line{}, nil
			}
		}, "live", doctor.Fail, "a ping gets no answer"},
		"impatience": {site{}, func(o *doctor.Options) {
			o.Patient = true
			o.Open = func(context.Context, *http.Client, string, []string, http.Header) (doctor.Socket, error) {
				return &line{pongs: 1, ends: true}, nil
			}
		}, "silence", doctor.Fail, "closed by somebody"},
	} {
		t.Run(name, func(t *testing.T) {
			found := examine(t, fault.site, fault.change)
			require.Len(t, found, 1, "%v", found)
			require.Equal(t, fault.status, found[fault.check].Status, "%v", found)
			require.Contains(t, found[fault.check].Found, fault.found)
		})
	}
}

// short keeps the promise of https that has been made.
type short struct{ http.ResponseWriter }

func (s short) Header() http.Header {
	header := s.ResponseWriter.Header()
	header.Set("Strict-Transport-Security", "max-age=60")
	return header
}

func TestARedirectElsewhereIsSaid(t *testing.T) {
	for to, want := range map[string]doctor.Status{"https://elsewhere.example.org/": doctor.Warn, "http://127.0.0.1/": doctor.Fail} {
		plain := httptest.NewServer(http.RedirectHandler(to, http.StatusMovedPermanently))
		defer plain.Close()
		_, port, _ := strings.Cut(strings.TrimPrefix(plain.URL, "http://"), ":")
		found := examine(t, site{}, func(o *doctor.Options) { o.HTTPPort = port })
		require.Equal(t, want, found["redirect"].Status, "%v", found)
		require.Len(t, found, 1)
	}
}

func TestARedirectThatForgetsThePageIsSaid(t *testing.T) {
	for to, want := range map[string]doctor.Status{"/": doctor.Warn, "/rooms/1": ""} {
		var target string
		plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) }))
		defer plain.Close()
		_, port, _ := strings.Cut(strings.TrimPrefix(plain.URL, "http://"), ":")
		found := examine(t, site{}, func(o *doctor.Options) { o.HTTPPort, target = port, o.URL+to })
		require.Equal(t, want, found["redirect"].Status, "%v", found)
	}
}

func TestAFirewallThatKeepsForeignPagesOutIsFine(t *testing.T) {
	require.Empty(t, examine(t, site{"/api/v1/ws": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "https://"+r.Host {
			http.Error(w, "blocked", http.StatusForbidden)
			return
		}
		problem(w, 401, "auth.required")
	}}, nil))
}

func TestPlainHTTPOnThisMachineIsATrial(t *testing.T) {
	server := httptest.NewServer(site{})
	defer server.Close()
	report, err := doctor.Examine(t.Context(), doctor.Options{URL: server.URL, Now: time.Now})
	require.NoError(t, err)
	require.Equal(t, doctor.Warn, report.Results[2].Status)
	require.Contains(t, report.Results[2].Found, "trial on this machine")

	report, err = doctor.Examine(t.Context(), doctor.Options{URL: "https" + strings.TrimPrefix(server.URL, "http"), Now: time.Now})
	require.NoError(t, err)
	require.Equal(t, 1, report.Count(doctor.Fail))
	require.Contains(t, report.Results[2].Found, "speaks no TLS")
}

func TestAReportIsReadByPeopleAndPrograms(t *testing.T) {
	report := doctor.Report{URL: "https://chat.example.org", Results: []doctor.Result{
		{Check: "name", Status: doctor.OK, Found: "found"}, {Check: "certificate", Status: doctor.Fail, Found: "it ended", Advice: "Renew it."},
	}}
	var people, programs strings.Builder
	require.NoError(t, report.WriteText(&people))
	require.Equal(t, "https://chat.example.org\nOK    name         found\nFAIL  certificate  it ended\n                   → Renew it.\n"+
		"1 in order, 0 to look at, 1 wrong, 0 not looked at\n", people.String())
	require.NoError(t, report.WriteJSON(&programs))
	var again doctor.Report
	require.NoError(t, json.Unmarshal([]byte(programs.String()), &again))
	require.Equal(t, report, again)
}
