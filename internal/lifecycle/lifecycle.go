// Package lifecycle owns how accounts end: closing them, bringing them back, and removing what is left of them.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Deps is what the ends of accounts are built on.
type Deps struct {
	DB        *gorm.DB // its schema is up to date
	Rooms     *room.Service
	Friends   *friend.Service
	Messages  *message.Service
	Mails     *mail.Service
	Passwords *account.Hasher
	Events    publisher
	// Forget drops what is kept outside of SQL of rooms from which something of somebody has gone.
	Forget func(ctx context.Context, rooms []room.ID)
	// PurgeAfter is how long a closed account can be restored.
	PurgeAfter time.Duration
	Now        func() time.Time
	Log        *zap.Logger
}

// Service holds the use cases. All methods may be called from many goroutines.
type Service struct {
	Deps
	settling, purging *observability.Job
}

// NewService returns the service. What a crash has left undone is finished by Run.
func NewService(d Deps) *Service {
	return &Service{Deps: d, settling: observability.NewJob("account_settling"), purging: observability.NewJob("account_purge")}
}

const (
	// patience is how long the one who closes or restores an account waits for what follows the moment in which it is; then Run goes on.
	patience  = 20 * time.Second
	maxReason = 300 // code points
)

// Leave closes one's own account and returns when it will be purged. From its commit on nothing of it can be used, and others see
// somebody who has left. account.ErrLastAdmin; account.ErrClosed when it is closed already.
func (s *Service) Leave(ctx context.Context, who account.ID, messages account.Messages) (purgeAfter time.Time, err error) {
	if messages != account.KeepMessages && messages != account.DeleteMessages {
		return time.Time{}, fault.ErrInvalid.WithField("query.messages", "must be keep or delete")
	}
	point := account.RestorePoint{ClosedBy: account.BySelf, Messages: messages}
	purgeAfter, err = s.close(ctx, audit.Actor{User: who}, who, point)
	if err != nil {
		return time.Time{}, fmt.Errorf("close the own account %d: %w", who, err)
	}
	return purgeAfter, nil
}

// Deactivate closes somebody else's account, for admins. The reason is for other admins; "" is none. account.ErrUnknown,
// account.ErrOwn, account.ErrLastAdmin; account.ErrState when it is closed already.
func (s *Service) Deactivate(ctx context.Context, by audit.Actor, who account.ID, reason string) error {
	if utf8.RuneCountInString(reason) > maxReason || !utf8.ValidString(reason) {
		return fault.ErrInvalid.WithField("body.reason", fmt.Sprintf("must be at most %d characters long", maxReason))
	}
	point := account.RestorePoint{ClosedBy: account.ByAdmin, Messages: account.KeepMessages}
	if reason != "" {
		point.Reason = &reason
	}
	if _, err := s.close(ctx, by, who, point); err != nil {
		return fmt.Errorf("deactivate account %d: %w", who, err)
	}
	return nil
}

// close is the moment in which an account ends, one transaction, and what follows it.
func (s *Service) close(ctx context.Context, by audit.Actor, who account.ID, point account.RestorePoint) (purgeAfter time.Time, err error) {
	point.ClosedAt = s.Now().UTC().Truncate(time.Microsecond)
	purgeAfter = point.ClosedAt.Add(s.PurgeAfter)
	var ended []auth.SessionEnded
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		user, err := holdClosable(tx, by, who, point.ClosedBy)
		if err != nil {
			return err
		}
		if err := account.Close(tx, user, point, purgeAfter); err != nil {
			return err
		}
		if ended, err = auth.EndAll(tx, who, point.ClosedAt); err != nil {
			return err
		}
		if err := dropLinks(tx, who); err != nil {
			return err
		}
		action := audit.UserDeactivated
		if point.ClosedBy == account.BySelf {
			action = audit.UserLeft
		}
		return audit.Write(tx, by, action, about(who), point.ClosedAt, audit.Became("state", user.State, account.Deactivated)...)
	})
	if err != nil {
		return time.Time{}, err
	}
	for _, e := range ended {
		s.Events.Publish(ctx, e)
	}
	s.follow(ctx, who, s.withdraw)
	return purgeAfter, nil
}

// holdClosable holds the row of somebody whose account may be closed. Admins come first, since whoever takes that role from somebody
// holds all of them.
func holdClosable(tx *gorm.DB, by audit.Actor, who account.ID, closer account.ClosedBy) (account.User, error) {
	alone := account.RequireAnotherAdmin(tx, who)
	if alone != nil && !errors.Is(alone, account.ErrLastAdmin) {
		return account.User{}, alone
	}
	if closer == account.ByAdmin {
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return account.User{}, err
		}
		if by.User == who {
			return account.User{}, account.ErrOwn
		}
	}
	user, err := account.Hold(tx, who)
	switch {
	case err != nil:
		return account.User{}, err
	case user.State == account.Deactivated && closer == account.BySelf:
		return account.User{}, account.ErrClosed
	case user.State == account.Deactivated:
		return account.User{}, account.ErrState
	case user.Role == account.RoleAdmin && alone != nil:
		return account.User{}, alone
	}
	return user, nil
}

// follow does what comes after the commit. It is no failure of the caller's when it does not get to its end.
func (s *Service) follow(ctx context.Context, who account.ID, step func(context.Context, account.ID) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := step(ctx, who); err != nil {
		s.Log.Error("an account is not wholly closed or restored yet", zap.Int64("user", int64(who)), zap.Error(err))
	}
}

// withdraw takes somebody whose account is closed out of the sight of others. It may be done again.
func (s *Service) withdraw(ctx context.Context, who account.ID) error {
	if err := s.Rooms.Suspend(ctx, who, room.Direct); err != nil {
		return err
	}
	ties, rooms, err := s.ties(ctx, who)
	if err != nil {
		return err
	}
	for _, tie := range ties {
		s.Events.Publish(ctx, tie.Vanished(who, int64(rooms[tie.ID].ID)))
	}
	if err := s.Rooms.Suspend(ctx, who, room.Group); err != nil {
		return err
	}
	return account.Settle(s.DB.WithContext(ctx), account.Closing, who)
}

func (s *Service) ties(ctx context.Context, who account.ID) ([]friend.Friend, map[account.ID]room.JoinedRoom, error) {
	ties, err := s.Friends.Ties(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	rooms, err := s.Rooms.DirectOf(ctx, who)
	return ties, rooms, err
}

func about(who account.ID) audit.Target { return audit.Target{Type: audit.User, ID: int64(who)} }
