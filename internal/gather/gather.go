// Package gather asks one question for all who wait for an answer at the same moment.
package gather

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Gatherer answers keys in groups. While one group is being answered the next one collects, so that what is asked of a
// database grows with how often it can answer and not with how many want to know. An answer never comes from a question that
// was under way when its caller came: whatever was true by then is in it.
type Gatherer[K comparable, V any] struct {
	ask      func(ctx context.Context, keys []K) ([]V, error)
	most     int
	patience time.Duration

	mu      sync.Mutex
	waiting []*group[K, V] // those that nobody has asked for yet, the oldest first
	asking  bool
}

type group[K comparable, V any] struct {
	keys    []K
	done    chan struct{}
	answers []V // in the order of keys, once done
	err     error
}

// New returns a gatherer that asks for at most so many different keys at once and waits no longer than patience. ask answers the
// keys in their order; when it fails, it fails for all of them.
func New[K comparable, V any](most int, patience time.Duration, ask func(context.Context, []K) ([]V, error)) *Gatherer[K, V] {
	return &Gatherer[K, V]{ask: ask, most: most, patience: patience}
}

// Get returns the answer to one key, or the error of its group, or that of ctx when it ends first.
func (g *Gatherer[K, V]) Get(ctx context.Context, key K) (answer V, err error) {
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	g.mu.Lock()
	mine, at := g.join(key)
	if !g.asking {
		g.asking = true
		go g.run(context.WithoutCancel(ctx)) // ends when nobody waits, and each who waits sees to its end
	}
	g.mu.Unlock()
	select {
	case <-mine.done:
		if mine.err != nil {
			return answer, mine.err
		}
		return mine.answers[at], nil
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

func (g *Gatherer[K, V]) join(key K) (mine *group[K, V], at int) {
	if n := len(g.waiting); n > 0 {
		mine = g.waiting[n-1]
		if at = slices.Index(mine.keys, key); at >= 0 {
			return mine, at
		}
	}
	if mine == nil || len(mine.keys) == g.most {
		mine = &group[K, V]{done: make(chan struct{})}
		g.waiting = append(g.waiting, mine)
	}
	mine.keys = append(mine.keys, key)
	return mine, len(mine.keys) - 1
}

// run asks for one group after the other until none waits.
func (g *Gatherer[K, V]) run(ctx context.Context) {
	for {
		runtime.Gosched() // whoever is about to ask may come along
		next := g.next()
		if next == nil {
			return
		}
		bounded, cancel := context.WithTimeout(ctx, g.patience)
		next.answers, next.err = g.ask(bounded, next.keys)
		cancel()
		close(next.done)
	}
}

func (g *Gatherer[K, V]) next() *group[K, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.asking = false
		return nil
	}
	next := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	return next
}
