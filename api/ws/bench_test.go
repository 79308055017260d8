package ws

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

const audience = 1000

// BenchmarkFanOut hands one envelope to a thousand connections, and waits until each client has it. What the socket library
// costs alone, in a goroutine for each connection, is beside it.
func BenchmarkFanOut(b *testing.B) {
	for _, size := range []int{600, 16 << 10} {
		envelope := []byte(strings.Repeat("x", size))
		b.Run(fmt.Sprintf("sessions %d", size), func(b *testing.B) {
			sessions, heard := listeners(b)
			b.ReportAllocs()
			for b.Loop() {
				heard.Add(audience)
				sessions[0].h.Bus.Together(func() {
					for _, s := range sessions {
						s.Send(envelope)
					}
				})
				heard.Wait()
			}
		})
		b.Run(fmt.Sprintf("library %d", size), func(b *testing.B) {
			sessions, heard := listeners(b)
			ctx := context.WithoutCancel(b.Context())
			queues := make([]chan []byte, audience)
			for i, s := range sessions {
				queues[i] = make(chan []byte, 1)
				go func() {
					for envelope := range queues[i] {
						if s.socket.Write(ctx, websocket.MessageText, envelope) != nil {
							return
						}
					}
				}()
			}
			b.ReportAllocs()
			for b.Loop() {
				heard.Add(audience)
				for _, queue := range queues {
					queue <- envelope
				}
				heard.Wait()
			}
			for _, queue := range queues {
				close(queue)
			}
		})
	}
}

// listeners opens connections whose clients say what they hear.
func listeners(b *testing.B) ([]*session, *sync.WaitGroup) {
	n := newNode(b)
	var heard sync.WaitGroup
	sessions := make([]*session, audience)
	for i := range sessions {
		var conn *websocket.Conn
		sessions[i], conn = n.dial(b)
		go func() {
			for {
				if _, err := read(b.Context(), conn, 1); err != nil {
					return
				}
				heard.Done()
			}
		}()
	}
	return sessions, &heard
}

// BenchmarkSend is what the hub pays for each connection while it holds its lock.
func BenchmarkSend(b *testing.B) {
	n := newNode(b)
	s, _ := n.dial(b)
	envelope := []byte(strings.Repeat("x", 300))
	b.Run("to one that waits", func(b *testing.B) {
		s.out.mu.Lock()
		s.out.taken = true
		s.out.mu.Unlock()
		b.ReportAllocs()
		var buffer []byte
		var taken atomic.Int64
		for i := 0; b.Loop(); i++ {
			s.Send(envelope)
			if i%8 == 7 {
				_, count := s.out.take(&buffer)
				taken.Add(int64(count))
			}
		}
		require.Positive(b, taken.Load())
	})
}
