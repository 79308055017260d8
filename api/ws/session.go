package ws

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/realtime"
	"golang.org/x/time/rate"
)

const (
	// maxFrame fits a message of 4000 code points with every one of them escaped.
	maxFrame     = 64 << 10
	pingEvery    = 25 * time.Second
	pongWithin   = 10 * time.Second
	writeWithin  = 5 * time.Second
	settleWithin = 5 * time.Second // how long a planned close waits for messages that are being stored
)

// Why a session ends. closing is the only function that turns these into close codes.
var (
	errSlow     = errors.New("the client does not keep up")
	errEnded    = errors.New("the session has ended")
	errShutdown = errors.New("the server shuts down")
	errSilent   = errors.New("the client did not answer a ping")
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

// session is one open connection: its owner reads, one goroutine writes, the first cause ends both.
type session struct {
	socket  *websocket.Conn
	who     auth.Principal
	conn    *realtime.Conn
	out     *outbox
	stop    context.CancelCauseFunc
	limiter *rate.Limiter // nil when limits are off
	flight  flight

	mu       sync.Mutex
	settings settings
	looking  map[int64]struct{}
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
	if !s.out.put(envelope) {
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

// serve reads on the caller's goroutine and writes on another until either fails or ctx ends.
func (s *session) serve(ctx context.Context, handle func(context.Context, []byte)) {
	defer s.socket.CloseNow()
	var writer sync.WaitGroup
	writer.Go(func() { s.stop(s.write(ctx)) })
	s.stop(s.read(ctx, handle))
	writer.Wait()
}

var errBinary = errors.New("a binary frame")

func (s *session) read(ctx context.Context, handle func(context.Context, []byte)) error {
	// Reading goes on while ctx ends, or the close frame could not be answered.
	reading := context.WithoutCancel(ctx)
	for {
		kind, frame, err := s.socket.Read(reading)
		if err != nil {
			return err
		}
		if kind != websocket.MessageText {
			return errBinary
		}
		if ctx.Err() == nil {
			handle(ctx, frame)
		}
	}
}

// write sends what waits, several envelopes a frame when several wait, and pings when it is time.
func (s *session) write(ctx context.Context) error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	var pings sync.WaitGroup
	defer pings.Wait()
	var buffer []byte
	for {
		select {
		case <-s.out.ready:
			var err error
			if buffer, err = s.drain(ctx, buffer); err != nil {
				return err
			}
		case <-ping.C:
			pings.Go(func() { s.ping(ctx) })
		case <-ctx.Done():
			return s.finish(ctx, buffer)
		}
	}
}

// drain writes until nothing waits. A large buffer is not kept for an idle connection.
func (s *session) drain(ctx context.Context, buffer []byte) ([]byte, error) {
	for {
		frame := s.out.take(buffer)
		if frame == nil {
			break
		}
		buffer = frame
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
		err := s.socket.Write(bounded, websocket.MessageText, frame)
		cancel()
		if err != nil {
			return nil, err
		}
	}
	if cap(buffer) > 4<<10 {
		buffer = nil
	}
	return buffer, nil
}

func (s *session) ping(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, pongWithin)
	defer cancel()
	if err := s.socket.Ping(bounded); err != nil && ctx.Err() == nil {
		s.stop(errSilent)
		s.socket.CloseNow() // reading would wait for ever
	}
}

// finish ends the connection as its cause demands: a planned close first lets the messages that are being stored
// have their acknowledgements, and says good-bye.
func (s *session) finish(ctx context.Context, buffer []byte) error {
	cause := context.Cause(ctx)
	if reason, retry, planned := farewell(cause); planned {
		s.flight.settle(settleWithin)
		s.out.put(encode(openapi.ByeEnvelope{Type: openapi.ByeEnvelopeTypeBye, Reason: reason, RetryAfter: retry}))
		if _, err := s.drain(ctx, buffer); err != nil {
			return err
		}
	}
	code, reason := closing(cause)
	return s.socket.Close(code, reason)
}

// farewell tells what is said before a planned close.
func farewell(cause error) (reason openapi.ByeReason, retryAfter int, planned bool) {
	switch {
	case errors.Is(cause, errEnded):
		return openapi.ByeReasonSessionEnded, 0, true
	case errors.Is(cause, errShutdown):
		return openapi.ByeReasonShutdown, 1, true
	default:
		return "", 0, false
	}
}
