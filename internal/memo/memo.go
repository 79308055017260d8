// Package memo remembers a bounded amount of what was used lately.
package memo

import "sync"

// Memo keeps values by key. What has not been used while half of its bound was filled anew is forgotten. All methods may be
// called from many goroutines.
type Memo[K comparable, V any] struct {
	half int

	mu         sync.RWMutex
	young, old map[K]kept[V]
	used       int // by the young
}

type kept[V any] struct {
	value V
	cost  int
}

// New returns a memo of values that cost at most so much together, in whatever unit Put is told.
func New[K comparable, V any](most int) *Memo[K, V] {
	return &Memo[K, V]{half: most / 2, young: make(map[K]kept[V])}
}

// Get returns what was put there, if it is still remembered.
func (m *Memo[K, V]) Get(key K) (value V, ok bool) {
	m.mu.RLock()
	found, ok := m.young[key]
	if ok {
		m.mu.RUnlock()
		return found.value, true
	}
	m.mu.RUnlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok = m.young[key]; !ok { // it may have been put meanwhile
		if found, ok = m.old[key]; ok {
			m.put(key, found)
		}
	}
	return found.value, ok
}

// Put remembers a value in the place of the one before. One that costs more than half of the bound is not remembered.
func (m *Memo[K, V]) Put(key K, value V, cost int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, kept[V]{value, cost})
}

// Drop forgets what was put there.
func (m *Memo[K, V]) Drop(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= m.young[key].cost
	delete(m.young, key)
	delete(m.old, key)
}

func (m *Memo[K, V]) put(key K, k kept[V]) {
	m.used -= m.young[key].cost
	delete(m.young, key)
	delete(m.old, key)
	if k.cost > m.half {
		return
	}
	if m.used+k.cost > m.half {
		m.old, m.young, m.used = m.young, make(map[K]kept[V]), 0
	}
	m.young[key] = k
	m.used += k.cost
}
