package deploy_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

const (
	// theirs is where people of these tests come from, and middle where proxies talk to nodes from: neither is what a
	// connection on this machine would have by itself.
	theirs = "127.0.0.5"
	middle = "127.0.0.9"
	// forged is what people say they are.
	forged = "203.0.113.9"
	script = "/assets/app-1a2b.js"
	packed = "/assets/packed-3c4d.js"
)

// stand is two nodes that share MariaDB and Redis, before which tests put proxies.
type stand struct {
	dir, binary, dist string
	nodes             []*servers.API
	opsPort           string
	cert, key         string
	secure, plain     map[string]string // by the name of a proxy, its addresses
	client            *http.Client      // trusts cert, follows nothing
}

func newStand(t *testing.T, proxies ...string) *stand {
	t.Helper()
	s, node := newPlace(t, proxies...)
	var err error
	s.binary, err = servers.BuildAPI(t.Context(), s.dir)
	require.NoError(t, err)
	var origins []string
	for _, name := range proxies {
		origins = append(origins, s.url(name))
	}
	s.start(t, port(node[0]), port(node[1]), origins)
	return s
}

// newPlace is a stand without nodes; two addresses are free for them.
func newPlace(t *testing.T, proxies ...string) (s *stand, free []string) {
	t.Helper()
	s = &stand{dir: t.TempDir(), secure: map[string]string{}, plain: map[string]string{}}
	s.cert, s.key = s.certificate(t, "localhost", time.Now().Add(90*24*time.Hour))
	text, err := os.ReadFile(s.cert)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	s.client = &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots}, DisableCompression: true, ForceAttemptHTTP2: true, // as browsers do
			DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(theirs)}}).DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(s.client.CloseIdleConnections)
	addresses, err := servers.FreeAddresses(t.Context(), 2+2*len(proxies))
	require.NoError(t, err)
	for i, name := range proxies {
		s.secure[name], s.plain[name] = addresses[2+2*i], addresses[3+2*i]
	}
	s.build(t)
	return s, addresses[:2]
}

// start migrates and runs the nodes.
func (s *stand) start(t *testing.T, http, ops string, origins []string) {
	mariadb, err := servers.StartMariaDBInMemory(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mariadb.Stop()) })
	redis, err := servers.StartRedis(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, redis.Stop()) })
	require.NoError(t, mariadb.Exec(t.Context(), "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
	key, err := servers.WriteKey(s.dir)
	require.NoError(t, err)
	settings := []string{
		"EMOSATION_DATABASE_URL=" + mariadb.URL("emosation"), "EMOSATION_REDIS_URL=" + redis.URL(), "EMOSATION_JWT_KEY_FILE=" + key,
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_WEB_DIR=" + s.dist, "EMOSATION_PUBLIC_URL=" + origins[0], "EMOSATION_ALLOWED_ORIGINS=" + strings.Join(origins, ","),
		"EMOSATION_DRAIN_DELAY=3",
	}
	migrate := exec.CommandContext(t.Context(), s.binary, "migrate")
	migrate.Env = append(servers.Environ(), settings...)
	out, err := migrate.CombinedOutput()
	require.NoError(t, err, string(out))
	s.opsPort = ops
	for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
		node, err := servers.StartAPI(context.WithoutCancel(t.Context()), s.binary,
			append(settings, "EMOSATION_HTTP_ADDR="+host+":"+http, "EMOSATION_OPS_ADDR="+host+":"+ops)...)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, node.Stop()) })
		s.nodes = append(s.nodes, node)
	}
}

// build makes a small web app.
func (s *stand) build(t *testing.T) {
	s.dist = filepath.Join(s.dir, "dist")
	require.NoError(t, os.MkdirAll(filepath.Join(s.dist, "assets"), 0o700))
	for name, content := range map[string]string{
		"index.html": `<!doctype html><div id="root"></div><script type="module" src="` + script + `"></script>`,
		packed:       "plain", packed + ".gz": "packed when it was built", "favicon.svg": "<svg/>", "before-paint.js": "//", script: strings.Repeat("// code\n", 1000),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(s.dist, name), []byte(content), 0o600))
	}
}

// certificate makes one that vouches for itself.
func (s *stand) certificate(t *testing.T, host string, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: until.Add(-100 * 24 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	dir, err := os.MkdirTemp(s.dir, "cert")
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	return cert, key
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func (s *stand) url(proxy string) string { return "https://localhost:" + port(s.secure[proxy]) }

// addresses are the nodes', as proxies want them.
func (s *stand) addresses() (all []string) {
	for _, node := range s.nodes {
		all = append(all, strings.TrimPrefix(node.URL, "http://"))
	}
	return all
}

// edit replaces parts of a text, each of which must be there. Parts come in pairs.
func edit(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, text, pairs[i])
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

// run starts a proxy until the test ends.
func (s *stand) run(t *testing.T, name, program string, args ...string) *servers.Process {
	t.Helper()
	process, err := servers.StartProgram(context.WithoutCancel(t.Context()), func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.secure[name])
		if err == nil {
			conn.Close()
		}
		return err
	}, program, args...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, process.Stop()) })
	return process
}

// nginx runs our configuration, edited further for a test. What it logs is in the folder that is returned.
func (s *stand) nginx(t *testing.T, pairs ...string) (logs string) {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("nginx/emosation.conf")
	require.NoError(t, err)
	nodes := s.addresses()
	site := edit(t, string(text),
		"\tlisten [::]:80;\n", "", "\tlisten [::]:443 ssl http2;\n", "", "listen 80;", "listen "+s.plain["nginx"]+";",
		"listen 443 ssl", "listen "+s.secure["nginx"]+" ssl", "127.0.0.1:8080", nodes[0], "127.0.0.2:8080", nodes[1],
		"https://chat.example.org$request_uri", s.url("nginx")+"$request_uri", "server_name chat.example.org;", "server_name localhost;",
		"/etc/letsencrypt/live/chat.example.org/fullchain.pem", s.cert, "/etc/letsencrypt/live/chat.example.org/privkey.pem", s.key,
		"/var/log/nginx/", dir+"/", "proxy_http_version 1.1;", "proxy_http_version 1.1;\n\tproxy_bind "+middle+";")
	site = edit(t, site, pairs...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "site.conf"), []byte(site), 0o600))
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += kind + "_temp_path " + dir + "/" + kind + ";\n"
	}
	whole := "daemon off;\nmaster_process off;\npid " + dir + "/pid;\nerror_log stderr error;\nevents {}\nhttp {\n" + temporary +
		"types { text/html html; text/javascript js; }\ninclude " + dir + "/site.conf;\n}\n"
	file := filepath.Join(dir, "nginx.conf")
	require.NoError(t, os.WriteFile(file, []byte(whole), 0o600))
	s.run(t, "nginx", "nginx", "-e", dir+"/start.log", "-p", dir, "-c", file)
	return dir
}

// caddy runs our Caddyfile for those who have a Caddy of their own.
func (s *stand) caddy(t *testing.T) *servers.Process {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("caddy/Caddyfile")
	require.NoError(t, err)
	site := edit(t, string(text), "{\n\t# What goes wrong", "{\n\tadmin off\n\thttp_port "+port(s.plain["caddy"])+"\n\t# What goes wrong",
		"chat.example.org {", s.url("caddy")+" {\n\ttls "+s.cert+" "+s.key, "127.0.0.1:8080 127.0.0.2:8080", strings.Join(s.addresses(), " "),
		"health_port 9090", "health_port "+s.opsPort)
	file := filepath.Join(dir, "Caddyfile")
	require.NoError(t, os.WriteFile(file, []byte(site), 0o600))
	t.Setenv("XDG_DATA_HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", dir)
	return s.run(t, "caddy", "caddy", "run", "--config", file, "--adapter", "caddyfile")
}

// web runs what the image web runs.
func (s *stand) web(t *testing.T) *servers.Process {
	t.Helper()
	health, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	for name, value := range map[string]string{
		"XDG_DATA_HOME": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir(), "EMOSATION_PUBLIC_URL": s.url("web"), "WEB_TLS": "tls " + s.cert + " " + s.key,
		"API_NODES": strings.Join(s.addresses(), " "), "API_OPS_PORT": s.opsPort, "WEB_ROOT": s.dist, "WEB_HTTP_PORT": port(s.plain["web"]),
		"WEB_HEALTH_ADDRESS": health[0],
	} {
		t.Setenv(name, value)
	}
	process := s.run(t, "web", "caddy", "run", "--config", "caddy/web.Caddyfile", "--adapter", "caddyfile")
	require.Eventually(t, func() bool { // it listens there a moment later
		answer, err := http.Get("http://" + health[0] + "/healthz")
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	}, 10*time.Second, 10*time.Millisecond)
	return process
}

// reply is what a request was answered.
type reply struct {
	status   int
	protocol int // of HTTP, its major version
	header   http.Header
	body     []byte
}

func (r reply) code() string {
	var problem struct{ Code string }
	if json.Unmarshal(r.body, &problem) != nil {
		return ""
	}
	return problem.Code
}

// try sends a request. Headers come in pairs.
func (s *stand) try(ctx context.Context, method, url string, in any, header ...string) (reply, error) {
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return reply{}, err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.ProtoMajor, answer.Header, body}, err
}

func (s *stand) ask(t *testing.T, method, url string, in any, header ...string) reply {
	t.Helper()
	r, err := s.try(t.Context(), method, url, in, header...)
	require.NoError(t, err)
	return r
}

// guest is somebody who is signed in through a proxy.
type guest struct {
	s               *stand
	url             string
	id              int64
	email, password string
	token           string
}

// guest registers and signs in, from an address that is not theirs by what they say.
func (s *stand) guest(t *testing.T, url, nickname string) *guest {
	t.Helper()
	g := &guest{s: s, url: url, email: uuid.NewString() + "@example.org", password: "correct horse battery"}
	in := map[string]any{"email": g.email, "password": g.password, "nickname": nickname, "emotionConsent": true}
	r := s.ask(t, http.MethodPost, url+"/api/v1/auth/register", in)
	require.Equal(t, http.StatusCreated, r.status, string(r.body))
	r = s.ask(t, http.MethodPost, url+"/api/v1/auth/login", map[string]any{"email": g.email, "password": g.password},
		"X-Forwarded-For", forged, "X-Real-IP", forged, "Forwarded", "for="+forged)
	require.Equal(t, http.StatusOK, r.status, string(r.body))
	var tokens struct {
		AccessToken string
		User        struct{ ID int64 }
	}
	require.NoError(t, json.Unmarshal(r.body, &tokens))
	g.id, g.token = tokens.User.ID, tokens.AccessToken
	return g
}

// must sends a request that has to work, and reads its answer.
func (g *guest) must(t *testing.T, method, path string, in, out any) {
	t.Helper()
	r := g.s.ask(t, method, g.url+"/api/v1"+path, in, "Authorization", "Bearer "+g.token)
	require.Less(t, r.status, 300, "%s %s: %s", method, path, r.body)
	if out != nil {
		require.NoError(t, json.Unmarshal(r.body, out))
	}
}

// befriend makes two guests friends and returns their room.
func befriend(t *testing.T, a, b *guest) (room int64) {
	t.Helper()
	a.must(t, http.MethodPost, "/friends", map[string]any{"userId": b.id}, nil)
	b.must(t, http.MethodPut, fmt.Sprintf("/friends/%d", a.id), nil, nil)
	var direct struct{ ID int64 }
	a.must(t, http.MethodPost, "/rooms/direct", map[string]any{"userId": b.id}, &direct)
	return direct.ID
}

// dial opens a socket as a browser does: with a ticket and an origin.
func (g *guest) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	var ticket struct{ Ticket string }
	g.must(t, http.MethodPost, "/ws/tickets", nil, &ticket)
	conn, _, err := websocket.Dial(t.Context(), "wss"+strings.TrimPrefix(g.url, "https")+"/api/v1/ws", &websocket.DialOptions{
		HTTPClient: g.s.client, Subprotocols: []string{"emosation.v1", "ticket." + ticket.Ticket}, HTTPHeader: http.Header{"Origin": {g.url}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}
