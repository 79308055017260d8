// Package ws is the socket's edge: it opens connections, decodes what clients send and encodes what they receive.
package ws

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
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
	// A person sends a few envelopes a second; a client that catches up sends a burst.
	envelopesPerSecond = 30
	envelopesAtOnce    = 120
)

var (
	errNoTicket = fault.New(fault.Unauthenticated, "auth.required", "Sign in first: a token or a ticket is needed.")
	errClosing  = fault.New(fault.Unavailable, "server.closing", "This server is shutting down. Try again.").WithRetryAfter(time.Second)
	errSockets  = fault.New(fault.TooMany, "socket.too_many", "Too many connections are open.").WithRetryAfter(30 * time.Second)
)

// Deps is what a Handler needs.
type Deps struct {
	Accounts *account.Service
	Auth     *auth.Service
	Rooms    *room.Service
	Messages *message.Service
	Bus      *realtime.Bus
	// Origins are the allowed values of the Origin header besides the host that is asked itself.
	Origins []string
	// Limits switches the bounds on how much a client may send.
	Limits  bool
	Metrics prometheus.Registerer
	Log     *zap.Logger
}

// Handler opens connections and owns them until they end.
type Handler struct {
	Deps
	origins []string
	open    prometheus.Gauge

	life context.Context // of all sessions: a session outlives the request that opened it
	end  context.CancelCauseFunc

	mu       sync.Mutex
	closing  bool
	sessions sync.WaitGroup
	byUser   map[account.ID]int
}

// NewHandler returns a handler whose sessions live until Shutdown.
func NewHandler(ctx context.Context, d Deps) (*Handler, error) {
	h := &Handler{Deps: d, byUser: make(map[account.ID]int), open: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "emosation_sockets_open", Help: "Open connections of this node.",
	})}
	h.life, h.end = context.WithCancelCause(context.WithoutCancel(ctx))
	for _, origin := range d.Origins {
		u, err := url.Parse(origin)
		if err != nil {
			return nil, err
		}
		h.origins = append(h.origins, u.Host)
	}
	return h, d.Metrics.Register(h.open)
}

// Open answers GET /ws. Errors before the upgrade are problems like those of any request.
func (h *Handler) Open(c echo.Context) error {
	who, err := h.authenticate(c.Request())
	if err != nil {
		return err
	}
	user, err := h.Accounts.ByID(c.Request().Context(), who.User)
	if err != nil {
		return err
	}
	if err := h.enlist(who.User); err != nil {
		return err
	}
	defer h.dismiss(who.User)
	socket, err := websocket.Accept(c.Response(), c.Request(), &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, OriginPatterns: h.origins,
	})
	if err != nil {
		return nil //nolint:nilerr // Accept has answered the request itself
	}
	h.serve(socket, who, user)
	return nil
}

// authenticate takes a token from the header or a ticket from the offered subprotocols.
func (h *Handler) authenticate(r *http.Request) (auth.Principal, error) {
	if token, ok := auth.ParseBearer(r.Header.Get(echo.HeaderAuthorization)); ok {
		return h.Auth.Authenticate(r.Context(), token)
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

// enlist counts a session in, unless there are too many or the server is closing.
func (h *Handler) enlist(user account.ID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return errClosing
	}
	if h.byUser[user] >= maxSockets {
		return errSockets
	}
	h.byUser[user]++
	h.sessions.Add(1)
	h.open.Inc()
	return nil
}

func (h *Handler) dismiss(user account.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byUser[user]--; h.byUser[user] == 0 {
		delete(h.byUser, user)
	}
	h.open.Dec()
	h.sessions.Done()
}

func (h *Handler) serve(socket *websocket.Conn, who auth.Principal, user account.User) {
	socket.SetReadLimit(maxFrame)
	ctx, stop := context.WithCancelCause(h.life)
	s := &session{
		socket: socket, who: who, out: newOutbox(), stop: stop, looking: make(map[int64]struct{}),
		settings: settings{locale: user.Locale, showReadings: user.ShowReadings},
	}
	if h.Limits {
		s.limiter = rate.NewLimiter(envelopesPerSecond, envelopesAtOnce)
	}
	s.conn = realtime.NewConn(int64(who.User), int64(who.Session), wire.ReaderOf(user).View(), s)
	if err := h.connect(context.WithoutCancel(ctx), s, user); err != nil {
		h.Log.Error("a connection could not be set up", zap.Int64("user", int64(who.User)), zap.Error(err))
		_ = socket.Close(websocket.StatusTryAgainLater, "try again") // the peer may be gone already
		return
	}
	s.serve(ctx, func(ctx context.Context, frame []byte) { h.handle(ctx, s, frame) })
	h.disconnect(context.WithoutCancel(ctx), s)
}

// connect attaches a session to what it receives. The session may have ended and the settings may have changed since
// they were looked at, so they are looked at again once nothing can be missed any more. An end that comes meanwhile
// does not stop this: serve says why.
func (h *Handler) connect(ctx context.Context, s *session, before account.User) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	err := h.Bus.Connect(ctx, s.conn, func(ctx context.Context) ([]realtime.Head, error) {
		joined, err := h.Rooms.Joined(ctx, s.who.User)
		return Heads(joined), err
	})
	if err != nil {
		return err
	}
	now, err := h.Accounts.ByID(ctx, s.who.User)
	if err != nil {
		return err
	}
	if now != before {
		h.Bus.Publish(ctx, account.SettingsChanged{User: now})
	}
	err = h.Auth.Alive(ctx, s.who)
	if errors.Is(err, auth.ErrSessionEnded) {
		s.End()
		return nil
	}
	return err
}

func (h *Handler) disconnect(ctx context.Context, s *session) {
	for id := range s.looking {
		h.lookAway(ctx, s, room.ID(id))
	}
	h.Bus.Disconnect(ctx, s.conn)
}

// Shutdown ends every session with a good-bye, after its messages that are being stored are acknowledged, and
// waits for them until ctx ends.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	h.end(errShutdown)
	done := make(chan struct{})
	go func() {
		h.sessions.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
