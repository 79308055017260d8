package realtime

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
)

// Channels have a hash tag, so that in a cluster those of a shard have one owner: a subscribed connection holds the channels
// of one shard only. A single server has one shard, as many do not make it faster.
const (
	shards     = 16
	roomPrefix = "emosation:{"
	roomMiddle = "}:room:"
	userMiddle = "}:user:"

	controlChannel = "emosation:{0}:nodes" // every node listens to it
	probeChannel   = "}:probe"             // nobody does
)

func roomChannel(room int64) string { return channelName(roomMiddle, room) }
func userChannel(user int64) string { return channelName(userMiddle, user) }

func channelName(middle string, id int64) string {
	name := make([]byte, 0, 40)
	name = append(name, roomPrefix...)
	name = strconv.AppendUint(name, shardOf(id), 10)
	name = append(name, middle...)
	return string(strconv.AppendInt(name, id, 10))
}

func shardOf(id int64) uint64 { return uint64(id) % shards } //nolint:gosec // G115: any number will do

// idAfter returns the id of a channel whose name has this in the middle.
func idAfter(channel, middle string) (int64, bool) {
	_, digits, ok := strings.Cut(channel, middle)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}

// channels keeps this node subscribed to the channels of those users and rooms that have connections here, to the one of
// all nodes, and to no others.
type channels struct {
	feeds   []*feed
	sharded atomic.Bool // the server has sharded pub/sub; asked each time that a subscription begins
	redis   rueidis.Client
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

func newChannels(redis rueidis.Client, hub *Hub, to listener, log *zap.Logger) *channels {
	c := &channels{redis: redis}
	n := 1
	if redis.Mode() == rueidis.ClientModeCluster {
		n = shards
	}
	for i := range n {
		c.feeds = append(c.feeds, newFeed(i, c, hub, to, log))
	}
	c.feeds[0].touch(controlChannel)
	return c
}

// ofRoom and ofUser return the feed that their channels are heard on.
func (c *channels) of(id int64) *feed {
	return c.feeds[shardOf(id)%uint64(len(c.feeds))]
}

func (c *channels) touchRoom(room int64) { c.of(room).touch(roomChannel(room)) }
func (c *channels) touchUser(user int64) { c.of(user).touch(userChannel(user)) }

// awaitUser waits until a user's channel is heard, but not for long: without Redis this node goes on by itself.
func (c *channels) awaitUser(ctx context.Context, user int64) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c.of(user).await(ctx, []string{userChannel(user)})
}

// awaitRooms does the same for rooms.
func (c *channels) awaitRooms(ctx context.Context, rooms []Head) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	names := make(map[*feed][]string)
	for _, r := range rooms {
		f := c.of(r.Room)
		names[f] = append(names[f], roomChannel(r.Room))
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
	channel := roomPrefix + strconv.Itoa(shard) + probeChannel
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
