package realtime

import (
	"runtime"
	"sync"
	"time"
)

// Flusher is something whose queue has to be written out.
type Flusher interface {
	// Flush writes some of what is queued and tells whether more waits. It may block. It is not called again before it has
	// returned, unless Wake is.
	Flush() (more bool)
}

const (
	// perWriter is how many connections may wait for a writer before it is given help: waking another one costs about as
	// much as writing to one connection.
	perWriter = 4
	// stallTime is how long the others wait for a writer that got stuck before it is replaced.
	stallTime = 2 * time.Millisecond
)

// waker lets connections write. What is queued for a connection while Together runs leaves in as few frames as possible: its
// turn begins only afterwards.
//
// Connections take turns on a few writers, as many as there are processors, which exist only while something waits: an idle
// connection has no goroutine for writing, and a busy node spends its time writing and not switching between thousands of
// them. While a connection waits for its turn, more is queued for it that goes into the same frame. A writer that gets stuck
// with a client that does not read is replaced, so that the others are not kept waiting.
type waker struct {
	procs int
	meter *meter // nil where nobody measures

	mu      sync.Mutex
	corked  int
	held    []Flusher // queued while something is put together
	turns   turns
	writers map[*writer]struct{}
	stalled int         // of the writers
	watch   *time.Timer // made when first needed
	watched bool        // it runs
}

// writer is a goroutine that writes to one connection after the other.
type writer struct {
	turns   int // how many it has begun
	seen    int // of these, when the watch last looked
	stalled bool
}

// Together runs fn and then lets all those write for whom something was queued meanwhile.
func (b *Bus) Together(fn func()) {
	w := &b.waker
	since := w.meter.now()
	w.mu.Lock()
	w.corked++
	w.mu.Unlock()
	defer w.uncork(since)
	fn()
}

// Wake gives a connection a turn to write, at once or when those are done that put something together. It is called when something
// was queued for a connection that had nothing waiting.
func (b *Bus) Wake(f Flusher) { b.waker.wake(f) }

func (w *waker) wake(f Flusher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.corked > 0 {
		w.held = append(w.held, f)
		return
	}
	w.turns.push(turn{flusher: f})
	w.staff()
}

// uncork lets everybody write who was held, even when others still put something together: with many of those, somebody
// always does. Of the last of them, and of one in sampleOf before, it is measured when they have been written to.
func (w *waker) uncork(since moment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.corked--
	for i, f := range w.held {
		t := turn{flusher: f}
		if (len(w.held)-1-i)%sampleOf == 0 {
			t.since = since
		}
		w.turns.push(t)
		w.held[i] = nil
	}
	if w.held = w.held[:0]; cap(w.held) > maxKept {
		w.held = nil
	}
	w.staff()
}

// staff sees that there are enough writers. The lock is held.
func (w *waker) staff() {
	if w.procs == 0 {
		w.procs, w.writers = runtime.GOMAXPROCS(0), make(map[*writer]struct{})
	}
	w.hire()
	if w.turns.len() > 0 && !w.watched {
		w.watched = true
		if w.watch == nil {
			w.watch = time.AfterFunc(stallTime, w.look)
		} else {
			w.watch.Reset(stallTime)
		}
	}
}

func (w *waker) hire() {
	for working := len(w.writers) - w.stalled; working < w.procs && working*perWriter < w.turns.len(); working++ {
		one := &writer{}
		w.writers[one] = struct{}{}
		go w.write(one)
	}
}

// look replaces the writers that are with the same connection as when it last looked. It goes on while somebody waits.
func (w *waker) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.turns.len() == 0 {
		w.watched = false
		return
	}
	w.stalled = 0
	for one := range w.writers {
		one.stalled = one.turns == one.seen
		one.seen = one.turns
		if one.stalled {
			w.stalled++
		}
	}
	w.hire()
	w.watch.Reset(stallTime)
}

// write gives turns until nobody waits.
func (w *waker) write(one *writer) {
	for t := w.next(one, turn{}); t.flusher != nil; {
		if t.flusher.Flush() {
			t = w.next(one, t)
			continue
		}
		w.meter.written(t.since)
		t = w.next(one, turn{})
	}
}

// next returns whose turn it is. Who has just written and has more comes after those who wait. It returns nobody's to a
// writer that is not needed any more: nobody waits, or it was replaced.
func (w *waker) next(one *writer, again turn) turn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if again.flusher != nil {
		w.turns.push(again)
	}
	replaced := one.stalled && len(w.writers) > w.procs
	if one.stalled {
		one.stalled = false
		w.stalled--
	}
	if w.turns.len() == 0 || replaced {
		delete(w.writers, one)
		return turn{}
	}
	one.turns++
	return w.turns.pop()
}

// maxKept is how large a queue may be whose memory is kept while it is empty.
const maxKept = 1024

// turn is that of a connection, and since when what it writes is measured.
type turn struct {
	flusher Flusher
	since   moment
}

// turns is a queue of connections.
type turns struct {
	list []turn
	head int
}

func (q *turns) len() int { return len(q.list) - q.head }

func (q *turns) push(t turn) { q.list = append(q.list, t) }

func (q *turns) pop() turn {
	t := q.list[q.head]
	q.list[q.head] = turn{}
	q.head++
	switch {
	case q.head < len(q.list):
		if q.head >= maxKept && q.head > len(q.list)/2 { // under steady load it never gets empty
			n := copy(q.list, q.list[q.head:])
			clear(q.list[n:])
			q.list, q.head = q.list[:n], 0
		}
	case cap(q.list) > maxKept:
		q.list, q.head = nil, 0
	default:
		q.list, q.head = q.list[:0], 0
	}
	return t
}
