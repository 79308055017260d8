package https

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/sync/errgroup"
)

const (
	// A CA counts failures, and stops listening to who has too many.
	firstRetry = 2 * time.Minute
	lastRetry  = 2 * time.Hour
	// lookAgainEvery is how often a renewal is noticed, which happens weeks before it matters.
	lookAgainEvery = time.Hour
)

// ACME is a CA that issues certificates by that protocol, and what it is told. Hosts are lower case and ASCII.
type ACME struct {
	Hosts     []string
	Email     string // of who is told of problems; may be empty
	Directory string // of the CA; Let's Encrypt's if empty
	Cache     string // the folder for keys and certificates
}

// authority has a CA issue the certificates.
type authority struct {
	hosts   []string
	manager autocert.Manager
	meter   *meter
	log     *zap.Logger
	ended   chan struct{} // closed when nobody waits for the CA any more
}

// newAuthority accepts the CA's terms, as the operator has who set its hosts.
func newAuthority(s ACME, m *meter, log *zap.Logger) *authority {
	a := &authority{hosts: s.Hosts, meter: m, log: log, ended: make(chan struct{})}
	a.manager = autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(s.Cache), HostPolicy: a.known, Email: s.Email,
		Client: &acme.Client{
			DirectoryURL: cmp.Or(s.Directory, autocert.DefaultACMEDirectory), UserAgent: "emosation",
			HTTPClient: &http.Client{Transport: untilEnd{a.ended}, Timeout: time.Minute},
		},
	}
	return a
}

// known refuses to ask for hosts that strangers name. In a challenge over HTTP the host may come with a port.
func (a *authority) known(_ context.Context, host string) error {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !slices.Contains(a.hosts, host) {
		return fmt.Errorf("%q is not a host of this server", host)
	}
	return nil
}

func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return a.manager.GetCertificate(hello)
}

func (a *authority) challenges(next http.Handler) http.Handler { return a.manager.HTTPHandler(next) }

// run gets the certificates before anybody asks for them, so that nobody has to wait and a failure is told of.
func (a *authority) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { close(a.ended) })
	defer stop()
	var keeping errgroup.Group
	for _, host := range a.hosts {
		keeping.Go(func() error {
			a.keep(ctx, host)
			return nil
		})
	}
	return keeping.Wait()
}

// keep gets the certificate of a host, and looks now and then whether the manager has renewed it.
func (a *authority) keep(ctx context.Context, host string) {
	retry := firstRetry
	var shown *x509.Certificate
	for {
		next := lookAgainEvery
		cert, err := a.manager.GetCertificate(helloOf(host))
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.meter.failures.Inc()
			a.log.Error("no certificate was issued", zap.String("host", host), zap.Error(err), zap.Duration("again", retry))
			next, retry = retry, min(2*retry, lastRetry)
		case !cert.Leaf.Equal(shown):
			retry, shown = firstRetry, cert.Leaf
			a.meter.shown(host, shown.NotAfter)
			a.log.Info("certificate taken", zap.String("host", host), zap.Time("expires", shown.NotAfter))
		}
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}

// helloOf is how a client of today asks for a host.
func helloOf(host string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{
		ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256},
	}
}

// untilEnd gives up requests to the CA when the server stops. The manager itself would go on for minutes.
type untilEnd struct{ ended <-chan struct{} }

// RoundTrip answers as http.DefaultTransport does.
func (u untilEnd) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	go func() {
		select {
		case <-u.ended:
			cancel(http.ErrServerClosed)
		case <-ctx.Done():
		}
	}()
	return http.DefaultTransport.RoundTrip(r.WithContext(ctx))
}
