package realtime

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// channels keeps this node subscribed to the channels of those users and rooms that have connections here, to the one of
// all nodes, and to no others.
type channels struct {
	feeds   []*feed
	sharded atomic.Bool // the server has sharded pub/sub; asked each time that a subscription begins
	redis   rueidis.Client
	names   names
}

// listener is told of a node's subscriptions.
type listener interface {
	// receive takes a message.
	receive(channel, message string)
	// subscribed says that a channel is heard from now on, and whether something may have been missed on it before.
	subscribed(channel string, missed bool)
	// broken says that nothing is heard of a part of the channels, until they are subscribed to again.
	broken(control bool)
}

func newChannels(o Options, names names, hub *Hub, to listener) *channels {
	c := &channels{redis: o.Redis, names: names}
	n := 1
	if o.Redis.Mode() == rueidis.ClientModeCluster {
		n = shards
	}
	for i := range n {
		c.feeds = append(c.feeds, newFeed(i, c, hub, to, o.Log))
	}
	c.feeds[0].touch(names.control)
	return c
}

// ofRoom and ofUser return the feed that their channels are heard on.
func (c *channels) of(id int64) *feed {
	return c.feeds[shardOf(id)%uint64(len(c.feeds))]
}

func (c *channels) touchRoom(room int64) { c.of(room).touch(c.names.roomChannel(room)) }
func (c *channels) touchUser(user int64) { c.of(user).touch(c.names.userChannel(user)) }

// awaitUser waits until a user's channel is heard, but not for long: without Redis this node goes on by itself.
func (c *channels) awaitUser(ctx context.Context, user int64) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c.of(user).await(ctx, []string{c.names.userChannel(user)})
}

// awaitRooms does the same for rooms.
func (c *channels) awaitRooms(ctx context.Context, rooms []Head) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	names := make(map[*feed][]string)
	for _, r := range rooms {
		f := c.of(r.Room)
		names[f] = append(names[f], c.names.roomChannel(r.Room))
	}
	for f, list := range names {
		f.await(ctx, list)
	}
}

// publishing returns the command that publishes on a channel.
func (c *channels) publishing(channel, payload string) rueidis.Completed {
	if c.sharded.Load() {
		return c.redis.B().Spublish().Channel(channel).Message(payload).Build()
	}
	return c.redis.B().Publish().Channel(channel).Message(payload).Build()
}

// probe asks a server whether it has sharded pub/sub.
func (c *channels) probe(ctx context.Context, conn rueidis.DedicatedClient, shard int) error {
	channel := c.names.probe(shard)
	err := conn.Do(ctx, conn.B().Spublish().Channel(channel).Message("").Build()).Error()
	if refusal, ok := rueidis.IsRedisErr(err); ok {
		_, moved := refusal.IsMoved()
		_, asked := refusal.IsAsk()
		if moved || asked || refusal.IsLoading() || refusal.IsClusterDown() || refusal.IsTryAgain() {
			return err
		}
		c.sharded.Store(false)
		return nil
	}
	if err == nil {
		c.sharded.Store(true)
	}
	return err
}
