package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
)

// caller is who sent a request, and from where. It is the one thing the edge keeps in a request's context: the
// generated handlers are given nothing else of the request than what openapi.yaml describes.
type caller struct {
	principal auth.Principal // zero in operations that anybody may call
	client    auth.Client
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

// errBadHeader is an Authorization header that is no bearer token.
var errBadHeader = fault.New(fault.Unauthenticated, "auth.unauthenticated", "The Authorization header is not a bearer token.")

// gatekeeper finds out who sends a request.
type gatekeeper struct {
	auth    *auth.Service
	origins []string
}

// caller describes the sender; for operations that need somebody signed in it returns why there is none. Where
// nobody is needed the Authorization header is not looked at, so that a client whose token has expired can still
// send it along with its refresh.
func (g gatekeeper) caller(c echo.Context, public bool) (caller, error) {
	r := c.Request()
	from := caller{
		client:  auth.Client{Address: c.RealIP(), UserAgent: r.UserAgent()},
		foreign: g.foreign(r),
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		from.cookie = cookie.Value
	}
	if public {
		return from, nil
	}
	header := r.Header.Get(echo.HeaderAuthorization)
	if header == "" {
		return caller{}, auth.ErrUnauthenticated
	}
	token, ok := auth.ParseBearer(header)
	if !ok {
		return caller{}, errBadHeader
	}
	var err error
	from.principal, err = g.auth.Authenticate(r.Context(), token)
	return from, err
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
