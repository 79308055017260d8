package analysis

import (
	"context"
	"time"
)

// Hurry makes the service give up, and take over, sooner.
func (s *Service) Hurry(limit, idle time.Duration) { s.limit, s.idle, s.wait = limit, idle, idle }

// TakeAndDie takes a turn as a worker does that is killed then. It tells whether there was one.
func (q *Queue) TakeAndDie(ctx context.Context) (bool, error) {
	if err := q.open(ctx); err != nil {
		return false, err
	}
	t, err := q.take(ctx, turnWait)
	return t != nil, err
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
	TurnsKey          = turnsKey
)

// Heard returns how many messages Redis does not know of yet.
func (q *Queue) Heard() int { return len(q.heard) }
