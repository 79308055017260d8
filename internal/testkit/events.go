package testkit

import (
	"context"
	"slices"
	"sync"
)

// Events takes what domains publish and remembers it. The zero value is ready; many goroutines may publish.
type Events struct {
	mu      sync.Mutex
	all     []any
	telling int        // how many Togethers run
	told    *sync.Cond // when none does any more
}

// Publish implements what domains ask of their publisher.
func (e *Events) Publish(_ context.Context, event any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

// Together implements what package message asks of its publisher besides. Senders are told in it, a moment before it publishes what
// they sent; All and Take wait for its end, so that who has been told finds it.
func (e *Events) Together(fn func()) {
	e.tell(1)
	defer e.tell(-1)
	fn()
}

func (e *Events) tell(more int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.telling += more
	e.ended().Broadcast()
}

// ended is told, made when it is needed first; mu is held.
func (e *Events) ended() *sync.Cond {
	if e.told == nil {
		e.told = sync.NewCond(&e.mu)
	}
	return e.told
}

// settle waits until no Together runs; mu is held.
func (e *Events) settle() {
	for e.telling > 0 {
		e.ended().Wait()
	}
}

// All returns what was published, in order.
func (e *Events) All() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle()
	return slices.Clone(e.all)
}

// Take returns what was published since the last Take, in order.
func (e *Events) Take() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle()
	all := e.all
	e.all = nil
	return all
}
