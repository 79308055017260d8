package ws

import (
	"sync"
	"time"
)

// flight counts the messages of a connection that are being stored.
type flight struct {
	mu     sync.Mutex
	count  int
	closed bool
	landed func() // called once after the last one ended
}

// begin returns false when nothing new may begin any more.
func (f *flight) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.count++
	return true
}

func (f *flight) end() {
	f.mu.Lock()
	f.count--
	var landed func()
	if f.count == 0 {
		landed, f.landed = f.landed, nil
	}
	f.mu.Unlock()
	if landed != nil {
		landed()
	}
}

// settle lets nothing new begin, and calls then once: when nothing is being stored any more, or when patience ends.
func (f *flight) settle(patience time.Duration, then func()) {
	f.mu.Lock()
	f.closed = true
	if f.count == 0 {
		f.mu.Unlock()
		then()
		return
	}
	var once sync.Once
	first := func() { once.Do(then) }
	timer := time.AfterFunc(patience, first)
	f.landed = func() {
		timer.Stop()
		first()
	}
	f.mu.Unlock()
}
