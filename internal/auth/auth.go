// Package auth owns who is asking: registration, sessions, access and refresh tokens, socket tickets, and the limits on guessing.
package auth

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/gather"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
)

// SessionID identifies one sign-in of one person: a browser, a phone, a program.
type SessionID int64

// Principal is who is asking, and by which session.
type Principal struct {
	User    account.ID
	Session SessionID
}

// Client is where a request comes from.
type Client struct {
	Address   string // of the peer, or of whom a trusted proxy names
	UserAgent string
}

// Session is a sign-in that has not ended.
type Session struct {
	ID         SessionID
	UserAgent  string
	Address    string // it was started from
	CreatedAt  time.Time
	LastSeenAt time.Time // when its tokens were last renewed
	ExpiresAt  time.Time
}

// SessionEnded is published after a session ended before its time, by logout, revocation, the misuse of a refresh
// token or a change of password. What it opened must close.
type SessionEnded struct {
	User    account.ID
	Session SessionID
}

// Tokens is what a sign-in is given.
type Tokens struct {
	Access     string
	AccessTTL  time.Duration
	Refresh    string // works once
	RefreshTTL time.Duration
	User       account.User
}

const (
	accessTTL  = 15 * time.Minute
	refreshTTL = 30 * 24 * time.Hour // from the last renewal

	maxTogether = 64              // sessions that are looked up in one statement
	patience    = 5 * time.Second // for that statement
)

// What can go wrong. The texts never tell whether an e-mail is known, except at registration, which cannot hide it.
var (
	ErrUnauthenticated  = fault.New(fault.Unauthenticated, "auth.unauthenticated", "Sign in first.")
	ErrWrongCredentials = fault.New(fault.Unauthenticated, "auth.wrong_credentials", "The e-mail or the password is wrong.")
	ErrMustReset        = fault.New(fault.Forbidden, "auth.must_reset", "Your account was restored. Set a new password to use it again.")
	ErrSessionEnded     = fault.New(fault.Unauthenticated, "auth.session_ended", "This session has ended. Sign in again.")
	ErrUnknownSession   = fault.New(fault.NotFound, "auth.unknown_session", "There is no such session among yours.")
	ErrWrongPassword    = fault.New(fault.Invalid, "auth.wrong_password", "The current password is wrong.")
	ErrEmailVerified    = fault.New(fault.Conflict, "auth.email_verified", "Your e-mail is proven to be yours already.")
	ErrReauthenticate   = fault.New(fault.Forbidden, "auth.reauthenticate", "Prove your password again first.")
	ErrTooMany          = limit.ErrTooMany
	ErrUnavailable      = fault.New(fault.Unavailable, "auth.unavailable", "Signing in is not possible at this moment.").
				WithRetryAfter(5 * time.Second)
)

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Config is what differs between installations.
type Config struct {
	Issuer     string // of access tokens: the public URL
	Key        Key
	RateLimits bool          // false only for load tests and tests of races
	Mails      *mail.Service // nil: there are none
	Refusals   *limit.Refusals
}

// Service holds the use cases of signing in. All methods may be called from many goroutines. Where it needs Redis and
// cannot reach it, it refuses with ErrUnavailable.
type Service struct {
	db        *gorm.DB
	redis     rueidis.Client
	passwords *account.Hasher
	events    publisher
	now       func() time.Time
	limits    limit.Limiter
	access    accessTokens
	mails     *mail.Service
	alive     *gather.Gatherer[Principal, bool]
	logins    *prometheus.CounterVec
	making    sync.Map // e-mails whose accounts this node is making; other nodes are kept away by the lock in Redis
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, redis rueidis.Client, passwords *account.Hasher, events publisher, now func() time.Time, cfg Config) *Service {
	s := &Service{
		db:        db,
		redis:     redis,
		passwords: passwords,
		events:    events,
		now:       now,
		limits:    limit.New(redis, cfg.RateLimits).Counted(cfg.Refusals),
		access:    newAccessTokens(cfg.Issuer, cfg.Key, now),
		mails:     cfg.Mails,
		logins:    newLogins(),
	}
	s.alive = gather.New(maxTogether, patience, func(ctx context.Context, principals []Principal) ([]bool, error) {
		return areAlive(s.db.WithContext(ctx), principals, s.now())
	})
	return s
}

// Verify returns whom an access token speaks for, or ErrUnauthenticated for one that is not ours or has expired. Whether its
// session still goes on is for the caller to find out: nobody is let in by this alone.
func (s *Service) Verify(bearer string) (Principal, error) { return s.access.verify(bearer) }

// Authenticate returns whom an access token speaks for. A token that is not ours or has expired is ErrUnauthenticated,
// one whose session has ended ErrSessionEnded: a session is locked out at once, not when its last token expires.
func (s *Service) Authenticate(ctx context.Context, bearer string) (Principal, error) {
	p, err := s.Verify(bearer)
	if err != nil {
		return Principal{}, err
	}
	return p, s.Alive(ctx, p)
}

// Alive returns ErrSessionEnded when the session has ended. Those who ask at the same moment share one statement, which begins
// after they asked. A connection that outlives its request asks again after it has been registered for SessionEnded, so that no
// end falls between the two.
func (s *Service) Alive(ctx context.Context, p Principal) error {
	alive, err := s.alive.Get(ctx, p)
	if err != nil {
		return fmt.Errorf("session %d: %w", p.Session, err)
	}
	if !alive {
		return ErrSessionEnded
	}
	return nil
}

// Living tells, by one statement, which of some sessions go on.
func (s *Service) Living(ctx context.Context, who []Principal) (map[Principal]bool, error) {
	alive, err := living(s.db.WithContext(ctx), who, s.now())
	if err != nil {
		return nil, fmt.Errorf("look up %d sessions: %w", len(who), err)
	}
	return alive, nil
}

// KeySet returns the public keys that verify access tokens.
func (s *Service) KeySet() []PublicKey { return []PublicKey{s.access.key.public()} }

// stamp is a time as SQL keeps it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
