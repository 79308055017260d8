package realtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
)

const (
	// nodeTTL is how long a node lives without saying so again.
	nodeTTL   = 15 * time.Second
	nodeRenew = 5 * time.Second
	// joinWithin bounds how long a starting node lets its first connections wait for the other nodes' answers. What is
	// missed after it is noticed by rev.
	joinWithin = 2 * time.Second
)

// renewNode says by the clock of Redis that a node lives, and returns all that do.
const renewNode = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local nodes = redis.call('ZRANGE', KEYS[1], 0, -1)
table.insert(nodes, before and 'known' or 'new')
return nodes`

// nodes knows which other nodes there are. A node that is sure to be alone publishes nothing. That is exact: who starts is
// registered, says hello on the channel that every node listens to, and takes connections when all have answered; each of
// them publishes from before its answer on. Who cannot hear the others is not sure.
type nodes struct {
	redis   rueidis.Client
	key     string // of the list of all nodes
	publish func(ctx context.Context, p packet) error
	self    nodeID
	script  *rueidis.Lua
	now     func() time.Time
	log     *zap.Logger
	// met is called before another node is told that it has been noticed; missed when what others said may not have been
	// heard; left when there is no other node any more.
	// going is called before the others are told that this one stops: they may think then that they are alone.
	met    func(ctx context.Context)
	missed func()
	left   func()
	going  func(ctx context.Context)

	alone   atomic.Bool // nobody else is there to be told anything
	wake    chan struct{}
	hello   chan nodeID // nodes that are to be answered
	ready   chan struct{}
	renewed time.Time // when the registry last was; run's own
	open    sync.Once // closes ready

	mu      sync.Mutex
	hears   bool             // the control channel
	deaf    int64            // when it last did not, by clock
	clock   int64            // counts what happens here
	others  map[nodeID]int64 // and when it was last known that one is there
	awaited map[nodeID]struct{}
	joined  bool // the registry was read and hello was said since the control channel is heard
}

func newNodes(o Options, key string, self nodeID) *nodes {
	return &nodes{
		redis: o.Redis, key: key, self: self, script: rueidis.NewLuaScript(renewNode), now: o.Now, log: o.Log,
		wake: make(chan struct{}, 1), hello: make(chan nodeID, 64), ready: make(chan struct{}),
		others: make(map[nodeID]int64), awaited: make(map[nodeID]struct{}),
	}
}

// await waits until this node hears all that the others publish, or has waited long enough for that.
func (n *nodes) await(ctx context.Context) {
	select {
	case <-n.ready:
	case <-ctx.Done():
	}
}

// run keeps this node registered until ctx ends, and then says goodbye.
func (n *nodes) run(ctx context.Context) error {
	bound := time.AfterFunc(joinWithin, n.begin)
	defer bound.Stop()
	ticker := time.NewTicker(nodeRenew)
	defer ticker.Stop()
	var again <-chan time.Time
	for {
		select {
		case id := <-n.hello:
			n.answer(ctx, id)
			continue
		case <-n.wake:
		case <-ticker.C:
		case <-again:
		case <-ctx.Done():
			return n.goodbye(ctx)
		}
		again = nil
		if err := n.join(ctx); err != nil && ctx.Err() == nil {
			n.log.Warn("the other nodes are not known", zap.Error(err))
			again = time.After(resubscribePause)
		}
	}
}

// begin lets connections in.
func (n *nodes) begin() { n.open.Do(func() { close(n.ready) }) }

// listening takes note that this node hears who comes.
func (n *nodes) listening() {
	n.mu.Lock()
	n.hears = true
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// listens tells whether this node hears who comes.
func (n *nodes) listens() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hears
}

// doubt publishes from now on, whether somebody listens or not: this node does not hear who comes.
func (n *nodes) doubt() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.clock++
	n.hears, n.deaf, n.joined = false, n.clock, false
	n.alone.Store(false)
}

// join renews what the others know of this node and what it knows of them. The first time, and when they may have given
// it up meanwhile, it says hello.
func (n *nodes) join(ctx context.Context) error {
	n.mu.Lock()
	asked, hears := n.clock, n.hears
	n.mu.Unlock()
	if !hears {
		return nil
	}
	known, list, err := n.renew(ctx)
	if err != nil {
		if n.now().Sub(n.renewed) > nodeTTL-nodeRenew { // the others will give it up, and it them
			n.mu.Lock()
			defer n.mu.Unlock()
			n.joined = false
			n.alone.Store(false)
		}
		return err
	}
	n.renewed = n.now()
	n.mu.Lock()
	hello := !n.joined || !known
	if hello {
		for _, id := range list {
			n.awaited[id] = struct{}{}
		}
	}
	n.mu.Unlock()
	if hello {
		if err := n.publish(ctx, packet{kind: ofHello}); err != nil {
			return err
		}
	}
	n.count(ctx, list, asked)
	return nil
}

func (n *nodes) renew(ctx context.Context) (known bool, list []nodeID, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	names, err := n.script.Exec(ctx, n.redis, []string{n.key}, []string{n.self.String(), millis(nodeTTL)}).AsStrSlice()
	if err != nil {
		return false, nil, err
	}
	for _, name := range names {
		if id, ok := parseNodeID(name); ok && id != n.self {
			list = append(list, id)
		}
	}
	return len(names) > 0 && names[len(names)-1] == "known", list, nil
}

// count takes over who is there, apart from those who said hello after the registry was asked.
func (n *nodes) count(ctx context.Context, list []nodeID, asked int64) {
	n.mu.Lock()
	before := len(n.others)
	there := make(map[nodeID]struct{}, len(list))
	for _, id := range list {
		there[id] = struct{}{}
		if _, ok := n.others[id]; !ok {
			n.others[id] = asked
		}
	}
	for id, at := range n.others {
		if _, ok := there[id]; !ok && at <= asked {
			delete(n.others, id)
			delete(n.awaited, id)
		}
	}
	if n.deaf <= asked {
		n.joined = true
		n.settle(before)
	}
	met := before == 0 && len(n.others) > 0
	n.mu.Unlock()
	if met {
		n.met(ctx)
	}
}

// settle draws the conclusions from who is there. The lock is held.
func (n *nodes) settle(before int) {
	alone := n.joined && len(n.others) == 0
	n.alone.Store(alone)
	if alone && before > 0 {
		n.left()
	}
	if n.joined && len(n.awaited) == 0 {
		n.begin()
	}
}

// greet takes note of a node that says hello. When it returns, everything that is said here is said to that one as well.
func (n *nodes) greet(id nodeID) {
	n.mu.Lock()
	n.clock++
	n.others[id] = n.clock
	n.alone.Store(false)
	n.mu.Unlock()
	select {
	case n.hello <- id:
	default: // it does without an answer, in a while
	}
}

func (n *nodes) answer(ctx context.Context, id nodeID) {
	n.met(ctx)
	if err := n.publish(ctx, packet{kind: ofAnswer, to: id}); err != nil && ctx.Err() == nil {
		n.log.Warn("a node that has started was not answered", zap.Error(err))
	}
}

// answered takes note that a node says everything to this one as well. Connections that were taken before it did may
// have missed something.
func (n *nodes) answered(id nodeID) {
	n.mu.Lock()
	before := len(n.others)
	n.clock++
	n.others[id] = n.clock
	delete(n.awaited, id)
	late := false
	select {
	case <-n.ready:
		late = true
	default:
	}
	n.settle(before)
	n.mu.Unlock()
	if late {
		n.missed()
	}
}

// gone takes note that a node is no more.
func (n *nodes) gone(id nodeID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := len(n.others)
	delete(n.others, id)
	delete(n.awaited, id)
	n.settle(before)
}

func (n *nodes) goodbye(ctx context.Context) error {
	n.going(context.WithoutCancel(ctx))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err := n.redis.Do(ctx, n.redis.B().Zrem().Key(n.key).Member(n.self.String()).Build()).Error()
	if err == nil {
		err = n.publish(ctx, packet{kind: ofGoodbye})
	}
	if err != nil {
		n.log.Warn("the other nodes were not told that this one stops", zap.Error(err))
	}
	return nil
}

// heir returns one of the other nodes, if there are any.
func (n *nodes) heir() (id nodeID, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id = range n.others {
		return id, true
	}
	return id, false
}

// size returns how many nodes there are, this one included.
func (n *nodes) size() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.others) + 1
}
