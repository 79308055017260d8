package stats

import (
	"context"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/calendar"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
)

// tally counts what this node does, by day, until it is written down.
type tally struct {
	zone *time.Location

	mu     sync.Mutex
	day    calendar.Day // of the latest message, since most are of the same day
	counts map[entry]int64
}

func newTally(zone *time.Location) *tally {
	return &tally{zone: zone, counts: make(map[entry]int64)}
}

func (t *tally) add(at time.Time, names ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.day.Holds(at) {
		t.day = calendar.DayOf(t.zone, at)
	}
	for _, name := range names {
		t.counts[entry{t.day.String(), name}]++
	}
}

// flush hands over what was counted. Where write fails it is kept for the next time.
func (t *tally) flush(write func(counts map[entry]int64) error) error {
	t.mu.Lock()
	counts := t.counts
	t.counts = make(map[entry]int64, len(counts))
	t.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := write(counts)
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		for e, n := range counts {
			t.counts[e] += n
		}
	}
	return err
}

// publisher is what package message asks of those that it publishes to.
type publisher interface {
	Publish(ctx context.Context, event any)
	Together(fn func())
}

// Listen returns a publisher that counts messages on their way to the next one.
func (s *Service) Listen(next publisher) Listener { return Listener{next, s} }

// Listener is what Listen returns.
type Listener struct {
	publisher
	service *Service
}

// Publish counts a message that somebody wrote, and whether it was read on this server.
func (l Listener) Publish(ctx context.Context, event any) {
	switch e := event.(type) {
	case message.Posted:
		if e.Message.Kind == message.Text {
			l.service.Saw(e.Message.Sender)
			l.service.tally.add(e.Message.SentAt, append(readings(e.Message), messagesName)...)
		}
	case message.Changed:
		if e.Reworded {
			l.service.tally.add(l.service.Now(), readings(e.Message)...)
		}
	}
	l.publisher.Publish(ctx, event)
}

// readings names what is counted of a message's reading. What the remote engine reads, it counts itself.
func readings(m message.Message) []string {
	if m.Reading == nil || m.Reading.Engine != emotion.EmbeddedEngine {
		return nil
	}
	return []string{readingsPrefix + emotion.EmbeddedEngine}
}
