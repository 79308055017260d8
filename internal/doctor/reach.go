package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Certificates are renewed a month before their end, or when a third of a shorter life is left; one that is nearer to it than this,
// or than a quarter of its life, will not be.
const renewedBefore = 14 * 24 * time.Hour

// halfYear is what browsers want before they keep a promise of https for good.
const halfYear = 182 * 24 * time.Hour

// reachable looks up the host and connects to all of its addresses.
func (x *examination) reachable(ctx context.Context) bool {
	host := x.base.Hostname()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		x.fail("name", "Make an A record (and AAAA for IPv6) for "+host+" that leads to the server.", "%s cannot be looked up: %v", host, err)
		return false
	}
	for _, address := range found {
		x.addresses = append(x.addresses, address.Unmap())
	}
	slices.SortFunc(x.addresses, netip.Addr.Compare)
	x.addresses = slices.Compact(x.addresses)
	x.ok("name", "%s is %s", host, join(x.addresses))

	failures := make([]error, len(x.addresses))
	var dialing sync.WaitGroup
	for i, address := range x.addresses {
		dialing.Go(func() {
			dialer := net.Dialer{Timeout: patience / 2}
			conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.String(), x.port()))
			if failures[i] = err; err == nil {
				conn.Close()
			}
		})
	}
	dialing.Wait()
	return x.connected(failures)
}

// connected judges whether each address could be reached. One to which no way leads from here says nothing about the deployment:
// many machines have no IPv6.
func (x *examination) connected(failures []error) bool {
	const advice = "Start the web server, open the port in the firewall (and in the cloud's), and remove records of addresses that are not the server's."
	var closed, beyond []netip.Addr
	var last error
	for i, address := range x.addresses {
		switch err := failures[i]; {
		case errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL):
			beyond = append(beyond, address)
		case err != nil:
			closed, last = append(closed, address), err
		}
	}
	switch reached := len(x.addresses) - len(closed) - len(beyond); {
	case reached == 0:
		x.fail("connection", advice, "nobody answers at port %s: %v", x.port(), failures[0])
		return false
	case len(closed) > 0 && !x.here():
		x.warn("connection", advice, "nobody answers at port %s of %s; some will not get through: %v", x.port(), join(closed), last)
	default:
		x.ok("connection", "port %s is open", x.port())
	}
	if len(beyond) > 0 {
		x.skip("other addresses", "no way leads from this machine to %s; look from one that has IPv6", join(beyond))
	}
	return true
}

func join(addresses []netip.Addr) string {
	texts := make([]string, len(addresses))
	for i, address := range addresses {
		texts[i] = address.String()
	}
	return strings.Join(texts, ", ")
}

// encrypted looks at the certificate. What is wrong with it keeps nobody from looking on, but a server that does not speak TLS does.
func (x *examination) encrypted(ctx context.Context) bool {
	if x.base.Scheme == "http" {
		const advice = "Use https: see TLS in deploy/README.md."
		if x.here() {
			x.warn("certificate", advice, "none: what is said can be read on its way; fine for a trial on this machine")
		} else {
			x.fail("certificate", advice, "none: passwords and messages can be read and changed on their way")
		}
		return true
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: &tls.Config{ServerName: x.base.Hostname(), InsecureSkipVerify: true}} //nolint:gosec // judge looks at it
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(x.base.Hostname(), x.port()))
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		x.fail("certificate", "Something answers there without TLS: check which program listens on this port.", "port %s speaks no TLS: %s", x.port(), plain.Msg)
		return false
	}
	if err != nil {
		x.fail("certificate", "The web server has no certificate for this name yet: look into its log, and whether EMOSATION_PUBLIC_URL has this name.",
			"no TLS handshake: %v", err)
		return false
	}
	defer conn.Close()
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return false
	}
	x.judge(secure.ConnectionState().PeerCertificates)
	return true
}

// judge says the first thing that is wrong with a certificate.
func (x *examination) judge(chain []*x509.Certificate) {
	complain := x.fail
	if x.Insecure {
		complain = x.warn
	}
	own, host, now := chain[0], x.base.Hostname(), x.Now()
	left := own.NotAfter.Sub(now)
	switch {
	case left < 0:
		complain("certificate", "Renew it, and have the web server load the new one.", "it ended on %s", own.NotAfter.Format(time.DateOnly))
		return
	case now.Before(own.NotBefore):
		complain("certificate", "Set the clock of this machine, or wait.", "it begins on %s only", own.NotBefore.Format(time.DateOnly))
		return
	case own.VerifyHostname(host) != nil:
		complain("certificate", "Get a certificate for "+host+", or use the name that it is for.", "it is for %s, not for %s", strings.Join(names(own), ", "), host)
		return
	}
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	if _, err := own.Verify(x509.VerifyOptions{Roots: x.Roots, Intermediates: between, CurrentTime: now}); err != nil {
		if own.CheckSignatureFrom(own) == nil || slices.Equal(own.RawIssuer, own.RawSubject) {
			complain("certificate", "Browsers warn of it. Get one of Let's Encrypt; in a LAN install it on every device, and give it to -ca here.", "it is signed by nobody but itself")
		} else {
			complain("certificate", "Serve the whole chain (fullchain.pem of certbot, not cert.pem), or give a private authority to -ca.", "nobody known vouches for it: %v", err)
		}
		return
	}
	if left < min(renewedBefore, own.NotAfter.Sub(own.NotBefore)/4) {
		x.warn("certificate", "It should have been renewed by itself: look into the log of the web server or of certbot; port 80 has to be reachable for most ways.",
			"it ends in %d days, on %s", int(left.Hours()/24), own.NotAfter.Format(time.DateOnly))
		return
	}
	x.ok("certificate", "for %s until %s", host, own.NotAfter.Format(time.DateOnly))
}

func names(certificate *x509.Certificate) []string {
	all := slices.Clone(certificate.DNSNames)
	for _, ip := range certificate.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return []string{"no name"}
	}
	return all
}

// redirects looks whether plain HTTP leads to https.
func (x *examination) redirects(ctx context.Context) {
	port := x.HTTPPort
	switch {
	case x.base.Scheme == "http":
		return
	case port == "" && x.port() != "443":
		x.skip("redirect", "https is not on port 443; -http-port says where plain HTTP is")
		return
	case port == "":
		port = "80"
	}
	const advice = "Let port 80 do nothing but redirect to https: deploy/caddy, deploy/nginx and deploy/traefik do, and so does EMOSATION_REDIRECT_ADDR of a node without a proxy."
	const path = "/rooms/1"
	a, err := x.ask(ctx, http.MethodGet, "http://"+net.JoinHostPort(x.base.Hostname(), port)+path, nil)
	if err != nil {
		x.warn("redirect", advice, "nobody answers plain HTTP at port %s, so whoever types the name without https:// may get nowhere", port)
		return
	}
	to, err := url.Parse(a.header.Get("Location"))
	switch {
	case a.status < 300 || a.status > 399 || err != nil || to.Host == "":
		x.fail("redirect", advice, "plain HTTP at port %s is answered instead of redirected: %s", port, a)
	case to.Scheme != "https":
		x.fail("redirect", advice, "plain HTTP is redirected to %s://", to.Scheme)
	case to.Hostname() != x.base.Hostname() || portOf(to) != x.port():
		x.warn("redirect", "Redirect to the name that people use.", "plain HTTP is redirected to another place, %s", to.Host)
	case to.Path != path:
		x.warn("redirect", "Keep the path (nginx: $request_uri), or links to a room lead to the beginning.", "plain HTTP leads to https, but from %s to %s", path, to.Path)
	default:
		x.ok("redirect", "plain HTTP leads to https")
	}
}

func portOf(u *url.URL) string {
	if u.Port() == "" {
		return "443"
	}
	return u.Port()
}

// promises looks whether browsers are told to stay with https.
func (x *examination) promises(a answer) {
	if x.base.Scheme == "http" {
		return
	}
	const advice = `Send Strict-Transport-Security: "max-age=31536000" with every answer, so that nobody on the way can lead people to plain HTTP.`
	value := a.header.Get("Strict-Transport-Security")
	for directive := range strings.SplitSeq(value, ";") {
		age, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(directive)), "max-age=")
		seconds, err := strconv.Atoi(strings.Trim(age, `"`))
		if !ok || err != nil {
			continue
		}
		if time.Duration(seconds)*time.Second < halfYear {
			x.warn("HSTS", advice, "browsers keep to https for %d seconds only", seconds)
		} else {
			x.ok("HSTS", "browsers keep to https")
		}
		return
	}
	x.warn("HSTS", advice, "browsers are not told to keep to https")
}
