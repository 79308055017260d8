package realtime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
)

func TestConnectionsOfAllNodesAreCountedOnce(t *testing.T) {
	server := testkit.RedisURL(t)
	redis := testkit.OpenRedis(t, server)
	w := newTruth()
	way := newLink(t, server)
	clock := testkit.NewClock(time.Now())
	a := newNodeAt(t, redis, w, clock.Now)
	a.connect(1, 1, "")
	a.connect(1, 1, "") // another tab
	a.connect(1, 2, "") // another browser
	require.Equal(t, realtime.Connected{Users: 1, Sessions: 2, Nodes: 1}, a.Connected(t.Context()), "a node that is alone")

	b := newNodeAt(t, testkit.OpenRedis(t, way.url()), w, clock.Now)
	leaves, _ := b.connect(2, 3, "")
	b.connect(1, 2, "") // a tab of that browser, on another node
	b.connect(1, 4, "")
	both := realtime.Connected{Users: 2, Sessions: 4, Nodes: 2}
	soon := func(n *node, want realtime.Connected) {
		t.Helper()
		require.EventuallyWithT(t, func(c *assert.CollectT) { assert.Equal(c, want, n.Connected(t.Context())) }, 10*time.Second, 20*time.Millisecond)
	}
	soon(a, both)
	soon(b, both)
	b.Disconnect(t.Context(), leaves)
	soon(a, realtime.Connected{Users: 1, Sessions: 3, Nodes: 2})

	way.set(true) // for the others it is as good as dead
	clock.Advance(time.Minute + time.Second)
	left := a.Connected(t.Context())
	require.Equal(t, 1, left.Users)
	require.Equal(t, 2, left.Sessions)
}
