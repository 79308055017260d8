package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// peer is a connection that remembers what it was sent.
type peer struct {
	mu    sync.Mutex
	got   []string
	view  string
	ended bool
}

func (p *peer) Send(envelope []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, string(envelope))
}

func (p *peer) View(view string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view = view
}

func (p *peer) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
}

func (p *peer) envelopes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *peer) hasEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// node is a bus that runs until the test ends.
type node struct {
	*realtime.Bus
	t        *testing.T
	mu       sync.Mutex
	presence []string
	rooms    []int64             // in which everybody is, as the domain says
	ended    int64               // a session
	stored   []realtime.Delivery // what the database has of rooms, by rev
	asked    int                 // how often for it
	stop     func()
}

func newNode(t *testing.T, redis rueidis.Client) *node {
	n := &node{t: t}
	n.Bus = realtime.NewBus(realtime.Options{
		Redis:  redis,
		Encode: func(event any) []realtime.Delivery { return event.([]realtime.Delivery) },
		PresenceChanged: func(_ context.Context, user int64, online bool) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.presence = append(n.presence, fmt.Sprintf("%d %t", user, online))
		},
		Missed: func(_ context.Context, room, since int64) (list []realtime.Delivery, more bool, err error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.asked++
			for _, d := range n.stored {
				if d.Room == room && d.Rev > since {
					list = append(list, d)
				}
			}
			return list[:min(2, len(list))], len(list) > 2, nil
		},
		Standing: func(_ context.Context, _, session int64) ([]realtime.Head, bool, error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			return heads(n.rooms), session != n.ended, nil
		},
		Now: time.Now, Log: zap.NewNop(),
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = n.Run(ctx) })
	n.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	t.Cleanup(n.stop)
	return n
}

func (n *node) seen() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.presence)
}

// connect attaches a connection of a user's session to rooms.
func (n *node) connect(user, session int64, view string, rooms ...int64) (*realtime.Conn, *peer) {
	n.t.Helper()
	p := &peer{view: view}
	c := realtime.NewConn(user, session, view, p)
	err := n.Connect(n.t.Context(), c, func(context.Context) ([]realtime.Head, error) { return heads(rooms), nil })
	require.NoError(n.t, err)
	return c, p
}

// heads are rooms in which nothing was said yet.
func heads(rooms []int64) []realtime.Head {
	list := make([]realtime.Head, len(rooms))
	for i, id := range rooms {
		list[i].Room = id
	}
	return list
}

func text(s string) []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return data
}

func eventually(t *testing.T, p *peer, want ...string) {
	t.Helper()
	quoted := make([]string, len(want))
	for i, w := range want {
		quoted[i] = string(text(w))
	}
	require.Eventually(t, func() bool { return len(p.envelopes()) >= len(want) }, 5*time.Second, 2*time.Millisecond)
	require.Equal(t, quoted, p.envelopes())
}

// eachPair runs a test with two nodes that share a Redis.
func eachPair(t *testing.T, test func(t *testing.T, a, b *node)) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) { test(t, newNode(t, s.Redis), newNode(t, s.Redis)) })
}

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
	n := newNode(t, testkit.OpenRedis(t, "embedded"))
	p := &peer{}
	err := n.Connect(t.Context(), realtime.NewConn(1, 1, "", p), func(context.Context) ([]realtime.Head, error) {
		n.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7}) // after the rooms were looked up
		n.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 8})
		n.Deliver(realtime.Delivery{Users: []int64{1}, Attach: 8})
		return heads([]int64{7, 8, 9}), nil
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

func TestWhoIsCutOffIsNotSeenToDoAnythingAfterwards(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := a.connect(2, 2, "", 7)
		b.connect(1, 1, "", 7) // signals wait where their sender is connected
		for _, kind := range []string{"first", "waits"} {
			b.Signal(realtime.Delivery{Room: 7, Signal: "typing", From: 1, Envelope: text(kind)})
			b.Signal(realtime.Delivery{Room: 7, Signal: "typing", From: 3, Envelope: text(kind + " too")})
		}
		eventually(t, p, "first", "first too")
		b.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7})
		eventually(t, p, "first", "first too", "waits too")
	})
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

func TestSignalsOfAWindowAreJoined(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := b.connect(2, 2, "", 7)
		_, own := a.connect(1, 1, "", 7)
		for i := range 50 {
			a.Signal(realtime.Delivery{Room: 7, Signal: "read", From: 1, NotFor: 1, Envelope: text(fmt.Sprint(i))})
		}
		eventually(t, p, "0", "49")
		require.Empty(t, own.envelopes())

		a.Signal(realtime.Delivery{Room: 7, Signal: "typing", From: 1, Envelope: text("t1")})
		a.Signal(realtime.Delivery{Room: 7, Signal: "typing", From: 1, Envelope: text("t2")})
		a.Deliver(realtime.Delivery{Users: []int64{2}, Quiet: 7, Envelope: text("history now")})
		a.Signal(realtime.Delivery{Room: 7, Signal: "look", From: 1, Envelope: text("look")})
		eventually(t, p, "0", "49", "t1", "history now", "look")
	})
}

func TestPresenceIsTheSumOfAllNodes(t *testing.T) {
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
	n := newNode(t, testkit.Redis(t))
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
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	n := newNode(t, testkit.OpenRedis(t, server.URL()))
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
	a, b := newNode(t, redis), newNode(t, redis)
	b.rooms = []int64{7}
	_, p := b.connect(1, 1, "", 7)
	require.NoError(t, redis.Do(t.Context(), redis.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error())
	require.Eventually(t, func() bool {
		a.Deliver(realtime.Delivery{Room: 7, Envelope: text("back")})
		return len(p.envelopes()) > 0
	}, 10*time.Second, 20*time.Millisecond)
}

func TestWhatWasMissedOfWhoMayReceiveWhatIsLookedUpAgain(t *testing.T) {
	redis := testkit.Redis(t)
	n := newNode(t, redis)
	_, p := n.connect(1, 1, "", 7, 8)
	_, ended := n.connect(2, 2, "", 7)
	n.mu.Lock()
	n.rooms, n.ended = []int64{8, 9}, 2 // another node has said so while this one could not hear
	n.mu.Unlock()
	require.NoError(t, redis.Do(t.Context(), redis.B().Arbitrary("CLIENT", "KILL", "TYPE", "pubsub").Build()).Error())
	require.Eventually(t, ended.hasEnded, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		n.Deliver(realtime.Delivery{Room: 9, Envelope: text("new")})
		return len(p.envelopes()) > 0
	}, 10*time.Second, 5*time.Millisecond)
	before := len(p.envelopes())
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("not any more")})
	n.Deliver(realtime.Delivery{Room: 8, Envelope: text("still")})
	require.Equal(t, []string{string(text("still"))}, p.envelopes()[before:])
}
