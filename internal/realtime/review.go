package realtime

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/pause"
)

const (
	// reviewAtOnce bounds how many connections, or rooms, are looked up by one question.
	reviewAtOnce = 500
	reviewRetry  = 250 * time.Millisecond
)

// Client is who a connection belongs to.
type Client struct{ User, Session int64 }

// Standing is what a connection may receive: the events of these rooms, while its session is alive.
type Standing struct {
	Rooms []Head
	Alive bool
}

// review asks the database again about connections and rooms of which this node may have missed something.
type review struct {
	hub      *Hub
	standing func(ctx context.Context, clients []Client) ([]Standing, error)
	heads    func(ctx context.Context, rooms []int64) ([]Head, error)
	moved    func(user, room int64, joined bool) []byte
	renewed  func(Head) []byte
	follow   func(fresh, idle []int64)
	catchUp  *catchUp
	log      *zap.Logger
	wake     chan struct{}

	mu    sync.Mutex
	all   bool
	users map[int64]struct{}
	rooms map[int64]struct{}
}

func newReview(o Options, hub *Hub, catchUp *catchUp, follow func(fresh, idle []int64)) *review {
	return &review{
		hub: hub, standing: o.Standing, heads: o.Heads, moved: o.Moved, renewed: o.Renewed, follow: follow, catchUp: catchUp, log: o.Log,
		wake: make(chan struct{}, 1), users: make(map[int64]struct{}), rooms: make(map[int64]struct{}),
	}
}

// everything looks up all connections again, and with them their rooms.
func (r *review) everything() { r.note(func() { r.all = true }) }

func (r *review) user(id int64) { r.note(func() { r.users[id] = struct{}{} }) }

func (r *review) room(id int64) { r.note(func() { r.rooms[id] = struct{}{} }) }

func (r *review) note(what func()) {
	r.mu.Lock()
	what()
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *review) take() (all bool, users, rooms []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all, users, rooms = r.all, slices.Collect(maps.Keys(r.users)), slices.Collect(maps.Keys(r.rooms))
	r.all = false
	clear(r.users)
	clear(r.rooms)
	return all, users, rooms
}

func (r *review) run(ctx context.Context) error {
	for {
		select {
		case <-r.wake:
		case <-ctx.Done():
			return nil
		}
		all, users, rooms := r.take()
		conns := r.hub.connsOf(users)
		if all {
			conns = r.hub.conns()
		}
		for part := range slices.Chunk(conns, reviewAtOnce) {
			r.lookAt(ctx, part)
		}
		for part := range slices.Chunk(rooms, reviewAtOnce) {
			r.compare(ctx, part)
		}
	}
}

// lookAt looks up the standing of connections; those of which that happens anyway are looked at after it.
func (r *review) lookAt(ctx context.Context, conns []*Conn) {
	watched := make([]*Conn, 0, len(conns))
	clients := make([]Client, 0, len(conns))
	for _, c := range conns {
		if r.hub.watch(c) {
			watched = append(watched, c)
			clients = append(clients, Client{c.User, c.Session})
		}
	}
	if len(clients) == 0 {
		return
	}
	list, err := r.standing(ctx, clients)
	for err != nil && ctx.Err() == nil {
		r.log.Error("what connections may receive could not be looked up", zap.Error(err))
		pause.For(ctx, reviewRetry)
		list, err = r.standing(ctx, clients)
	}
	if err != nil {
		return
	}
	for i, c := range watched {
		moved := r.moved
		if !list[i].Alive {
			c.peer.End()
			moved = nil
		}
		r.follow(r.hub.settle(c, list[i].Rooms, moved))
		for _, room := range list[i].Rooms {
			r.hurry(room)
		}
	}
}

// expel cuts those off from a room who are not joined in it any more. Where a change of the room did not come by itself, the
// news that somebody was removed may be missing too, and what is read from the database now may be younger than that.
func (r *review) expel(ctx context.Context, room int64) error {
	for part := range slices.Chunk(r.hub.connsIn(room), reviewAtOnce) {
		clients := make([]Client, len(part))
		for i, c := range part {
			clients[i] = Client{c.User, c.Session}
		}
		list, err := r.standing(ctx, clients)
		if err != nil {
			return err
		}
		for i, c := range part {
			if slices.ContainsFunc(list[i].Rooms, func(h Head) bool { return h.Room == room }) {
				continue
			}
			r.follow(nil, r.hub.expel(c, room, r.moved))
			r.user(c.User) // or they have come back since
		}
	}
	return nil
}

// compare lets rooms catch up with what the database has.
func (r *review) compare(ctx context.Context, rooms []int64) {
	heads, err := r.heads(ctx, rooms)
	for err != nil && ctx.Err() == nil {
		r.log.Error("how far rooms have come could not be looked up", zap.Error(err))
		pause.For(ctx, reviewRetry)
		heads, err = r.heads(ctx, rooms)
	}
	for _, room := range heads {
		r.hurry(room)
	}
}

// hurry lets a room catch up at once: what it waits for has had its time to come. Of a change that no message tells it hears, too.
func (r *review) hurry(room Head) {
	r.hub.renew(room, r.renewed)
	if r.hub.learn(room) {
		r.catchUp.note(room.Room, 0)
	}
}
