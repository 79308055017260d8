package ws

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/storage"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// node is a handler with connections, whose domains nobody asks for anything.
type node struct {
	*Handler
	metrics *prometheus.Registry
	url     string
	echo    *echo.Echo
	users   atomic.Int64

	mu       sync.Mutex
	sessions []*session
}

func newNode(t testing.TB) *node {
	t.Helper()
	redis, closeRedis, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	t.Cleanup(closeRedis)
	n := &node{metrics: prometheus.NewRegistry(), echo: echo.New()}
	n.Handler, err = NewHandler(t.Context(), Deps{
		Bus: realtime.NewBus(realtime.Options{Redis: redis, Now: time.Now, Log: zap.NewNop()}),
		Now: time.Now, Metrics: n.metrics, Limits: true, Log: zap.NewNop(),
	})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(n.accept))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = n.Shutdown(ctx)
		server.Close()
	})
	n.url = server.URL
	return n
}

// accept is Open without the domains.
func (n *node) accept(w http.ResponseWriter, r *http.Request) {
	s, err := n.enlist(auth.Principal{User: account.ID(n.users.Add(1)), Session: 1})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	s.conn = realtime.NewConn(int64(s.who.User), 1, "", s)
	switched := &upgrade{Response: echo.NewResponse(w, n.echo), now: n.Now}
	socket, err := websocket.Accept(switched, r, nil)
	if err != nil {
		n.dismiss(s)
		return
	}
	n.start(s, socket, switched.line)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sessions = append(n.sessions, s)
}

// dial opens a connection and returns both ends of it.
func (n *node) dial(t testing.TB) (*session, *websocket.Conn) {
	t.Helper()
	conn, answer, err := websocket.Dial(t.Context(), n.url, nil)
	require.NoError(t, err)
	require.NotNil(t, answer)
	t.Cleanup(func() { conn.CloseNow() })
	var s *session
	require.Eventually(t, func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		if len(n.sessions) > 0 {
			s = n.sessions[len(n.sessions)-1]
			n.sessions = n.sessions[:0]
		}
		return s != nil
	}, 10*time.Second, time.Millisecond)
	return s, conn
}

// read collects the envelopes of a connection until there are so many of them, or it closes.
func read(ctx context.Context, conn *websocket.Conn, count int) (envelopes []string, err error) {
	conn.SetReadLimit(8 << 20)
	for len(envelopes) < count {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return envelopes, err
		}
		for line := range bytes.SplitSeq(frame, []byte{'\n'}) {
			envelopes = append(envelopes, string(line))
		}
	}
	return envelopes, nil
}
