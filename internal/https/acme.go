package https

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/sync/errgroup"
)

const (
	// A CA counts failures, Let's Encrypt to five an hour for a host, and an attempt may fail by two challenges.
	firstRetry = 5 * time.Minute
	lastRetry  = 2 * time.Hour
	// lookAgainEvery is how often a renewal is noticed, which happens weeks before it matters.
	lookAgainEvery = time.Hour
	// renewedWithin is how long before its end the renewal of a certificate begins, or a third of its life if that is less.
	renewedWithin = 30 * 24 * time.Hour
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
	issued  map[string]*atomic.Pointer[tls.Certificate] // of each host, nil until there is one
	manager autocert.Manager
	line    *line
	meter   *meter
	now     func() time.Time
	log     *zap.Logger
}

// newAuthority accepts the CA's terms, as the operator has who set its hosts. Where certificates cannot be kept none are asked for:
// each start would ask for new ones, of which a CA issues a few a week.
func newAuthority(s ACME, m *meter, now func() time.Time, log *zap.Logger) (*authority, error) {
	if err := writable(s.Cache); err != nil {
		return nil, fmt.Errorf("certificates of the CA cannot be kept: %w", err)
	}
	a := &authority{issued: make(map[string]*atomic.Pointer[tls.Certificate]), line: newLine(), meter: m, now: now, log: log}
	for _, host := range s.Hosts {
		a.issued[host] = new(atomic.Pointer[tls.Certificate])
	}
	a.manager = autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(s.Cache), HostPolicy: a.known, Email: s.Email,
		Client: &acme.Client{
			DirectoryURL: cmp.Or(s.Directory, autocert.DefaultACMEDirectory), UserAgent: "emosation",
			HTTPClient: &http.Client{Transport: a.line, Timeout: time.Minute},
		},
	}
	return a, nil
}

// writable makes the folder, and a file in it for a moment.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "write")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// known refuses to ask for hosts that strangers name. In a challenge over HTTP the host may come with a port.
func (a *authority) known(_ context.Context, host string) error {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if a.issued[host] == nil {
		return fmt.Errorf("%q is not a host of this server", host)
	}
	return nil
}

// certificate shows what there is. A visitor who comes before there is one does not wait for the CA, nor make us ask it: it would
// soon stop listening.
func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) {
		return a.manager.GetCertificate(hello) // the CA looks whether the host is ours
	}
	host := strings.ToLower(hello.ServerName)
	issued := a.issued[host]
	if issued == nil {
		return nil, fmt.Errorf("%q is not a host of this server", host)
	}
	cert := issued.Load()
	if cert == nil {
		return nil, fmt.Errorf("there is no certificate for %q yet", host)
	}
	return cert, nil
}

// token is the last part of a challenge's path, as RFC 8555 has it.
var token = regexp.MustCompile(`^/\.well-known/acme-challenge/[A-Za-z0-9_-]{1,200}$`)

// challenges leaves what cannot be a challenge to next: the manager would look for a file of that name.
func (a *authority) challenges(next http.Handler) http.Handler {
	answer := a.manager.HTTPHandler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token.MatchString(r.URL.Path) {
			answer.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// run gets the certificates before anybody asks for them, so that nobody has to wait and a failure is told of.
func (a *authority) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { close(a.line.cut) })
	defer stop()
	var keeping errgroup.Group
	for host := range a.issued {
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
	shown := a.issued[host]
	for {
		next := lookAgainEvery
		cert, err := a.manager.GetCertificate(helloOf(host))
		switch before := shown.Load(); {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.meter.failures.Inc()
			a.log.Error("no certificate was issued", zap.String("host", host), zap.Error(err), zap.Strings("refusals", a.line.refusals(host)), zap.Duration("again", retry))
			next, retry = retry, min(2*retry, lastRetry)
		case before == nil || !cert.Leaf.Equal(before.Leaf):
			shown.Store(cert)
			a.line.forget(host)
			a.meter.shown(host, cert.Leaf.NotAfter)
			a.log.Info("certificate taken", zap.String("host", host), zap.Time("expires", cert.Leaf.NotAfter))
		case overdue(cert.Leaf, a.now()):
			a.meter.failures.Inc()
			a.log.Error("the certificate is not renewed; it is tried again and again", zap.String("host", host), zap.Time("expires", cert.Leaf.NotAfter),
				zap.Strings("refusals", a.line.refusals(host)))
		}
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}

// overdue tells whether a fifth of the time for renewing has been spent in vain. The manager, which tries twice an hour, says nothing.
func overdue(cert *x509.Certificate, now time.Time) bool {
	window := min(cert.NotAfter.Sub(cert.NotBefore)/3, renewedWithin)
	return now.After(cert.NotAfter.Add(-window * 4 / 5))
}

// helloOf is how a client of today asks for a host.
func helloOf(host string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{
		ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256},
	}
}
