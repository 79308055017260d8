package analysis

import (
	"context"
	"time"

	"github.com/redis/rueidis"

	"github.com/emosation/emosation/internal/room"
)

// Turn takes a turn and has it, as a worker does. It tells whether there was one.
func (s *Service) Turn(ctx context.Context) (bool, error) {
	s.reclaimed, s.wait = time.Time{}, time.Millisecond
	t, err := s.next(ctx, false)
	if t != nil {
		s.work(ctx, t)
	}
	return t != nil, err
}

// Hurry makes the service end soon after it is told to.
func (s *Service) Hurry() { s.wait = 20 * time.Millisecond }

// Impatient makes the service take the turns of workers that have not been heard of for so long.
func (s *Service) Impatient(idle time.Duration) { s.idle = idle }

// Report tells the ledger what it has to know.
func (s *Service) Report(ctx context.Context) { s.report(ctx) }

// TakeAndDie takes a turn as a worker does that is killed then.
func (q *Queue) TakeAndDie(ctx context.Context) error {
	if err := q.open(ctx); err != nil {
		return err
	}
	if _, err := q.take(ctx, turnWait); err != nil {
		return err
	}
	return q.Age(ctx)
}

// Age makes it long ago that the turns that somebody has were taken.
func (q *Queue) Age(ctx context.Context) error {
	pending, err := q.redis.Do(ctx, q.redis.B().Xpending().Key(q.turnsKey).Group(group).Start("-").End("+").Count(100).Build()).ToArray()
	for _, entry := range pending {
		fields, err := entry.ToArray()
		if err != nil {
			return err
		}
		id, err := fields[0].ToString()
		if err != nil {
			return err
		}
		err = q.redis.Do(ctx, q.redis.B().Xclaim().Key(q.turnsKey).Group(group).Consumer(consumer).MinIdleTime("0").Id(id).
			Idle(turnIdle.Milliseconds()+1).Retrycount(deliveriesOf(fields)).Justid().Build()).Error()
		if err != nil {
			return err
		}
	}
	return err
}

func deliveriesOf(fields []rueidis.RedisMessage) int64 {
	n, _ := fields[3].AsInt64()
	return n
}

// Size returns how many messages wait.
func (q *Queue) Size(ctx context.Context) (int64, error) { return q.size(ctx) }

// Bounds of the package, for tests.
const (
	MostTogether      = mostTogether
	MostAtOnce        = mostAtOnce
	MostWaiting       = mostWaiting
	MostWaitingInRoom = mostWaitingInRoom
	MostDeliveries    = mostDeliveries
	HandOff           = handOff
)

// Heard returns how many messages Redis does not know of yet.
func (q *Queue) Heard() int { return len(q.heard) }

// TurnsKey is where Redis keeps the turns.
func (q *Queue) TurnsKey() string { return q.turnsKey }

// RoomKey is where Redis keeps what waits in a room.
func (q *Queue) RoomKey(id room.ID) string { return q.roomKey(id) }
