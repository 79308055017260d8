package openai

import (
	"slices"
	"sync"
	"time"
)

// latency remembers how long the last calls took.
type latency struct {
	mu    sync.Mutex
	took  [256]time.Duration
	calls int
}

func (l *latency) add(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took[l.calls%len(l.took)] = took
	l.calls++
}

func (l *latency) look() Latency {
	l.mu.Lock()
	last := slices.Clone(l.took[:min(l.calls, len(l.took))])
	l.mu.Unlock()
	if len(last) == 0 {
		return Latency{}
	}
	slices.Sort(last)
	at := func(percent int) time.Duration { return last[(len(last)*percent+99)/100-1] }
	return Latency{P50: at(50), P95: at(95)}
}
