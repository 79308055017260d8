package ws

import "sync"

// Bounds of what waits for one connection. A client that falls behind further is let go, and catches up by rev.
const (
	maxWaiting      = 4096
	maxWaitingBytes = 4 << 20
	// maxJoined bounds a frame of several envelopes; a single larger envelope still goes out whole.
	maxJoined = 16 << 10
)

// outbox holds the envelopes that wait for a connection's writer.
type outbox struct {
	ready chan struct{} // has an element when something waits

	mu      sync.Mutex
	waiting [][]byte
	bytes   int
}

func newOutbox() *outbox { return &outbox{ready: make(chan struct{}, 1)} }

// put adds an envelope, which must not be changed afterwards. It returns false when there is no room for it.
func (o *outbox) put(envelope []byte) bool {
	o.mu.Lock()
	if len(o.waiting) >= maxWaiting || o.bytes+len(envelope) > maxWaitingBytes {
		o.mu.Unlock()
		return false
	}
	o.waiting = append(o.waiting, envelope)
	o.bytes += len(envelope)
	o.mu.Unlock()
	select {
	case o.ready <- struct{}{}:
	default:
	}
	return true
}

// take joins what waits into one frame, in order, as much as fits. It returns nil when nothing waits. The frame uses
// buffer where it can, and is valid until buffer is used again.
func (o *outbox) take(buffer []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return nil
	}
	frame := append(buffer[:0], o.waiting[0]...)
	n := 1
	for ; n < len(o.waiting) && len(frame)+1+len(o.waiting[n]) <= maxJoined; n++ {
		frame = append(append(frame, '\n'), o.waiting[n]...)
	}
	for i, envelope := range o.waiting[:n] {
		o.bytes -= len(envelope)
		o.waiting[i] = nil
	}
	o.waiting = o.waiting[n:]
	if len(o.waiting) == 0 {
		o.waiting = nil // an idle connection keeps no array
	}
	return frame
}
