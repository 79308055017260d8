package realtime

import (
	"context"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// Bus brings deliveries to the connections of all nodes: to those of this node at once, to the others through Redis.
// When Redis is away this node goes on by itself; when it is back, every node delivers what it has missed.
type Bus struct {
	hub      *Hub
	encode   func(event any) []Delivery
	node     nodeID
	names    names
	nodes    *nodes
	channels *channels
	forward  *forwarder
	catchUp  *catchUp
	review   *review
	joiner   *joiner
	presence *presence
	roll     *roll
	waker    waker
	log      *zap.Logger
}

// Options is what a Bus is made of.
type Options struct {
	Redis rueidis.Client
	// Epoch names the history that the database holds. Nodes of different ones do not hear each other.
	Epoch string
	// Encode turns a domain event into what is delivered; an event that concerns no connection gives nothing.
	Encode func(event any) []Delivery
	// EncodeSignals encodes what signals have come to.
	EncodeSignals func(Joined) []byte
	// Reads tells how many members of a room have read how far.
	Reads func(ctx context.Context, room int64) ([]Tally, error)
	// Standing tells, client by client, which rooms' events a session receives, and whether it goes on at all. It is asked
	// again when this node may have missed a change of that.
	Standing func(ctx context.Context, clients []Client) ([]Standing, error)
	// Moved encodes that a user has joined a room, or is out of it, for when that was not heard at its time.
	Moved func(user, room int64, joined bool) []byte
	// Renewed encodes that a room has changed, for when that was not heard at its time.
	Renewed func(room Head) []byte
	// Heads tells how far rooms have come; rooms that are no more are left out.
	Heads func(ctx context.Context, rooms []int64) ([]Head, error)
	// Missed returns the changes of a room's messages after a rev as the database has them, the earliest first, and whether
	// there are more. It is asked when a change has not come by itself.
	Missed func(ctx context.Context, room, sinceRev int64) (list []Delivery, more bool, err error)
	// Stale is called when a room begins Showing something else, on every node with connections there.
	Stale func(room int64)
	// PresenceChanged is called after a user's first connection on any node was opened, or the last one closed.
	PresenceChanged func(ctx context.Context, user int64, online bool)
	Now             func() time.Time
	Log             *zap.Logger
}

// NewBus returns a bus that reaches other nodes while Run runs.
func NewBus(o Options) *Bus {
	b := &Bus{encode: o.Encode, node: newNodeID(), names: newNames(o.Epoch), log: o.Log}
	b.catchUp = newCatchUp(o)
	b.hub = newHub(b.catchUp.soon, func(user int64) { b.review.user(user) })
	b.catchUp.hub = b.hub
	b.nodes = newNodes(o, b.names.nodes, b.node)
	b.review = newReview(o, b.hub, b.catchUp, b.follow)
	b.catchUp.review = b.review
	b.channels = newChannels(o, b.names, b.hub, b)
	b.forward = newForwarder(o.Redis, b.channels, b.nodes.listens, b.node, o.Log)
	b.waker.meter = newMeter(o.Now, b.nodes.size)
	b.forward.sent = b.waker.meter.sent
	b.presence = newPresence(o, b.names, b.hub, b.node, &b.nodes.alone)
	b.roll = newRoll(o, b.names.roll, b.hub, b.nodes, b.node, b.presence.ask)
	b.joiner = newJoiner(o, b.hub, b.presence.viewersOf, func(s signals) { b.tell(packet{kind: ofSignals, signals: s}) })
	b.nodes.publish, b.nodes.missed = b.forward.now, b.review.everything
	b.nodes.met, b.nodes.going = b.presence.announce, b.presence.bequeath
	b.presence.heir, b.presence.publish = b.nodes.heir, b.forward.now
	b.nodes.left = func() {
		b.forward.clear()
		b.presence.fallSilent()
	}
	return b
}

// Run connects this node with the others until ctx ends.
func (b *Bus) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	workers := []func(context.Context) error{
		b.forward.run, b.nodes.run, b.review.run, b.joiner.run, b.presence.run, b.roll.run, b.catchUp.run,
	}
	for _, f := range b.channels.feeds {
		workers = append(workers, f.run)
	}
	for _, run := range workers {
		g.Go(func() error { return run(ctx) })
	}
	return g.Wait()
}

// Joined tells whether this node knows what the others do, or has waited long enough for that.
func (b *Bus) Joined() bool {
	select {
	case <-b.nodes.ready:
		return true
	default:
		return false
	}
}

// Publish delivers a domain event. It never waits for a connection or for Redis. Events published one after the
// other reach each connection of this node in that order, but changes of messages go by their revs.
func (b *Bus) Publish(_ context.Context, event any) {
	for _, d := range b.encode(event) {
		if d.Signal != nil {
			b.Signal(*d.Signal)
		} else {
			b.Deliver(d)
		}
	}
}

// Deliver sends a delivery on its way at once.
func (b *Bus) Deliver(d Delivery) {
	b.local(&d)
	b.tell(packet{kind: ofDelivery, delivery: d})
}

// tell passes something on to the other nodes, if there are any.
func (b *Bus) tell(p packet) {
	if !b.nodes.alone.Load() {
		b.forward.put(p)
	}
}

func (b *Bus) local(d *Delivery) {
	if d.Quiet != 0 { // who is out is not seen to do anything there any more
		b.joiner.drop(d.Quiet, d.QuietUser)
	}
	if d.Detach != 0 {
		for _, user := range d.Users {
			b.joiner.drop(d.Detach, user)
		}
	}
	b.follow(b.hub.deliver(d))
}

// follow lets the subscriptions follow what the hub says.
func (b *Bus) follow(fresh, idle []int64) {
	for _, room := range fresh {
		b.channels.touchRoom(room)
	}
	for _, room := range idle {
		b.channels.touchRoom(room)
	}
}

// Connect makes a connection known: first to its user's events, then, with the rooms that joined returns, to the
// rooms'. What changes in between reaches it too: after Connect has returned, everything newer than what joined has said
// reaches it, whichever node it comes from.
func (b *Bus) Connect(ctx context.Context, c *Conn, joined func(context.Context) ([]Head, error)) error {
	b.nodes.await(ctx)
	first := b.hub.add(c)
	b.roll.touch(c)
	b.channels.awaitUser(ctx, c.User)
	rooms, err := joined(ctx)
	if err != nil {
		b.Disconnect(ctx, c)
		return err
	}
	b.follow(b.hub.settle(c, rooms, nil))
	b.channels.awaitRooms(ctx, rooms)
	if first {
		b.presence.arrived(ctx, c.User)
	}
	return nil
}

// Disconnect forgets a connection and what it looked at. Calling it again does nothing.
func (b *Bus) Disconnect(_ context.Context, c *Conn) {
	last, idle := b.hub.remove(c)
	b.roll.touch(c)
	b.follow(nil, idle)
	if last {
		b.channels.touchUser(c.User)
		b.presence.left(c.User)
	}
}

// receive implements listener: it takes what another node published. A delivery to several users comes once for each of
// them that is here, so each time it is handed to that one only.
func (b *Bus) receive(channel, message string) {
	from, ok := senderOf(message)
	if ok && from == b.node {
		return
	}
	b.waker.meter.received.Inc()
	p, err := decodePacket([]byte(message))
	if err != nil {
		b.log.Error("another node sent what cannot be decoded", zap.String("channel", channel), zap.Error(err))
		return
	}
	switch p.kind {
	case ofDelivery:
		if user, ok := idAfter(channel, userMiddle); ok {
			p.delivery.Users = []int64{user}
		}
		b.local(&p.delivery)
		b.check(&p)
	case ofSignals:
		b.joiner.take(p.signals, false)
	case ofPoke:
		b.review.hurry(p.head)
	case ofHello:
		b.nodes.greet(from)
	case ofAnswer:
		if p.to == b.node {
			b.nodes.answered(from)
		}
	case ofGoodbye:
		b.nodes.gone(from)
	case ofDoubt:
		b.review.everything()
	case ofHandover:
		if p.to == b.node {
			b.presence.inherit(from, p.users, time.Duration(p.within)*time.Millisecond)
		}
	}
}

// check looks up the standing of those again whose access another node has changed. Two nodes may change it one right after
// the other, and what they say of it may arrive in either order.
func (b *Bus) check(p *packet) {
	d := &p.delivery
	if d.Attach == 0 && d.Detach == 0 && !p.late {
		return
	}
	for _, user := range d.Users {
		b.review.user(user)
	}
}

// subscribed implements listener. What was said in a room before its channel was heard is looked up.
func (b *Bus) subscribed(channel string, missed bool) {
	if channel == b.names.control {
		b.nodes.listening()
		return
	}
	if user, ok := idAfter(channel, userMiddle); ok && missed {
		b.review.user(user)
	}
	if room, ok := idAfter(channel, roomMiddle); ok && (missed || !b.nodes.alone.Load()) {
		b.review.room(room)
	}
}

// broken implements listener.
func (b *Bus) broken(control bool) {
	if control {
		b.nodes.doubt()
	}
}
