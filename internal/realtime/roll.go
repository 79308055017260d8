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
)

// Connected is how many have open connections, and how many nodes they are spread over.
type Connected struct{ Users, Sessions, Nodes int }

// Connected counts who has an open connection on any node. What a node that died had counts for presenceTTL at most. Without Redis
// the answer is about this node only.
func (b *Bus) Connected(ctx context.Context) Connected { return b.roll.count(ctx) }

// roll lists the sessions with open connections in Redis, where another node may count them.
type roll struct {
	redis    rueidis.Client
	key      string
	hub      *Hub
	nodes    *nodes
	node     string
	ask      func(ctx context.Context, commands rueidis.Commands) []rueidis.RedisResult
	now      func() time.Time
	announce bool // Redis has nobody of ours yet; run's own

	mu      sync.Mutex
	touched map[Client]struct{} // who came or went since Redis was told last
}

func newRoll(o Options, key string, hub *Hub, nodes *nodes, node nodeID, ask func(context.Context, rueidis.Commands) []rueidis.RedisResult) *roll {
	return &roll{
		redis: o.Redis, key: key, hub: hub, nodes: nodes, node: node.String(), ask: ask, now: o.Now, announce: true, touched: make(map[Client]struct{}),
	}
}

// touch notes that a connection of a session came or went.
func (r *roll) touch(c *Conn) {
	if r.nodes.alone.Load() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched[Client{User: c.User, Session: c.Session}] = struct{}{}
}

// run tells Redis every second who came and went, and of a part of the others that they are still here, until ctx ends; then it
// takes back all it said.
func (r *roll) run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for part := int64(0); ; part = (part + 1) % presenceParts {
		select {
		case <-ticker.C:
			r.tell(ctx, part)
		case <-ctx.Done():
			final, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if !r.announce {
				r.ask(final, r.strike(r.hub.clients(everybody)))
			}
			return nil
		}
	}
}

func (r *roll) tell(ctx context.Context, part int64) {
	r.mu.Lock()
	touched := slices.Collect(maps.Keys(r.touched))
	clear(r.touched)
	r.mu.Unlock()
	if r.nodes.alone.Load() { // nobody asks
		r.announce = true
		return
	}
	whole := r.announce
	r.announce = false
	here := r.hub.clients(func(user int64) bool { return whole || user%presenceParts == part })
	var gone []Client
	for _, c := range touched {
		if r.hub.hasClient(c) {
			here = append(here, c)
		} else {
			gone = append(gone, c)
		}
	}
	commands := append(r.enter(here), r.strike(gone)...)
	if part == 0 { // what dead nodes have left behind
		commands = append(commands, r.redis.B().Zremrangebyscore().Key(r.key).Min("-inf").Max(r.millis(0)).Build())
	}
	r.ask(ctx, commands)
}

// rollAtOnce is how many sessions one command names.
const rollAtOnce = 500

func (r *roll) enter(clients []Client) (commands rueidis.Commands) {
	expiry := float64(r.now().Add(presenceTTL).UnixMilli())
	for some := range slices.Chunk(clients, rollAtOnce) {
		add := r.redis.B().Zadd().Key(r.key).ScoreMember()
		for _, c := range some {
			add = add.ScoreMember(expiry, r.member(c))
		}
		commands = append(commands, add.Build())
	}
	return commands
}

func (r *roll) strike(clients []Client) (commands rueidis.Commands) {
	for some := range slices.Chunk(clients, rollAtOnce) {
		members := make([]string, len(some))
		for i, c := range some {
			members[i] = r.member(c)
		}
		commands = append(commands, r.redis.B().Zrem().Key(r.key).Member(members...).Build())
	}
	return commands
}

func (r *roll) count(ctx context.Context) Connected {
	users, sessions := make(map[int64]struct{}), make(map[int64]struct{})
	for _, c := range r.hub.clients(everybody) {
		users[c.User], sessions[c.Session] = struct{}{}, struct{}{}
	}
	if !r.nodes.alone.Load() {
		answer := r.ask(ctx, rueidis.Commands{r.redis.B().Zrangebyscore().Key(r.key).Min("(" + r.millis(0)).Max("+inf").Build()})
		members, _ := answer[0].AsStrSlice() // a failure is logged by ask
		for _, member := range members {
			if c, node, ok := parseMember(member); ok && node != r.node { // of this node the hub knows better
				users[c.User], sessions[c.Session] = struct{}{}, struct{}{}
			}
		}
	}
	return Connected{Users: len(users), Sessions: len(sessions), Nodes: r.nodes.size()}
}

func everybody(int64) bool { return true }

func (r *roll) member(c Client) string {
	return strconv.FormatInt(c.User, 10) + "." + strconv.FormatInt(c.Session, 10) + "@" + r.node
}

func parseMember(member string) (c Client, node string, ok bool) {
	who, node, _ := strings.Cut(member, "@")
	user, session, _ := strings.Cut(who, ".")
	var err error
	if c.User, err = strconv.ParseInt(user, 10, 64); err != nil {
		return Client{}, "", false
	}
	c.Session, err = strconv.ParseInt(session, 10, 64)
	return c, node, err == nil
}

func (r *roll) millis(ahead time.Duration) string {
	return strconv.FormatInt(r.now().Add(ahead).UnixMilli(), 10)
}
