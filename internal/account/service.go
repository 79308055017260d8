package account

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
)

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Service holds what people do with their own account. All methods may be called from many goroutines.
type Service struct {
	db      *gorm.DB
	changed changed
	events  publisher
	now     func() time.Time
}

// changed is called in the transaction in which a person changes what is known of them, before their row is locked and after. What it
// returns then is published after the commit.
type changed func(tx *gorm.DB, before, after User) (events []any, err error)

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, changed changed, events publisher, now func() time.Time) *Service {
	return &Service{db: db, changed: changed, events: events, now: now}
}

// ByID returns a user, or ErrUnknown.
func (s *Service) ByID(ctx context.Context, id ID) (User, error) {
	user, err := Load(s.db.WithContext(ctx), id)
	if err != nil {
		return User{}, fmt.Errorf("user %d: %w", id, err)
	}
	return user, nil
}

// Update changes a profile and returns it as it is then. A nickname is stored in its normal form. Wrong values are
// all named in one fault.ErrInvalid.
func (s *Service) Update(ctx context.Context, who ID, change Change) (User, error) {
	change, err := change.normal()
	if err != nil {
		return User{}, err
	}
	var before, after User
	var events []any
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		// Who writes in a room holds the room and then needs the row of the author. In the other order the two would wait for each
		// other, so the rooms come first; those that the person came into meanwhile are found below.
		row, err := find(tx, "id = ?", who)
		if err == nil {
			_, err = s.changed(tx, row.user(), change.apply(row.user()))
		}
		if err == nil {
			row, err = find(lock(tx), "id = ?", who)
		}
		if err == nil && row.State == Deactivated {
			err = ErrClosed // meanwhile
		}
		if err == nil && change.ShareReadings != nil {
			err = requireRemembering(tx, who)
		}
		if err != nil {
			return err
		}
		before, after = row.user(), change.apply(row.user())
		if before == after {
			return nil
		}
		if events, err = s.changed(tx, before, after); err != nil {
			return err
		}
		return update(tx, after, s.now())
	})
	if err != nil {
		return User{}, fmt.Errorf("update user %d: %w", who, err)
	}
	if before != after {
		for _, event := range append([]any{SettingsChanged{User: after}}, events...) {
			s.events.Publish(ctx, event)
		}
	}
	return after, nil
}

// normal returns the change with its nickname in normal form, or a fault that names every wrong field.
func (c Change) normal() (Change, error) {
	invalid := fault.ErrInvalid
	if c.Nickname != nil {
		nickname, wrong := NormalNickname(*c.Nickname)
		if wrong != "" {
			invalid = invalid.WithField("body.nickname", wrong)
		}
		c.Nickname = &nickname
	}
	if c.Locale != nil && !c.Locale.Valid() {
		invalid = invalid.WithField("body.locale", "is not a language we speak")
	}
	if c.ShareReadings != nil && !c.ShareReadings.Valid() {
		invalid = invalid.WithField("body.shareReadings", "must be everyone, self or off")
	}
	if len(invalid.Fields) > 0 {
		return Change{}, invalid
	}
	return c, nil
}

func (c Change) apply(u User) User {
	set(&u.Nickname, c.Nickname)
	set(&u.Locale, c.Locale)
	set(&u.ShareReadings, c.ShareReadings)
	set(&u.ShowReadings, c.ShowReadings)
	set(&u.CalibrateReadings, c.CalibrateReadings)
	return u
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
