package auth

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/storage"
)

// Sessions returns a person's live sessions, the most recently used first.
func (s *Service) Sessions(ctx context.Context, who account.ID) ([]Session, error) {
	sessions, err := liveSessions(s.db.WithContext(ctx), who, s.now())
	if err != nil {
		return nil, fmt.Errorf("sessions of %d: %w", who, err)
	}
	return sessions, nil
}

// Logout ends the session that is asking. Ending it twice is no error.
func (s *Service) Logout(ctx context.Context, p Principal) error {
	_, err := s.end(ctx, p)
	return err
}

// Revoke ends one of a person's sessions, or returns ErrUnknownSession when it is not a live one of theirs.
func (s *Service) Revoke(ctx context.Context, who account.ID, id SessionID) error {
	ended, err := s.end(ctx, Principal{User: who, Session: id})
	if err == nil && !ended {
		return ErrUnknownSession
	}
	return err
}

func (s *Service) end(ctx context.Context, p Principal) (ended bool, err error) {
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		ids, err := lockLive(tx.Where("id = ?", p.Session), p.User, s.now())
		if err != nil {
			return err
		}
		ended = len(ids) > 0
		return endSessions(tx, ids, s.now())
	})
	if err != nil {
		return false, fmt.Errorf("end session %d: %w", p.Session, err)
	}
	if ended {
		s.events.Publish(ctx, SessionEnded(p))
	}
	return ended, nil
}

// ChangePassword replaces a person's password and ends all their sessions but the one that is asking. A wrong current
// password is ErrWrongPassword, a new one that is refused is fault.ErrInvalid.
func (s *Service) ChangePassword(ctx context.Context, p Principal, current, replacement string) error {
	if wrong := wrongPassword(replacement); wrong != "" {
		return fault.ErrInvalid.WithField("body.newPassword", wrong)
	}
	subject := fmt.Sprint(p.User)
	if err := s.allow(ctx, passwordByUser, subject); err != nil {
		return err
	}
	before, err := s.provePassword(ctx, p.User, current, "body.currentPassword")
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, replacement)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	var ended []SessionID
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if now, err := account.PasswordHash(tx, p.User); err != nil {
			return err
		} else if now != before {
			return wrongPasswordIn("body.currentPassword") // changed since we looked
		}
		if err := account.SetPasswordHash(tx, p.User, hash, s.now()); err != nil {
			return err
		}
		if err := mail.Drop(tx, p.User, mail.Reset); err != nil { // whoever asked for it may have been somebody else
			return err
		}
		ended, err = lockLive(tx.Where("id <> ?", p.Session), p.User, s.now())
		if err != nil {
			return err
		}
		return endSessions(tx, ended, s.now())
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	s.limits.Forget(ctx, passwordByUser, subject)
	for _, id := range ended {
		s.events.Publish(ctx, SessionEnded{User: p.User, Session: id})
	}
	return nil
}

// provePassword returns the hash that a password was compared with, or ErrWrongPassword, which names the field that it came in.
func (s *Service) provePassword(ctx context.Context, who account.ID, password, field string) (hash string, err error) {
	hash, err = account.PasswordHash(s.db.WithContext(ctx), who)
	if err != nil {
		return "", fmt.Errorf("prove password: %w", err)
	}
	right, err := s.passwords.Matches(ctx, password, hash)
	if err != nil {
		return "", fmt.Errorf("prove password: %w", err)
	}
	if !right {
		return "", wrongPasswordIn(field)
	}
	return hash, nil
}

func wrongPasswordIn(field string) error {
	return ErrWrongPassword.WithField(field, "is not your password")
}
