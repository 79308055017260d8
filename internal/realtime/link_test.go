package realtime_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// link is a way to a Redis on a socket that can be cut and mended.
type link struct {
	listener net.Listener
	mu       sync.Mutex
	cut      bool
	refused  int // connections that were tried while it was cut
	conns    map[net.Conn]struct{}
	open     sync.WaitGroup
}

// newLink returns a link to the server at a unix:// URL.
func newLink(t *testing.T, serverURL string) *link {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &link{listener: listener, conns: make(map[net.Conn]struct{})}
	l.open.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", strings.TrimPrefix(serverURL, "unix://"))
			if err != nil {
				_ = near.Close()
				continue
			}
			l.join(near, far)
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.set(true)
		l.open.Wait()
	})
	return l
}

func (l *link) url() string { return "redis://" + l.listener.Addr().String() }

func (l *link) join(near, far net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[near], l.conns[far] = struct{}{}, struct{}{}
	if l.cut {
		l.refused++
		_, _ = near.Close(), far.Close()
	}
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_, _ = to.Close(), from.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.conns, from)
	}
	l.open.Go(func() { pass(near, far) })
	l.open.Go(func() { pass(far, near) })
}

// fails waits until it has been found out that the link is cut.
func (l *link) fails(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.refused >= 4
	}, 5*time.Second, time.Millisecond)
}

// set cuts the link, or mends it.
func (l *link) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	if cut {
		for c := range l.conns {
			_ = c.Close()
		}
	}
}
