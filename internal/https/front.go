// Package https is the public front of the program: where it listens, which certificate it shows and what plain HTTP is
// told.
package https

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/crypto/acme"
	"golang.org/x/sync/errgroup"
)

// Settings say where to listen and where certificates come from. With neither files nor hosts for a CA the front is
// plain HTTP, for a proxy that ends TLS before it.
type Settings struct {
	Addr         string
	RedirectAddr string // plain HTTP that sends everybody to PublicURL; empty for none
	PublicURL    string // where people reach us, without a slash at the end
	CertFile     string
	KeyFile      string
	ACME         ACME
}

// source is where certificates come from.
type source interface {
	// certificate is asked in each handshake that resumes no earlier one.
	certificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// run keeps the certificates fresh until ctx ends.
	run(ctx context.Context) error
	// challenges answers those of a CA and leaves other requests to next.
	challenges(next http.Handler) http.Handler
}

// Front listens. Serve must be called once, and Shutdown ends it.
type Front struct {
	site         *http.Server
	listener     net.Listener
	redirect     *http.Server // nil unless there is one
	redirectPort net.Listener
	source       source // nil for plain HTTP
}

// Listen opens the listeners. Over TLS handler is reached by HTTP/2 and by HTTP/1.1, by which browsers open sockets.
func Listen(ctx context.Context, s Settings, handler http.Handler, metrics prometheus.Registerer, now func() time.Time, log *zap.Logger) (*Front, error) {
	m, err := newMeter(metrics)
	if err != nil {
		return nil, err
	}
	f := &Front{site: newServer(handler, log)}
	if f.source, err = newSource(s, m, now, log); err != nil {
		return nil, err
	}
	if f.source != nil {
		f.site.Handler = strict(handler)
		f.site.TLSConfig = &tls.Config{
			MinVersion: tls.VersionTLS12, GetCertificate: f.source.certificate,
			NextProtos: []string{"h2", "http/1.1", acme.ALPNProto},
		}
	}
	var listen net.ListenConfig
	if f.listener, err = listen.Listen(ctx, "tcp", s.Addr); err != nil {
		return nil, err
	}
	if s.RedirectAddr == "" {
		return f, nil
	}
	if f.redirectPort, err = listen.Listen(ctx, "tcp", s.RedirectAddr); err != nil {
		return nil, errors.Join(err, f.listener.Close())
	}
	answer := redirect(s.PublicURL)
	if f.source != nil {
		answer = f.source.challenges(answer)
	}
	f.redirect = newServer(answer, log)
	return f, nil
}

// newSource returns nil where the settings want plain HTTP.
func newSource(s Settings, m *meter, now func() time.Time, log *zap.Logger) (source, error) {
	switch {
	case s.CertFile != "":
		host := ""
		if u, err := url.Parse(s.PublicURL); err == nil {
			host = u.Hostname()
		}
		return openFiles(s.CertFile, s.KeyFile, host, m, now, log)
	case len(s.ACME.Hosts) > 0:
		return newAuthority(s.ACME, m, now, log)
	}
	return nil, nil
}

// newServer gives a client as long as an honest one on a slow line needs, and no longer. A handshake has to be done
// within ReadHeaderTimeout too.
func newServer(handler http.Handler, log *zap.Logger) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: zap.NewStdLog(log)}
}

// Addr is where the handler is reached.
func (f *Front) Addr() net.Addr { return f.listener.Addr() }

// RedirectAddr is where plain HTTP is redirected; empty where it is not.
func (f *Front) RedirectAddr() string {
	if f.redirect == nil {
		return ""
	}
	return f.redirectPort.Addr().String()
}

// Close gives up the addresses, for who does not come to Serve.
func (f *Front) Close() error {
	err := f.listener.Close()
	if f.redirect != nil {
		err = errors.Join(err, f.redirectPort.Close())
	}
	return err
}

// Run keeps certificates fresh until ctx ends.
func (f *Front) Run(ctx context.Context) error {
	if f.source == nil {
		return nil
	}
	return f.source.run(ctx)
}

// Serve answers until Shutdown or until a listener fails.
func (f *Front) Serve() error {
	var serving errgroup.Group
	serving.Go(func() error {
		if f.source == nil {
			return unlessClosed(f.site.Serve(f.listener))
		}
		return unlessClosed(f.site.ServeTLS(f.listener, "", ""))
	})
	if f.redirect != nil {
		serving.Go(func() error { return unlessClosed(f.redirect.Serve(f.redirectPort)) })
	}
	return serving.Wait()
}

func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown takes no more connections and waits for requests until ctx ends, then cuts them off. It knows nothing of
// sockets.
func (f *Front) Shutdown(ctx context.Context) error {
	var ending errgroup.Group
	for _, server := range []*http.Server{f.site, f.redirect} {
		if server == nil {
			continue
		}
		ending.Go(func() error {
			if err := server.Shutdown(ctx); err != nil {
				return errors.Join(err, server.Close())
			}
			return nil
		})
	}
	return ending.Wait()
}
