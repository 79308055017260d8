package realtime_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
	"github.com/stretchr/testify/require"
)

// talk lets two nodes talk in many rooms, and then ends somebody's access.
func talk(t *testing.T, a, b *node, from, to int64) {
	rooms := make([]int64, 40) // in a cluster, of every shard
	for i := range rooms {
		rooms[i] = int64(i) + 1
	}
	user := from*10 + 1
	_, here := a.connect(user, user, "", rooms...)
	_, there := b.connect(user+1, user+1, "", rooms...)
	for rev := from; rev <= to; rev++ {
		for _, room := range rooms {
			d := realtime.Delivery{Room: room, Rev: rev, Envelope: text(strconv.FormatInt(room, 10))}
			a.store(d)
			[]*node{a, b}[rev%2].Deliver(d)
		}
	}
	n := int(to-from+1) * len(rooms)
	for _, p := range []*peer{here, there} {
		require.Eventually(t, func() bool { return len(p.envelopes()) == n }, 10*time.Second, 5*time.Millisecond)
	}
	a.Deliver(realtime.Delivery{Users: []int64{user + 1}, Detach: 1, Envelope: text("out")})
	require.Eventually(t, func() bool { return len(there.envelopes()) == n+1 }, 10*time.Second, 5*time.Millisecond)
}

func TestTwoNodesTalkThroughARedisCluster(t *testing.T) {
	t.Parallel() // it waits most of the time
	cluster, err := servers.StartRedisCluster(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	w := newTruth()
	a := newNode(t, testkit.OpenRedis(t, cluster.URL()), w)
	b := newNode(t, testkit.OpenRedis(t, cluster.URL()), w)
	talk(t, a, b, 1, 4)
	require.Equal(t, map[int64]bool{11: true, 12: true, 13: false}, a.Online(t.Context(), []int64{11, 12, 13}))
	one, _ := b.connect(50, 50, "", 7)
	two, _ := a.connect(51, 51, "", 7)
	b.Look(t.Context(), one, 7)
	a.Look(t.Context(), two, 7)
	require.ElementsMatch(t, []int64{50, 51}, a.Viewers(t.Context(), 7))
}

func TestTwoNodesTalkOnAfterAFailover(t *testing.T) {
	t.Parallel() // it waits most of the time
	group, err := servers.StartRedisSentinel(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, group.Stop()) })
	w := newTruth()
	a := newNode(t, testkit.OpenRedis(t, group.URL()), w)
	b := newNode(t, testkit.OpenRedis(t, group.URL()), w)
	talk(t, a, b, 1, 2)
	_, kicked := b.connect(5, 5, "", 100)
	_, p := b.connect(6, 6, "", 100)
	require.NoError(t, group.Master.Kill(t.Context()))
	a.Deliver(realtime.Delivery{Users: []int64{5}, Detach: 100, Envelope: text("out")})
	change := realtime.Delivery{Room: 100, Rev: 1, Envelope: text("during")}
	a.store(change)
	a.Deliver(change)
	require.Eventually(t, func() bool { return len(kicked.envelopes()) > 0 && len(p.envelopes()) > 0 }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, string(text("during")), p.envelopes()[0])
	require.Contains(t, []string{string(text("out")), string(text("100 false"))}, kicked.envelopes()[0])
	talk(t, a, b, 3, 4)
}
