package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/storage"
)

// Login starts a session. An unknown e-mail and a wrong password are both ErrWrongCredentials, after the same work.
func (s *Service) Login(ctx context.Context, from Client, email, password string) (Tokens, error) {
	if err := s.allow(ctx, loginByAddress, limit.Network(from.Address)); err != nil {
		return Tokens{}, err
	}
	subject := account.EmailKey(email)
	if err := s.allow(ctx, loginByEmail, subject); err != nil {
		return Tokens{}, err
	}
	user, hash, err := account.Credentials(s.db.WithContext(ctx), email)
	known := err == nil
	if !known {
		if !errors.Is(err, account.ErrUnknown) {
			return Tokens{}, fmt.Errorf("login: %w", err)
		}
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
	return s.start(ctx, from, user, hash)
}

// start makes a session for a user who has just proven the password behind hash.
func (s *Service) start(ctx context.Context, from Client, user account.User, hash string) (Tokens, error) {
	secret, now := newSecret(), s.now()
	var session SessionID
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		// The user's row is held, and the hash looked at again, so that no session can slip past a change of password.
		current, err := account.PasswordHash(tx, user.ID)
		if err != nil {
			return err
		}
		if current != hash {
			return ErrWrongCredentials
		}
		if err := deleteExpired(tx, user.ID, now); err != nil {
			return err
		}
		session, err = insertSession(tx, user.ID, from, now)
		if err != nil {
			return err
		}
		return insertToken(tx, session, secret, now)
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("start session: %w", err)
	}
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
		user, err = account.Load(tx, session.UserID)
		return err
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
