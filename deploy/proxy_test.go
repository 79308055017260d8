package deploy_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// TestBehindAProxy puts every proxy that we have a configuration for before two nodes, does through it what people do, takes
// the nodes away under it, and has the doctor look at it, and at what operators get wrong.
func TestBehindAProxy(t *testing.T) {
	s := newStand(t, "nginx", "caddy", "web")
	t.Run("as it should be", func(t *testing.T) {
		dir, caddy, web := s.nginx(t), s.caddy(t), s.web(t)
		for name := range s.secure {
			t.Run(name, func(t *testing.T) {
				t.Run("redirect", func(t *testing.T) { redirects(t, s, name) })
				t.Run("app", func(t *testing.T) { servesTheApp(t, s, s.url(name)) })
				t.Run("API", func(t *testing.T) { passesTheAPI(t, s, s.url(name)) })
				t.Run("address", func(t *testing.T) { tellsWhoTheClientIs(t, s, s.url(name)) })
				t.Run("sockets", func(t *testing.T) { passesSockets(t, s, s.url(name)) })
				t.Run("doctor", func(t *testing.T) { findsNothing(t, s, name) })
			})
		}
		t.Run("web, packed", func(t *testing.T) {
			r := s.ask(t, http.MethodGet, s.url("web")+packed, nil, "Accept-Encoding", "gzip")
			require.Equal(t, "gzip", r.header.Get("Content-Encoding"))
			require.Equal(t, "packed when it was built", string(r.body))
		})
		t.Run("a node stops", func(t *testing.T) { hidesAStop(t, s) })
		t.Run("a node dies", func(t *testing.T) { hidesADeath(t, s) })
		t.Run("logs", func(t *testing.T) {
			keepsSecrets(t, s, func() string { return everything(t, dir) + caddy.Log() + web.Log() })
		})
	})
	t.Run("faults", func(t *testing.T) { findsFaults(t, s) })
	t.Run("nobody", func(t *testing.T) { findsNobody(t, s) })
}

// everything is what the files of a folder hold.
func everything(t *testing.T, dir string) string {
	var all strings.Builder
	files, err := filepath.Glob(dir + "/*.log")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all.Write(text)
	}
	return all.String()
}

func redirects(t *testing.T, s *stand, name string) {
	r := s.ask(t, http.MethodGet, "http://localhost:"+port(s.plain[name])+"/rooms/7?a=b", nil)
	require.Contains(t, []int{http.StatusMovedPermanently, http.StatusPermanentRedirect}, r.status)
	require.Equal(t, s.url(name)+"/rooms/7?a=b", r.header.Get("Location"))
}

func servesTheApp(t *testing.T, s *stand, url string) {
	direct := s.ask(t, http.MethodGet, s.nodes[0].URL+"/", nil).header
	for path, want := range map[string]struct {
		status      int
		body, cache string
	}{
		"/": {200, `id="root"`, "no-cache"}, "/index.html": {200, `id="root"`, "no-cache"}, "/rooms/7": {200, `id="root"`, "no-cache"}, "/settings/": {200, `id="root"`, "no-cache"},
		"/metrics":     {200, `id="root"`, "no-cache"}, // a place in the app like any other
		"/favicon.svg": {200, "<svg/>", "no-cache"}, script: {200, "// code", "public, max-age=31536000, immutable"},
		"/assets/gone-ffff.js": {404, "", "no-store"}, "/assets/gone": {404, "", "no-store"}, "/gone.js": {404, "", "no-store"}, "/.well-known/nothing": {404, "", "no-store"},
	} {
		r := s.ask(t, http.MethodGet, url+path, nil)
		require.Equal(t, want.status, r.status, path)
		require.Contains(t, string(r.body), want.body, path)
		require.Equal(t, want.cache, r.header.Get("Cache-Control"), path)
		require.Equal(t, []string{"max-age=31536000"}, r.header.Values("Strict-Transport-Security"), path)
		require.NotRegexp(t, `\d`, r.header.Get("Server"), "no version")
		require.Equal(t, []string{"nosniff"}, r.header.Values("X-Content-Type-Options"), path)
		if want.status == http.StatusOK {
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"} {
				require.NotEmpty(t, direct.Values(name))
				require.Equal(t, direct.Values(name), r.header.Values(name), "as a node says it: %s of %s", name, path)
			}
		}
	}
	require.Contains(t, []int{http.StatusMethodNotAllowed, http.StatusNotFound}, s.ask(t, http.MethodPost, url+"/rooms/7", nil).status)

	packed := s.ask(t, http.MethodGet, url+script, nil, "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
	require.Less(t, len(packed.body), 1000)
	plain, err := gzip.NewReader(bytes.NewReader(packed.body))
	require.NoError(t, err)
	text, err := io.ReadAll(plain)
	require.NoError(t, err)
	require.Len(t, text, 8000)
}

func passesTheAPI(t *testing.T, s *stand, url string) {
	for _, path := range []string{"/api/v1/nothing", "/api/nothing", "/api"} {
		r := s.ask(t, http.MethodGet, url+path, nil)
		require.Equal(t, http.StatusNotFound, r.status, path)
		require.Equal(t, "application/problem+json", r.header.Get("Content-Type"), path)
		require.Equal(t, "request.no_such_operation", r.code(), path)
		require.Equal(t, []string{"nosniff"}, r.header.Values("X-Content-Type-Options"), path)
		require.Equal(t, 2, r.protocol, "as browsers ask")
	}
	require.Contains(t, string(s.ask(t, http.MethodGet, url+"/.well-known/jwks.json", nil).body), `"keys"`)
	const many = 100 << 10
	r := s.ask(t, http.MethodPost, url+"/api/v1/auth/login", map[string]any{"email": strings.Repeat("a", many)})
	require.Equal(t, http.StatusRequestEntityTooLarge, r.status)
	require.Less(t, len(r.body), 300, "few words")
	r, err := s.try(t.Context(), http.MethodPost, url+"/api/v1/auth/login", map[string]any{"email": strings.Repeat("a", 40*many)})
	if err == nil { // a proxy may also just hang up
		require.Equal(t, http.StatusRequestEntityTooLarge, r.status)
	}
}

func tellsWhoTheClientIs(t *testing.T, s *stand, url string) {
	var list struct{ Items []struct{ Address string } }
	s.guest(t, url, "Ann").must(t, http.MethodGet, "/auth/sessions", nil, &list)
	require.Len(t, list.Items, 1)
	require.Equal(t, theirs, list.Items[0].Address)
}

func passesSockets(t *testing.T, s *stand, url string) {
	ann, ben := s.guest(t, url, "Ann"), s.guest(t, url, "Ben")
	room := befriend(t, ann, ben)
	from, to := ann.dial(t), ben.dial(t)
	body := strings.Repeat("안녕하세요 ", 200)
	frame := fmt.Sprintf(`{"type":"message","room":%d,"clientId":%q,"body":%q}`, room, uuid.NewString(), body)
	require.NoError(t, from.Write(t.Context(), websocket.MessageText, []byte(frame)))
	hear(t, to, strings.TrimSpace(body))
	hear(t, from, `"ack"`)

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() { _, _, _ = to.Read(ctx) }() // a pong is read, too
	require.NoError(t, to.Ping(ctx))

	for _, path := range []string{"/ws", "/api/v1/ws"} {
		r := s.ask(t, http.MethodGet, url+path, nil, "Connection", "Upgrade", "Upgrade", "websocket", "Origin", "https://evil.example.org")
		require.Equal(t, "socket.foreign_origin", r.code(), path)
		require.Equal(t, []string{"nosniff"}, r.header.Values("X-Content-Type-Options"), path)
	}
}

// hear reads until something is said.
func hear(t *testing.T, conn *websocket.Conn, what string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn.SetReadLimit(1 << 20)
	for {
		_, frame, err := conn.Read(ctx)
		require.NoError(t, err, "before %q came", what)
		if strings.Contains(string(frame), what) {
			return
		}
	}
}

// hidesAStop stops a node while people read and write. All that they notice is a socket that says goodbye.
func hidesAStop(t *testing.T, s *stand) {
	var people []action
	var hosts []*guest
	var rooms []int64
	for name := range s.secure {
		ann, ben := s.guest(t, s.url(name), "Ann"), s.guest(t, s.url(name), "Ben")
		room := befriend(t, ann, ben)
		hosts, rooms = append(hosts, ann), append(rooms, room)
		people = append(people, ben.reads, func(ctx context.Context) (reply, error) {
			return s.try(ctx, http.MethodPost, fmt.Sprintf("%s/api/v1/rooms/%d/messages", ann.url, room),
				map[string]any{"clientId": uuid.NewString(), "body": "hello"}, "Authorization", "Bearer "+ann.token)
		})
	}
	stop := s.people(t, people...)
	node := s.nodes[0]
	require.NoError(t, node.Signal(syscall.SIGTERM))
	code, err := node.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "0", code, node.Log())
	for i, host := range hosts {
		hear(t, host.dialAndSay(t, rooms[i]), "still here") // at the other
	}
	require.NoError(t, node.Restart(t.Context()))
	found(t, node)
	stop()
}

// found waits until a proxy lets people through to a node that has just started.
func found(t *testing.T, node *servers.API) {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := http.Get(node.OpsURL + "/metrics")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		return err == nil && strings.Contains(string(text), `emosation_http_requests_total{method="GET",route="/api/v1/rooms"`)
	}, 30*time.Second, 50*time.Millisecond)
}

// hidesADeath kills a node while people read.
func hidesADeath(t *testing.T, s *stand) {
	var people []action
	for name := range s.secure {
		people = append(people, s.guest(t, s.url(name), "Ben").reads)
	}
	stop := s.people(t, people...)
	require.NoError(t, s.nodes[0].Kill(t.Context()))
	for range 10 {
		for _, reads := range people {
			r, err := reads(t.Context())
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, r.status)
		}
	}
	require.NoError(t, s.nodes[0].Restart(t.Context()))
	found(t, s.nodes[0])
	stop()
}

// action is what somebody does once.
type action func(context.Context) (reply, error)

// reads is an action.
func (g *guest) reads(ctx context.Context) (reply, error) {
	return g.s.try(ctx, http.MethodGet, g.url+"/api/v1/rooms", nil, "Authorization", "Bearer "+g.token)
}

// people do things again and again until they are stopped; nothing may fail.
func (s *stand) people(t *testing.T, do ...action) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	failures := make(chan string, 1)
	begun := make(chan struct{}, len(do))
	for _, do := range do {
		working.Go(func() {
			for n := 0; ; n++ {
				r, err := do(context.WithoutCancel(ctx))
				if err != nil || r.status >= 300 {
					select {
					case failures <- fmt.Sprintf("request %d: %d %s %v", n, r.status, r.body, err):
					default:
					}
				}
				if n == 0 {
					begun <- struct{}{}
				}
				if ctx.Err() != nil {
					return
				}
			}
		})
	}
	for range do {
		<-begun
	}
	return func() {
		t.Helper()
		cancel()
		working.Wait()
		select {
		case failure := <-failures:
			require.Fail(t, failure)
		default:
		}
	}
}

// dialAndSay opens a socket and writes to a room over it.
func (g *guest) dialAndSay(t *testing.T, room int64) *websocket.Conn {
	t.Helper()
	conn := g.dial(t)
	frame := fmt.Sprintf(`{"type":"message","room":%d,"clientId":%q,"body":"still here"}`, room, uuid.NewString())
	require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(frame)))
	return conn
}

// keepsSecrets looks whether what people search for, tickets and tokens get into the logs of proxies, also when no node answers.
func keepsSecrets(t *testing.T, s *stand, logs func() string) {
	var people []*guest
	for name := range s.secure {
		people = append(people, s.guest(t, s.url(name), "Ann"))
	}
	all := func(fits func(status int) bool) bool {
		var asking sync.WaitGroup
		var failed atomic.Bool
		for _, ann := range people {
			asking.Go(func() {
				r, err := s.try(t.Context(), http.MethodGet, ann.url+"/api/v1/users?query=somebody-secret", nil, "Authorization", "Bearer "+ann.token,
					"Sec-WebSocket-Protocol", "emosation.v1, ticket.very-secret", "Cookie", "emosation_refresh=most-secret")
				if err != nil || !fits(r.status) {
					failed.Store(true)
				}
			})
		}
		asking.Wait()
		return !failed.Load()
	}
	well := func(status int) bool { return status == http.StatusOK }
	require.True(t, all(well))
	for _, node := range s.nodes {
		require.NoError(t, node.Kill(t.Context()))
	}
	require.True(t, all(func(status int) bool {
		return status == http.StatusBadGateway || status == http.StatusServiceUnavailable
	}))
	for _, node := range s.nodes {
		require.NoError(t, node.Restart(t.Context()))
	}
	require.Eventually(t, func() bool { return all(well) }, 30*time.Second, 50*time.Millisecond)
	require.NotContains(t, logs(), "secret")
	for _, ann := range people {
		require.NotContains(t, logs(), ann.token)
	}
}
