package auth

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/redis/rueidis"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/storage"
)

// Registration is what a newcomer says about themselves.
type Registration struct {
	Email          string
	Password       string
	Nickname       string
	Locale         account.Locale // Korean when empty
	EmotionConsent bool           // false: no reading of their messages is ever computed
}

const (
	minPassword = 8   // code points
	maxPassword = 200 // code points
)

// emailLock is how long an e-mail is held while its account is made; longer than hashing may take with its wait.
const emailLock = 5 * time.Second

// redisTimeout bounds every wait for Redis: a person would rather hear soon that it does not work.
const redisTimeout = 3 * time.Second

// Register makes an account. Of many registrations of one e-mail at the same time one wins, and the others are
// answered account.ErrEmailTaken before anything costly happens; the unique index has the last word.
func (s *Service) Register(ctx context.Context, from Client, r Registration) (account.User, error) {
	n, err := r.normal()
	if err != nil {
		return account.User{}, err
	}
	if err := s.allow(ctx, registerByAddress, limit.Network(from.Address)); err != nil {
		return account.User{}, err
	}
	key := account.EmailKey(n.Email)
	if _, taken := s.making.LoadOrStore(key, true); taken { // a stampede ends here, and costs neither Redis nor SQL
		return account.User{}, account.ErrEmailTaken
	}
	defer s.making.Delete(key)
	unlock, err := s.lockEmail(ctx, key)
	if err != nil {
		return account.User{}, err
	}
	defer unlock() // after the commit, or the next one would not see the account yet
	db := s.db.WithContext(ctx)
	if err := checkFree(db, n.Email); err != nil {
		return account.User{}, err
	}
	if n.PasswordHash, err = s.passwords.Hash(ctx, r.Password); err != nil {
		return account.User{}, fmt.Errorf("register: %w", err)
	}
	var user account.User
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		user, err = account.Create(tx, n, s.now())
		if err == nil && s.mails.Available() {
			err = s.mails.Post(tx, user.ID, mail.Verify)
		}
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("register: %w", err)
	}
	return user, nil
}

// checkFree returns account.ErrEmailTaken when the e-mail has an account.
func checkFree(db *gorm.DB, email string) error {
	switch _, _, err := account.Credentials(db, email); {
	case err == nil:
		return account.ErrEmailTaken
	case errors.Is(err, account.ErrUnknown):
		return nil
	default:
		return fmt.Errorf("look for an e-mail: %w", err)
	}
}

// normal returns the account to be made, without its hash, or a fault that names every wrong field.
func (r Registration) normal() (account.New, error) {
	n := account.New{Locale: r.Locale, ShareReadings: account.ShareOff}
	if r.Locale == "" {
		n.Locale = account.Korean
	}
	if r.EmotionConsent {
		n.ShareReadings = account.ShareEveryone
	}
	invalid := fault.ErrInvalid
	var wrong string
	if n.Email, wrong = account.NormalEmail(r.Email); wrong != "" {
		invalid = invalid.WithField("body.email", wrong)
	}
	if wrong = wrongPassword(r.Password); wrong != "" {
		invalid = invalid.WithField("body.password", wrong)
	}
	if n.Nickname, wrong = account.NormalNickname(r.Nickname); wrong != "" {
		invalid = invalid.WithField("body.nickname", wrong)
	}
	if !n.Locale.Valid() {
		invalid = invalid.WithField("body.locale", "is not a language we speak")
	}
	if len(invalid.Fields) > 0 {
		return account.New{}, invalid
	}
	return n, nil
}

// wrongPassword returns why a new password is refused, or nothing. Length is all that helps.
func wrongPassword(password string) string {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return fmt.Sprintf("must be at least %d characters long", minPassword)
	case n > maxPassword:
		return fmt.Sprintf("must be at most %d characters long", maxPassword)
	}
	return ""
}

// release deletes a lock only while it is still ours: it may have expired, and be another's by now.
var release = rueidis.NewLuaScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0
`)

// lockEmail holds an e-mail on all nodes, or returns account.ErrEmailTaken while another holds it.
func (s *Service) lockEmail(ctx context.Context, email string) (unlock func(), err error) {
	key, owner := "emosation:auth:register:"+digest(email), newSecret()
	wait, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	set := s.redis.B().Set().Key(key).Value(owner).Nx().PxMilliseconds(emailLock.Milliseconds()).Build()
	switch err := s.redis.Do(wait, set).Error(); {
	case rueidis.IsRedisNil(err):
		return nil, account.ErrEmailTaken
	case err != nil:
		return nil, fmt.Errorf("%w: lock e-mail: %w", ErrUnavailable, err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
		defer cancel()
		_ = release.Exec(ctx, s.redis, []string{key}, []string{owner}).Error() // a lock that stays expires by itself
	}, nil
}
