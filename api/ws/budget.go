package ws

import (
	"sync"
	"time"

	"github.com/emosation/emosation/internal/limit"
	"golang.org/x/time/rate"
)

// A person sends a few envelopes a second; a client that catches up sends a burst. Several windows send no more than one
// person can.
const (
	envelopesPerSecond = 30
	envelopesAtOnce    = 120
	userPerSecond      = 2 * envelopesPerSecond
	userAtOnce         = 2 * envelopesAtOnce
)

// What is counted of clients that want too much.
var (
	tooManyEnvelopes = limit.Rule{Name: "socket.envelopes", Burst: envelopesAtOnce, Every: time.Second / envelopesPerSecond}
	tooManySockets   = limit.Rule{Name: "socket.connections", Burst: maxSockets}
)

// Rules are those that attempts are counted by.
func Rules() []limit.Rule { return []limit.Rule{tooManyEnvelopes, tooManySockets} }

// budget is how much one connection may send: a part of what its user may send over all connections to this node.
type budget struct {
	own  *rate.Limiter // made with the first envelope: most connections only listen
	user *rate.Limiter
}

// allow is called by the connection's own goroutine only.
func (b *budget) allow() bool {
	if b == nil {
		return true
	}
	if b.own == nil {
		b.own = rate.NewLimiter(envelopesPerSecond, envelopesAtOnce)
	}
	return b.own.Allow() && b.user.Allow()
}

// maxBuffer bounds the memory of a buffer that is kept for the next frame.
const maxBuffer = 32 << 10

// buffers lends memory for frames, to all connections in turn.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[]byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return buffer
	}
	buffer := make([]byte, 0, 4<<10)
	return &buffer
}

func (b *buffers) put(buffer *[]byte) {
	if cap(*buffer) <= maxBuffer {
		b.pool.Put(buffer)
	}
}
