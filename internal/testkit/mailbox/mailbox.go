// Package mailbox is a relay that keeps every mail that it is handed, for tests to read.
package mailbox

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// Mail is what came.
type Mail struct {
	To      string `json:"to"` // of the envelope
	Subject string `json:"subject"`
	Text    string `json:"text"`

	From   string      `json:"-"` // of the envelope
	Header mail.Header `json:"-"`
	Raw    string      `json:"-"`
}

// Options say how the relay behaves; the zero value takes everything from everybody, without TLS.
type Options struct {
	Address        string // to listen on; any free port when empty
	StartTLS       bool   // offers STARTTLS
	TLS            bool   // speaks TLS from the first byte on
	User, Password string // who may send; everybody when empty
	// Answer decides about each recipient and then, with data set, about their mail; nil takes it.
	Answer func(to string, data bool) error
}

// Refusal is an answer of an SMTP server that is no yes.
func Refusal(code int, text string) error {
	return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 7, 1}, Message: text}
}

// Server is a running relay.
type Server struct {
	Address string
	Roots   *x509.CertPool // what to hold its certificate against
	options Options
	server  *gosmtp.Server
	accepts net.Listener
	serving sync.WaitGroup

	mu    sync.Mutex
	mails []Mail
}

// Start listens until Stop.
func Start(o Options) (*Server, error) {
	s := &Server{options: o}
	s.server = gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &session{server: s}, nil }))
	s.server.Domain, s.server.AllowInsecureAuth, s.server.EnableSMTPUTF8 = "localhost", true, true
	s.server.ErrorLog = quiet{}
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	s.Address = listener.Addr().String()
	if o.StartTLS || o.TLS {
		certificate, roots, err := selfSigned()
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		s.Roots = roots
		config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		if o.StartTLS {
			s.server.TLSConfig = config
		} else {
			listener = tls.NewListener(listener, config)
		}
	}
	s.accepts = listener
	s.serving.Go(func() { _ = s.server.Serve(listener) }) // ends with Stop, and only then
	return s, nil
}

// URL is what EMOSATION_SMTP_URL wants.
func (s *Server) URL() string {
	u, scheme := "", "smtp+insecure"
	switch {
	case s.options.StartTLS:
		scheme = "smtp"
	case s.options.TLS:
		scheme = "smtps"
	}
	if s.options.User != "" {
		u = s.options.User + ":" + s.options.Password + "@"
	}
	return scheme + "://" + u + s.Address
}

// Stop ends the relay and all its connections.
func (s *Server) Stop() error {
	err := s.server.Close()
	s.accepts.Close() // which the server does not know of before it serves
	s.serving.Wait()
	return err
}

// Mails returns what came so far, the oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// ServeHTTP answers with what came as JSON, of one recipient with ?to=.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	list := []Mail{}
	for _, m := range s.Mails() {
		if to := r.URL.Query().Get("to"); to == "" || strings.EqualFold(to, m.To) {
			list = append(list, m)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // who asked may have gone
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// session is one connection.
type session struct {
	server *Server
	known  bool
	from   string
	to     []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.options.User || password != s.server.options.Password {
			return gosmtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if s.server.options.User != "" && !s.known {
		return gosmtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = append(s.to, to)
	return s.answer(to, false)
}

func (s *session) answer(to string, data bool) error {
	if s.server.options.Answer == nil {
		return nil
	}
	return s.server.options.Answer(to, data)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		m, err := read(string(raw))
		if err == nil {
			err = s.answer(to, true)
		}
		if err != nil {
			return err
		}
		m.From, m.To = s.from, to
		s.server.mu.Lock()
		s.server.mails = append(s.server.mails, m)
		s.server.mu.Unlock()
	}
	return nil
}

// read takes a mail of one text apart.
func read(raw string) (Mail, error) {
	message, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return Mail{}, err
	}
	body := message.Body
	switch encoding := strings.ToLower(message.Header.Get("Content-Transfer-Encoding")); encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "", "7bit", "8bit":
	default:
		return Mail{}, fmt.Errorf("no test reads %s", encoding)
	}
	text, err := io.ReadAll(body)
	return Mail{Subject: subject, Text: strings.ReplaceAll(string(text), "\r\n", "\n"), Header: message.Header, Raw: raw}, err
}

// selfSigned makes a certificate of this machine, and what holds it for true.
func selfSigned() (certificate tls.Certificate, roots *x509.CertPool, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots, nil
}
