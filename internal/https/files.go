package https

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// lookEvery is how often the files are read. They are small, and reading them sees every way of replacing them: also links
// that are switched and file systems that tell nobody of changes.
const lookEvery = time.Second

// files is a certificate and its key in two files.
type files struct {
	certFile, keyFile string
	host              string // that people ask for; empty if unknown
	meter             *meter
	now               func() time.Time
	log               *zap.Logger

	current atomic.Pointer[tls.Certificate]
	before  pair      // what was read the last time
	judged  pair      // what was taken or refused
	due     time.Time // when what was refused as too early is looked at again; zero for never
}

// pair is what the files hold, or why they could not be read.
type pair struct{ cert, key, problem string }

// CheckFiles says what is wrong with a certificate and with its key.
func CheckFiles(certFile, keyFile string) (certErr, keyErr error) {
	cert, certErr := os.ReadFile(certFile)
	if certErr == nil {
		certErr = checkChain(cert)
	}
	key, keyErr := os.ReadFile(keyFile)
	if keyErr == nil {
		keyErr = checkKey(key)
	}
	if certErr == nil && keyErr == nil {
		_, keyErr = tls.X509KeyPair(cert, key)
	}
	return certErr, keyErr
}

// checkKey finds what is no key even where there is no certificate to hold it to.
func checkKey(text []byte) error {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return errors.New("holds no private key in PEM")
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil
		}
	}
}

// checkChain wants certificates alone, so that a key in the wrong place is called one.
func checkChain(text []byte) error {
	found := false
	for {
		var block *pem.Block
		block, text = pem.Decode(text)
		switch {
		case block == nil && found:
			return nil
		case block == nil:
			return errors.New("holds no certificate in PEM")
		case block.Type != "CERTIFICATE":
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return fmt.Errorf("holds a damaged certificate: %w", err)
		}
		found = true
	}
}

// openFiles shows what the files hold at the moment, also if it has expired: without it nobody is answered at all.
func openFiles(certFile, keyFile, host string, m *meter, now func() time.Time, log *zap.Logger) (*files, error) {
	f := &files{certFile: certFile, keyFile: keyFile, host: host, meter: m, now: now, log: log}
	f.judged = f.read()
	cert, err := f.judged.parse()
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	f.take(cert)
	return f, nil
}

func (f *files) read() pair {
	cert, err := os.ReadFile(f.certFile)
	if err != nil {
		return pair{problem: err.Error()}
	}
	key, err := os.ReadFile(f.keyFile)
	if err != nil {
		return pair{problem: err.Error()}
	}
	return pair{cert: string(cert), key: string(key)}
}

func (p pair) parse() (*tls.Certificate, error) {
	if p.problem != "" {
		return nil, errors.New(p.problem)
	}
	cert, err := tls.X509KeyPair([]byte(p.cert), []byte(p.key))
	return &cert, err
}

// take shows a certificate from now on. Connections that are open keep theirs.
func (f *files) take(cert *tls.Certificate) {
	f.current.Store(cert)
	f.meter.shown(f.host, cert.Leaf.NotAfter)
	log := f.log.With(zap.Time("expires", cert.Leaf.NotAfter))
	log.Info("certificate taken")
	switch now := f.now(); {
	case !cert.Leaf.NotAfter.After(now):
		log.Warn("the certificate has expired: clients will refuse it")
	case cert.Leaf.NotBefore.After(now):
		log.Warn("the certificate is not valid yet: clients will refuse it, unless the clock of this machine is slow", zap.Time("from", cert.Leaf.NotBefore))
	}
	if f.host != "" && cert.Leaf.VerifyHostname(f.host) != nil {
		log.Warn("the certificate is not one for the host of EMOSATION_PUBLIC_URL", zap.String("host", f.host))
	}
}

func (f *files) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return f.current.Load(), nil
}

func (f *files) challenges(next http.Handler) http.Handler { return next }

func (f *files) run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			f.look()
		case <-ctx.Done():
			return nil
		}
	}
}

// look takes a new pair when it has been found the same twice: whoever replaces two files is halfway for a moment. Each
// pair that cannot be used is told of once.
func (f *files) look() {
	found := f.read()
	settled := found == f.before
	f.before = found
	now := f.now()
	begun := !f.due.IsZero() && !f.due.After(now)
	if !settled || found == f.judged && !begun {
		return
	}
	f.judged, f.due = found, time.Time{}
	cert, err := found.parse()
	switch {
	case err != nil:
	case !cert.Leaf.NotAfter.After(now):
		err = errors.New("it has expired")
	case cert.Leaf.NotBefore.After(now):
		f.due = cert.Leaf.NotBefore
		err = fmt.Errorf("it is valid from %s on, and is taken then", f.due.Format(time.RFC3339))
	}
	if err != nil {
		f.meter.failures.Inc()
		f.log.Error("the new certificate cannot be used; the one before it stays", zap.Error(err))
		return
	}
	f.take(cert)
}
