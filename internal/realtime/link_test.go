package realtime_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// link is a way to a Redis on a socket that can be cut and mended.
type link struct {
	listener net.Listener
	mu       sync.Mutex
	cut      bool
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
