package analysis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/room"
)

// What waits is kept in Redis, so that it outlives the node that heard of it, under keys of one hash slot:
//
//   - a sorted set with a member for every message that waits, in the order of rooms and of seqs within them;
//   - a stream with one entry, a turn, for every room in which a message waits. One worker of all nodes has it at a time, so that
//     the messages of a room are read in their order, and together those that came while the ones before them were read.
//
// The scripts below keep the two in step. Both keys are gone when nothing was added for a day.
const (
	turnsKey   = "emosation:{readings}"
	waitingKey = "emosation:{readings}:waiting"
	group      = "engines"
	// consumer is the same on all nodes: a turn is known by its id, and a name for each node would outlive it.
	consumer = "worker"
)

const (
	// handOff bounds what this node has heard of and Redis does not know yet.
	handOff = 4096
	// addAtOnce bounds one call of the script that adds.
	addAtOnce = 256
	// mostWaiting and mostWaitingInRoom bound what waits; what comes on top stays with its embedded reading.
	mostWaiting       = 10_000
	mostWaitingInRoom = 200
	// patience bounds a wait for Redis.
	patience = 2 * time.Second
	// keep is how long what waits is kept after the last addition.
	keep = 24 * time.Hour
)

// waiting is a message, as of a rev, that waits for being read.
type waiting struct {
	room     room.ID
	seq, rev int64
}

// member is how the sorted set names it. The numbers are of fixed width, so that they sort as texts.
func (w waiting) member() string { return fmt.Sprintf("%s%016x%016x", prefix(w.room), w.seq, w.rev) }

func prefix(id room.ID) string { return fmt.Sprintf("%016x", int64(id)) }

func parseWaiting(member string) (w waiting, err error) {
	if len(member) != 48 {
		return w, fmt.Errorf("%q is no waiting message", member)
	}
	var parts [3]int64
	for i := range parts {
		if parts[i], err = strconv.ParseInt(member[16*i:16*(i+1)], 16, 64); err != nil {
			return w, err
		}
	}
	return waiting{room.ID(parts[0]), parts[1], parts[2]}, nil
}

// turn is the right to read what waits in a room.
type turn struct {
	id   string
	room room.ID
	// deliveries is how often it was given to a worker.
	deliveries int64
}

// add is called with two arguments a message, its room and its member, after three others. It returns how many found no place.
// A room's prefix is followed by hexadecimal digits, all of which sort before a g.
const add = `
local most, mostInRoom, keep, refused = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], 0
local all = redis.call('ZCARD', KEYS[2])
for i = 4, #ARGV, 2 do
	local room, member = ARGV[i], ARGV[i + 1]
	local here = redis.call('ZLEXCOUNT', KEYS[2], '[' .. room, '(' .. room .. 'g')
	if all >= most or here >= mostInRoom then
		refused = refused + 1
	elseif redis.call('ZADD', KEYS[2], 0, member) == 1 then
		all = all + 1
		if here == 0 then
			redis.call('XADD', KEYS[1], '*', 'room', room)
		end
	end
end
redis.call('PEXPIRE', KEYS[1], keep)
redis.call('PEXPIRE', KEYS[2], keep)
return refused
`

// finish ends a turn: the members that it is done with go, and while others wait in the room it has a next turn. Another
// worker may have ended it first.
const finish = `
local id, room, group = ARGV[1], ARGV[2], ARGV[3]
for i = 4, #ARGV do
	redis.call('ZREM', KEYS[2], ARGV[i])
end
if redis.call('XACK', KEYS[1], group, id) == 0 then
	return 0
end
redis.call('XDEL', KEYS[1], id)
if redis.call('ZLEXCOUNT', KEYS[2], '[' .. room, '(' .. room .. 'g') > 0 then
	redis.call('XADD', KEYS[1], '*', 'room', room)
end
return 1
`

// mend forgets what waits without any turn, which only happens to a Redis that had to throw keys away. It returns how many.
const mend = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('XLEN', KEYS[1]) > 0 then
	return 0
end
local lost = redis.call('ZCARD', KEYS[2])
redis.call('DEL', KEYS[2])
return lost
`

// Queue holds the messages that wait for a better reading. Many goroutines may use it.
type Queue struct {
	redis   rueidis.Client
	metrics *Metrics
	log     *zap.Logger
	heard   chan waiting
	failing atomic.Bool
	fallen  atomic.Int64 // stayed with their embedded readings, and the ledger does not know it yet

	add, finish, mend *rueidis.Lua
}

// NewQueue returns a queue that takes what is heard to Redis while Run runs.
func NewQueue(redis rueidis.Client, metrics *Metrics, log *zap.Logger) *Queue {
	return &Queue{
		redis: redis, metrics: metrics, log: log, heard: make(chan waiting, handOff),
		add: rueidis.NewLuaScript(add), finish: rueidis.NewLuaScript(finish), mend: rueidis.NewLuaScript(mend),
	}
}

// Run takes what is heard to Redis until ctx ends. What Redis does not take stays with its embedded reading.
func (q *Queue) Run(ctx context.Context) error {
	for {
		select {
		case first := <-q.heard:
			q.store(ctx, q.collect(first))
		case <-ctx.Done():
			for len(q.heard) > 0 {
				q.store(context.WithoutCancel(ctx), q.collect(<-q.heard))
				if q.failing.Load() {
					break
				}
			}
			return nil
		}
	}
}

func (q *Queue) collect(first waiting) []waiting {
	list := []waiting{first}
	for len(list) < addAtOnce {
		select {
		case next := <-q.heard:
			list = append(list, next)
		default:
			return list
		}
	}
	return list
}

func (q *Queue) store(ctx context.Context, list []waiting) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := make([]string, 0, 3+2*len(list))
	args = append(args, strconv.Itoa(mostWaiting), strconv.Itoa(mostWaitingInRoom), strconv.FormatInt(keep.Milliseconds(), 10))
	for _, w := range list {
		args = append(args, prefix(w.room), w.member())
	}
	refused, err := q.add.Exec(ctx, q.redis, []string{turnsKey, waitingKey}, args).AsInt64()
	if q.note(err); err != nil {
		q.fell(lost, len(list))
		return
	}
	q.fell(full, int(refused))
}

// fell notes that messages stay with their embedded readings.
func (q *Queue) fell(why outcome, n int) {
	q.fallen.Add(int64(n))
	q.metrics.count(why, n)
}

// note says once that Redis does not answer, and once that it does again.
func (q *Queue) note(err error) {
	switch {
	case err != nil && !q.failing.Swap(true):
		q.log.Warn("Redis does not answer; messages stay with their embedded readings", zap.Error(err))
	case err == nil && q.failing.Swap(false):
		q.log.Info("Redis answers again; messages are read by the remote engine")
	}
}

// open sees that turns can be taken.
func (q *Queue) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	forgotten, err := q.mend.Exec(ctx, q.redis, []string{turnsKey, waitingKey}, nil).AsInt64()
	if err != nil {
		return fmt.Errorf("mend the queue of readings: %w", err)
	}
	q.fell(lost, int(forgotten))
	err = q.redis.Do(ctx, q.redis.B().XgroupCreate().Key(turnsKey).Group(group).Id("0").Mkstream().Build()).Error()
	if err != nil && !rueidis.IsRedisBusyGroup(err) {
		return fmt.Errorf("make the group of readings: %w", err)
	}
	return nil
}

// take waits a moment for a turn. There may be none.
func (q *Queue) take(ctx context.Context, wait time.Duration) (*turn, error) {
	// Not WithTimeout: the client does not look at the end of a context that has a deadline before that.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(wait+patience, cancel).Stop()
	found, err := q.redis.Do(ctx, q.redis.B().Xreadgroup().Group(group, consumer).Count(1).Block(wait.Milliseconds()).
		Streams().Key(turnsKey).Id(">").Build()).AsXRead()
	if err != nil && !rueidis.IsRedisNil(err) {
		return nil, fmt.Errorf("take a turn of readings: %w", err)
	}
	for _, entry := range found[turnsKey] {
		return q.turnOf(ctx, entry)
	}
	return nil, nil
}

// reclaim returns a turn whose worker has not been heard of for so long, if there is one.
func (q *Queue) reclaim(ctx context.Context, idle time.Duration) (*turn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b := q.redis.B()
	answer, err := q.redis.Do(ctx, b.Xautoclaim().Key(turnsKey).Group(group).Consumer(consumer).
		MinIdleTime(strconv.FormatInt(idle.Milliseconds(), 10)).Start("0-0").Count(1).Build()).ToArray()
	if err != nil {
		return nil, fmt.Errorf("claim a turn of readings: %w", err)
	}
	if len(answer) < 2 {
		return nil, errors.New("claim a turn of readings: not the answer of XAUTOCLAIM")
	}
	claimed, err := answer[1].AsXRange()
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	t, err := q.turnOf(ctx, claimed[0])
	if t == nil || err != nil {
		return nil, err
	}
	t.deliveries, err = q.deliveries(ctx, t.id)
	return t, err
}

func (q *Queue) deliveries(ctx context.Context, id string) (int64, error) {
	pending, err := q.redis.Do(ctx, q.redis.B().Xpending().Key(turnsKey).Group(group).Start(id).End(id).Count(1).Build()).ToArray()
	if err != nil || len(pending) == 0 {
		return 0, err
	}
	entry, err := pending[0].ToArray()
	if err != nil || len(entry) < 4 {
		return 0, errors.Join(err, errors.New("not the answer of XPENDING"))
	}
	return entry[3].AsInt64()
}

// turnOf drops an entry that is none, such as one of a later version of the program.
func (q *Queue) turnOf(ctx context.Context, entry rueidis.XRangeEntry) (*turn, error) {
	id, err := strconv.ParseInt(entry.FieldValues["room"], 16, 64)
	if err != nil {
		q.log.Error("dropped what is no turn of readings", zap.String("id", entry.ID), zap.Error(err))
		return nil, q.end(ctx, &turn{id: entry.ID}, nil)
	}
	return &turn{id: entry.ID, room: room.ID(id), deliveries: 1}, nil
}

// waitingIn returns the first of what waits in a room, in the order of seq.
func (q *Queue) waitingIn(ctx context.Context, id room.ID, most int64) ([]waiting, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	first := prefix(id)
	members, err := q.redis.Do(ctx, q.redis.B().Zrangebylex().Key(waitingKey).Min("["+first).Max("("+first+"g").
		Limit(0, most).Build()).AsStrSlice()
	if err != nil {
		return nil, fmt.Errorf("list what waits in room %d: %w", id, err)
	}
	list := make([]waiting, len(members))
	for i, member := range members {
		if list[i], err = parseWaiting(member); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// end gives a turn back. What is done goes; what waits besides has its turn later.
func (q *Queue) end(ctx context.Context, t *turn, done []waiting) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []string{t.id, prefix(t.room), group}
	for _, w := range done {
		args = append(args, w.member())
	}
	if err := q.finish.Exec(ctx, q.redis, []string{turnsKey, waitingKey}, args).Error(); err != nil {
		return fmt.Errorf("end a turn of readings: %w", err)
	}
	return nil
}

// size returns how many messages wait.
func (q *Queue) size(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return q.redis.Do(ctx, q.redis.B().Zcard().Key(waitingKey).Build()).AsInt64()
}
