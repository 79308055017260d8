package auth

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
)

// proofTTL is how long a proof of the password lets a session do what cannot be undone.
const proofTTL = 5 * time.Minute

// Proves tells whether a session in which the password was proven at that time may do what cannot be undone. The zero time is
// never.
func Proves(at, now time.Time) bool { return !at.IsZero() && now.Before(at.Add(proofTTL)) }

// Reauthenticate notes that the password was proven again in this session, and in no other. Another password is
// ErrWrongPassword; guessing is limited together with that of ChangePassword.
func (s *Service) Reauthenticate(ctx context.Context, p Principal, password string) error {
	subject := fmt.Sprint(p.User)
	if err := s.allow(ctx, passwordByUser, subject); err != nil {
		return err
	}
	proven, err := s.provePassword(ctx, p.User, password, "body.password")
	if err != nil {
		return err
	}
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if now, err := account.PasswordHash(tx, p.User); err != nil {
			return err
		} else if now != proven {
			return wrongPasswordIn("body.password") // changed since we looked
		}
		live, err := lockLive(tx.Where("id = ?", p.Session), p.User, s.now())
		if err != nil {
			return err
		}
		if len(live) == 0 {
			return ErrSessionEnded
		}
		return tx.Model(&sessionRow{}).Where("id = ?", p.Session).Update("proven_at", stamp(s.now())).Error
	})
	if err != nil {
		return fmt.Errorf("reauthenticate: %w", err)
	}
	s.limits.Forget(ctx, passwordByUser, subject)
	return nil
}
