// Package directory shows admins who has an account, and gives people roles.
package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
)

// Account is somebody's account as admins see it.
type Account struct {
	ID            account.ID
	Email         string
	EmailVerified bool
	Nickname      string // of a closed account the one it had
	Role          account.Role
	Locale        account.Locale
	State         account.State
	CreatedAt     time.Time
	LastSeenAt    *time.Time // nil: never
	Online        bool
	Closing       *Closing // nil while the account is open
}

// Closing is how an account was closed.
type Closing struct {
	By         account.ClosedBy
	At         time.Time
	PurgeAfter *time.Time
	Messages   account.Messages
	Reason     string // why an admin did
}

// presence tells who has an open connection.
type presence interface {
	Online(ctx context.Context, ids []account.ID) (map[account.ID]bool, error)
}

// Service holds what admins do with accounts, besides closing them. All methods may be called from many goroutines.
type Service struct {
	db       *gorm.DB
	presence presence
	now      func() time.Time
	effort   effort
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, presence presence, now func() time.Time) *Service {
	return &Service{db: db, presence: presence, now: now, effort: usual}
}

// View shows an account to an admin, and notes that they looked. account.ErrUnknown.
func (s *Service) View(ctx context.Context, by audit.Actor, id account.ID) (Account, error) {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return err
		}
		if _, err := account.Load(tx, id); err != nil {
			return err
		}
		return audit.Write(tx, by, audit.UserViewed, audit.Target{Type: audit.User, ID: int64(id)}, s.now())
	})
	if err != nil {
		return Account{}, fmt.Errorf("view account %d: %w", id, err)
	}
	return s.Account(ctx, id)
}

// Account returns an account, or account.ErrUnknown. Whether somebody may see it is the caller's business.
func (s *Service) Account(ctx context.Context, id account.ID) (Account, error) {
	rows, err := details(s.db.WithContext(ctx), "SELECT id FROM users WHERE id = ?", "u.id", id)
	if err != nil {
		return Account{}, fmt.Errorf("account %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Account{}, account.ErrUnknown
	}
	list, err := s.accounts(ctx, rows)
	if err != nil {
		return Account{}, err
	}
	return list[0], nil
}

// SetRole gives somebody a role, by which their very next request is judged. account.ErrUnknown; account.ErrState for a closed account;
// account.ErrLastAdmin when nobody else would be an admin who can sign in.
func (s *Service) SetRole(ctx context.Context, by audit.Actor, id account.ID, role account.Role) (Account, error) {
	if role != account.RoleUser && role != account.RoleAdmin {
		return Account{}, fault.ErrInvalid.WithField("body.role", "must be user or admin")
	}
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		// First of all, for it holds every admin: of two who take the role from each other, the second finds that they have lost it.
		alone := account.RequireAnotherAdmin(tx, id)
		if alone != nil && !errors.Is(alone, account.ErrLastAdmin) {
			return alone
		}
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return err
		}
		user, err := account.Hold(tx, id)
		if err != nil {
			return err
		}
		if user.State == account.Deactivated {
			return account.ErrState
		}
		if user.Role == account.RoleAdmin && role != account.RoleAdmin && alone != nil {
			return alone
		}
		if err := account.SetRole(tx, id, role, s.now()); err != nil {
			return err
		}
		return audit.Write(tx, by, audit.UserRoleChanged, audit.Target{Type: audit.User, ID: int64(id)}, s.now(),
			audit.Became("role", user.Role, role)...)
	})
	if err != nil {
		return Account{}, fmt.Errorf("set the role of %d: %w", id, err)
	}
	return s.Account(ctx, id)
}

// MakeAdmin gives somebody the role of an admin on behalf of the operator, who has nobody to ask. account.ErrUnknown; account.ErrState for a
// closed account.
func (s *Service) MakeAdmin(ctx context.Context, id account.ID) error {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		user, err := account.Hold(tx, id)
		if err != nil {
			return err
		}
		if user.State == account.Deactivated {
			return account.ErrState
		}
		if err := account.SetRole(tx, id, account.RoleAdmin, s.now()); err != nil {
			return err
		}
		return audit.Write(tx, audit.Actor{}, audit.AdminCreated, audit.Target{Type: audit.User, ID: int64(id)}, s.now(),
			audit.Became("role", user.Role, account.RoleAdmin)...)
	})
	if err != nil {
		return fmt.Errorf("make %d an admin: %w", id, err)
	}
	return nil
}

// accounts adds who is online.
func (s *Service) accounts(ctx context.Context, rows []row) ([]Account, error) {
	list := make([]Account, len(rows))
	ids := make([]account.ID, len(rows))
	for i, r := range rows {
		list[i], ids[i] = r.account(), r.ID
	}
	if len(list) == 0 {
		return list, nil
	}
	online, err := s.presence.Online(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("look who is online: %w", err)
	}
	for i := range list {
		list[i].Online = online[list[i].ID]
	}
	return list, nil
}
