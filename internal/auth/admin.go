package auth

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
)

// The methods of this file are for admins: everybody else is answered account.ErrAdminOnly. Each leaves one entry in the audit.

// ErrNoSession is what an admin is told of a session that is not a live one of that person.
var ErrNoSession = fault.New(fault.NotFound, ErrUnknownSession.Code, "This person has no such session.")

// ViewSessions returns somebody's live sessions, the most recently used first. account.ErrUnknown.
func (s *Service) ViewSessions(ctx context.Context, by audit.Actor, who account.ID) (sessions []Session, err error) {
	err = s.asAdmin(ctx, by, who, func(tx *gorm.DB) (audit.Action, []audit.Change, error) {
		sessions, err = liveSessions(tx, who, s.now())
		return audit.UserViewed, nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("view sessions of %d: %w", who, err)
	}
	return sessions, nil
}

// RevokeAll ends all of somebody's sessions. account.ErrUnknown.
func (s *Service) RevokeAll(ctx context.Context, by audit.Actor, who account.ID) error {
	var ended []SessionEnded
	err := s.asAdmin(ctx, by, who, func(tx *gorm.DB) (_ audit.Action, _ []audit.Change, err error) {
		if _, err := account.Hold(tx, who); err != nil { // or one could begin meanwhile
			return "", nil, err
		}
		ended, err = EndAll(tx, who, s.now())
		return audit.UserSessionsRevoked, audit.Became("sessions", strconv.Itoa(len(ended)), "0"), err
	})
	if err != nil {
		return fmt.Errorf("revoke sessions of %d: %w", who, err)
	}
	for _, e := range ended {
		s.events.Publish(ctx, e)
	}
	return nil
}

// RevokeOne ends one of somebody's sessions. account.ErrUnknown, ErrNoSession.
func (s *Service) RevokeOne(ctx context.Context, by audit.Actor, who account.ID, id SessionID) error {
	err := s.asAdmin(ctx, by, who, func(tx *gorm.DB) (audit.Action, []audit.Change, error) {
		ids, err := lockLive(tx.Where("id = ?", id), who, s.now())
		if err == nil && len(ids) == 0 {
			err = ErrNoSession
		}
		if err != nil {
			return "", nil, err
		}
		was := strconv.FormatInt(int64(id), 10)
		return audit.UserSessionsRevoked, []audit.Change{{Field: "session", Before: &was}}, endSessions(tx, ids, s.now())
	})
	if err != nil {
		return fmt.Errorf("revoke session %d of %d: %w", id, who, err)
	}
	s.events.Publish(ctx, SessionEnded{User: who, Session: id})
	return nil
}

// asAdmin runs fn on an account that there is, if it is an admin who asks, and notes what fn did.
func (s *Service) asAdmin(ctx context.Context, by audit.Actor, who account.ID, fn func(tx *gorm.DB) (audit.Action, []audit.Change, error)) error {
	return storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return err
		}
		if _, err := account.Load(tx, who); err != nil {
			return err
		}
		action, changes, err := fn(tx)
		if err != nil {
			return err
		}
		return audit.Write(tx, by, action, audit.Target{Type: audit.User, ID: int64(who)}, s.now(), changes...)
	})
}
