// Package doctor looks at a running deployment from outside, as its users do, and says what is wrong and how to mend it.
package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// patience bounds every single question.
const patience = 10 * time.Second

// Options say what to examine and how.
type Options struct {
	URL      string         // where people reach the deployment: https://chat.example.org
	Insecure bool           // a certificate that cannot be trusted is a warning only
	Roots    *x509.CertPool // whose certificates are trusted; nil for those of the system
	HTTPPort string         // where plain HTTP should lead to https; empty for 80 beside 443 only
	OpsPort  string         // which should be closed to the public; empty for 9090, unless that is this machine's
	Patient  bool           // look whether an idle socket stays open for a minute
	// Email and Password are of an account. Without one, what only a person can see is left out.
	Email, Password string
	// Open opens a socket. Whoever asks has the library for it.
	Open func(ctx context.Context, client *http.Client, url string, protocols []string, header http.Header) (Socket, error)
	Now  func() time.Time
}

// Socket is an open WebSocket whose messages nobody wants.
type Socket interface {
	// Ping sends a ping and waits for its answer.
	Ping(ctx context.Context) error
	// Wait returns when the socket has closed, with the reason, or when ctx ends, with its error.
	Wait(ctx context.Context) error
	// Close ends it.
	Close()
}

// ErrURL is a URL that is not the address of a deployment.
var ErrURL = errors.New("is not of the form https://host or https://host:port in ASCII (xn--… for other letters)")

// parse takes what people type for the address of a deployment, and leaves away what browsers do not say in Origin. What may hold
// a password is not repeated.
func parse(text string) (*url.URL, error) {
	text = strings.TrimSuffix(text, "/")
	u, err := url.Parse(text)
	if err != nil || u.User != nil {
		return nil, fmt.Errorf("the URL %w", ErrURL)
	}
	base := &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	if base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" || !strings.EqualFold(base.String(), text) {
		return nil, fmt.Errorf("%q %w", text, ErrURL)
	}
	if port := base.Port(); port == "" || port == defaultPort(base.Scheme) {
		base.Host = strings.TrimSuffix(strings.TrimSuffix(base.Host, port), ":")
	}
	return base, nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// Examine asks everything, in an order in which what fails first explains what would fail after it.
func Examine(ctx context.Context, o Options) (Report, error) {
	base, err := parse(o.URL)
	if err != nil {
		return Report{}, err
	}
	x := &examination{Options: o, base: base, report: Report{URL: base.String()}}
	x.client = x.newClient()
	defer x.client.CloseIdleConnections()
	if x.reachable(ctx) && x.encrypted(ctx) {
		x.redirects(ctx)
		x.app(ctx)
		x.operators(ctx)
		if x.api(ctx) {
			x.keys(ctx)
			x.nodes(ctx)
			x.origins(ctx)
			if x.handshake(ctx) {
				x.account(ctx)
			}
		}
	}
	return x.report, ctx.Err()
}

// examination is one look at one deployment.
type examination struct {
	Options
	base      *url.URL
	addresses []netip.Addr // of the host
	client    *http.Client
	report    Report
}

// newClient follows no redirect and undoes no compression: both are to be seen. What is said about certificates is said
// once, by encrypted.
func (x *examination) newClient() *http.Client {
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			DialContext:        (&net.Dialer{Timeout: patience}).DialContext,
			TLSClientConfig:    &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
			DisableCompression: true,
			IdleConnTimeout:    patience,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// port is the port of the deployment, said or not.
func (x *examination) port() string {
	if port := x.base.Port(); port != "" {
		return port
	}
	return defaultPort(x.base.Scheme)
}

// here tells whether the deployment is on this machine.
func (x *examination) here() bool {
	for _, address := range x.addresses {
		if !address.IsLoopback() {
			return false
		}
	}
	return len(x.addresses) > 0
}
