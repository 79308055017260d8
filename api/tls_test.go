package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/openapi/openapitest"
	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/selfsigned"
	"github.com/emosation/emosation/internal/testkit/servers"
)

const strictTransport = "Strict-Transport-Security"

// secured is a server that ends TLS itself, with the settings that self-signed printed.
type secured struct {
	running
	dir   string         // of its certificate
	plain string         // where it redirects
	roots *x509.CertPool // whom its clients trust
}

func startSecured(t *testing.T, more ...string) secured {
	t.Helper()
	addresses, err := servers.FreeAddresses(t.Context(), 2)
	require.NoError(t, err)
	s := secured{dir: t.TempDir(), plain: "http://" + addresses[1], roots: x509.NewCertPool()}
	environ := append(embedded(t), "EMOSATION_HTTP_ADDR="+addresses[0])
	made := command(t, "", environ, "self-signed", "-dir", s.dir, "localhost", "127.0.0.1")
	require.Equal(t, exitOK, made.code, made.err)
	printed := regexp.MustCompile(`(?m)^EMOSATION_.*$`).FindAllString(made.out, -1)
	require.Len(t, printed, 3)
	s.trust(t)
	s.running = start(t, append(append(append(environ, printed...), "EMOSATION_REDIRECT_ADDR="+addresses[1]), more...))
	require.Regexp(t, `^https://localhost:\d+$`, s.url)
	return s
}

// trust adds the CA to the devices of those who come.
func (s secured) trust(t *testing.T) {
	t.Helper()
	ca, err := os.ReadFile(filepath.Join(s.dir, selfsigned.CAFile))
	require.NoError(t, err)
	require.True(t, s.roots.AppendCertsFromPEM(ca))
}

func (s secured) transport(t *testing.T) *http.Transport {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func (s secured) newcomer(t *testing.T, nickname string) *person {
	t.Helper()
	transport := s.transport(t)
	client := openapitest.Client(t, http.Client{Transport: transport})
	p := newcomer(t, client, s.url, nickname)
	p.sockets = &http.Client{Transport: transport}
	return p
}

// certificate is what a new connection is shown.
func (s secured) certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{RootCAs: s.roots})
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	return conn.ConnectionState().PeerCertificates[0]
}

func TestPlainHTTPIsRedirectedAndEverythingElseIsEncrypted(t *testing.T) {
	s := startSecured(t)
	hops := 0
	client := &http.Client{Transport: s.transport(t), CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		hops++
		require.Equal(t, s.url+"/.well-known/jwks.json?a=%2F", next.URL.String())
		require.Equal(t, http.StatusMovedPermanently, next.Response.StatusCode)
		require.Empty(t, next.Response.Header.Get(strictTransport), "it means nothing in plain HTTP")
		return nil
	}}
	answer, err := client.Get(s.plain + "/.well-known/jwks.json?a=%2F")
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 1, hops)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, string(body), `"keys"`)
	require.Equal(t, "max-age=31536000", answer.Header.Get(strictTransport))
	require.Equal(t, "HTTP/2.0", answer.Proto)
	require.NotNil(t, answer.TLS)

	ann := s.newcomer(t, "Ann")
	refused := ann.ask(t, http.MethodGet, "/rooms/999", nil, nil)
	require.Equal(t, http.StatusNotFound, refused.status)
	require.Equal(t, "max-age=31536000", refused.header.Get(strictTransport), "errors too")
	signedIn := ann.ask(t, http.MethodPost, "/auth/login", map[string]any{"email": ann.email, "password": testPassword}, nil)
	require.Equal(t, http.StatusOK, signedIn.status)
	cookies := (&http.Response{Header: signedIn.header}).Cookies()
	require.NotEmpty(t, cookies)
	for _, cookie := range cookies {
		require.True(t, cookie.Secure, cookie.Name)
	}

	_, err = tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.ErrorContains(t, err, "protocol version")
	status, _ := get(t, s.ops+"/readyz")
	require.Equal(t, http.StatusOK, status, "operators are in a network of their own")
	require.Equal(t, exitOK, s.stop())
}

// page is a web app of a few lines: it signs in, opens a socket to where it came from and says by which protocol it came.
const page = `<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="/app.js"></script>`

const app = `const { email, password, room } = await (await fetch('/account.json')).json()
const post = async (path, body, token) =>
  (await fetch('/api/v1' + path, {
    method: 'POST', body: body && JSON.stringify(body),
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...(token && { Authorization: 'Bearer ' + token }) },
  })).json()
const { accessToken } = await post('/auth/login', { email, password })
const { ticket } = await post('/ws/tickets', undefined, accessToken)
const socket = new WebSocket('wss://' + location.host + '/api/v1/ws', ['emosation.v1', 'ticket.' + ticket])
socket.onopen = () => {
  const body = 'page by ' + performance.getEntriesByType('navigation')[0].nextHopProtocol
  socket.send(JSON.stringify({ type: 'message', room, clientId: crypto.randomUUID(), body }))
}
`

func TestSocketsOpenOnTheOriginThatSpeaksHTTP2(t *testing.T) {
	web := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(web, name), []byte(content), 0o600))
	}
	write("index.html", page)
	write("app.js", app)
	s := startSecured(t, "EMOSATION_WEB_DIR="+web)
	ann, ben := s.newcomer(t, "Ann"), s.newcomer(t, "Ben")
	room := befriend(t, ann, ben)
	a, b := ann.dial(t), ben.dial(t)
	a.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "hello"})
	b.wait(t, "what was said", func(e envelope) bool { return e.Message != nil && e.Message.Body == "hello" })

	conn, answer, err := websocket.Dial(t.Context(), s.url+"/ws", &websocket.DialOptions{HTTPClient: ann.sockets,
		Subprotocols: []string{"emosation.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + ann.token}, "Origin": {s.url}}})
	require.NoError(t, err)
	t.Cleanup(func() { conn.CloseNow() })
	require.Equal(t, "HTTP/1.1", answer.Proto)
	require.Equal(t, "max-age=31536000", answer.Header.Get(strictTransport))

	account, err := json.Marshal(map[string]any{"email": ann.email, "password": testPassword, "room": room})
	require.NoError(t, err)
	write("account.json", string(account))
	browse(t, s.url)
	b.wait(t, "what the page said", func(e envelope) bool { return e.Message != nil && e.Message.Body == "page by h2" })
}

// browse opens a page in a real browser, until the test ends.
func browse(t *testing.T, url string) {
	t.Helper()
	browser, err := servers.StartBrowser(t.Context(), "--ignore-certificate-errors", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, browser.Stop()) })
}

func TestANewCertificateIsShownAndNobodyIsDisconnected(t *testing.T) {
	s := startSecured(t)
	first := s.certificate(t)
	require.Equal(t, first.NotAfter.Unix(), s.gauge(t, "emosation_tls_certificate_expiry_seconds"))
	ann, ben := s.newcomer(t, "Ann"), s.newcomer(t, "Ben")
	room := befriend(t, ann, ben)
	a, b := ann.dial(t), ben.dial(t)
	talked := func(body string) {
		a.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": body})
		b.wait(t, body, func(e envelope) bool { return e.Message != nil && e.Message.Body == body })
	}
	talked("before")

	next, err := selfsigned.New([]string{"localhost"}, time.Now().Add(-24*time.Hour))
	require.NoError(t, err)
	other := t.TempDir()
	require.NoError(t, next.Write(other))
	for _, name := range []string{selfsigned.CAFile, selfsigned.CertFile, selfsigned.KeyFile} {
		require.NoError(t, os.Rename(filepath.Join(other, name), filepath.Join(s.dir, name)))
	}
	s.trust(t)
	require.Eventually(t, func() bool { return s.certificate(t).Equal(next.Server) }, 30*time.Second, 50*time.Millisecond)
	require.Equal(t, next.Server.NotAfter.Unix(), s.gauge(t, "emosation_tls_certificate_expiry_seconds"))
	talked("after")

	require.Zero(t, s.gauge(t, "emosation_tls_certificate_failures_total"))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, selfsigned.KeyFile), []byte("half a k"), 0o600))
	require.Eventually(t, func() bool { return s.gauge(t, "emosation_tls_certificate_failures_total") == 1 }, 30*time.Second, 50*time.Millisecond)
	require.True(t, s.certificate(t).Equal(next.Server))
	talked("still")
	require.Equal(t, exitOK, s.stop())
}

// gauge is the value of a metric without labels.
func (r running) gauge(t *testing.T, name string) int64 {
	t.Helper()
	_, body := get(t, r.ops+"/metrics")
	match := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(body)
	require.NotNil(t, match, name)
	var value float64
	require.NoError(t, json.Unmarshal([]byte(match[1]), &value))
	return int64(value)
}

func TestSelfSignedRefusesWhatItCannotMake(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, exitOK, command(t, "", nil, "self-signed", "-help").code)
	none := command(t, "", nil, "self-signed", "-dir", dir)
	require.Equal(t, exitUsage, none.code)
	require.Contains(t, none.err, "a name or an IP address is needed")
	wrong := command(t, "", nil, "self-signed", "-dir", dir, "https://chat.lan", "chat.lan")
	require.Equal(t, exitUsage, wrong.code)
	require.Contains(t, wrong.err, `"https://chat.lan" is not the name of a host`)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)

	// Settings that name the files which are only now to be made are no hindrance.
	environ := []string{"EMOSATION_DATA_DIR=" + dir, "EMOSATION_HTTP_ADDR=:443", "EMOSATION_TLS_CERT=" + filepath.Join(dir, selfsigned.CertFile)}
	made := command(t, "", environ, "self-signed", "fd00::20", "chat.lan")
	require.Equal(t, exitOK, made.code, made.err)
	require.Contains(t, made.out, "EMOSATION_TLS_KEY="+filepath.Join(dir, selfsigned.KeyFile)+"\nEMOSATION_PUBLIC_URL=https://[fd00::20]\n")
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, selfsigned.CertFile), filepath.Join(dir, selfsigned.KeyFile))
	require.NoError(t, err)
	require.Contains(t, made.out, selfsigned.Fingerprint(cert.Leaf))
	require.NotContains(t, made.out, "EMOSATION_HTTP_ADDR", "devices reach it")
	lan := command(t, "", nil, "self-signed", "-dir", t.TempDir(), "localhost", "chat.lan")
	require.Contains(t, lan.out, "EMOSATION_HTTP_ADDR=:8080\n", "they would not")
	require.Contains(t, lan.out, "EMOSATION_PUBLIC_URL=https://localhost:8080\n")
	trial := command(t, "", nil, "self-signed", "-dir", t.TempDir(), "localhost", "127.0.0.1")
	require.NotContains(t, trial.out, "EMOSATION_HTTP_ADDR", "somebody on this machine tries it")
	again := command(t, "", environ, "self-signed", "chat.lan")
	require.Equal(t, exitFailed, again.code)
	require.Contains(t, again.err, "exists and is not replaced")
}

func TestForwardedHeadersAreBelievedFromKnownProxiesOnly(t *testing.T) {
	s := start(t, append(embedded(t), "EMOSATION_TRUSTED_PROXIES=192.0.2.0/24,2001:db8::/32"))
	ann := newcomer(t, contractClient(t), s.url, "Ann")
	for forwarded, want := range map[string]string{
		"":                                       "127.0.0.1",
		"203.0.113.9":                            "203.0.113.9", // a proxy on this machine says so
		"203.0.113.9, 192.0.2.7":                 "203.0.113.9", // two proxies
		"203.0.113.9, 2001:db8::7, 192.0.2.7":    "203.0.113.9", // three
		"6.6.6.6, 203.0.113.9, 192.0.2.7":        "203.0.113.9", // what the client itself had sent
		"6.6.6.6, 192.0.2.7, 203.0.113.9":        "203.0.113.9", // also if it names a proxy of ours
		"203.0.113.9, 198.51.100.1, 192.0.2.7":   "198.51.100.1",
		"203.0.113.9, nonsense, 192.0.2.7":       "127.0.0.1",
		"6.6.6.6, 2001:db9::1, 2001:db8::7, ::1": "2001:db9::1",
		"203.0.113.9, 10.0.0.1, 192.0.2.7":       "10.0.0.1", // a private network is not ours by that
		"203.0.113.9, 169.254.0.1":               "169.254.0.1",
		"203.0.113.9:5000, 192.0.2.7:443":        "203.0.113.9", // some write the port
		"[2001:db9::1]:5000, 192.0.2.7":          "2001:db9::1",
		"[2001:db9::1]":                          "2001:db9::1",
		"::ffff:203.0.113.9":                     "203.0.113.9",
		"6.6.6.6, 203.0.113.9:port":              "127.0.0.1",
		"6.6.6.6, 127.0.0.1":                     "6.6.6.6",
		"192.0.2.8, 192.0.2.7":                   "192.0.2.8", // all are known: the first is the furthest
		", ":                                     "127.0.0.1",
	} {
		t.Run(forwarded, func(t *testing.T) {
			header := map[string]string{"X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
			if forwarded != "" {
				header["X-Forwarded-For"] = forwarded
			}
			login := ann.ask(t, http.MethodPost, "/auth/login", map[string]any{"email": ann.email, "password": testPassword, "tokenDelivery": "body"}, header)
			require.Equal(t, http.StatusOK, login.status, string(login.body))
			ann.token = decoded[openapi.Tokens](t, login.body).AccessToken
			sessions := decoded[openapi.SessionList](t, ann.must(t, http.MethodGet, "/auth/sessions", nil))
			for _, session := range sessions.Items {
				if session.Current {
					require.Equal(t, want, session.Address)
				}
			}
		})
	}
}

func TestAStrangersForwardedHeaderIsNotBelieved(t *testing.T) {
	cfg, err := config.Load([]string{"EMOSATION_TRUSTED_PROXIES=192.0.2.0/24"})
	require.NoError(t, err)
	e := newEcho(zap.NewNop(), observability.NewHTTPMetrics(prometheus.NewRegistry()), cfg.TrustedProxies)
	for remote, want := range map[string]string{"203.0.113.9:5000": "203.0.113.9", "192.168.1.20:5000": "192.168.1.20", "[2001:db8::9]:5000": "2001:db8::9",
		"192.0.2.7:5000": "6.6.6.6", "127.0.0.1:5000": "6.6.6.6", "[::1]:5000": "6.6.6.6", "[::ffff:192.0.2.7]:5000": "6.6.6.6", "[::ffff:203.0.113.9]:5000": "203.0.113.9"} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.RemoteAddr = remote
		request.Header.Set("X-Forwarded-For", "6.6.6.6")
		request.Header.Set("X-Real-IP", "6.6.6.6")
		require.Equal(t, want, e.NewContext(request, httptest.NewRecorder()).RealIP(), remote)
	}
}
