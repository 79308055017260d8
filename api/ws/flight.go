package ws

import (
	"sync"
	"time"
)

// flight counts the messages of a connection that are being stored.
type flight struct {
	mu    sync.Mutex
	count int
	empty chan struct{} // made by settle, closed when count gets to zero
}

func (f *flight) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
}

func (f *flight) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count--
	if f.count == 0 && f.empty != nil {
		close(f.empty)
		f.empty = nil
	}
}

// settle waits until nothing is being stored, but not longer than patience. Nothing new may begin meanwhile.
func (f *flight) settle(patience time.Duration) {
	f.mu.Lock()
	if f.count == 0 {
		f.mu.Unlock()
		return
	}
	empty := make(chan struct{})
	f.empty = empty
	f.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-empty:
	case <-timer.C:
	}
}
