package realtime

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNobodyIsToldOfARoomTheyDoNotHear(t *testing.T) {
	b, p := &Bus{hub: quietHub()}, &recorder{}
	c := NewConn(1, 1, "", p)
	b.hub.add(c)
	require.False(t, b.Tell(c, 7, []byte("too early")))
	b.hub.deliver(&Delivery{Users: []int64{1}, Attach: 7})
	require.True(t, b.Tell(c, 7, []byte("in time")))
	require.False(t, b.Tell(c, 8, []byte("elsewhere")))
	b.hub.deliver(&Delivery{Users: []int64{1}, Detach: 7, Envelope: []byte("out")})
	require.False(t, b.Tell(c, 7, []byte("too late")))
	require.Equal(t, []string{"in time", "out"}, p.got)
}
