package realtime

import (
	"context"
	"slices"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
)

// A node that is replaced loses its connections, but its users are back on another one within seconds. Until then nobody is told
// that they left; and whoever does not come back is told of by a node that stays, since this one is gone.

// handoverUsers is how many users one packet hands over.
const handoverUsers = 10_000

// Leave says that this node goes, and when those who lose their connections by that are expected back, here or elsewhere.
func (b *Bus) Leave(within time.Duration) {
	b.presence.mu.Lock()
	defer b.presence.mu.Unlock()
	b.presence.back = b.presence.now().Add(min(within, presenceTTL))
}

// bequeath leaves those whose connections ended with this node to another one. Without one it takes back that they are here.
func (p *presence) bequeath(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	p.takeOver(ctx)
	p.mu.Lock()
	back := p.back
	p.mu.Unlock()
	users := append(p.expected(), p.hub.present()...)
	heir, ok := p.heir()
	if !ok {
		p.withdraw(ctx, users, nil)
		return
	}
	within := max(back.Sub(p.now()), leaveGrace)
	for part := range slices.Chunk(users, handoverUsers) {
		if err := p.publish(ctx, packet{kind: ofHandover, to: heir, users: part, within: within.Milliseconds()}); err != nil {
			p.log.Warn("no other node will say of this one's users that they left", zap.Error(err))
			return
		}
	}
}

// inherit expects users back who had their connections to a node that has gone.
func (p *presence) inherit(from nodeID, users []int64, within time.Duration) {
	until := p.now().Add(min(within, presenceTTL))
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, user := range users {
		if !p.hub.hasUser(user) && p.leaving[user].Before(until) {
			p.leaving[user] = until
		}
	}
	p.inherited[from] = append(p.inherited[from], users...)
}

// takeOver says in Redis, instead of a node that has gone, that its users are online.
func (p *presence) takeOver(ctx context.Context) {
	p.mu.Lock()
	inherited := p.inherited
	p.inherited = make(map[nodeID][]int64)
	p.mu.Unlock()
	for from, users := range inherited {
		p.renew(ctx, users, nil)
		commands := make(rueidis.Commands, len(users))
		for i, user := range users {
			commands[i] = p.redis.B().Zrem().Key(p.names.online(user)).Member(from.String()).Build()
		}
		p.ask(ctx, commands)
	}
}
