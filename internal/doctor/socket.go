package doctor

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

const (
	socketPath  = apiPath + "/ws"
	noTicket    = "auth.required"
	noHandshake = "socket.no_handshake"
	foreignPage = "socket.foreign_origin"
	// stranger is an origin that nobody can have.
	stranger = "https://doctor.invalid"
)

// origin is what a browser says on the deployment's own pages.
func (x *examination) origin() string {
	return (&url.URL{Scheme: x.base.Scheme, Host: strings.ToLower(x.base.Host)}).String()
}

// origins looks whether the nodes know by which address they are reached. They say so to pages that ask.
func (x *examination) origins(ctx context.Context) {
	const allowed = "Access-Control-Allow-Origin"
	foreign, err := x.get(ctx, apiPath+"/users/me", "Origin", stranger)
	if err == nil && (foreign.header.Get(allowed) == stranger || foreign.header.Get(allowed) == "*") {
		x.fail("origins", "Let no proxy set "+allowed+": the nodes do, for EMOSATION_ALLOWED_ORIGINS.", "pages of any other site may use the API")
		return
	}
	own, err := x.get(ctx, apiPath+"/users/me", "Origin", x.origin())
	if err != nil || own.header.Get(allowed) != x.origin() {
		x.warn("origins", "Set EMOSATION_PUBLIC_URL="+x.origin()+" on every node (and have it in EMOSATION_ALLOWED_ORIGINS where that is set): links in mails and the cookie follow it.",
			"the nodes do not know that people reach them at %s", x.origin())
		return
	}
	x.ok("origins", "the nodes know that they are reached here, and other sites may not use the API")
}

// offer begins a WebSocket without credentials. Our answer tells how much of it has arrived.
func (x *examination) offer(ctx context.Context, origin string) (answer, error) {
	key := make([]byte, 16)
	if _, err := rand.Read(key); err != nil {
		return answer{}, err
	}
	return x.get(ctx, socketPath, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
		"Sec-WebSocket-Key", base64.StdEncoding.EncodeToString(key), "Sec-WebSocket-Protocol", "emosation.v1", "Origin", origin)
}

// handshake looks whether a socket could be opened.
func (x *examination) handshake(ctx context.Context) bool {
	a, err := x.offer(ctx, x.origin())
	switch {
	case err != nil:
		x.fail("socket", "The proxy breaks off the beginning of a WebSocket: let it pass Upgrade and Connection on over HTTP/1.1.", "no answer: %v", err)
	case a.code() == noTicket:
		x.ok("socket", "the beginning of a WebSocket arrives")
		x.strangers(ctx)
		return true
	case a.code() == noHandshake:
		x.fail("socket", "Let the proxy pass the headers on. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection (see deploy/nginx). Apache: mod_proxy_wstunnel. Cloudflare: switch WebSockets on.",
			"the Upgrade header does not arrive")
	case a.code() == foreignPage:
		x.fail("socket", "Set EMOSATION_PUBLIC_URL="+x.origin()+" on every node, or let the proxy pass the Host header on as it came (nginx: proxy_set_header Host $http_host).",
			"our own page is taken for a foreign one: the nodes know neither the origin %s nor this host", x.origin())
	case a.isPage() || a.status == http.StatusNotFound:
		x.fail("socket", "Pass "+socketPath+" on to the nodes like the rest of /api/.", "%s is answered %s", socketPath, a)
	default:
		x.fail("socket", "Something between here and the nodes answers instead of them: let it pass WebSockets on.", "%s", a)
	}
	return false
}

// strangers looks whether pages of other sites are kept out.
func (x *examination) strangers(ctx context.Context) {
	a, err := x.offer(ctx, stranger)
	switch {
	case err != nil:
		x.fail("foreign pages", "Look into the web server's log: the same request from our own page was answered.", "a page of another site gets no answer: %v", err)
	case a.code() == foreignPage || a.code() == "" && a.status == http.StatusForbidden: // by somebody before the nodes
		x.ok("foreign pages", "they may not open a socket")
	default:
		x.fail("foreign pages", "Let the proxy pass the Origin header on as it came, and EMOSATION_ALLOWED_ORIGINS have none but your own pages.", "a page of another site may begin a socket: %s", a)
	}
}
