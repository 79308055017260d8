package ws

import "sync"

// Bounds of what waits for one connection. A client that falls behind further is let go, and catches up by rev.
const (
	maxWaiting      = 4096
	maxWaitingBytes = 4 << 20
	// maxJoined bounds a frame of several envelopes; a single larger envelope still goes out whole.
	maxJoined = 16 << 10
	// maxSlots bounds the memory that an empty outbox keeps.
	maxSlots = 16
)

// outbox holds the envelopes that wait for a connection. Whoever puts the first one in has to see that somebody takes them
// out; that one goes on until nothing is left.
type outbox struct {
	mu      sync.Mutex
	waiting [][]byte
	bytes   int
	taken   bool // somebody takes envelopes out, or will
	shut    bool // nothing is put in any more
	last    bool // what is in there now ends with the last envelope
}

// put adds an envelope, which must not be changed afterwards. It returns false when there is no room for it, and whether
// somebody has to begin to take envelopes out.
func (o *outbox) put(envelope []byte) (ok, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return true, false // who leaves misses nothing
	}
	if len(o.waiting) >= maxWaiting || o.bytes+len(envelope) > maxWaitingBytes {
		return false, false
	}
	o.waiting = append(o.waiting, envelope)
	o.bytes += len(envelope)
	first = !o.taken
	o.taken = true
	return true, first
}

// finish puts the last envelope in, whatever waits already. Nothing can be added after it.
func (o *outbox) finish(envelope []byte) (first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return false
	}
	o.shut, o.last = true, true
	o.waiting = append(o.waiting, envelope)
	o.bytes += len(envelope)
	first = !o.taken
	o.taken = true
	return first
}

// drop throws away what waits. Nothing can be put in any more.
func (o *outbox) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shut, o.last = true, false
	o.waiting, o.bytes = nil, 0
}

// take joins what waits into one frame, in order, as much as fits, and tells how many envelopes that are. A single one is
// returned as it is; several are put into buffer, which is replaced by a larger one where it must.
func (o *outbox) take(buffer *[]byte) (frame []byte, envelopes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return nil, 0
	}
	n, size := 1, len(o.waiting[0])
	for ; n < len(o.waiting) && size+1+len(o.waiting[n]) <= maxJoined; n++ {
		size += 1 + len(o.waiting[n])
	}
	frame = o.waiting[0]
	if n > 1 {
		frame = append((*buffer)[:0], frame...)
		for _, envelope := range o.waiting[1:n] {
			frame = append(append(frame, '\n'), envelope...)
		}
		*buffer = frame
	}
	o.bytes -= size - (n - 1)
	o.remove(n)
	return frame, n
}

func (o *outbox) remove(n int) {
	clear(o.waiting[:n])
	switch rest := o.waiting[n:]; {
	case len(rest) > 0:
		o.waiting = rest
	case cap(o.waiting) > maxSlots:
		o.waiting = nil
	default:
		o.waiting = o.waiting[:0]
	}
}

// done ends the turn of who took envelopes out, unless more came meanwhile. It tells which, and, once, that the last one was
// taken out.
func (o *outbox) done() (more, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) > 0 {
		return true, false
	}
	last, o.last = o.last, false
	o.taken = false
	return false, last
}
