package lifecycle

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// Access is how somebody whose account is restored gets in, to set a new password.
type Access string

// The ways.
const (
	ByLink     Access = "link"     // that is mailed
	ByPassword Access = "password" // that an admin passes on
)

// passwordGroups gives a temporary password 80 bits.
const passwordGroups = 4

// Restore opens a closed account again, for admins: name, friends, rooms and history are back. With ByPassword it returns the temporary
// password. account.ErrUnknown; account.ErrState unless it is closed.
func (s *Service) Restore(ctx context.Context, by audit.Actor, who account.ID, access Access) (password string, err error) {
	hash := s.Passwords.Decoy() // the password of before lets nobody in
	switch access {
	case ByLink:
	case ByPassword:
		password = account.RandomPassword(passwordGroups)
		if hash, err = s.Passwords.Hash(ctx, password); err != nil {
			return "", fmt.Errorf("restore account %d: %w", who, err)
		}
	default:
		return "", fault.ErrInvalid.WithField("body.access", "must be link or password")
	}
	now := s.Now()
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		user, err := s.holdFor(tx, by, who)
		if err != nil {
			return err
		}
		if _, err := account.Restore(tx, user, now); err != nil {
			return err
		}
		if err := account.SetPasswordHash(tx, who, hash, now); err != nil {
			return err
		}
		if access == ByLink {
			if err := s.Mails.Post(tx, who, mail.Restore); err != nil {
				return err
			}
		}
		return audit.Write(tx, by, audit.UserRestored, about(who), now, audit.Became("state", account.Deactivated, account.MustReset)...)
	})
	if err != nil {
		return "", fmt.Errorf("restore account %d: %w", who, err)
	}
	s.follow(ctx, who, s.readmit)
	return password, nil
}

// readmit brings somebody whose account was restored back to where they were. It may be done again.
func (s *Service) readmit(ctx context.Context, who account.ID) error {
	if err := s.Rooms.Resume(ctx, who, room.Direct); err != nil {
		return err
	}
	user, err := account.Load(s.DB.WithContext(ctx), who)
	if err != nil {
		return err
	}
	ties, rooms, err := s.ties(ctx, who)
	if err != nil {
		return err
	}
	for _, tie := range ties {
		direct := rooms[tie.ID]
		s.Events.Publish(ctx, tie.Returned(user.Person(), int64(direct.ID), direct.State == room.Open))
	}
	if err := s.Rooms.Resume(ctx, who, room.Group); err != nil {
		return err
	}
	return account.Settle(s.DB.WithContext(ctx), account.Restoring, who)
}

// SetPurgeDate says when a closed account is purged, for admins; a time that is over means the next purge. account.ErrUnknown;
// account.ErrState unless it is closed.
func (s *Service) SetPurgeDate(ctx context.Context, by audit.Actor, who account.ID, at time.Time) error {
	at = at.UTC().Truncate(time.Microsecond)
	if at.Year() < 1970 || at.Year() > 9999 {
		return fault.ErrInvalid.WithField("body.purgeAfter", "must be between the years 1970 and 9999")
	}
	err := storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		user, err := s.holdFor(tx, by, who)
		if err != nil {
			return err
		}
		before, err := account.SetPurgeAfter(tx, user, at)
		if err != nil {
			return err
		}
		changes := audit.Became("purgeAfter", before.Format(time.RFC3339Nano), at.Format(time.RFC3339Nano))
		return audit.Write(tx, by, audit.UserPurgeDateChanged, about(who), s.Now(), changes...)
	})
	if err != nil {
		return fmt.Errorf("set the purge date of %d: %w", who, err)
	}
	return nil
}

// holdFor holds somebody's row for an admin.
func (s *Service) holdFor(tx *gorm.DB, by audit.Actor, who account.ID) (account.User, error) {
	if err := account.RequireAdmin(tx, by.User); err != nil {
		return account.User{}, err
	}
	return account.Hold(tx, who)
}
