package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/stats"
)

// caller is who sent a request, and from where. It is the one thing the edge keeps in a request's context: the
// generated handlers are given nothing else of the request than what openapi.yaml describes.
type caller struct {
	principal auth.Principal // zero in operations that anybody may call
	user      account.User   // whom the principal names, as they are now
	proven    time.Time      // when they last proved their password in this session
	sight     *room.Sight    // the room whose history an operation reads or adds to; nil unless they are joined there
	client    auth.Client
	boxKey    string // the credential of a box, in operations of boxes only
	cookie    string // the refresh token, if there is one
	foreign   bool   // sent by a web page that is not ours
}

type callerKey struct{}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// admitted tells whether a gate has let the request in.
func admitted(ctx context.Context) bool {
	_, ok := ctx.Value(callerKey{}).(caller)
	return ok
}

// who returns the signed-in user of an operation that needs one; the gate has let nobody else in. Without a gate there
// is nobody to act for, and going on as user 0 would hide that.
func who(ctx context.Context) auth.Principal {
	p := callerOf(ctx).principal
	if p.User == 0 {
		panic("rest: an operation that needs a user has no gate before it")
	}
	return p
}

// me returns the signed-in user as they were when the request came in.
func me(ctx context.Context) account.User {
	who(ctx)
	return callerOf(ctx).user
}

// boxKeyHeader carries the credential of a box.
const boxKeyHeader = "X-Box-Key"

// errBadHeader is an Authorization header that is no bearer token.
var errBadHeader = fault.New(fault.Unauthenticated, "auth.unauthenticated", "The Authorization header is not a bearer token.")

// audience is who may use an operation.
type audience int

const (
	people  audience = iota // whoever is signed in
	admins                  // of them, those with the role
	boxes                   // machines, by their credential
	anybody                 // nobody is asked
)

// gatekeeper finds out who sends a request.
type gatekeeper struct {
	auth     *auth.Service
	standing *standing.Service
	stats    *stats.Service // nil where nobody counts
	origins  []string
	now      func() time.Time
}

// caller describes the sender, or says why they may not use an operation for this audience. Where nobody need be signed
// in, the Authorization header is not looked at, so that a client whose token has expired can still send it along with
// its refresh.
//
// id is the room whose history is to be read, or 0.
func (g gatekeeper) caller(c echo.Context, audience audience, id room.ID) (caller, error) {
	r := c.Request()
	from := caller{
		client:  auth.Client{Address: c.RealIP(), UserAgent: r.UserAgent()},
		foreign: g.foreign(r),
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		from.cookie = cookie.Value
	}
	var err error
	switch audience {
	case anybody:
	case boxes:
		// Whether it is the right one, the domain knows.
		if from.boxKey = r.Header.Get(boxKeyHeader); from.boxKey == "" {
			err = booking.ErrKey
		}
	default:
		if err = g.signIn(r, &from, id); err == nil && audience == admins && from.user.Role != account.RoleAdmin {
			err = account.ErrAdminOnly
		}
	}
	return from, err
}

// signIn finds whom the bearer token speaks for. The database is asked each time: a session that has ended and a role that was
// taken away are gone at once, whatever tokens are about.
func (g gatekeeper) signIn(r *http.Request, from *caller, id room.ID) error {
	header := r.Header.Get(echo.HeaderAuthorization)
	if header == "" {
		return auth.ErrUnauthenticated
	}
	token, ok := auth.ParseBearer(header)
	if !ok {
		return errBadHeader
	}
	principal, err := g.auth.Verify(token)
	if err != nil {
		return err
	}
	observability.SentBy(r.Context(), int64(principal.User))
	standing, err := g.standing.Of(r.Context(), principal, id)
	if err != nil {
		return err
	}
	if g.stats != nil {
		g.stats.Saw(principal.User)
	}
	from.principal, from.user, from.proven, from.sight = principal, standing.User, standing.ProvenAt, standing.Room
	return nil
}

// foreign tells whether a browser says that a page of another site sends this. Programs send no Origin.
func (g gatekeeper) foreign(r *http.Request) bool {
	origin := r.Header.Get(echo.HeaderOrigin)
	if origin == "" || slices.Contains(g.origins, origin) {
		return false
	}
	page, err := url.Parse(origin)
	return err != nil || page.Host != r.Host
}
