package realtime

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// queue is a connection as the waker knows it.
type queue struct {
	bus   *Bus
	block chan struct{} // while open, writing does not end

	mu      sync.Mutex
	waiting int
	taken   bool
	frames  []int // how much went out at once
	writing atomic.Int32
	broken  atomic.Bool // two wrote at a time
}

func (q *queue) put() {
	q.mu.Lock()
	q.waiting++
	first := !q.taken
	q.taken = true
	q.mu.Unlock()
	if first {
		q.bus.Wake(q)
	}
}

func (q *queue) Flush() (more bool) {
	if q.writing.Add(1) != 1 {
		q.broken.Store(true)
	}
	if q.block != nil {
		<-q.block
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(q.waiting, 100) // a frame has an end
	q.frames = append(q.frames, n)
	q.waiting -= n
	q.taken = q.waiting > 0
	q.writing.Add(-1)
	return q.taken
}

func (q *queue) written() (total, frames int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range q.frames {
		total += n
	}
	return total, len(q.frames)
}

func (q *queue) eventually(t *testing.T, total int) {
	t.Helper()
	require.Eventually(t, func() bool {
		n, _ := q.written()
		return n == total
	}, 10*time.Second, time.Millisecond)
}

func TestWhatIsPutTogetherLeavesInOnePiece(t *testing.T) {
	bus := &Bus{}
	q := &queue{bus: bus}
	bus.Together(func() {
		for range 7 {
			q.put()
		}
		bus.Together(func() {}) // of somebody else
		q.put()
	})
	q.eventually(t, 8)
	_, frames := q.written()
	require.LessOrEqual(t, frames, 2, "before and after somebody else was done")
}

func TestEverythingIsWrittenAndByOneAtATime(t *testing.T) {
	bus := &Bus{}
	queues := make([]*queue, 50)
	for i := range queues {
		queues[i] = &queue{bus: bus}
	}
	const each = 1000
	var putting sync.WaitGroup
	for part := range 4 {
		putting.Go(func() {
			for i := range each {
				if part == 0 && i%10 == 0 {
					bus.Together(func() { queues[i%len(queues)].put() })
				} else {
					queues[i%len(queues)].put()
				}
			}
		})
	}
	putting.Wait()
	for _, q := range queues {
		q.eventually(t, 4*each/len(queues))
		require.False(t, q.broken.Load())
	}
	require.Eventually(t, func() bool {
		bus.waker.mu.Lock()
		defer bus.waker.mu.Unlock()
		return len(bus.waker.writers) == 0
	}, 10*time.Second, time.Millisecond, "nobody is kept who has nothing to write")
}

func TestAStuckConnectionDelaysNobodyElse(t *testing.T) {
	bus := &Bus{}
	block := make(chan struct{})
	stuck := make([]*queue, 100) // many more than there are writers
	for i := range stuck {
		stuck[i] = &queue{bus: bus, block: block}
		stuck[i].put()
	}
	quick := &queue{bus: bus}
	for i := range 500 {
		quick.put()
		quick.eventually(t, i+1)
	}
	close(block)
	for _, q := range stuck {
		q.eventually(t, 1)
	}
}

func TestWhoHasMoreWaitsForTheOthers(t *testing.T) {
	bus := &Bus{}
	var order []string
	var mu sync.Mutex
	greedy := &flusher{flush: func() bool {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, "greedy")
		return len(order) < 20
	}}
	modest := &flusher{flush: func() bool {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, "modest")
		return false
	}}
	bus.waker.procs, bus.waker.writers = 1, make(map[*writer]struct{})
	bus.Together(func() {
		bus.Wake(greedy)
		bus.Wake(modest)
	})
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) >= 20
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, []string{"greedy", "modest", "greedy"}, order[:3])
}

type flusher struct{ flush func() bool }

func (f *flusher) Flush() bool { return f.flush() }

func TestTurnsKeepTheirOrderAndLittleMemory(t *testing.T) {
	var q turns
	all := make([]*flusher, 5*maxKept)
	for i := range all {
		all[i] = &flusher{}
		q.push(turn{flusher: all[i]})
		if i%3 == 2 { // it never gets empty
			require.Same(t, all[i/3], q.pop().flusher)
		}
	}
	for i := len(all) / 3; i < len(all); i++ {
		require.Same(t, all[i], q.pop().flusher)
	}
	require.Zero(t, q.len())
	require.LessOrEqual(t, cap(q.list), maxKept)
}
