package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
)

// caller is who sent a request, and from where. It is the one thing the edge keeps in a request's context: the
// generated handlers are given nothing else of the request than what openapi.yaml describes.
type caller struct {
	principal auth.Principal // zero in operations that anybody may call
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
	accounts *account.Service
	origins  []string
}

// caller describes the sender, or says why they may not use an operation for this audience. Where nobody need be signed
// in, the Authorization header is not looked at, so that a client whose token has expired can still send it along with
// its refresh.
func (g gatekeeper) caller(c echo.Context, audience audience) (caller, error) {
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
	case people:
		from.principal, err = g.signedIn(r)
	default:
		if from.principal, err = g.signedIn(r); err == nil {
			err = g.isAdmin(r.Context(), from.principal.User)
		}
	}
	return from, err
}

// signedIn returns whom the bearer token speaks for.
func (g gatekeeper) signedIn(r *http.Request) (auth.Principal, error) {
	header := r.Header.Get(echo.HeaderAuthorization)
	if header == "" {
		return auth.Principal{}, auth.ErrUnauthenticated
	}
	token, ok := auth.ParseBearer(header)
	if !ok {
		return auth.Principal{}, errBadHeader
	}
	return g.auth.Authenticate(r.Context(), token)
}

// isAdmin asks the database each time: a role that was taken away is gone at once, whatever tokens are about.
func (g gatekeeper) isAdmin(ctx context.Context, id account.ID) error {
	user, err := g.accounts.ByID(ctx, id)
	if err == nil && user.Role != account.RoleAdmin {
		err = account.ErrAdminOnly
	}
	return err
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
