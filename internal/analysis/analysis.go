// Package analysis has messages read by the remote engine after they were sent. Nobody waits for it: a message goes out with its
// embedded reading, and a better one may follow.
package analysis

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/tracing"
)

// engine reads messages elsewhere.
type engine interface {
	// Read returns a result for each message, or an error when there is none for any of them.
	Read(ctx context.Context, c openai.Conversation) ([]openai.Result, error)
	Breaker() openai.Breaker
	Latency() openai.Latency
}

// ledger counts what a day has cost, on all nodes together.
type ledger interface {
	// Fell counts messages that stay with their embedded reading.
	Fell(ctx context.Context, n int) error
	Today(ctx context.Context) (openai.Today, error)
}

// improver stores a better reading. It returns message.ErrOutdated, and changes nothing, when the message says something else
// now or may not be read remotely any more. Doing it twice changes nothing.
type improver interface {
	Improve(ctx context.Context, better message.Improvement) error
}

const (
	// mostTogether bounds the messages of one question.
	mostTogether = 8
	// mostAtOnce bounds the rooms of which this node reads messages at once.
	mostAtOnce = 4
	// turnLimit is how long a worker may have a turn, and turnIdle when it is given to another. The first is longer than the engine
	// tries to get an answer; the second leaves time to end the turn, so that nobody asks twice while both are well.
	turnLimit = 40 * time.Second
	turnIdle  = time.Minute
	// mostDeliveries is how often a turn is given out before what it was for is given up.
	mostDeliveries = 3
	// turnWait is how long it is waited for a turn at a time, and rest for a Redis that does not answer.
	turnWait = 250 * time.Millisecond
	rest     = time.Second
)

// Deps are what a Service works with.
type Deps struct {
	DB       *gorm.DB
	Queue    *Queue
	Engine   engine
	Ledger   ledger
	Messages improver
	Metrics  *Metrics
	// Host and Model say where texts go.
	Host, Model string
	Tracing     *tracing.Tracing // begins a trace with each turn; it may be nil
	Now         func() time.Time
	Log         *zap.Logger
}

// Service reads what waits in the queue. What it is done with, it is done with for good: a message is read, or it stays with its
// embedded reading.
type Service struct {
	Deps
	limit, idle, wait time.Duration
	reclaimed         time.Time // when nothing was left by other workers
}

// NewService returns a service that does nothing until Run is called.
func NewService(d Deps) *Service {
	return &Service{Deps: d, limit: turnLimit, idle: turnIdle, wait: turnWait}
}

// Run reads what waits, until ctx ends. While Redis is away it rests, and goes on by itself.
func (s *Service) Run(ctx context.Context) error {
	slots := make(chan struct{}, mostAtOnce)
	var working sync.WaitGroup
	defer working.Wait()
	for open := false; ; {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		t, err := s.next(ctx, open)
		if ctx.Err() != nil {
			if t != nil {
				s.giveBack(ctx, t, nil)
			}
			return nil
		}
		open = err == nil
		if t == nil {
			<-slots
		} else {
			working.Go(func() {
				defer func() { <-slots }()
				s.work(ctx, t)
			})
		}
		if s.Queue.note(err); err != nil {
			pause.For(ctx, rest)
			continue
		}
		s.report(ctx)
	}
}

// next returns a turn, if there is one: first one that another worker has left.
func (s *Service) next(ctx context.Context, open bool) (*turn, error) {
	if !open {
		if err := s.Queue.open(ctx); err != nil {
			return nil, err
		}
	}
	if now := s.Now(); now.Sub(s.reclaimed) >= s.idle/4 {
		if t, err := s.Queue.reclaim(ctx, s.idle); t != nil || err != nil {
			return t, err
		}
		s.reclaimed = now
	}
	return s.Queue.take(ctx, s.wait)
}

// report tells the ledger what stays with its embedded reading. What it does not take is told later.
func (s *Service) report(ctx context.Context) {
	if size, err := s.Queue.size(ctx); err == nil {
		s.Metrics.waiting.Set(float64(size))
	}
	n := s.Queue.fallen.Swap(0)
	if n == 0 {
		return
	}
	if err := s.Ledger.Fell(ctx, int(n)); err != nil {
		s.Queue.fallen.Add(n)
	}
}

// work has a turn. If that fails, somebody has it again after a while.
func (s *Service) work(ctx context.Context, t *turn) {
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	limited, span := s.Tracing.Root(limited, "read messages", trace.SpanKindConsumer)
	defer span.End()
	done, err := s.read(limited, t)
	if err != nil && ctx.Err() == nil {
		s.Log.Error("messages were not read by the remote engine", zap.Int64("room", int64(t.room)), zap.Error(err))
		return
	}
	s.giveBack(ctx, t, done) // when ctx has ended, with nothing done, so that others go on at once
}

func (s *Service) giveBack(ctx context.Context, t *turn, done []waiting) {
	if err := s.Queue.end(context.WithoutCancel(ctx), t, done); err != nil {
		s.Queue.note(err)
	}
}

// read returns what of the waiting messages of a room it is done with.
func (s *Service) read(ctx context.Context, t *turn) (done []waiting, err error) {
	shut := s.Engine.Breaker() == openai.Open
	most := mostTogether
	switch {
	case shut:
		most = mostWaitingInRoom
	case t.deliveries > 1: // whatever went wrong with several may go well with most of them
		most = 1
	}
	list, err := s.Queue.waitingIn(ctx, t.room, int64(most))
	switch {
	case err != nil || len(list) == 0:
		return nil, err
	case shut:
		s.Queue.fell(outcome(openai.Busy), len(list))
		return list, nil
	case t.deliveries > mostDeliveries:
		s.Queue.fell(givenUp, len(list))
		return list, nil
	}
	q, err := load(ctx, s.DB, t.room, together(list))
	if err != nil {
		return nil, err
	}
	s.Metrics.count(outdated, q.outdated)
	if err := s.ask(ctx, q); err != nil {
		return nil, err
	}
	return q.about, nil
}
