package ws

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
)

const (
	// maxFrame fits a message of 4000 code points with every one of them escaped.
	maxFrame     = 64 << 10
	pongWithin   = 10 * time.Second
	settleWithin = 5 * time.Second // how long a planned close waits for messages that are being stored
)

// Why a session ends. closing is the only function that turns these into close codes.
var (
	errSlow     = errors.New("the client does not keep up")
	errEnded    = errors.New("the session has ended")
	errShutdown = errors.New("the server shuts down")
	errSilent   = errors.New("the client did not answer a ping")
	errBinary   = errors.New("a binary frame")
)

// StatusSessionEnded is the close code of a connection whose session is over: dialling again with it is in vain.
const StatusSessionEnded websocket.StatusCode = 4401

func closing(cause error) (websocket.StatusCode, string) {
	switch {
	case errors.Is(cause, errSlow):
		return websocket.StatusPolicyViolation, "too slow: catch up by rev"
	case errors.Is(cause, errEnded):
		return StatusSessionEnded, "the session has ended"
	case errors.Is(cause, errShutdown):
		return websocket.StatusGoingAway, "the server shuts down"
	case errors.Is(cause, errBinary):
		return websocket.StatusUnsupportedData, "frames must be text"
	default:
		return websocket.StatusNormalClosure, ""
	}
}

// planned tells whether a connection that ends for this cause is said good-bye to.
func planned(cause error) bool { return errors.Is(cause, errEnded) || errors.Is(cause, errShutdown) }

// session is one open connection. Its only goroutine reads and owns it; it is written to by one of the bus's writers at a time,
// while something waits. The first cause ends it.
type session struct {
	h      *Handler
	who    auth.Principal
	conn   *realtime.Conn
	out    outbox
	flight flight
	marks  marks
	budget *budget // nil when limits are off
	heard  atomic.Bool
	sent   atomic.Uint32 // frames
	seat   seat          // among the sessions of the handler

	// ctx ends when nothing that the client asked for is worth finishing.
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	socket   *websocket.Conn // nil until it is open; fixed then
	line     *conn           // under socket
	cause    error           // why it ends
	settings settings

	// Only for its own goroutine, or what that waits for:
	aside    sync.WaitGroup
	received uint32 // frames
	began    time.Time
	looking  map[int64]struct{}
	typed    typed
}

// typingEvery is how often a client's typing is looked at.
const typingEvery = time.Second

// typed is where and when a client typed last.
type typed struct {
	room room.ID
	at   time.Time
}

// settings are what the reader wants to be shown.
type settings struct {
	locale       account.Locale
	showReadings bool
}

func (s *session) reader() wire.Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	return wire.Reader{ID: s.who.User, Locale: s.settings.locale, ShowReadings: s.settings.showReadings}
}

// Send implements realtime.Peer. It never blocks: a client that cannot keep up is let go.
func (s *session) Send(envelope []byte) {
	ok, first := s.out.put(envelope)
	if first {
		s.h.Bus.Wake(s)
	}
	if !ok {
		s.stop(errSlow)
	}
}

// End implements realtime.Peer.
func (s *session) End() { s.stop(errEnded) }

// View implements realtime.Peer.
func (s *session) View(view string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings.showReadings = view != ""
	if view != "" {
		s.settings.locale = account.Locale(view)
	}
}

// opened lets a session write what was put in its outbox since it was made: until now, nobody could.
func (s *session) opened(socket *websocket.Conn, line *conn) {
	s.mu.Lock()
	s.socket, s.line = socket, line
	cause := s.cause
	s.mu.Unlock()
	if cause != nil && !planned(cause) {
		go s.shut(cause)
		return
	}
	if more, _ := s.out.done(); more {
		s.h.Bus.Wake(s)
	}
}

// run reads until that fails, and then ends the session for good.
func (s *session) run() {
	defer s.h.dismiss(s)
	err := s.read()
	s.mu.Lock()
	first := s.cause == nil
	if first {
		s.cause = err
	}
	s.mu.Unlock()
	s.cancel()
	s.out.drop()
	if first {
		s.shut(err)
	}
	s.socket.CloseNow() // or waits for whoever closes it
	s.marks.wait()
	s.h.disconnect(s)
}

// read carries out what the client sends. It goes on while the session ends, or the close frame could not be answered.
func (s *session) read() error {
	reading := context.WithoutCancel(s.ctx)
	for {
		kind, r, err := s.socket.Reader(reading)
		if err != nil {
			return err
		}
		if kind != websocket.MessageText {
			return errBinary
		}
		if err := s.readFrame(r); err != nil {
			return err
		}
	}
}

// readFrame borrows memory for a frame, and only while it is read: what the client asks for may take a while.
func (s *session) readFrame(r io.Reader) error {
	buffer := s.h.buffers.get()
	frame, err := readAll(r, (*buffer)[:0])
	*buffer = frame
	var c command
	var refusal error
	if err == nil {
		c, refusal = s.admit(frame)
	}
	s.h.buffers.put(buffer)
	if err != nil {
		return err
	}
	s.heard.Store(true)
	s.received++
	s.h.meter.framesIn.Inc()
	if s.ending() == nil {
		s.h.handle(s, c, refusal)
	}
	return nil
}

func readAll(r io.Reader, into []byte) ([]byte, error) {
	for {
		if len(into) == cap(into) {
			into = append(into, 0)[:len(into)]
		}
		n, err := r.Read(into[len(into):cap(into)])
		into = into[:len(into)+n]
		if errors.Is(err, io.EOF) {
			return into, nil
		}
		if err != nil {
			return into, err
		}
	}
}

// Flush implements realtime.Flusher: it writes one frame with as much as fits of what waits.
func (s *session) Flush() (more bool) {
	buffer := s.h.buffers.get()
	frame, envelopes := s.out.take(buffer)
	if envelopes > 0 {
		s.sent.Add(1)
		s.h.meter.framesOut.Inc()
		s.h.meter.envelopesOut.Add(float64(envelopes))
		if err := s.socket.Write(s.h.life, websocket.MessageText, frame); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				err = errSlow
			}
			s.stop(err)
		}
	}
	s.h.buffers.put(buffer)
	more, last := s.out.done()
	if last {
		go s.shut(s.ending())
	}
	return more
}

// ending is why the session ends, or nil.
func (s *session) ending() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// stop ends the session as its first cause demands: a planned close lets the messages that are being stored have their
// acknowledgements and says good-bye; whoever takes that out of the outbox closes the connection.
func (s *session) stop(cause error) {
	s.mu.Lock()
	if s.cause != nil {
		s.mu.Unlock()
		return
	}
	s.cause = cause
	open := s.socket != nil
	s.mu.Unlock()
	if planned(cause) {
		s.flight.settle(settleWithin, func() {
			if s.out.finish(s.h.farewell(cause)) {
				s.h.Bus.Wake(s)
			}
		})
		return
	}
	s.cancel()
	s.out.drop()
	if open {
		go s.shut(cause)
	}
}

// shut closes the connection, and waits some seconds for the client to agree. With that, reading ends.
func (s *session) shut(cause error) {
	if errors.Is(cause, errSilent) {
		s.socket.CloseNow()
		return
	}
	code, reason := closing(cause)
	_ = s.socket.Close(code, reason) // the client may be gone
}

// abandon closes the connection whatever the client says.
func (s *session) abandon() {
	s.cancel()
	s.line.Close()
}

// ping asks whether the client is still there.
func (s *session) ping() {
	ctx, cancel := context.WithTimeout(s.ctx, pongWithin)
	defer cancel()
	if err := s.socket.Ping(ctx); err != nil && !errors.Is(err, net.ErrClosed) {
		s.stop(errSilent)
	}
}
