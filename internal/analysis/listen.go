package analysis

import (
	"context"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
)

// publisher is what messages are published to.
type publisher interface {
	Publish(ctx context.Context, event any)
	Together(fn func())
}

// Listener stands before a publisher and hears what is published. It never waits.
type Listener struct {
	publisher
	queue *Queue
}

// Listen returns a publisher that passes everything on to next before the queue hears of it.
func (q *Queue) Listen(next publisher) Listener { return Listener{next, q} }

// Publish implements what package message asks of its publisher.
func (l Listener) Publish(ctx context.Context, event any) {
	l.publisher.Publish(ctx, event)
	switch e := event.(type) {
	case message.Posted:
		l.queue.hear(&e.Message)
	case message.Changed:
		if e.Reworded {
			l.queue.hear(&e.Message)
		}
	}
}

// hear takes a message that may be read remotely as well. Whether it still may is asked again when it is its turn.
func (q *Queue) hear(m *message.Message) {
	if m.Reach != emotion.Remote || m.Reading == nil || m.Reading.Engine != emotion.EmbeddedEngine {
		return
	}
	select {
	case q.heard <- waiting{m.Room, m.Seq, m.Rev}:
	default:
		q.fell(full, 1)
	}
}
