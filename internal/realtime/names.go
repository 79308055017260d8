package realtime

import (
	"strconv"
	"strings"
)

// Channels have a hash tag, so that in a cluster those of a shard have one owner: a subscribed connection holds the channels
// of one shard only. A single server has one shard, as many do not make it faster.
const (
	shards     = 16
	roomMiddle = "}:room:"
	userMiddle = "}:user:"
)

// names are what keys and channels are called. Those of nodes that have different histories before them differ, so that a node which
// still runs on the database from before a restoration is not heard by those that run on what was restored.
type names struct {
	prefix  string
	control string // the channel that every node listens to
	nodes   string // sorted set: node → until when it lives, in ms
	roll    string // sorted set: "user.session@node" → expiry in ms
}

func newNames(epoch string) names {
	prefix := "emosation:"
	if epoch != "" {
		prefix += epoch + ":"
	}
	return names{prefix: prefix, control: prefix + "{0}:nodes", nodes: prefix + "nodes", roll: prefix + "roll"}
}

// online is a sorted set: node → expiry in ms.
func (n names) online(user int64) string { return n.prefix + "online:" + strconv.FormatInt(user, 10) }

// viewers is a sorted set: "user@node" → expiry in ms.
func (n names) viewers(room int64) string { return n.prefix + "viewers:" + strconv.FormatInt(room, 10) }

// probe is a channel of a shard that nobody listens to.
func (n names) probe(shard int) string { return n.prefix + "{" + strconv.Itoa(shard) + "}:probe" }

func (n names) roomChannel(room int64) string { return n.channel(roomMiddle, room) }
func (n names) userChannel(user int64) string { return n.channel(userMiddle, user) }

func (n names) channel(middle string, id int64) string {
	name := make([]byte, 0, 64)
	name = append(append(name, n.prefix...), '{')
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
