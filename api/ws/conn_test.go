package ws

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// tape notes what is written to a connection and how often, and when it has to be done.
type tape struct {
	net.Conn
	calls     []int
	all       bytes.Buffer
	deadlines []time.Time
}

func (c *tape) Write(p []byte) (int, error) {
	c.calls = append(c.calls, len(p))
	return c.all.Write(p)
}

func (c *tape) SetWriteDeadline(t time.Time) error {
	c.deadlines = append(c.deadlines, t)
	return nil
}

// frame is what the socket library writes for a text.
func frame(text string) []byte {
	head := []byte{0x81, byte(len(text))}
	switch n := len(text); {
	case n > 65535:
		head = []byte{0x81, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	case n > 125:
		head = []byte{0x81, 126, byte(n >> 8), byte(n)}
	}
	return append(head, text...)
}

func TestAFrameIsWrittenWhenItIsWhole(t *testing.T) {
	now := time.Unix(1000, 0)
	under := &tape{}
	c := &conn{Conn: under, now: func() time.Time { return now }}
	buffer := bufio.NewWriterSize(c, writeBuffer)
	var want []byte
	for size := range 300 {
		f := frame(strings.Repeat("x", size))
		want = append(want, f...)
		_, err := buffer.Write(f)
		require.NoError(t, err)
		require.NoError(t, buffer.Flush())
		require.Equal(t, want, under.all.Bytes(), "a frame of %d is out", size)
	}
	large := frame(strings.Repeat("y", 70<<10))
	for _, part := range [][]byte{large[:10], large[10:]} { // as the library does
		_, err := buffer.Write(part)
		require.NoError(t, err)
	}
	require.NoError(t, buffer.Flush())
	require.Equal(t, append(want, large...), under.all.Bytes())
	require.Len(t, under.deadlines, 1, "one deadline serves for a second")
	now = now.Add(2 * time.Second)
	_, err := c.Write(frame("later"))
	require.NoError(t, err)
	require.Equal(t, now.Add(writeWithin), under.deadlines[1])
}

// counted counts the pieces that the library's buffer hands over.
type counted struct {
	*conn
	pieces int
}

func (c *counted) Write(p []byte) (int, error) {
	c.pieces++
	return c.conn.Write(p)
}

func TestAFrameIsHandedOverInTwoPiecesAndSentAsOne(t *testing.T) {
	server, client := tcpPair(t)
	c := &counted{conn: &conn{Conn: server, now: time.Now}}
	buffer := bufio.NewWriterSize(c, writeBuffer)
	whole := frame(strings.Repeat("x", 1000))
	for _, part := range [][]byte{whole[:4], whole[4:]} { // as the library does
		n, err := buffer.Write(part)
		require.NoError(t, err)
		require.Len(t, part, n)
	}
	require.NoError(t, buffer.Flush())
	require.Equal(t, 2, c.pieces, "the first was held back, and the second took it along")
	got := make([]byte, 4096)
	require.NoError(t, client.SetReadDeadline(time.Now().Add(10*time.Second)))
	n, err := client.Read(got)
	require.NoError(t, err)
	require.Equal(t, whole, got[:n], "in one piece")
}

func tcpPair(t testing.TB) (server, client net.Conn) {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	var dialer net.Dialer
	client, err = dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	server, err = listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() {
		server.Close()
		client.Close()
	})
	return server, client
}

func TestAWriteEndsWhenNobodyReads(t *testing.T) {
	server, _ := tcpPair(t)
	longAgo := time.Now().Add(-writeWithin + 50*time.Millisecond)
	c := &conn{Conn: server, now: func() time.Time { return longAgo }} // so that it need not be waited for
	large := frame(strings.Repeat("x", 64<<20))
	_, err := c.Write(large)
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
}

// What a client sends together with its request is not lost.
func TestWhatComesWithTheRequestIsRead(t *testing.T) {
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(&upgrade{Response: echo.NewResponse(w, echo.New()), now: time.Now}, r, nil)
		if err != nil {
			got <- err.Error()
			return
		}
		_, text, err := socket.Read(t.Context())
		if err != nil {
			text = []byte(err.Error())
		}
		got <- string(text)
		socket.CloseNow()
	}))
	defer server.Close()
	var dialer net.Dialer
	client, err := dialer.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	_, err = client.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + "\x81\x85\x00\x00\x00\x00hello"))
	require.NoError(t, err)
	require.Equal(t, "hello", <-got)
}
