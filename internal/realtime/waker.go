package realtime

import "sync"

// Flusher is something whose queue has to be written out.
type Flusher interface {
	// Flush begins to write what is queued. It must not block and must not call the waker.
	Flush()
}

// waker lets connections begin to write. What is queued for a connection while Together runs leaves in as few frames as
// possible: its writer begins only afterwards.
type waker struct {
	mu      sync.Mutex
	corked  int
	waiting []Flusher
}

// Together runs fn and then lets all those write for whom something was queued meanwhile.
func (b *Bus) Together(fn func()) {
	w := &b.waker
	w.mu.Lock()
	w.corked++
	w.mu.Unlock()
	defer w.uncork()
	fn()
}

// Wake lets a connection write, at once or when those are done that put something together. It is called when something was
// queued for a connection that had nothing waiting.
func (b *Bus) Wake(f Flusher) {
	w := &b.waker
	w.mu.Lock()
	corked := w.corked > 0
	if corked {
		w.waiting = append(w.waiting, f)
	}
	w.mu.Unlock()
	if !corked {
		f.Flush()
	}
}

func (w *waker) uncork() {
	w.mu.Lock()
	w.corked--
	var ready []Flusher
	if w.corked == 0 {
		ready, w.waiting = w.waiting, nil
	}
	w.mu.Unlock()
	for _, f := range ready {
		f.Flush()
	}
}
