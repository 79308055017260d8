package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
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

// truth is what the database says; nodes may share it.
type truth struct {
	epoch   string
	mu      sync.Mutex
	rooms   map[int64]map[int64]bool // user → those they are joined in
	ended   map[int64]bool           // sessions
	changes map[int64][]realtime.Delivery
	// versions of rooms, by which they have changed otherwise
	versions map[int64]int64
	asked    int // how often for changes
}

func newTruth() *truth {
	return &truth{
		rooms: make(map[int64]map[int64]bool), ended: make(map[int64]bool), changes: make(map[int64][]realtime.Delivery),
		versions: make(map[int64]int64),
	}
}

func (w *truth) join(user int64, rooms ...int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rooms[user] == nil {
		w.rooms[user] = make(map[int64]bool)
	}
	for _, room := range rooms {
		w.rooms[user][room] = true
	}
}

func (w *truth) leave(user, room int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.rooms[user], room)
}

// become changes a room in a way that no message tells.
func (w *truth) become(room, version int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.versions[room] = version
}

func (w *truth) end(session int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended[session] = true
}

// store keeps changes, and the last rev of each of their rooms with them.
func (w *truth) store(list ...realtime.Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range list {
		w.changes[d.Room] = append(w.changes[d.Room], d)
	}
}

func (w *truth) lookups() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

func (w *truth) heads(_ context.Context, rooms []int64) ([]realtime.Head, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.headsOf(rooms), nil
}

func (w *truth) headsOf(rooms []int64) []realtime.Head {
	list := make([]realtime.Head, len(rooms))
	for i, room := range rooms {
		list[i].Room, list[i].Version, list[i].State = room, w.versions[room], "open"
		if n := len(w.changes[room]); n > 0 {
			list[i].Rev = w.changes[room][n-1].Rev
		}
	}
	return list
}

func (w *truth) standing(_ context.Context, clients []realtime.Client) ([]realtime.Standing, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]realtime.Standing, len(clients))
	for i, c := range clients {
		rooms := slices.Sorted(maps.Keys(w.rooms[c.User]))
		list[i] = realtime.Standing{Rooms: w.headsOf(rooms), Alive: !w.ended[c.Session]}
	}
	return list, nil
}

// missed gives no more than two at once.
func (w *truth) missed(_ context.Context, room, since int64) (list []realtime.Delivery, more bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	for _, d := range w.changes[room] {
		if d.Rev > since {
			list = append(list, d)
		}
	}
	return list[:min(2, len(list))], len(list) > 2, nil
}

// node is a bus that runs until the test ends.
type node struct {
	*realtime.Bus
	*truth
	t        *testing.T
	mu       sync.Mutex
	presence []string
	stale    []int64
	stop     func()
}

func newNode(t *testing.T, redis rueidis.Client, w *truth) *node {
	return newNodeAt(t, redis, w, time.Now)
}

// newNodeAt returns a node with a clock of its own.
func newNodeAt(t *testing.T, redis rueidis.Client, w *truth, now func() time.Time) *node {
	n := &node{t: t, truth: w}
	n.Bus = realtime.NewBus(realtime.Options{
		Redis:  redis,
		Epoch:  w.epoch,
		Encode: func(event any) []realtime.Delivery { return event.([]realtime.Delivery) },
		PresenceChanged: func(_ context.Context, user int64, online bool) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.presence = append(n.presence, fmt.Sprintf("%d %t", user, online))
		},
		Stale: func(room int64) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.stale = append(n.stale, room)
		},
		Missed: w.missed, Standing: w.standing, Heads: w.heads,
		Moved:   func(_, room int64, joined bool) []byte { return text(fmt.Sprint(room, " ", joined)) },
		Renewed: func(h realtime.Head) []byte { return text(fmt.Sprint(h.Room, " is ", h.State, " at ", h.Version)) },
		Reads: func(context.Context, int64) ([]realtime.Tally, error) {
			return []realtime.Tally{{Seq: 5, Count: 2}}, nil
		},
		EncodeSignals: func(j realtime.Joined) []byte {
			return text(fmt.Sprintf("%d %v %t %d %v", j.Kind, j.Marks, j.Crowd, j.Count, j.Reads))
		},
		Now: now, Log: zap.NewNop(),
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

// Deliver delivers what the database says from now on.
func (n *node) Deliver(d realtime.Delivery) {
	for _, user := range d.Users {
		if d.Attach != 0 {
			n.join(user, d.Attach)
		}
		if d.Detach != 0 {
			n.leave(user, d.Detach)
		}
	}
	for _, session := range d.EndSessions {
		n.end(session)
	}
	n.Bus.Deliver(d)
}

func (n *node) seen() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.presence)
}

// connect attaches a connection of a user's session to rooms.
func (n *node) connect(user, session int64, view string, rooms ...int64) (*realtime.Conn, *peer) {
	n.t.Helper()
	n.join(user, rooms...)
	p := &peer{view: view}
	c := realtime.NewConn(user, session, view, p)
	err := n.Connect(n.t.Context(), c, func(ctx context.Context) ([]realtime.Head, error) { return n.heads(ctx, rooms) })
	require.NoError(n.t, err)
	return c, p
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

// eachPair runs a test with two nodes that share a Redis and know of each other.
func eachPair(t *testing.T, test func(t *testing.T, a, b *node)) {
	pair := func(t *testing.T, redis rueidis.Client) {
		w := newTruth()
		a, b := newNode(t, redis, w), newNode(t, redis, w)
		require.Eventually(t, func() bool {
			return a.Connected(t.Context()).Nodes == 2 && b.Connected(t.Context()).Nodes == 2
		}, 10*time.Second, 2*time.Millisecond)
		test(t, a, b)
	}
	t.Run("redis", func(t *testing.T) { pair(t, testkit.Redis(t)) })
	t.Run("embedded", func(t *testing.T) { pair(t, testkit.OpenRedis(t, "embedded")) })
}
