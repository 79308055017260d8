package realtime

import (
	"context"
	"maps"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/emosation/emosation/internal/pause"
)

const (
	// overtakeTime is how long a change may come later than those after it, before the database is asked for it.
	overtakeTime = 200 * time.Millisecond
	catchUpTick  = 50 * time.Millisecond
	catchUpRetry = time.Second
)

// catchUp gives rooms what did not come by itself, from the database.
type catchUp struct {
	hub    *Hub
	review *review
	missed func(ctx context.Context, room, sinceRev int64) (list []Delivery, more bool, err error)
	now    func() time.Time
	log    *zap.Logger
	wake   chan struct{}

	mu  sync.Mutex
	due map[int64]time.Time // when a room that waits is looked at
}

func newCatchUp(o Options) *catchUp {
	return &catchUp{missed: o.Missed, now: o.Now, log: o.Log, wake: make(chan struct{}, 1), due: make(map[int64]time.Time)}
}

// soon looks at a room when what it waits for has had its time to come.
func (c *catchUp) soon(room int64) { c.note(room, overtakeTime) }

// note looks at a room after a time, unless it is looked at earlier anyway.
func (c *catchUp) note(room int64, after time.Duration) {
	at := c.now().Add(after)
	c.mu.Lock()
	if earlier, ok := c.due[room]; !ok || at.Before(earlier) {
		c.due[room] = at
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run looks at rooms when it is time; while none waits it sleeps.
func (c *catchUp) run(ctx context.Context) error {
	for ctx.Err() == nil {
		select {
		case <-c.wake:
		case <-ctx.Done():
		}
		for c.round(ctx) {
			pause.For(ctx, catchUpTick)
		}
	}
	return nil
}

// round looks at the rooms whose time has come, and reports whether there are others.
func (c *catchUp) round(ctx context.Context) (more bool) {
	now := c.now()
	var rooms []int64
	c.mu.Lock()
	for room, at := range c.due {
		if !at.After(now) {
			rooms = append(rooms, room)
		}
	}
	maps.DeleteFunc(c.due, func(_ int64, at time.Time) bool { return !at.After(now) })
	c.mu.Unlock()
	var g errgroup.Group
	g.SetLimit(4)
	for _, room := range rooms {
		g.Go(func() error { return c.fill(ctx, room) })
	}
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		c.log.Error("rooms wait for changes that could not be looked up", zap.Error(err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return ctx.Err() == nil && len(c.due) > 0
}

// fill gives a room all that it waits for. When the database does not answer, it is asked again later.
func (c *catchUp) fill(ctx context.Context, room int64) error {
	for more := true; more; {
		since, upTo, late := c.hub.waits(room)
		if !late {
			return nil
		}
		var list []Delivery
		var err error
		if list, more, err = c.missed(ctx, room, since); err == nil {
			err = c.review.expel(ctx, room)
		}
		if err != nil {
			c.note(room, catchUpRetry)
			return err
		}
		if more {
			upTo = 0
		}
		c.hub.fill(room, since, list, upTo)
	}
	return nil
}
