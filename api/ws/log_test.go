package ws

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestTheEndOfASocketIsOneLine(t *testing.T) {
	n := newNode(t)
	core, lines := observer.New(zap.DebugLevel)
	n.Log = zap.New(core)
	s, conn := n.dial(t)
	require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"nothing that anybody knows"}`)))
	_, err := read(t.Context(), conn, 1)
	require.NoError(t, err)
	s.Send([]byte(`{"type":"what somebody wrote"}`))
	_, err = read(t.Context(), conn, 1)
	require.NoError(t, err)
	require.Empty(t, lines.All(), "it is open")
	require.NoError(t, conn.Close(websocket.StatusNormalClosure, ""))

	require.Eventually(t, func() bool { return lines.Len() == 1 }, 10*time.Second, time.Millisecond)
	line := lines.All()[0]
	fields := line.ContextMap()
	require.Equal(t, "socket ended", line.Message)
	require.Equal(t, int64(s.who.User), fields["user"])
	require.Equal(t, n.Bus.Node(), fields["node"])
	require.Equal(t, "gone", fields["cause"])
	require.EqualValues(t, 1, fields["received"])
	require.EqualValues(t, 2, fields["sent"])
	require.Positive(t, fields["seconds"])
	for _, value := range fields {
		text, _ := value.(string) // of numbers there is nothing to read
		require.False(t, strings.Contains(text, "somebody") || strings.Contains(text, "anybody"))
	}
}
