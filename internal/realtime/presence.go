package realtime

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
)

const (
	// presenceTTL is how long a node speaks for its people without renewing it: those of a dead node are gone then.
	presenceTTL = 60 * time.Second
	// presenceParts is how many parts of its people a node renews one after the other, one a second.
	presenceParts = 20
	// leaveGrace keeps somebody present who only reloads the page.
	leaveGrace = 3 * time.Second
)

// presence knows who is online and who looks at which room, over all nodes. The sets in Redis hold what each node
// said last and until when that is true.
type presence struct {
	redis   rueidis.Client
	names   names
	hub     *Hub
	node    string
	alone   *atomic.Bool // no other node asks
	changed func(ctx context.Context, user int64, online bool)
	now     func() time.Time
	log     *zap.Logger
	heir    func() (nodeID, bool) // some other node
	publish func(ctx context.Context, p packet) error

	mu        sync.Mutex
	back      time.Time                          // when those who lose their connections because this node goes are expected back
	announced bool                               // Redis has everybody
	told      time.Time                          // when Redis was last told that somebody is here
	leaving   map[int64]time.Time                // users without a connection here, and until when they may come back
	inherited map[nodeID][]int64                 // users of nodes that went, who are to be taken over in Redis
	viewers   map[int64]map[int64]map[*Conn]bool // room → user → the connections that look
}

func newPresence(o Options, names names, hub *Hub, node nodeID, alone *atomic.Bool) *presence {
	return &presence{
		redis: o.Redis, names: names, hub: hub, node: node.String(), alone: alone, changed: o.PresenceChanged, now: o.Now, log: o.Log,
		leaving: make(map[int64]time.Time), inherited: make(map[nodeID][]int64), viewers: make(map[int64]map[int64]map[*Conn]bool),
	}
}

// Online tells which of some users have a connection on any node. Without Redis the answer is about this node only.
func (b *Bus) Online(ctx context.Context, users []int64) map[int64]bool {
	return b.presence.online(ctx, users)
}

// Present returns who has a connection on this node.
func (b *Bus) Present() []int64 { return b.hub.present() }

// Viewers returns who looks at a room, on any node; without Redis, on this one.
func (b *Bus) Viewers(ctx context.Context, room int64) []int64 {
	return b.presence.viewersOf(ctx, room)
}

// Look notes that a connection looks at a room. It returns whether its user did not before.
func (b *Bus) Look(ctx context.Context, c *Conn, room int64) bool {
	return b.presence.look(ctx, c, room)
}

// LookAway notes that a connection looks at a room no more. It returns whether its user does not look any more on this node.
func (b *Bus) LookAway(ctx context.Context, c *Conn, room int64) bool {
	return b.presence.lookAway(ctx, c, room)
}

func (p *presence) arrived(ctx context.Context, user int64) {
	p.mu.Lock()
	_, before := p.leaving[user]
	delete(p.leaving, user)
	p.mu.Unlock()
	before = before || p.elsewhere(ctx, []int64{user})[user]
	p.renew(ctx, []int64{user}, nil)
	if !before {
		p.changed(ctx, user, true)
	}
}

func (p *presence) left(user int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leaving[user] = p.now().Add(leaveGrace)
	if p.back.After(p.leaving[user]) {
		p.leaving[user] = p.back
	}
}

// announce writes down who is here, for a node that has come.
func (p *presence) announce(ctx context.Context) {
	p.mu.Lock()
	before := p.announced
	p.announced = true
	p.mu.Unlock()
	if !before {
		p.renew(ctx, append(p.hub.present(), p.expected()...), p.views())
	}
}

// expected are users without a connection here who count as online until they had time to come back.
func (p *presence) expected() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.leaving))
}

// fallSilent takes note that nobody asks any more.
func (p *presence) fallSilent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.announced = false
}

// silent tells whether Redis has nothing of this node's that could be wrong.
func (p *presence) silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alone.Load() && p.now().Sub(p.told) >= presenceTTL
}

// run renews what this node says, and says who left, until ctx ends; then it takes back who looks at what.
func (p *presence) run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for part := int64(0); ; part = (part + 1) % presenceParts {
		select {
		case <-ticker.C:
			p.takeOver(ctx)
			p.farewell(ctx)
			if !p.alone.Load() {
				mine := func(user int64) bool { return user%presenceParts == part }
				users := slices.DeleteFunc(p.hub.present(), func(user int64) bool { return !mine(user) })
				views := slices.DeleteFunc(p.views(), func(v view) bool { return !mine(v.user) })
				p.renew(ctx, users, views)
			}
		case <-ctx.Done():
			final, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			p.withdraw(final, nil, p.views())
			return nil
		}
	}
}

// farewell says of those who left a while ago and did not come back that they are gone.
func (p *presence) farewell(ctx context.Context) {
	var gone []int64
	p.mu.Lock()
	for user, until := range p.leaving {
		if p.now().Before(until) {
			continue
		}
		delete(p.leaving, user)
		if !p.hub.hasUser(user) {
			gone = append(gone, user)
		}
	}
	p.mu.Unlock()
	if len(gone) == 0 {
		return
	}
	p.withdraw(ctx, gone, nil)
	for user, online := range p.elsewhere(ctx, gone) {
		if !online {
			p.changed(ctx, user, false)
		}
	}
}

// online adds what this node knows by itself to what Redis says.
func (p *presence) online(ctx context.Context, users []int64) map[int64]bool {
	online := p.elsewhere(ctx, users)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, user := range users {
		_, leaving := p.leaving[user]
		online[user] = online[user] || leaving || p.hub.hasUser(user)
	}
	return online
}

// elsewhere asks Redis which users other nodes speak for.
func (p *presence) elsewhere(ctx context.Context, users []int64) map[int64]bool {
	online := make(map[int64]bool, len(users))
	if p.alone.Load() {
		for _, user := range users {
			online[user] = false
		}
		return online
	}
	commands := make(rueidis.Commands, len(users))
	alive := strconv.FormatInt(p.now().UnixMilli(), 10)
	for i, user := range users {
		online[user] = false
		commands[i] = p.redis.B().Zrangebyscore().Key(p.names.online(user)).Min(alive).Max("+inf").Build()
	}
	for i, answer := range p.ask(ctx, commands) {
		nodes, err := answer.AsStrSlice()
		online[users[i]] = err == nil && slices.ContainsFunc(nodes, func(node string) bool { return node != p.node })
	}
	return online
}

// renew says that users are online here and that seats are looked at from here, for another presenceTTL.
func (p *presence) renew(ctx context.Context, users []int64, views []view) {
	if p.alone.Load() {
		return
	}
	p.mu.Lock()
	p.told = p.now()
	p.mu.Unlock()
	expiry := float64(p.now().Add(presenceTTL).UnixMilli())
	var commands rueidis.Commands
	for _, user := range users {
		commands = append(commands,
			p.redis.B().Zadd().Key(p.names.online(user)).ScoreMember().ScoreMember(expiry, p.node).Build(),
			p.redis.B().Pexpire().Key(p.names.online(user)).Milliseconds(presenceTTL.Milliseconds()).Build())
	}
	for _, v := range views {
		commands = append(commands,
			p.redis.B().Zadd().Key(p.names.viewers(v.room)).ScoreMember().ScoreMember(expiry, p.viewer(v.user)).Build(),
			p.redis.B().Pexpire().Key(p.names.viewers(v.room)).Milliseconds(presenceTTL.Milliseconds()).Build())
	}
	p.ask(ctx, commands)
}

// withdraw takes back that users are online here, and that they look at rooms.
func (p *presence) withdraw(ctx context.Context, users []int64, views []view) {
	if p.silent() {
		return
	}
	var commands rueidis.Commands
	for _, user := range users {
		commands = append(commands, p.redis.B().Zrem().Key(p.names.online(user)).Member(p.node).Build())
	}
	for _, v := range views {
		commands = append(commands, p.redis.B().Zrem().Key(p.names.viewers(v.room)).Member(p.viewer(v.user)).Build())
	}
	p.ask(ctx, commands)
}

// ask runs commands, within a second as many at once as are no burden. Presence is worth a log line when Redis is away, not
// a failure.
func (p *presence) ask(ctx context.Context, commands rueidis.Commands) (answers []rueidis.RedisResult) {
	const atOnce = 500
	failed := false
	for part := range slices.Chunk(commands, atOnce) {
		bounded, cancel := context.WithTimeout(ctx, time.Second)
		if failed {
			cancel() // the rest fails without waiting
		}
		answers = append(answers, p.redis.DoMulti(bounded, part...)...)
		cancel()
		if err := answers[len(answers)-1].Error(); err != nil && !rueidis.IsRedisNil(err) && !failed {
			failed = true
			p.log.Warn("presence is known for this node only", zap.Error(err))
		}
	}
	return answers
}

// view is that a user of this node looks at a room.
type view struct{ room, user int64 }

func (p *presence) views() []view {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []view
	for room, users := range p.viewers {
		for user := range users {
			list = append(list, view{room, user})
		}
	}
	return list
}

func (p *presence) look(ctx context.Context, c *Conn, room int64) bool {
	p.mu.Lock()
	users, ok := p.viewers[room]
	if !ok {
		users = make(map[int64]map[*Conn]bool)
		p.viewers[room] = users
	}
	fresh := len(users[c.User]) == 0
	if fresh {
		users[c.User] = make(map[*Conn]bool)
	}
	users[c.User][c] = true
	p.mu.Unlock()
	if fresh && !p.alone.Load() {
		p.sweep(ctx, room)
		p.renew(ctx, nil, []view{{room, c.User}})
	}
	return fresh
}

func (p *presence) lookAway(ctx context.Context, c *Conn, room int64) bool {
	p.mu.Lock()
	conns := p.viewers[room][c.User]
	looked := conns[c]
	delete(conns, c)
	last := looked && len(conns) == 0
	if last {
		delete(p.viewers[room], c.User)
		if len(p.viewers[room]) == 0 {
			delete(p.viewers, room)
		}
	}
	p.mu.Unlock()
	if last {
		p.withdraw(ctx, nil, []view{{room, c.User}})
	}
	return last
}

func (p *presence) viewersOf(ctx context.Context, room int64) []int64 {
	seen := make(map[int64]bool)
	var list []int64
	add := func(user int64) {
		if !seen[user] {
			seen[user] = true
			list = append(list, user)
		}
	}
	p.mu.Lock()
	for user := range p.viewers[room] {
		add(user)
	}
	p.mu.Unlock()
	if p.alone.Load() {
		return list
	}
	alive := strconv.FormatInt(p.now().UnixMilli(), 10)
	answers := p.ask(ctx, rueidis.Commands{p.redis.B().Zrangebyscore().Key(p.names.viewers(room)).Min(alive).Max("+inf").Build()})
	members, err := answers[0].AsStrSlice()
	if err != nil {
		return list
	}
	for _, member := range members {
		digits, _, _ := strings.Cut(member, "@")
		if user, err := strconv.ParseInt(digits, 10, 64); err == nil {
			add(user)
		}
	}
	return list
}

// sweep removes from a room what nodes have left behind that died while others looked at it.
func (p *presence) sweep(ctx context.Context, room int64) {
	dead := "(" + strconv.FormatInt(p.now().UnixMilli(), 10)
	p.ask(ctx, rueidis.Commands{p.redis.B().Zremrangebyscore().Key(p.names.viewers(room)).Min("-inf").Max(dead).Build()})
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func (p *presence) viewer(user int64) string { return strconv.FormatInt(user, 10) + "@" + p.node }
