package chaos

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// unreachable is a client for those who must not get an answer.
func unreachable() *http.Client { return &http.Client{Timeout: time.Second} }

// echoing is a server that sends everything back, behind a proxy, and a connection to it.
func echoing(t *testing.T) (*Proxy, net.Conn) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				conn.Close()
			}()
		}
	}()
	p, err := NewProxy(DialTo("tcp", server.Addr().String()))
	require.NoError(t, err)
	t.Cleanup(p.Close)
	conn, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	echoed(t, conn, []byte("hello")) // from here on the proxy knows the connection
	return p, conn
}

func echoed(t *testing.T, conn net.Conn, data []byte) {
	t.Helper()
	_, err := conn.Write(data)
	require.NoError(t, err)
	got := make([]byte, len(data))
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, data, got)
}

func TestAProxyCarriesEveryByteOnceWhateverTheWeather(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 2000)
	for name, w := range map[string]weather{
		"calm": {}, "pieces": {pieces: true}, "slow": {latency: 20 * time.Millisecond}, "stalled": {stalled: true},
	} {
		t.Run(name, func(t *testing.T) {
			p, conn := echoing(t)
			w.until = time.Now().Add(300 * time.Millisecond)
			require.Equal(t, 1, p.cover(1, nil, w))
			echoed(t, conn, long)
			switch {
			case w.stalled:
				require.True(t, time.Now().After(w.until))
			case w.latency > 0:
				require.True(t, time.Now().After(w.until.Add(2*w.latency-300*time.Millisecond)), "there and back")
			}
			require.True(t, p.rough(conn.LocalAddr().String(), w.until.Add(-time.Second)))
			require.False(t, p.rough(conn.LocalAddr().String(), w.until))
		})
	}
}

func TestAProxyPassesTheEndOn(t *testing.T) {
	_, conn := echoing(t)
	_, err := conn.Write([]byte("last words"))
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	got, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Equal(t, "last words", string(got))
}

func TestAProxyCutsConnections(t *testing.T) {
	p, conn := echoing(t)
	require.Equal(t, 1, p.Cut(0, rand.New(rand.NewPCG(1, 1))), "at least one")
	_, err := conn.Read(make([]byte, 1))
	require.Error(t, err)
	require.NotErrorIs(t, err, io.EOF, "without a good-bye")
}

func TestAMuteProxyLosesAnswersAndCutsInTheEnd(t *testing.T) {
	p, conn := echoing(t)
	p.cover(1, nil, weather{until: time.Now().Add(100 * time.Millisecond), mute: true})
	_, err := conn.Write([]byte("are you there?"))
	require.NoError(t, err)
	n, err := conn.Read(make([]byte, 1))
	require.Zero(t, n)
	require.Error(t, err)
}

func TestAProxyWithoutAServerRefuses(t *testing.T) {
	p, err := NewProxy(DialTo("unix", "/nowhere"))
	require.NoError(t, err)
	defer p.Close()
	conn, err := net.Dial("tcp", p.Addr())
	if err == nil {
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	require.Error(t, err)
}
