package realtime_test

import (
	"testing"
	"time"

	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

// TestNobodySeemsToLeaveBecauseTheirNodeDoes replaces two nodes one after the other.
func TestNobodySeemsToLeaveBecauseTheirNodeDoes(t *testing.T) {
	t.Parallel()
	redis, w := testkit.Redis(t), newTruth()
	clock := testkit.NewClock(time.Now())
	know := func(n *node, others int) {
		t.Helper()
		require.Eventually(t, func() bool { return n.Connected(t.Context()).Nodes == others+1 }, 10*time.Second, 2*time.Millisecond)
	}
	all := map[int64]bool{1: true, 2: true, 3: true}
	a, b := newNodeAt(t, redis, w, clock.Now), newNodeAt(t, redis, w, clock.Now)
	know(a, 1)
	know(b, 1)
	for user := range all {
		c, _ := a.connect(user, user, "")
		a.Leave(20 * time.Second)
		a.Disconnect(t.Context(), c)
	}
	joined := a.seen()
	clock.Advance(10 * time.Second)
	again, _ := b.connect(2, 2, "")
	require.Never(t, func() bool { return len(a.seen()) > len(joined) || len(b.seen()) > 0 }, 1100*time.Millisecond, 50*time.Millisecond)
	a.stop()
	require.Equal(t, all, b.Online(t.Context(), []int64{1, 2, 3}))

	c := newNodeAt(t, redis, w, clock.Now)
	know(c, 1)
	know(b, 1)
	b.Leave(20 * time.Second)
	b.Disconnect(t.Context(), again)
	b.stop()
	require.Equal(t, all, c.Online(t.Context(), []int64{1, 2, 3}))
	c.connect(2, 2, "")
	require.Eventually(t, func() bool { return c.Connected(t.Context()).Nodes == 1 }, 10*time.Second, 2*time.Millisecond)
	clock.Advance(21 * time.Second)
	require.Eventually(t, func() bool { return len(c.seen()) == 2 }, 10*time.Second, 10*time.Millisecond)
	require.ElementsMatch(t, []string{"1 false", "3 false"}, c.seen(), "they did not come back")
	require.Equal(t, map[int64]bool{1: false, 2: true, 3: false}, c.Online(t.Context(), []int64{1, 2, 3}))
	require.Equal(t, joined, a.seen())
	require.Empty(t, b.seen())
}
