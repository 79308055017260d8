// Package smtp hands mails to a relay.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is a mail to one person.
type Message struct {
	ID       string // the part of its Message-ID before the @; the same whenever the same mail is sent again
	To       string
	Subject  string
	Text     string
	Language string // as in RFC 5646
	Date     time.Time
}

// ErrRefused means that a mail will never be taken: sending it again is in vain.
var ErrRefused = errors.New("refused for good")

// The schemes. Links in mails are as good as passwords, so that without TLS they may go no further than this machine.
const (
	startTLS = "smtp"          // STARTTLS, always
	withTLS  = "smtps"         // TLS from the first byte on
	noTLS    = "smtp+insecure" // to a loopback address only
)

// patience bounds the dialling, and then the sending.
const patience = 10 * time.Second

// Relay takes our mails. All methods may be called from many goroutines.
type Relay struct {
	host    string
	options []gomail.Option
	from    *netmail.Address
}

// Open returns the relay at a URL, in whose name from sends. It does not connect. With roots nil certificates are held against the
// system's. No error contains the URL, which may hold a password.
func Open(rawURL, from string, roots *x509.CertPool) (*Relay, error) {
	u, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	sender, err := parseFrom(from)
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{
		gomail.WithTimeout(patience),
		gomail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), RootCAs: roots, MinVersion: tls.VersionTLS12}),
	}
	port := u.Port()
	switch u.Scheme {
	case startTLS:
		options, port = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory)), or(port, "587")
	case withTLS:
		options, port = append(options, gomail.WithSSL()), or(port, "465")
	case noTLS:
		options, port = append(options, gomail.WithTLSPolicy(gomail.NoTLS)), or(port, "25")
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	options = append(options, gomail.WithPort(number))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return &Relay{host: u.Hostname(), options: options, from: sender}, nil
}

func or(port, usual string) string {
	if port == "" {
		return usual
	}
	return port
}

// Check says what is wrong with the URL of a relay without connecting to it.
func Check(rawURL string) error {
	_, err := parse(rawURL)
	return err
}

// CheckFrom says what is wrong with a sender's address.
func CheckFrom(from string) error {
	_, err := parseFrom(from)
	return err
}

func parse(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, errors.New("is no URL; special characters in the user name and the password must be percent-encoded")
	case u.Scheme != startTLS && u.Scheme != withTLS && u.Scheme != noTLS:
		return nil, errors.New("must begin with smtp:// (STARTTLS), smtps:// (TLS) or, for a relay on this machine, smtp+insecure://")
	case u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("must be of the form smtp://user:password@host:port")
	case u.Port() != "" && !isPort(u.Port()):
		return nil, fmt.Errorf("%q is not a port", u.Port())
	case u.Scheme == noTLS && !isLoopback(u.Hostname()):
		return nil, errors.New("may be smtp+insecure:// on a loopback address only: whoever reads a mail on its way has the link in it")
	case u.Scheme == noTLS && u.User != nil:
		return nil, errors.New("gives a password away without TLS; use smtp:// or smtps://")
	}
	if _, hasPassword := u.User.Password(); u.User != nil && (u.User.Username() == "" || !hasPassword) {
		return nil, errors.New("needs both a user and a password, or neither")
	}
	return u, nil
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func parseFrom(from string) (*netmail.Address, error) {
	address, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("%q is no address such as chat@example.org or Chat <chat@example.org>", from)
	}
	return address, nil
}

// Send hands a mail over and returns once the relay has taken it. An error that is not ErrRefused may be gone the next time. No
// error names the recipient.
func (r *Relay) Send(ctx context.Context, m Message) error {
	message, err := r.message(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(r.host, r.options...)
	if err != nil {
		return fmt.Errorf("mail relay: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() { // what went wrong after that is no matter
		return nil
	}
	return failure(err)
}

func (r *Relay) message(m Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(r.from)
	if err := message.To(m.To); err != nil {
		return nil, fmt.Errorf("%w: the address cannot be written into a mail", ErrRefused)
	}
	_, domain, _ := strings.Cut(r.from.Address, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetDateWithValue(m.Date)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday note answers it
	message.SetGenHeader("Content-Language", m.Language)
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	return message, nil
}

// failure keeps of an error what tells an operator what to do, and leaves out whom the mail was for, which relays like to repeat.
func failure(err error) error {
	sending, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return fmt.Errorf("mail relay: %w", err) // it was not asked to send anything yet
	}
	answer := fmt.Sprintf("%s: answered %d %s", sending.Reason, sending.ErrorCode(), sending.EnhancedStatusCode())
	// Who may not send at all has a mistake in the settings, and that can be mended before a mail is too old.
	aboutIt := sending.Reason == gomail.ErrSMTPRcptTo || sending.Reason == gomail.ErrSMTPData || sending.Reason == gomail.ErrSMTPDataClose
	if aboutIt && sending.ErrorCode() >= 500 {
		return fmt.Errorf("mail relay: %w, %s", ErrRefused, answer)
	}
	return fmt.Errorf("mail relay: %s", answer)
}
