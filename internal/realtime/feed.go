package realtime

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/pause"
)

// resubscribePause is how long a broken subscription rests before it is made again.
const resubscribePause = 100 * time.Millisecond

// feed is one subscribed connection to Redis, of the channels of one shard. It compares what is with what should be
// whenever it is touched, so no order of events can confuse it.
type feed struct {
	shard    int
	channels *channels
	hub      *Hub
	to       listener
	log      *zap.Logger
	wake     chan struct{}

	mu      sync.Mutex
	broken  bool // nothing is heard; whoever waits would wait in vain
	dirty   map[string]struct{}
	active  map[string]struct{}
	doubted map[string]struct{}        // not heard when it should have been
	waiting map[string][]chan struct{} // closed when the channel becomes active
}

func newFeed(shard int, c *channels, hub *Hub, to listener, log *zap.Logger) *feed {
	return &feed{
		shard: shard, channels: c, hub: hub, to: to, log: log, wake: make(chan struct{}, 1),
		dirty: make(map[string]struct{}), active: make(map[string]struct{}), doubted: make(map[string]struct{}),
		waiting: make(map[string][]chan struct{}),
	}
}

// touch asks for a channel to be looked at again.
func (f *feed) touch(name string) {
	f.mu.Lock()
	f.dirty[name] = struct{}{}
	f.mu.Unlock()
	f.nudge()
}

func (f *feed) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// await touches channels and waits until all are subscribed to, or not needed any more, or ctx ends, or the connection is
// broken. What was missed then is looked up when they are.
func (f *feed) await(ctx context.Context, names []string) {
	var signals []chan struct{}
	f.mu.Lock()
	for _, name := range names {
		if _, ok := f.active[name]; ok {
			continue
		}
		f.dirty[name] = struct{}{}
		if f.broken {
			f.doubted[name] = struct{}{}
			continue
		}
		signal := make(chan struct{})
		signals = append(signals, signal)
		f.waiting[name] = append(f.waiting[name], signal)
	}
	f.mu.Unlock()
	f.nudge()
	for _, signal := range signals {
		select {
		case <-signal:
		case <-ctx.Done():
			f.doubt(names)
			return
		}
	}
}

// doubt remembers of channels that are not heard yet that somebody goes on without.
func (f *feed) doubt(names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range names {
		if _, ok := f.active[name]; !ok {
			f.doubted[name] = struct{}{}
		}
	}
}

// run holds the connection, and makes a new one when it breaks, until ctx ends.
func (f *feed) run(ctx context.Context) error {
	failing := false
	for {
		select { // a shard without channels needs no connection
		case <-f.wake:
			f.nudge()
		case <-ctx.Done():
			return nil
		}
		err := f.channels.redis.Dedicated(func(conn rueidis.DedicatedClient) error {
			if err := f.channels.probe(ctx, conn, f.shard); err != nil {
				return err
			}
			failing = false
			f.mu.Lock()
			f.broken = false
			f.mu.Unlock()
			return f.serve(ctx, conn)
		})
		if ctx.Err() != nil {
			return nil
		}
		if !failing { // one line says it
			f.log.Warn("the subscription to Redis broke; other nodes are not heard until it is back", zap.Error(err))
		}
		failing = true
		f.reset()
		pause.For(ctx, resubscribePause)
	}
}

// reset forgets what was subscribed to and asks for all of it again.
func (f *feed) reset() {
	f.to.broken(f.shard == 0)
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range f.active {
		f.dirty[name], f.doubted[name] = struct{}{}, struct{}{}
	}
	for name := range f.waiting {
		f.dirty[name], f.doubted[name] = struct{}{}, struct{}{}
		f.release(name)
	}
	clear(f.active)
	f.broken = true
	f.nudge()
}

func (f *feed) serve(ctx context.Context, conn rueidis.DedicatedClient) error {
	broken := conn.SetPubSubHooks(rueidis.PubSubHooks{
		OnMessage:      func(m rueidis.PubSubMessage) { f.to.receive(m.Channel, m.Message) },
		OnSubscription: f.confirmed,
	})
	for {
		select {
		case <-f.wake:
			wanted, unwanted := f.compare()
			err := f.subscribe(ctx, conn, wanted, unwanted)
			if err != nil {
				f.retry(wanted)
				return err
			}
		case err := <-broken:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *feed) subscribe(ctx context.Context, conn rueidis.DedicatedClient, wanted, unwanted []string) error {
	const most = 1000 // channels a command
	b, sharded := conn.B(), f.channels.sharded.Load()
	for part := range slices.Chunk(wanted, most) {
		command := b.Subscribe().Channel(part...).Build
		if sharded {
			command = b.Ssubscribe().Channel(part...).Build
		}
		if err := conn.Do(ctx, command()).Error(); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(unwanted, most) {
		command := b.Unsubscribe().Channel(part...).Build
		if sharded {
			command = b.Sunsubscribe().Channel(part...).Build
		}
		if err := conn.Do(ctx, command()).Error(); err != nil {
			return err
		}
	}
	return nil
}

// retry looks again at channels that could not be subscribed to.
func (f *feed) retry(names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range names {
		f.dirty[name], f.doubted[name] = struct{}{}, struct{}{}
	}
}

// compare returns which of the touched channels to subscribe to and which to leave.
func (f *feed) compare() (wanted, unwanted []string) {
	f.mu.Lock()
	touched := slices.Collect(maps.Keys(f.dirty))
	clear(f.dirty)
	f.mu.Unlock()
	for _, name := range touched {
		needed := f.needed(name)
		f.mu.Lock()
		_, active := f.active[name]
		if !needed {
			delete(f.active, name) // from now on nobody may rely on it
			delete(f.doubted, name)
			f.release(name)
		}
		f.mu.Unlock()
		switch {
		case needed && !active:
			wanted = append(wanted, name)
		case !needed && active:
			unwanted = append(unwanted, name)
		}
	}
	return wanted, unwanted
}

// needed tells whether anybody here is concerned by a channel.
func (f *feed) needed(name string) bool {
	if id, ok := idAfter(name, userMiddle); ok {
		return f.hub.hasUser(id)
	}
	if id, ok := idAfter(name, roomMiddle); ok {
		return f.hub.hasRoom(id)
	}
	return name == f.channels.names.control
}

// confirmed notes what Redis says it did. That it ended a subscription by itself means that another server of the cluster
// has the channel now.
func (f *feed) confirmed(s rueidis.PubSubSubscription) {
	subscribed := s.Kind == "subscribe" || s.Kind == "ssubscribe"
	f.mu.Lock()
	_, active := f.active[s.Channel]
	_, missed := f.doubted[s.Channel]
	switch {
	case subscribed:
		f.active[s.Channel] = struct{}{}
		delete(f.doubted, s.Channel)
	case active:
		delete(f.active, s.Channel)
		f.dirty[s.Channel], f.doubted[s.Channel] = struct{}{}, struct{}{}
	}
	f.mu.Unlock()
	if subscribed {
		f.to.subscribed(s.Channel, missed)
		f.mu.Lock()
		f.release(s.Channel)
		f.mu.Unlock()
	} else if active {
		f.nudge()
	}
}

// release lets those go on who wait for a channel. The lock is held.
func (f *feed) release(name string) {
	for _, signal := range f.waiting[name] {
		close(signal)
	}
	delete(f.waiting, name)
}
