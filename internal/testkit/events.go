package testkit

import (
	"context"
	"slices"
	"sync"
)

// Events takes what domains publish and remembers it. The zero value is ready; many goroutines may publish.
type Events struct {
	mu  sync.Mutex
	all []any
}

// Publish implements what domains ask of their publisher.
func (e *Events) Publish(_ context.Context, event any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

// Together implements what package message asks of its publisher besides.
func (e *Events) Together(fn func()) { fn() }

// All returns what was published, in order.
func (e *Events) All() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.all)
}

// Take returns what was published since the last Take, in order.
func (e *Events) Take() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.all
	e.all = nil
	return all
}
