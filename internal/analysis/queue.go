package analysis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/room"
)

// What waits is kept in Redis, so that it outlives the node that heard of it, under keys of one hash slot and of one epoch: another
// history may have other messages in the same places, or be open to a node that knows nothing of this one. The keys are:
//
//   - for every room in which messages wait a sorted set of them, in the order of their seqs;
//   - a stream with one entry, a turn, for every such room. One worker of all nodes has it at a time, so that the messages of a
//     room are read in their order, and together those that came while the ones before them were read;
//   - how many wait in all rooms.
//
// The scripts below keep them in step. All are gone when nothing was added for a day. (A single set of all that waits would do, but
// for the Redis inside this process, which sorts a set whenever it is looked at.)
const (
	group = "engines"
	// consumer is the same on all nodes: a turn is known by its id, and a name for each node would outlive it.
	consumer = "worker"
)

func (q *Queue) roomKey(id room.ID) string { return q.turnsKey + ":" + decimal(int64(id)) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

const (
	// handOff bounds what this node has heard of and Redis does not know yet.
	handOff = 4096
	// addAtOnce bounds one call of the script that adds.
	addAtOnce = 256
	// mostWaiting and mostWaitingInRoom bound what waits; what comes on top stays with its embedded reading.
	mostWaiting       = 5_000
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

// member is how the sorted set names it.
func (w waiting) member() string { return decimal(w.seq) + ":" + decimal(w.rev) }

func parseWaiting(id room.ID, member string) (waiting, error) {
	seq, rev, _ := strings.Cut(member, ":")
	w := waiting{room: id}
	var err, err2 error
	w.seq, err = strconv.ParseInt(seq, 10, 64)
	w.rev, err2 = strconv.ParseInt(rev, 10, 64)
	return w, errors.Join(err, err2)
}

// turn is the right to read what waits in a room.
type turn struct {
	id   string
	room room.ID
	// deliveries is how often it was given to a worker.
	deliveries int64
}

// add puts the messages of some rooms into their sets: KEYS has them after the first two; ARGV has, after three bounds, for each its
// room, how many there are, and their scores and names. It returns how many found no place.
const add = `
local most, mostInRoom, keep, refused = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], 0
local all = tonumber(redis.call('GET', KEYS[2]) or 0)
local turns = redis.call('XLEN', KEYS[1])
local at, before = 4, all
for i = 3, #KEYS do
	local room, n = ARGV[at], tonumber(ARGV[at + 1])
	local here = redis.call('ZCARD', KEYS[i])
	local fit = math.min(n, most - all, mostInRoom - here)
	if fit > 0 then
		all = all + redis.call('ZADD', KEYS[i], unpack(ARGV, at + 2, at + 1 + 2 * fit))
		redis.call('PEXPIRE', KEYS[i], keep)
		if here == 0 or turns == 0 then -- the latter also where Redis had to throw the turns away
			redis.call('XADD', KEYS[1], '*', 'room', room)
		end
	end
	refused = refused + n - math.max(0, fit)
	at = at + 2 + 2 * n
end
if all > before then
	redis.call('SET', KEYS[2], all, 'PX', keep)
	redis.call('PEXPIRE', KEYS[1], keep)
end
return refused
`

// finish ends a turn: what it is done with goes, and while others wait in the room it has a next turn. Another worker may have
// ended it first.
const finish = `
local id, room, group = ARGV[1], ARGV[2], ARGV[3]
if #ARGV > 3 then
	local gone = redis.call('ZREM', KEYS[3], unpack(ARGV, 4))
	redis.call('DECRBY', KEYS[2], gone)
end
if redis.call('XACK', KEYS[1], group, id) == 0 then
	return 0
end
redis.call('XDEL', KEYS[1], id)
if redis.call('ZCARD', KEYS[3]) > 0 then
	redis.call('XADD', KEYS[1], '*', 'room', room)
elseif redis.call('XLEN', KEYS[1]) == 0 then
	redis.call('DEL', KEYS[2])
end
return 1
`

// Queue holds the messages that wait for a better reading. Many goroutines may use it.
type Queue struct {
	redis                rueidis.Client
	turnsKey, waitingKey string
	metrics              *Metrics
	log                  *zap.Logger
	heard                chan waiting
	failing              atomic.Bool
	fallen               atomic.Int64 // stayed with their embedded readings, and the ledger does not know it yet

	add, finish *rueidis.Lua
}

// NewQueue returns the queue of an epoch, which takes what is heard to Redis while Run runs.
func NewQueue(redis rueidis.Client, epoch string, metrics *Metrics, log *zap.Logger) *Queue {
	turns := "emosation:" + epoch + ":{readings}"
	return &Queue{
		redis: redis, turnsKey: turns, waitingKey: turns + ":waiting", metrics: metrics, log: log, heard: make(chan waiting, handOff),
		add: rueidis.NewLuaScript(add), finish: rueidis.NewLuaScript(finish),
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
	byRoom := make(map[room.ID][]waiting)
	for _, w := range list {
		byRoom[w.room] = append(byRoom[w.room], w)
	}
	keys := []string{q.turnsKey, q.waitingKey}
	args := []string{strconv.Itoa(mostWaiting), strconv.Itoa(mostWaitingInRoom), decimal(keep.Milliseconds())}
	for id, list := range byRoom {
		keys = append(keys, q.roomKey(id))
		args = append(args, decimal(int64(id)), strconv.Itoa(len(list)))
		for _, w := range list {
			args = append(args, decimal(w.seq), w.member())
		}
	}
	refused, err := q.add.Exec(ctx, q.redis, keys, args).AsInt64()
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
	q.metrics.fallbacks.Add(float64(n))
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
	err := q.redis.Do(ctx, q.redis.B().XgroupCreate().Key(q.turnsKey).Group(group).Id("0").Mkstream().Build()).Error()
	if err != nil && !rueidis.IsRedisBusyGroup(err) {
		return fmt.Errorf("make the group of readings: %w", err)
	}
	return nil
}

// take waits a moment for a turn. There may be none. It does not end with ctx: what Redis gives to somebody who has gone is not
// heard of for long.
func (q *Queue) take(ctx context.Context, wait time.Duration) (*turn, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait+patience)
	defer cancel()
	found, err := q.redis.Do(ctx, q.redis.B().Xreadgroup().Group(group, consumer).Count(1).Block(wait.Milliseconds()).
		Streams().Key(q.turnsKey).Id(">").Build()).AsXRead()
	if err != nil && !rueidis.IsRedisNil(err) {
		return nil, fmt.Errorf("take a turn of readings: %w", err)
	}
	for _, entry := range found[q.turnsKey] {
		return q.turnOf(ctx, entry)
	}
	return nil, nil
}

// reclaim returns a turn whose worker has not been heard of for so long, if there is one.
func (q *Queue) reclaim(ctx context.Context, idle time.Duration) (*turn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b := q.redis.B()
	answer, err := q.redis.Do(ctx, b.Xautoclaim().Key(q.turnsKey).Group(group).Consumer(consumer).
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
	pending, err := q.redis.Do(ctx, q.redis.B().Xpending().Key(q.turnsKey).Group(group).Start(id).End(id).Count(1).Build()).ToArray()
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
	id, err := strconv.ParseInt(entry.FieldValues["room"], 10, 64)
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
	members, err := q.redis.Do(ctx, q.redis.B().Zrange().Key(q.roomKey(id)).Min("0").Max(decimal(most-1)).Build()).AsStrSlice()
	if err != nil {
		return nil, fmt.Errorf("list what waits in room %d: %w", id, err)
	}
	list := make([]waiting, len(members))
	for i, member := range members {
		if list[i], err = parseWaiting(id, member); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// end gives a turn back. What is done goes; what waits besides has its turn later.
func (q *Queue) end(ctx context.Context, t *turn, done []waiting) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []string{t.id, decimal(int64(t.room)), group}
	for _, w := range done {
		args = append(args, w.member())
	}
	if err := q.finish.Exec(ctx, q.redis, []string{q.turnsKey, q.waitingKey, q.roomKey(t.room)}, args).Error(); err != nil {
		return fmt.Errorf("end a turn of readings: %w", err)
	}
	return nil
}

// size returns how many messages wait.
func (q *Queue) size(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n, err := q.redis.Do(ctx, q.redis.B().Get().Key(q.waitingKey).Build()).AsInt64()
	if rueidis.IsRedisNil(err) {
		return 0, nil
	}
	return max(0, n), err
}
