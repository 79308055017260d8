package realtime

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
)

const (
	roomPrefix = "emosation:room:"
	userPrefix = "emosation:user:"
)

func roomChannel(room int64) string { return roomPrefix + strconv.FormatInt(room, 10) }
func userChannel(user int64) string { return userPrefix + strconv.FormatInt(user, 10) }

func channelsOf(name func(int64) string, ids []int64) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(id)
	}
	return names
}

// idAfter returns the id of a channel whose name begins with prefix.
func idAfter(channel, prefix string) (int64, bool) {
	digits, ok := strings.CutPrefix(channel, prefix)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}

// channels keeps this node subscribed to the channels of those users and rooms that have connections here, and to
// no others. It compares what is with what should be whenever it is touched, so no order of events can confuse it.
type channels struct {
	redis   rueidis.Client
	hub     *Hub
	receive func(channel, message string)
	log     *zap.Logger
	wake    chan struct{}
	broke   chan struct{} // holds something after the subscription has broken

	mu      sync.Mutex
	dirty   map[string]struct{}
	active  map[string]struct{}
	waiting map[string][]chan struct{} // closed when the channel becomes active
}

func newChannels(redis rueidis.Client, hub *Hub, receive func(channel, message string), log *zap.Logger) *channels {
	return &channels{
		redis: redis, hub: hub, receive: receive, log: log, wake: make(chan struct{}, 1), broke: make(chan struct{}, 1),
		dirty: make(map[string]struct{}), active: make(map[string]struct{}), waiting: make(map[string][]chan struct{}),
	}
}

// touch asks for a channel to be looked at again.
func (c *channels) touch(name string) {
	c.mu.Lock()
	c.dirty[name] = struct{}{}
	c.mu.Unlock()
	c.nudge()
}

func (c *channels) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// await waits for channels, but not longer than a second: without Redis this node goes on by itself.
func (c *channels) await(ctx context.Context, names []string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c.subscribed(ctx, names)
}

// subscribed touches channels and waits until all are subscribed to, or not needed any more, or ctx ends.
func (c *channels) subscribed(ctx context.Context, names []string) {
	var signals []chan struct{}
	c.mu.Lock()
	for _, name := range names {
		if _, ok := c.active[name]; ok {
			continue
		}
		signal := make(chan struct{})
		signals = append(signals, signal)
		c.waiting[name] = append(c.waiting[name], signal)
		c.dirty[name] = struct{}{}
	}
	c.mu.Unlock()
	if len(signals) > 0 {
		c.nudge()
	}
	for _, signal := range signals {
		select {
		case <-signal:
		case <-ctx.Done():
			return
		}
	}
}

// run holds one subscribed connection to Redis, and makes a new one when it breaks, until ctx ends.
func (c *channels) run(ctx context.Context) error {
	for {
		err := c.redis.Dedicated(func(conn rueidis.DedicatedClient) error { return c.serve(ctx, conn) })
		if ctx.Err() != nil {
			return nil
		}
		c.log.Warn("the subscription to Redis broke; other nodes are not heard until it is back", zap.Error(err))
		c.reset()
		pause(ctx, 200*time.Millisecond)
	}
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// reset forgets what was subscribed to and asks for all of it again.
func (c *channels) reset() {
	users, rooms := c.hub.present()
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.active)
	select {
	case c.broke <- struct{}{}:
	default:
	}
	for _, user := range users {
		c.dirty[userChannel(user)] = struct{}{}
	}
	for _, room := range rooms {
		c.dirty[roomChannel(room)] = struct{}{}
	}
	c.nudge()
}

func (c *channels) serve(ctx context.Context, conn rueidis.DedicatedClient) error {
	broken := conn.SetPubSubHooks(rueidis.PubSubHooks{
		OnMessage:      func(m rueidis.PubSubMessage) { c.receive(m.Channel, m.Message) },
		OnSubscription: func(s rueidis.PubSubSubscription) { c.confirmed(s) },
	})
	for {
		select {
		case <-c.wake:
			wanted, unwanted := c.compare()
			if err := subscribe(ctx, conn, wanted, unwanted); err != nil {
				return err
			}
		case err := <-broken:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func subscribe(ctx context.Context, conn rueidis.DedicatedClient, wanted, unwanted []string) error {
	const most = 1000 // channels a command
	for part := range slices.Chunk(wanted, most) {
		if err := conn.Do(ctx, conn.B().Subscribe().Channel(part...).Build()).Error(); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(unwanted, most) {
		if err := conn.Do(ctx, conn.B().Unsubscribe().Channel(part...).Build()).Error(); err != nil {
			return err
		}
	}
	return nil
}

// compare returns which of the touched channels to subscribe to and which to leave.
func (c *channels) compare() (wanted, unwanted []string) {
	c.mu.Lock()
	touched := slices.Collect(maps.Keys(c.dirty))
	clear(c.dirty)
	c.mu.Unlock()
	for _, name := range touched {
		needed := c.needed(name)
		c.mu.Lock()
		_, active := c.active[name]
		if !needed {
			delete(c.active, name) // from now on nobody may rely on it
			c.release(name)
		}
		c.mu.Unlock()
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
func (c *channels) needed(name string) bool {
	if id, ok := idAfter(name, userPrefix); ok {
		return c.hub.hasUser(id)
	}
	id, ok := idAfter(name, roomPrefix)
	return ok && c.hub.hasRoom(id)
}

// confirmed notes what Redis says it did.
func (c *channels) confirmed(s rueidis.PubSubSubscription) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Kind == "subscribe" {
		c.active[s.Channel] = struct{}{}
		c.release(s.Channel)
	}
}

// release lets those go on who wait for a channel. The lock is held.
func (c *channels) release(name string) {
	for _, signal := range c.waiting[name] {
		close(signal)
	}
	delete(c.waiting, name)
}
