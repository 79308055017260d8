package realtime_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
	"github.com/stretchr/testify/require"
)

func TestARoomReachesItsConnectionsOnEveryNodeInOrder(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, here := a.connect(1, 1, "", 7)
		_, there := b.connect(2, 2, "", 7, 8)
		_, stranger := b.connect(3, 3, "", 8)
		var want []string
		for i := range 300 {
			want = append(want, fmt.Sprint(i))
			a.Publish(t.Context(), []realtime.Delivery{{Room: 7, Envelope: text(want[i])}})
		}
		eventually(t, here, want...)
		eventually(t, there, want...)
		require.Empty(t, stranger.envelopes())
	})
}

func TestViewsAreForThoseWhoHaveThem(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, ko := a.connect(1, 1, "ko", 7)
		_, en := b.connect(2, 2, "en", 7)
		_, none := b.connect(3, 3, "", 7)
		views := []realtime.View{{Name: "ko", Envelope: text("기쁨")}, {Name: "en", Envelope: text("joy")}}
		a.Deliver(realtime.Delivery{Room: 7, Envelope: text("bare"), Views: views})
		a.Deliver(realtime.Delivery{Room: 7, Envelope: text("bare"), Views: views, ViewsFor: 1})
		eventually(t, ko, "기쁨", "기쁨")
		eventually(t, en, "joy", "bare")
		eventually(t, none, "bare", "bare")

		off := ""
		b.Deliver(realtime.Delivery{Users: []int64{1}, View: &off})
		require.Eventually(t, func() bool {
			ko.mu.Lock()
			defer ko.mu.Unlock()
			return ko.view == ""
		}, time.Second, time.Millisecond)
		a.Deliver(realtime.Delivery{Room: 7, Envelope: text("bare"), Views: views})
		eventually(t, ko, "기쁨", "기쁨", "bare")
	})
}

func TestAttachAndDetachChangeWhoReceivesARoomOnEveryNode(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := b.connect(1, 1, "")
		a.Deliver(realtime.Delivery{Users: []int64{1, 2}, Attach: 7, Envelope: text("joined")})
		eventually(t, p, "joined")
		require.Eventually(t, func() bool { // the subscription follows the attachment
			a.Deliver(realtime.Delivery{Room: 7, Envelope: text("x")})
			return len(p.envelopes()) > 1
		}, 5*time.Second, 10*time.Millisecond)
		b.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7, Envelope: text("left")})
		after := len(p.envelopes())
		require.Equal(t, string(text("left")), p.envelopes()[after-1])
		b.Deliver(realtime.Delivery{Room: 7, Envelope: text("secret")})
		require.Len(t, p.envelopes(), after)
	})
}

func TestWhoIsCutOffWhileConnectingIsNotAttachedAfterwards(t *testing.T) {
	n := embedded(t)
	p := &peer{}
	err := n.Connect(t.Context(), realtime.NewConn(1, 1, "", p), func(context.Context) ([]realtime.Head, error) {
		n.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7}) // after the rooms were looked up
		n.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 8})
		n.Deliver(realtime.Delivery{Users: []int64{1}, Attach: 8})
		return n.heads(t.Context(), []int64{7, 8, 9})
	})
	require.NoError(t, err)
	for _, room := range []int64{7, 8, 9} {
		n.Deliver(realtime.Delivery{Room: room, Envelope: text(fmt.Sprint(room))})
	}
	eventually(t, p, "8", "9")
	n.Deliver(realtime.Delivery{Users: []int64{1}, Attach: 7, Envelope: text("back")})
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("7")})
	eventually(t, p, "8", "9", "back", "7")
}

func TestAnEndedSessionEndsOnItsNodeAndNoOther(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, ended := b.connect(1, 10, "")
		_, other := b.connect(1, 11, "")
		a.Deliver(realtime.Delivery{Users: []int64{1}, EndSessions: []int64{10}})
		require.Eventually(t, ended.hasEnded, 5*time.Second, time.Millisecond)
		require.False(t, other.hasEnded())
	})
}

func TestPresenceIsTheSumOfAllNodes(t *testing.T) {
	t.Parallel() // it waits most of the time
	eachPair(t, func(t *testing.T, a, b *node) {
		first, _ := a.connect(1, 1, "")
		second, _ := b.connect(1, 2, "")
		require.Equal(t, map[int64]bool{1: true, 2: false}, b.Online(t.Context(), []int64{1, 2}))
		a.Disconnect(t.Context(), first)
		a.Disconnect(t.Context(), first)
		require.True(t, a.Online(t.Context(), []int64{1})[1], "still there on the other node")
		b.Disconnect(t.Context(), second)
		require.Equal(t, []string{"1 true"}, append(a.seen(), b.seen()...), "told once, by the first node")
		require.Eventually(t, func() bool {
			return slices.Contains(append(a.seen(), b.seen()...), "1 false")
		}, 10*time.Second, 20*time.Millisecond)
		require.False(t, a.Online(t.Context(), []int64{1})[1])
	})
}

func TestAReloadIsNoDeparture(t *testing.T) {
	n := newNode(t, testkit.Redis(t), newTruth())
	c, _ := n.connect(1, 1, "")
	n.Disconnect(t.Context(), c)
	n.connect(1, 1, "")
	require.True(t, n.Online(t.Context(), []int64{1})[1])
	require.Equal(t, []string{"1 true"}, n.seen())
}

func TestViewersAreCountedByUserOverAllNodes(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		one, _ := a.connect(1, 1, "", 7)
		two, _ := a.connect(1, 2, "", 7)
		far, _ := b.connect(2, 3, "", 7)
		require.True(t, a.Look(t.Context(), one, 7))
		require.False(t, a.Look(t.Context(), two, 7))
		require.True(t, b.Look(t.Context(), far, 7))
		require.ElementsMatch(t, []int64{1, 2}, a.Viewers(t.Context(), 7))
		require.ElementsMatch(t, []int64{1, 2}, b.Viewers(t.Context(), 7))
		require.False(t, a.LookAway(t.Context(), one, 7))
		require.True(t, a.LookAway(t.Context(), two, 7))
		require.False(t, a.LookAway(t.Context(), two, 7))
		require.Equal(t, []int64{2}, a.Viewers(t.Context(), 7))
	})
}

func TestANodeGoesOnByItselfWithoutRedis(t *testing.T) {
	t.Parallel() // it waits most of the time
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	n := newNode(t, testkit.OpenRedis(t, server.URL()), newTruth())
	_, p := n.connect(1, 1, "", 7)
	require.NoError(t, server.Stop())
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("alone")})
	eventually(t, p, "alone")
	require.Equal(t, map[int64]bool{1: true, 2: false}, n.Online(t.Context(), []int64{1, 2}))
	_, late := n.connect(2, 2, "", 7)
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("two")})
	eventually(t, late, "two")
}

func TestABrokenSubscriptionIsRenewed(t *testing.T) {
	redis := testkit.Redis(t)
	w := newTruth()
	a, b := newNode(t, redis, w), newNode(t, redis, w)
	_, p := b.connect(1, 1, "", 7)
	require.NoError(t, redis.Do(t.Context(), redis.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error())
	require.Eventually(t, func() bool {
		a.Deliver(realtime.Delivery{Room: 7, Envelope: text("back")})
		return len(p.envelopes()) > 0
	}, 10*time.Second, 20*time.Millisecond)
}

func TestWhatWasMissedOfWhoMayReceiveWhatIsLookedUpAgain(t *testing.T) {
	redis := testkit.Redis(t)
	n := newNode(t, redis, newTruth())
	_, p := n.connect(1, 1, "", 7, 8)
	_, ended := n.connect(2, 2, "", 7)
	n.leave(1, 7) // another node has said so while this one could not hear
	n.join(1, 9)
	n.end(2)
	require.NoError(t, redis.Do(t.Context(), redis.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error())
	require.Eventually(t, ended.hasEnded, 10*time.Second, 5*time.Millisecond)
	eventually(t, p, "7 false", "9 true")
	n.Deliver(realtime.Delivery{Room: 9, Envelope: text("new")})
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("not any more")})
	n.Deliver(realtime.Delivery{Room: 8, Envelope: text("still")})
	eventually(t, p, "7 false", "9 true", "new", "still")
}

func TestAChangeOfARoomThatWasMissedIsToldOnce(t *testing.T) {
	redis := testkit.Redis(t)
	n := newNode(t, redis, newTruth())
	_, p := n.connect(1, 1, "", 7, 8)
	n.become(7, 3) // another node has said so while this one could not hear
	for _, other := range []int64{9, 10} {
		n.join(1, other) // which is heard when this node has looked
		require.NoError(t, redis.Do(t.Context(), redis.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error())
		heard := string(text(fmt.Sprint(other, " true")))
		require.Eventually(t, func() bool { return slices.Contains(p.envelopes(), heard) }, 10*time.Second, 5*time.Millisecond)
	}
	require.Eventually(t, func() bool { return len(p.envelopes()) >= 3 }, 10*time.Second, 5*time.Millisecond)
	require.ElementsMatch(t, []string{`"9 true"`, `"7 is open at 3"`, `"10 true"`}, p.envelopes())
}
