package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/storage"
)

// Login starts a session. An unknown e-mail, a wrong password and a closed account are all ErrWrongCredentials, after the same work. An
// account that was restored is ErrMustReset.
func (s *Service) Login(ctx context.Context, from Client, email, password string) (Tokens, error) {
	return s.LoginAnew(ctx, from, email, password, "")
}

// LoginAnew is Login that replaces the temporary password of a restored account by a new one on the way. A new password that is
// refused is fault.ErrInvalid; where none is needed it is not looked at.
func (s *Service) LoginAnew(ctx context.Context, from Client, email, password, replacement string) (Tokens, error) {
	tokens, err := s.login(ctx, from, email, password, replacement)
	s.logins.WithLabelValues(outcomeOf(err)).Inc()
	return tokens, err
}

func (s *Service) login(ctx context.Context, from Client, email, password, replacement string) (Tokens, error) {
	if err := s.allow(ctx, loginByAddress, limit.Network(from.Address)); err != nil {
		return Tokens{}, err
	}
	subject := account.EmailKey(email)
	if err := s.allow(ctx, loginByEmail, subject); err != nil {
		return Tokens{}, err
	}
	user, hash, err := account.Credentials(s.db.WithContext(ctx), email)
	known := err == nil && user.State != account.Deactivated
	if err != nil && !errors.Is(err, account.ErrUnknown) {
		return Tokens{}, fmt.Errorf("login: %w", err)
	}
	if !known {
		hash = s.passwords.Decoy()
	}
	right, err := s.passwords.Matches(ctx, password, hash)
	if err != nil {
		return Tokens{}, fmt.Errorf("login: %w", err)
	}
	if !known || !right {
		return Tokens{}, ErrWrongCredentials
	}
	s.limits.Forget(ctx, loginByEmail, subject)
	if user.State != account.MustReset {
		return s.start(ctx, from, user, hash, "")
	}
	if err := checkReplacement(password, replacement); err != nil {
		return Tokens{}, err
	}
	next, err := s.passwords.Hash(ctx, replacement)
	if err != nil {
		return Tokens{}, fmt.Errorf("login: %w", err)
	}
	return s.start(ctx, from, user, hash, next)
}

// checkReplacement says what is wrong with the new password of a restored account.
func checkReplacement(temporary, replacement string) error {
	if replacement == "" {
		return ErrMustReset
	}
	wrong := wrongPassword(replacement)
	if replacement == temporary {
		wrong = "must differ from the temporary password"
	}
	if wrong != "" {
		return fault.ErrInvalid.WithField("body.newPassword", wrong)
	}
	return nil
}

// start makes a session for a user who has just proven the password behind hash. Of a restored account that password is replaced
// by the one behind next.
func (s *Service) start(ctx context.Context, from Client, user account.User, hash, next string) (Tokens, error) {
	secret, now := newSecret(), s.now()
	var session SessionID
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		current := hash
		if next != "" {
			current = next
			if reopened, err := account.Reopen(tx, user.ID, hash, next, now); err != nil {
				return err
			} else if !reopened {
				return ErrWrongCredentials
			}
			if err := mail.Drop(tx, user.ID, mail.Reset, mail.Restore); err != nil {
				return err
			}
		}
		// The user's row is held, and the hash and the state looked at again, so that no session can slip past a change of password
		// or the end of the account.
		if here, err := account.Enter(tx, user.ID, current, now); err != nil {
			return err
		} else if !here {
			return ErrWrongCredentials
		}
		if err := deleteExpired(tx, user.ID, now); err != nil {
			return err
		}
		var err error
		if session, err = insertSession(tx, user.ID, from, now); err != nil {
			return err
		}
		return insertToken(tx, session, secret, now)
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("start session: %w", err)
	}
	user.State = account.Active
	return s.tokens(user, session, secret)
}

// tokens puts together what a sign-in is given.
func (s *Service) tokens(user account.User, session SessionID, refresh string) (Tokens, error) {
	access, err := s.access.issue(Principal{User: user.ID, Session: session})
	return Tokens{Access: access, AccessTTL: accessTTL, Refresh: refresh, RefreshTTL: refreshTTL, User: user}, err
}

// Refresh exchanges a refresh token for new tokens. A token that was used before ends its session, since two have
// held it; that, an unknown token and one of a session that has ended are all ErrSessionEnded.
func (s *Service) Refresh(ctx context.Context, from Client, token string) (Tokens, error) {
	if err := s.allow(ctx, refreshByAddress, limit.Network(from.Address)); err != nil {
		return Tokens{}, err
	}
	var (
		next   = newSecret()
		now    = s.now()
		p      Principal
		user   account.User
		misuse bool
	)
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		session, found, err := lockSessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || !session.alive(now) {
			return ErrSessionEnded
		}
		p = Principal{User: session.UserID, Session: session.ID}
		if fresh, err := useToken(tx, token, now); err != nil {
			return err
		} else if misuse = !fresh; misuse {
			return endSessions(tx, []SessionID{session.ID}, now) // returns nil, so that the end is committed
		}
		if err := renew(tx, session.ID, next, now); err != nil {
			return err
		}
		if user, err = account.Load(tx, session.UserID); err != nil {
			return err
		}
		return account.Seen(tx, user.ID, now)
	})
	switch {
	case err != nil:
		return Tokens{}, fmt.Errorf("refresh: %w", err)
	case misuse:
		s.events.Publish(ctx, SessionEnded(p))
		return Tokens{}, ErrSessionEnded
	}
	return s.tokens(user, p.Session, next)
}
