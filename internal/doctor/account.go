package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"strings"
	"time"
)

const (
	// forged is an address that nobody has; a client says that it is its own.
	forged = "203.0.113.77"
	// sockets are opened one after the other, so that tickets of one node are tried at another.
	sockets = 3
	// idle is twice as long as nodes let pass without a sign of life, and longer than proxies wait unless told.
	idle = 70 * time.Second
)

// account signs in and looks at what only a person can see. It signs out again.
func (x *examination) account(ctx context.Context) {
	if x.Email == "" {
		x.skip("account", "DOCTOR_EMAIL and DOCTOR_PASSWORD in the environment (or -login) let me try a socket and the client's address")
		return
	}
	var local netip.AddrPort
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if address, ok := info.Conn.LocalAddr().(*net.TCPAddr); ok {
			local = address.AddrPort()
		}
	}})
	a, err := x.ask(traced, http.MethodPost, x.base.String()+apiPath+"/auth/login", map[string]string{"email": x.Email, "password": x.Password},
		"X-Forwarded-For", forged, "Origin", x.origin())
	var tokens struct{ AccessToken string }
	if err != nil || a.status != http.StatusOK || json.Unmarshal(a.body, &tokens) != nil {
		x.fail("account", "See that e-mail and password are right.", "cannot sign in: %s %s", a, reason(err))
		return
	}
	bearer := "Bearer " + tokens.AccessToken
	defer func() {
		// Leaving a session behind is no finding; it ends by itself.
		_, _ = x.ask(ctx, http.MethodPost, x.base.String()+apiPath+"/auth/logout", nil, "Authorization", bearer, "Origin", x.origin())
	}()
	x.ok("account", "signed in")
	x.cookie(a)
	x.address(ctx, bearer, local.Addr().Unmap())
	x.open(ctx, bearer)
}

// cookie looks at what keeps a browser signed in. Others, such as those of balancers, are not ours.
func (x *examination) cookie(a answer) {
	const advice = "Let the proxy pass Set-Cookie on as it came, and set EMOSATION_PUBLIC_URL to the https address."
	cookies := (&http.Response{Header: a.header}).Cookies()
	at := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == "emosation_refresh" })
	switch {
	case at < 0:
		x.fail("cookie", advice, "no cookie arrives, so a page that is reloaded is signed out")
	case x.base.Scheme == "https" && !cookies[at].Secure || !cookies[at].HttpOnly:
		x.fail("cookie", advice, "it is not for encrypted connections and out of reach of scripts (Secure, HttpOnly)")
	default:
		x.ok("cookie", "kept as it should be")
	}
}

// address compares whom the server saw signing in with who it was.
func (x *examination) address(ctx context.Context, bearer string, local netip.Addr) {
	a, err := x.get(ctx, apiPath+"/auth/sessions", "Authorization", bearer)
	var list struct {
		Items []struct {
			Current bool
			Address string
		}
	}
	if err != nil || a.status != http.StatusOK || json.Unmarshal(a.body, &list) != nil {
		x.fail("address", "Let the proxy pass the Authorization header on.", "the sessions are answered %s %s", a, reason(err))
		return
	}
	var seen netip.Addr
	for _, session := range list.Items {
		if session.Current {
			seen, _ = netip.ParseAddr(session.Address) // none is unlike any other
		}
	}
	seen = seen.Unmap()
	switch {
	case seen == netip.MustParseAddr(forged) && local.IsLoopback():
		x.warn("address", "Look from another machine: without a proxy between, this is as it should be.",
			"what this machine says about clients is believed, as if it were a proxy")
	case seen == netip.MustParseAddr(forged):
		x.fail("address", "Let the proxy replace X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $remote_addr), and EMOSATION_TRUSTED_PROXIES have nobody but proxies.",
			"clients can say that they are somebody else, and so escape every limit")
	case seen == local:
		x.ok("address", "clients are seen as who they are (%s), whatever they say", seen)
	case inside(local) && !inside(seen):
		x.ok("address", "this machine is seen as %s; see that this is what your network is outside", seen)
	default:
		x.fail("address", "Let the proxy pass the client's address on in X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $remote_addr), and set EMOSATION_TRUSTED_PROXIES to the proxy's address.",
			"this machine is %s and taken for %s: if that is the proxy, everybody shares one limit", local, seen)
	}
}

// inside tells whether an address means something in its own network only.
func inside(address netip.Addr) bool {
	return !address.IsValid() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
}

// open opens sockets as a browser does, with tickets, and looks whether they live.
func (x *examination) open(ctx context.Context, bearer string) {
	const advice = "Let the proxy pass WebSockets on in both directions, and all nodes have the same database and Redis: a ticket of one opens a socket at any."
	var last Socket
	for range sockets {
		x.client.CloseIdleConnections()
		a, err := x.ask(ctx, http.MethodPost, x.base.String()+apiPath+"/ws/tickets", nil, "Authorization", bearer)
		var ticket struct{ Ticket string }
		if err != nil || a.status != http.StatusCreated || json.Unmarshal(a.body, &ticket) != nil {
			x.fail("live", advice, "no ticket: %s %s", a, reason(err))
			return
		}
		socket, err := x.Open(ctx, x.client, "ws"+strings.TrimPrefix(x.base.String(), "http")+socketPath,
			[]string{"emosation.v1", "ticket." + ticket.Ticket}, http.Header{"Origin": {x.origin()}})
		if err != nil {
			x.fail("live", advice, "a socket does not open: %v", err)
			return
		}
		defer socket.Close()
		if err := ping(ctx, socket); err != nil {
			x.fail("live", advice, "a socket opens, but a ping gets no answer: %v", err)
			return
		}
		last = socket
	}
	x.ok("live", "%d sockets open and answer", sockets)
	if x.Patient {
		x.wait(ctx, last)
	}
}

func ping(ctx context.Context, socket Socket) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return socket.Ping(ctx)
}

// wait looks whether a socket on which nothing is said stays open.
func (x *examination) wait(ctx context.Context, socket Socket) {
	began := x.Now()
	silence, cancel := context.WithTimeout(ctx, idle)
	defer cancel()
	err := socket.Wait(silence)
	if !errors.Is(err, context.DeadlineExceeded) {
		x.fail("silence", "Let the proxy leave sockets open for longer than 25 seconds of silence, after which nodes send a ping (nginx: proxy_read_timeout 5m).",
			"an idle socket is closed after %s: %v", x.Now().Sub(began).Round(time.Second), err)
		return
	}
	if err := ping(ctx, socket); err != nil {
		x.fail("silence", "Something on the way forgets idle connections without a word: a firewall or a load balancer with a short time-out.", "a socket that was idle for %s is dead: %v", idle, err)
		return
	}
	x.ok("silence", "an idle socket is open after %s", idle)
}
