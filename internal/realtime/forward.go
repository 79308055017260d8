package realtime

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/pause"
)

const (
	// mostWaiting bounds what waits for Redis, in packets, and mostOwed the rooms that the others are told of later.
	mostWaiting = 8192
	mostOwed    = 65536
	batchSize   = 256
	sendWithin  = 2 * time.Second
	sendRetry   = 100 * time.Millisecond
)

// forwarder passes on to the other nodes what they have to know. When Redis does not take it, the changes of messages are
// replaced by a word on how far their rooms have come, signals and what may come only once are forgotten, and everything else is
// tried again, in order, until the others have it. What does not fit makes them look everything up again.
type forwarder struct {
	redis    rueidis.Client
	channels *channels
	hears    func() bool // whether this node hears the others
	node     nodeID
	log      *zap.Logger
	sent     prometheus.Counter
	wake     chan struct{}
	arena    []byte // of the encoded packets of a batch; run's own

	mu      sync.Mutex
	waiting []packet
	owed    map[int64]int64 // room → rev
	doubt   bool
}

func newForwarder(redis rueidis.Client, channels *channels, hears func() bool, node nodeID, log *zap.Logger) *forwarder {
	return &forwarder{
		redis: redis, channels: channels, hears: hears, node: node, log: log, wake: make(chan struct{}, 1), owed: make(map[int64]int64),
	}
}

// put sends a packet on its way. It never waits.
func (f *forwarder) put(p packet) {
	f.mu.Lock()
	if len(f.waiting) < mostWaiting {
		f.waiting = append(f.waiting, p)
	} else {
		f.owe(p)
	}
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// owe notes what the others were not told, in few words. The lock is held.
func (f *forwarder) owe(p packet) {
	head := p.head
	switch {
	case p.kind == ofSignals || p.delivery.Once:
		return
	case p.kind == ofDelivery && p.delivery.isChange():
		head = Head{Room: p.delivery.Room, Rev: p.delivery.Rev}
	case p.kind != ofPoke:
		f.doubt = true
		return
	}
	if len(f.owed) >= mostOwed {
		f.doubt = true
		clear(f.owed)
	}
	if !f.doubt {
		f.owed[head.Room] = max(f.owed[head.Room], head.Rev)
	}
}

// run sends what waits, as much at a time as there is, until ctx ends.
func (f *forwarder) run(ctx context.Context) error {
	failing := false
	for ctx.Err() == nil {
		batch := f.take()
		if len(batch) == 0 {
			select {
			case <-f.wake:
			case <-ctx.Done():
			}
			continue
		}
		sent, err := f.send(ctx, batch)
		f.sent.Add(float64(sent))
		if err == nil {
			failing = false
			continue
		}
		f.giveBack(batch, sent)
		if !failing && ctx.Err() == nil { // one line says it
			f.log.Warn("other nodes cannot be told; they will be", zap.Error(err))
		}
		failing = true
		pause.For(ctx, sendRetry)
		f.others(ctx)
	}
	return nil
}

// others gives the other nodes time to listen again. They lost Redis when this one did, if that does not hear anything either,
// and come back to it at about the same time.
func (f *forwarder) others(ctx context.Context) {
	waited := false
	for ctx.Err() == nil && !f.hears() {
		waited = true
		pause.For(ctx, sendRetry)
	}
	if waited {
		pause.For(ctx, 2*sendRetry)
	}
}

// take returns what is to be sent next; run gives back what is not.
func (f *forwarder) take() []packet {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.doubt {
		f.doubt = false
		clear(f.owed) // they look that up as well
		return []packet{{kind: ofDoubt}}
	}
	n := min(batchSize, len(f.waiting))
	batch := f.waiting[:n:n]
	if f.waiting = f.waiting[n:]; len(f.waiting) == 0 {
		f.waiting = nil
	}
	for room, rev := range f.owed {
		if len(batch) >= batchSize {
			break
		}
		batch = append(batch, packet{kind: ofPoke, head: Head{Room: room, Rev: rev}})
		delete(f.owed, room)
	}
	return batch
}

// giveBack keeps what was not sent, from the packet on that failed: a later one of a user must not be the only one that
// arrives, or the last.
func (f *forwarder) giveBack(batch []packet, sent int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var again []packet
	for _, p := range batch[sent:] {
		if p.kind == ofDelivery && !p.delivery.isChange() && !p.delivery.Once {
			p.late = true
			again = append(again, p)
		} else {
			f.owe(p)
		}
	}
	f.waiting = slices.Concat(again, f.waiting)
}

// clear forgets all: there is nobody else.
func (f *forwarder) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting, f.doubt = nil, false
	clear(f.owed)
}

// now publishes a packet to all nodes at once, and says whether that went well.
func (f *forwarder) now(ctx context.Context, p packet) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	payload := rueidis.BinaryString(appendPacket(nil, f.node, &p))
	err := f.redis.Do(ctx, f.channels.publishing(f.channels.names.control, payload)).Error()
	if err == nil {
		f.sent.Inc()
	}
	return err
}

// send publishes packets. It returns how many of them, from the first one on, have been.
func (f *forwarder) send(ctx context.Context, batch []packet) (sent int, err error) {
	type span struct{ from, to int }
	spans := make([]span, len(batch))
	arena := f.arena[:0]
	for i := range batch {
		from := len(arena)
		arena = appendPacket(arena, f.node, &batch[i])
		spans[i] = span{from, len(arena)}
	}
	commands := make(rueidis.Commands, 0, len(batch))
	of := make([]int, 0, len(batch)) // which packet a command is of
	for i := range batch {
		payload := rueidis.BinaryString(arena[spans[i].from:spans[i].to])
		publish := func(channel string) {
			commands = append(commands, f.channels.publishing(channel, payload))
			of = append(of, i)
		}
		p := &batch[i]
		switch {
		case p.kind == ofDelivery && p.delivery.Room != 0:
			publish(f.channels.names.roomChannel(p.delivery.Room))
		case p.kind == ofDelivery:
			for _, user := range p.delivery.Users {
				publish(f.channels.names.userChannel(user))
			}
		case p.kind == ofSignals:
			publish(f.channels.names.roomChannel(p.signals.room))
		case p.kind == ofPoke:
			publish(f.channels.names.roomChannel(p.head.Room))
		default:
			publish(f.channels.names.control)
		}
	}
	if len(commands) == 0 {
		return len(batch), nil
	}
	bounded, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	for i, answer := range f.redis.DoMulti(bounded, commands...) {
		if err := answer.Error(); err != nil {
			f.arena = nil // a command that was given up may be written still
			return of[i], err
		}
	}
	if f.arena = arena; cap(arena) > 1<<20 {
		f.arena = nil
	}
	return len(batch), nil
}
