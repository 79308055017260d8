// Package ws is the socket's edge: it opens connections, decodes what clients send and encodes what they receive.
package ws

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/tracing"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

const (
	subprotocol  = "emosation.v1"
	ticketPrefix = "ticket."
	// connectWithin bounds the wait for the database and Redis while a connection is set up.
	connectWithin = 10 * time.Second
	// maxSockets bounds the connections of one user on one node.
	maxSockets = 32
	// closeBefore is how long before the end of its grace time Shutdown closes who has not gone by then.
	closeBefore = time.Second
	// After a shutdown, each comes back at a moment of their own within a second for each of so many connections, and
	// within maxRetry whatever their number.
	backPerSecond = 500
	maxRetry      = 30
	// backLate is how much later they may be than they were asked to be before others are told that they left.
	backLate = 8 * time.Second
)

var (
	errNoTicket = fault.New(fault.Unauthenticated, "auth.required", "Sign in first: a token or a ticket is needed.")
	// errNoHandshake tells who sets up a proxy what errNoTicket would hide.
	errNoHandshake = fault.New(fault.Unauthenticated, "socket.no_handshake", "Sign in first, and ask for a WebSocket: no Upgrade header has arrived.")
	errForeign     = fault.New(fault.Forbidden, "socket.foreign_origin", "Pages of this origin may not open a socket.")

	errClosing = fault.New(fault.Unavailable, "server.closing", "This server is shutting down. Try again.").WithRetryAfter(time.Second)
	errSockets = fault.New(fault.TooMany, "socket.too_many", "Too many connections are open.").WithRetryAfter(30 * time.Second)
)

// Deps is what a Handler needs.
type Deps struct {
	Auth     *auth.Service
	Standing *standing.Service
	Rooms    *room.Service
	Messages *message.Service
	Bus      *realtime.Bus
	// Epoch names the history that the database holds.
	Epoch string
	// Arrived is told of everybody for whom a connection has been opened; it must not wait.
	Arrived func(who account.ID)
	// Origins are the allowed values of the Origin header besides the host that is asked itself.
	Origins []string
	// Limits switches the bounds on how much a client may send.
	Limits   bool
	Refusals *limit.Refusals
	Now      func() time.Time
	Metrics  prometheus.Registerer
	// Tracing begins a trace with each envelope; it may be nil.
	Tracing *tracing.Tracing
	Log     *zap.Logger
}

// Handler opens connections and owns them until they end.
type Handler struct {
	Deps
	origins []string
	meter   *meter
	buffers buffers

	life context.Context // never ends: a session outlives the request that opened it, and ends by itself

	mu       sync.Mutex
	closing  bool
	leaving  int // how many were open when the shutdown began
	sessions sync.WaitGroup
	wheel    wheel
	byUser   map[account.ID]*userSockets
}

// userSockets is what the connections of one user share.
type userSockets struct {
	count   int
	limiter *rate.Limiter // nil when limits are off
}

// NewHandler returns a handler whose sessions live until Shutdown.
func NewHandler(ctx context.Context, d Deps) (*Handler, error) {
	h := &Handler{Deps: d, byUser: make(map[account.ID]*userSockets), life: context.WithoutCancel(ctx)}
	for _, origin := range d.Origins {
		u, err := url.Parse(origin)
		if err != nil {
			return nil, err
		}
		h.origins = append(h.origins, u.Host)
	}
	var err error
	h.meter, err = newMeter(d.Metrics)
	return h, err
}

// Run asks connections in turn whether their clients are still there, until ctx ends.
func (h *Handler) Run(ctx context.Context) error {
	ticker := time.NewTicker(pingEvery / wheelSlots)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			h.mu.Lock()
			sessions := h.wheel.next()
			h.mu.Unlock()
			for _, s := range sessions {
				if !s.heard.Swap(false) { // who has just said something is there
					go s.ping()
				}
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// errNoUpgrade is a plain request where a socket is opened.
var errNoUpgrade = echo.NewHTTPError(http.StatusUpgradeRequired, "Here a WebSocket is opened.")

// Open answers GET /ws. Everything that can go wrong is answered as a problem like that of any request, since the protocol is
// switched last. It returns then, and nothing of the request is kept: a connection has one small goroutine, and
// what the HTTP server needed to read its request is free for the next.
func (h *Handler) Open(c echo.Context) error {
	if h.foreign(c.Request()) {
		return errForeign // before a ticket is used up
	}
	upgrading := strings.EqualFold(c.Request().Header.Get("Upgrade"), "websocket")
	who, err := h.authenticate(c.Request())
	if errors.Is(err, errNoTicket) && !upgrading {
		return errNoHandshake
	}
	if err != nil {
		return err
	}
	observability.SentBy(c.Request().Context(), int64(who.User))
	if !upgrading {
		if err := h.Auth.Alive(c.Request().Context(), who); err != nil {
			return err
		}
		c.Response().Header().Set("Upgrade", "websocket")
		return errNoUpgrade // nobody is online by asking for a page
	}
	s, err := h.enlist(who)
	if err != nil {
		return err
	}
	if err := h.connect(context.WithoutCancel(c.Request().Context()), s); err != nil {
		h.dismiss(s)
		return err
	}
	switched := &upgrade{Response: c.Response(), now: h.Now}
	socket, err := websocket.Accept(switched, c.Request(), &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, InsecureSkipVerify: true, // the origin is known by now
	})
	if err != nil {
		h.disconnect(s)
		h.dismiss(s)
		return nil //nolint:nilerr // Accept has answered the request itself
	}
	socket.SetReadLimit(maxFrame)
	h.start(s, socket, switched.line)
	h.Arrived(who.User)
	return nil
}

// foreign tells whether a browser says that a page of another site asks. Programs send no Origin.
func (h *Handler) foreign(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	page, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(page.Host, r.Host) && !slices.Contains(h.origins, strings.ToLower(page.Host))
}

// authenticate takes a token from the header or a ticket from the offered subprotocols. Whether the sign-in goes on, connect
// looks up.
func (h *Handler) authenticate(r *http.Request) (auth.Principal, error) {
	if token, ok := auth.ParseBearer(r.Header.Get(echo.HeaderAuthorization)); ok {
		return h.Auth.Verify(token)
	}
	for _, offered := range r.Header.Values("Sec-WebSocket-Protocol") {
		for protocol := range strings.SplitSeq(offered, ",") {
			if ticket, ok := strings.CutPrefix(strings.TrimSpace(protocol), ticketPrefix); ok {
				return h.Auth.RedeemTicket(r.Context(), ticket)
			}
		}
	}
	return auth.Principal{}, errNoTicket
}

// enlist makes a session and counts it in, unless there are too many or the server is closing.
func (h *Handler) enlist(who auth.Principal) (*session, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return nil, errClosing
	}
	mine := h.byUser[who.User]
	if mine == nil {
		mine = &userSockets{}
		if h.Limits {
			mine.limiter = rate.NewLimiter(userPerSecond, userAtOnce)
		}
		h.byUser[who.User] = mine
	}
	if mine.count >= maxSockets {
		h.Refusals.Count(tooManySockets)
		return nil, errSockets
	}
	mine.count++
	h.sessions.Add(1)
	h.meter.open.Inc()
	s := &session{h: h, who: who, seat: seat{slot: notSeated}}
	s.out.taken = true // nobody can, before it is open
	if mine.limiter != nil {
		s.budget = &budget{user: mine.limiter}
	}
	s.ctx, s.cancel = context.WithCancel(h.life)
	return s, nil
}

// start lets an open session run. One that comes after Shutdown has begun is told so.
func (h *Handler) start(s *session, socket *websocket.Conn, line *conn) {
	s.opened(socket, line)
	s.began = h.Now()
	h.mu.Lock()
	h.wheel.add(s)
	closing := h.closing
	h.mu.Unlock()
	go s.run()
	if closing {
		s.stop(errShutdown)
	}
}

// dismiss forgets a session, and says what it was if it was open.
func (h *Handler) dismiss(s *session) {
	defer h.sessions.Done()
	s.cancel()
	h.meter.open.Dec()
	if !h.strike(s) {
		return
	}
	cause := s.ending()
	h.meter.ended(cause)
	h.Log.Info("socket ended", zap.Int64("user", int64(s.who.User)), zap.Int64("session", int64(s.who.Session)), zap.String("node", h.Bus.Node()),
		zap.String("cause", label(cause)), zap.Uint32("received", s.received), zap.Uint32("sent", s.sent.Load()),
		zap.Duration("seconds", h.Now().Sub(s.began)))
}

// strike takes a session off the list, and tells whether it was open.
func (h *Handler) strike(s *session) (open bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	mine := h.byUser[s.who.User]
	if mine.count--; mine.count == 0 {
		delete(h.byUser, s.who.User)
	}
	if open = s.seat.slot != notSeated; open {
		h.wheel.remove(s)
	}
	return open
}

// connect attaches a session to what it receives. Its sign-in may end, and its reader may want something else, while that is done,
// so both are looked up once more when nothing can be missed any more. Those looks are shared with all who ask at the
// same moment.
func (h *Handler) connect(ctx context.Context, s *session) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	before, err := h.Standing.Of(ctx, s.who, 0)
	if err != nil {
		return err
	}
	s.settings = settings{locale: before.User.Locale, showReadings: before.User.ShowReadings}
	s.conn = realtime.NewConn(int64(s.who.User), int64(s.who.Session), wire.ReaderOf(before.User).View(), s)
	err = h.Bus.Connect(ctx, s.conn, func(ctx context.Context) ([]realtime.Head, error) {
		rooms, err := h.Rooms.Joined(ctx, s.who.User)
		return Heads(rooms), err
	})
	if err != nil {
		return err
	}
	now, err := h.Standing.Of(ctx, s.who, 0)
	if err != nil {
		h.disconnect(s)
		return err
	}
	if now.User != before.User {
		h.Bus.Publish(ctx, account.SettingsChanged{User: now.User})
	}
	return nil
}

// disconnect forgets what a session looked at and received.
func (h *Handler) disconnect(s *session) {
	ctx, cancel := context.WithTimeout(h.life, connectWithin)
	defer cancel()
	for id := range s.looking {
		h.lookAway(ctx, s, room.ID(id))
	}
	h.Bus.Disconnect(ctx, s.conn)
}

// Shutdown ends every session with a good-bye, after its messages that are being stored are acknowledged, and
// waits for them. Shortly before ctx ends it closes the connections of those who have not agreed by then.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	if !h.closing {
		h.closing, h.leaving = true, h.wheel.count
	}
	sessions := h.wheel.all()
	h.mu.Unlock()
	h.Bus.Leave(time.Duration(1+retryWindow(len(sessions)))*time.Second + backLate)
	for _, s := range sessions {
		s.stop(errShutdown)
	}
	done := make(chan struct{})
	go func() {
		h.sessions.Wait()
		close(done)
	}()
	patience, cancel := context.WithCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		patience, cancel = context.WithDeadline(ctx, deadline.Add(-closeBefore))
	}
	defer cancel()
	select {
	case <-done:
		return nil
	case <-patience.Done():
	}
	h.mu.Lock()
	sessions = h.wheel.all()
	h.mu.Unlock()
	for _, s := range sessions {
		s.abandon()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// farewell is what is said before a planned close.
func (h *Handler) farewell(cause error) []byte {
	bye := openapi.ByeEnvelope{Type: openapi.ByeEnvelopeTypeBye, Reason: openapi.ByeReasonSessionEnded}
	if errors.Is(cause, errShutdown) {
		bye.Reason, bye.RetryAfter = openapi.ByeReasonShutdown, 1+rand.IntN(retryWindow(h.leaving))
	}
	return encode(bye)
}

// retryWindow is within how many seconds those who were connected may come back.
func retryWindow(sockets int) int {
	return min(max(1, (sockets+backPerSecond-1)/backPerSecond), maxRetry)
}
