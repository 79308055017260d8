package deploy_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// dying is two nodes that are ready, and of which one hangs up on a request that it has heard.
type dying struct {
	doomed atomic.Bool // the next request
	heard  atomic.Int64
}

const deadly = "/api/v1/rooms"

// ServeHTTP implements http.Handler.
func (d *dying) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != deadly {
		return
	}
	_, _ = io.Copy(io.Discard, r.Body) // it comes whole, or it is not counted
	d.heard.Add(1)
	if d.doomed.CompareAndSwap(true, false) {
		panic(http.ErrAbortHandler)
	}
}

// listen serves at an address until the test ends.
func listen(t *testing.T, address string, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(handler)
	require.NoError(t, server.Listener.Close())
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
}

func TestProxiesRepeatOnlyWhatChangesNothing(t *testing.T) {
	s, free := newPlace(t, "nginx", "caddy", "web")
	nodes := new(dying)
	s.opsPort = port(free[1])
	for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
		address := net.JoinHostPort(host, port(free[0]))
		listen(t, address, nodes)
		listen(t, net.JoinHostPort(host, s.opsPort), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.nodes = append(s.nodes, &servers.API{URL: "http://" + address})
	}
	s.nginx(t)
	s.caddy(t)
	s.web(t)
	for name := range s.secure {
		t.Run(name, func(t *testing.T) {
			require.Eventually(t, func() bool {
				r, err := s.try(t.Context(), http.MethodGet, s.url(name)+deadly, nil)
				return err == nil && r.status == http.StatusOK
			}, 10*time.Second, 20*time.Millisecond)
			for method, want := range map[string]struct {
				status int
				heard  int64
			}{http.MethodGet: {http.StatusOK, 2}, http.MethodPost: {http.StatusBadGateway, 1}, http.MethodPatch: {http.StatusBadGateway, 1}} {
				for range 2 { // so that there are connections that have been used before
					require.Equal(t, http.StatusOK, s.ask(t, http.MethodGet, s.url(name)+deadly, nil).status)
				}
				var body any
				if method != http.MethodGet {
					body = map[string]any{"title": "A room"}
				}
				nodes.heard.Store(0)
				nodes.doomed.Store(true)
				r := s.ask(t, method, s.url(name)+deadly, body)
				require.Equal(t, want.status, r.status, method)
				require.Equal(t, want.heard, nodes.heard.Load(), method)
			}
		})
	}
}
