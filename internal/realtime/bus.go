package realtime

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// Bus brings deliveries to the connections of all nodes: to those of this node at once, to the others through Redis.
// When Redis is away this node goes on by itself, and connections of other nodes catch up by rev.
type Bus struct {
	hub      *Hub
	redis    rueidis.Client
	encode   func(event any) []Delivery
	standing func(ctx context.Context, user, session int64) (rooms []Head, alive bool, err error)
	node     string // tells this node's own messages from those of others
	outgoing chan Delivery
	signals  *signals
	channels *channels
	presence *presence
	catchUp  *catchUp
	waker    waker
	log      *zap.Logger
}

// Options is what a Bus is made of.
type Options struct {
	Redis rueidis.Client
	// Encode turns a domain event into what is delivered; an event that concerns no connection gives nothing.
	Encode func(event any) []Delivery
	// Standing tells which rooms' events the connections of a session receive, and whether it goes on at all. It is asked
	// again after this node could not hear the others for a while.
	Standing func(ctx context.Context, user, session int64) (rooms []Head, alive bool, err error)
	// Missed returns the changes of a room's messages after a rev as the database has them, the earliest first, and whether
	// there are more. It is asked when a change has not come by itself.
	Missed func(ctx context.Context, room, sinceRev int64) (list []Delivery, more bool, err error)
	// PresenceChanged is called after a user's first connection on any node was opened, or the last one closed.
	PresenceChanged func(ctx context.Context, user int64, online bool)
	Now             func() time.Time
	Log             *zap.Logger
}

// outgoingSize bounds what waits for Redis. What does not fit is left out: a node that missed something catches up
// by rev, and this one must not wait.
const outgoingSize = 8192

// NewBus returns a bus that reaches other nodes while Run runs.
func NewBus(o Options) *Bus {
	b := &Bus{
		catchUp: newCatchUp(o), redis: o.Redis, encode: o.Encode, standing: o.Standing, node: rand.Text(),
		outgoing: make(chan Delivery, outgoingSize), log: o.Log,
	}
	b.hub = NewHub(b.catchUp.soon)
	b.catchUp.hub = b.hub
	b.signals = newSignals(b.Deliver, o.Now)
	b.channels = newChannels(o.Redis, b.hub, b.receive, o.Log)
	b.presence = newPresence(o, b.hub, b.node)
	return b
}

// Run connects this node with the others until ctx ends.
func (b *Bus) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return b.forward(ctx) })
	g.Go(func() error { return b.channels.run(ctx) })
	g.Go(func() error { return b.review(ctx) })
	g.Go(func() error { return b.signals.run(ctx) })
	g.Go(func() error { return b.presence.run(ctx) })
	g.Go(func() error { return b.catchUp.run(ctx) })
	return g.Wait()
}

// Publish delivers a domain event. It never waits for a connection or for Redis. Events published one after the
// other reach each connection of this node in that order.
func (b *Bus) Publish(_ context.Context, event any) {
	for _, d := range b.encode(event) {
		if d.Signal != "" {
			b.Signal(d)
		} else {
			b.Deliver(d)
		}
	}
}

// Signal sends what only matters for a moment, joined with others of its kind (see Delivery.Signal).
func (b *Bus) Signal(d Delivery) { b.signals.send(d) }

// Deliver sends a delivery on its way at once.
func (b *Bus) Deliver(d Delivery) {
	b.local(&d)
	select {
	case b.outgoing <- d:
	default:
		b.log.Warn("a delivery was not passed on to other nodes", zap.Int64("room", d.Room))
	}
}

func (b *Bus) local(d *Delivery) {
	if d.Quiet != 0 {
		b.signals.drop(d.Quiet)
	}
	if d.Detach != 0 { // who is out is not seen to do anything there any more
		b.signals.drop(d.Detach, d.Users...)
	}
	b.follow(b.hub.deliver(d))
}

// follow lets the subscriptions follow what the hub says.
func (b *Bus) follow(fresh, idle []int64) {
	for _, room := range append(fresh, idle...) {
		b.channels.touch(roomChannel(room))
	}
}

// Connect makes a connection known: first to its user's events, then, with the rooms that joined returns, to the
// rooms'. What changes in between reaches it too. When Connect returns, nothing that is published afterwards on any node is missed.
func (b *Bus) Connect(ctx context.Context, c *Conn, joined func(context.Context) ([]Head, error)) error {
	first := b.hub.add(c)
	b.channels.await(ctx, []string{userChannel(c.User)})
	rooms, err := joined(ctx)
	if err != nil {
		b.Disconnect(ctx, c)
		return err
	}
	b.follow(b.hub.settle(c, rooms))
	names := make([]string, len(rooms))
	for i, r := range rooms {
		names[i] = roomChannel(r.Room)
	}
	b.channels.await(ctx, names)
	if first {
		b.presence.arrived(ctx, c.User)
	}
	return nil
}

// review looks up the standing of every connection again, each time that the subscription to Redis had broken: the news
// that somebody was removed from a room or signed out may have been missed.
func (b *Bus) review(ctx context.Context) error {
	for {
		select {
		case <-b.channels.broke:
		case <-ctx.Done():
			return nil
		}
		users, rooms := b.hub.present()
		b.channels.subscribed(ctx, append(channelsOf(userChannel, users), channelsOf(roomChannel, rooms)...))
		for _, c := range b.hub.conns() {
			if b.hub.watch(c) {
				b.reviewOne(ctx, c)
			}
		}
	}
}

func (b *Bus) reviewOne(ctx context.Context, c *Conn) {
	for ctx.Err() == nil {
		rooms, alive, err := b.standing(ctx, c.User, c.Session)
		switch {
		case err != nil:
			b.log.Error("what a connection may receive could not be looked up", zap.Error(err))
			pause(ctx, time.Second)
			continue
		case !alive:
			c.peer.End()
		}
		b.follow(b.hub.settle(c, rooms))
		return
	}
}

// Disconnect forgets a connection and what it looked at. Calling it again does nothing.
func (b *Bus) Disconnect(ctx context.Context, c *Conn) {
	last, idle := b.hub.remove(c)
	for _, room := range idle {
		b.channels.touch(roomChannel(room))
	}
	if last {
		b.channels.touch(userChannel(c.User))
		b.presence.left(c.User)
	}
}

// packet is what travels through Redis.
type packet struct {
	Node     string   `json:"node"`
	Delivery Delivery `json:"delivery"`
}

// forward passes deliveries on to the other nodes, in order, as many at a time as are waiting.
func (b *Bus) forward(ctx context.Context) error {
	const most = 256
	for {
		var commands rueidis.Commands
		select {
		case d := <-b.outgoing:
			commands = b.publishing(commands, d)
		case <-ctx.Done():
			return nil
		}
		for waiting := true; waiting && len(commands) < most; {
			select {
			case d := <-b.outgoing:
				commands = b.publishing(commands, d)
			default:
				waiting = false
			}
		}
		bounded, cancel := context.WithTimeout(ctx, 2*time.Second)
		for _, answer := range b.redis.DoMulti(bounded, commands...) {
			if err := answer.Error(); err != nil && ctx.Err() == nil {
				b.log.Warn("other nodes were not told", zap.Error(err))
				break // one line says it for the whole batch
			}
		}
		cancel()
	}
}

func (b *Bus) publishing(commands rueidis.Commands, d Delivery) rueidis.Commands {
	payload, err := json.Marshal(packet{b.node, d})
	if err != nil {
		b.log.Error("a delivery cannot be encoded", zap.Error(err))
		return commands
	}
	publish := func(channel string) {
		commands = append(commands, b.redis.B().Publish().Channel(channel).Message(rueidis.BinaryString(payload)).Build())
	}
	if d.Room != 0 {
		publish(roomChannel(d.Room))
		return commands
	}
	for _, user := range d.Users {
		publish(userChannel(user))
	}
	return commands
}

// receive takes what another node published. A delivery to several users comes once for each of them that is here,
// so each time it is handed to that one only.
func (b *Bus) receive(channel, message string) {
	var p packet
	if err := json.Unmarshal([]byte(message), &p); err != nil {
		b.log.Error("another node sent what cannot be decoded", zap.Error(err))
		return
	}
	if p.Node == b.node {
		return
	}
	if user, ok := idAfter(channel, userPrefix); ok {
		p.Delivery.Users = []int64{user}
	}
	b.local(&p.Delivery)
}
