// Package mail sends people links that work once, and knows them again. What it has promised to send outlives a crash.
package mail

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/observability"
)

// Purpose is what a link is for.
type Purpose string

// The purposes.
const (
	Verify  Purpose = "verify"  // proves that an e-mail is somebody's
	Reset   Purpose = "reset"   // sets a new password
	Restore Purpose = "restore" // sets the first password after an account was restored
)

// lifetime is how long a link works from the moment it is sent.
func (p Purpose) lifetime() time.Duration {
	if p == Reset {
		return time.Hour
	}
	return 3 * 24 * time.Hour
}

// wanted tells whether it makes sense to send it to somebody, as they are by now.
func (p Purpose) wanted(u account.User) bool {
	switch p {
	case Verify:
		return u.State == account.Active && !u.EmailVerified
	case Restore:
		return u.State == account.MustReset
	default:
		return u.State != account.Deactivated
	}
}

// What can go wrong.
var (
	ErrUnavailable = fault.New(fault.Unavailable, "mail.unavailable", "This server sends no mails. Ask its operator.").WithRetryAfter(time.Hour)
	ErrLink        = fault.New(fault.Invalid, "auth.link", "This link does not work, or not any more. Ask for a new one.").
			WithField("body.token", "is unknown, used or too old")
)

// sender takes a mail to its recipient, or at least to where it is promised to go on to them.
type sender interface {
	Send(ctx context.Context, m smtp.Message) error
}

// Deps is what a Service needs.
type Deps struct {
	DB        *gorm.DB
	Sender    sender // nil: there are no mails
	PublicURL string // where links lead, without a slash at the end
	Now       func() time.Time
	Metrics   prometheus.Registerer
	Log       *zap.Logger
}

// Service sends what people were promised. All methods may be called from many goroutines.
type Service struct {
	Deps
	results              *prometheus.CounterVec
	delivering, sweeping *observability.Job
}

// What becomes of a mail.
const (
	sent     = "sent"
	putOff   = "put_off"
	givenUp  = "given_up"
	needless = "needless"
)

// NewService needs an open database whose schema is up to date.
func NewService(d Deps) (*Service, error) {
	s := &Service{Deps: d, delivering: observability.NewJob("mails"), sweeping: observability.NewJob("mail_sweep")}
	s.results = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "emosation_mails_total", Help: "Mails by what became of them: sent, put off to be tried again, given up, or needless by then.",
	}, []string{"purpose", "result"})
	for _, purpose := range []Purpose{Verify, Reset, Restore} { // so that a rate is known from the first one on
		for _, result := range []string{sent, putOff, givenUp, needless} {
			s.results.WithLabelValues(string(purpose), result)
		}
	}
	var failed error
	for _, c := range []prometheus.Collector{s.results, s.delivering, s.sweeping} {
		failed = errors.Join(failed, d.Metrics.Register(c))
	}
	return s, failed
}

// Available tells whether there are mails at all.
func (s *Service) Available() bool { return s != nil && s.Sender != nil }

// stamp is a time as SQL keeps it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
