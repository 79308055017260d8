package realtime

import (
	"context"
	"slices"
	"sync"
	"time"
)

// signalWindow is how long a signal waits for a later one of its kind to replace it.
const signalWindow = 250 * time.Millisecond

// signalKey is what signals are joined by.
type signalKey struct {
	name       string
	room, from int64
}

// signals joins what only matters for a moment: the first of a kind goes out at once, and what follows within a
// window waits for its end, where only the latest goes out.
type signals struct {
	deliver func(Delivery)
	now     func() time.Time

	mu      sync.Mutex
	windows map[signalKey]*window
}

type window struct {
	opened  time.Time
	pending *Delivery
}

func newSignals(deliver func(Delivery), now func() time.Time) *signals {
	return &signals{deliver: deliver, now: now, windows: make(map[signalKey]*window)}
}

func (s *signals) send(d Delivery) {
	key := signalKey{d.Signal, d.Room, d.From}
	s.mu.Lock()
	defer s.mu.Unlock() // held while delivering, so that a window's signals cannot overtake each other
	if w, ok := s.windows[key]; ok {
		w.pending = &d
		return
	}
	s.windows[key] = &window{opened: s.now()}
	s.deliver(d)
}

// drop forgets what waits in a room, of these users or of everybody.
func (s *signals) drop(room int64, users ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, w := range s.windows {
		if key.room == room && (len(users) == 0 || slices.Contains(users, key.from)) {
			w.pending = nil
		}
	}
}

func (s *signals) run(ctx context.Context) error {
	ticker := time.NewTicker(signalWindow / 5)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.flush()
		case <-ctx.Done():
			return nil
		}
	}
}

// flush ends the windows that are over: with something pending a new one begins with it.
func (s *signals) flush() {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, w := range s.windows {
		if now.Sub(w.opened) < signalWindow {
			continue
		}
		if w.pending == nil {
			delete(s.windows, key)
			continue
		}
		s.deliver(*w.pending)
		w.opened, w.pending = now, nil
	}
}
