package room

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// areFriends is what this package asks of the friend domain; the answer holds still until tx ends.
type areFriends func(tx *gorm.DB, a, b account.ID) (bool, error)

// selections is what this package asks of the order domain: to forget what somebody chose who is out, unless the order
// is confirmed.
type selections func(tx *gorm.DB, id ID, who account.ID) error

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// journal carries out steps one after the other, in the order of the messages around them, and publishes what they
// tell after their commit. A step whose caller does not wait any more is carried out nevertheless.
type journal interface {
	Record(ctx context.Context, step Step) error
}

// Deps is what rooms are built on.
type Deps struct {
	DB          *gorm.DB // its schema is up to date
	AreFriends  areFriends
	Selections  selections
	Journal     journal
	Events      publisher
	Emotion     emotion.Mode    // the operator's choice
	Passwords   *account.Hasher // of PasswordCost
	Limits      limit.Limiter
	Signer      Signer // of invites
	BoxSecret   []byte // see booking.Secret
	MaxCapacity int    // of rooms without a pickup
	Now         func() time.Time
	Log         *zap.Logger
}

// Service holds the use cases of rooms. All methods may be called from many goroutines.
type Service struct {
	db          *gorm.DB
	areFriends  areFriends
	selections  selections
	journal     journal
	events      publisher
	emotion     emotion.Mode
	passwords   *account.Hasher
	limits      limit.Limiter
	signer      Signer
	boxSecret   []byte
	maxCapacity int
	now         func() time.Time
	log         *zap.Logger
	sweeping    *observability.Job
}

// NewService returns the service. Direct rooms need no more than the database, AreFriends, Events and Now.
func NewService(d Deps) *Service {
	return &Service{
		db: d.DB, areFriends: d.AreFriends, selections: d.Selections, journal: d.Journal, events: d.Events, emotion: d.Emotion,
		passwords: d.Passwords,
		limits:    d.Limits, signer: d.Signer, boxSecret: d.BoxSecret, maxCapacity: d.MaxCapacity, now: d.Now, log: d.Log,
		sweeping: observability.NewJob("room_lifetimes"),
	}
}

// OpenDirect returns the one direct room of two friends and whether this call created it. Somebody who is no friend,
// whether they exist or not, is ErrNoFriend.
func (s *Service) OpenDirect(ctx context.Context, who, other account.ID) (mine Mine, created bool, err error) {
	var id ID
	open := func(tx *gorm.DB) error {
		created = false
		ok, err := s.areFriends(tx, who, other)
		if err != nil {
			return err
		}
		if !ok {
			return ErrNoFriend
		}
		row, err := lockDirect(tx, who, other)
		if err == nil && row.ID == 0 {
			created = true
			row, err = insertDirect(tx, who, other, s.timestamp())
		}
		id = row.ID
		if err != nil {
			return err
		}
		closed, err := account.AreClosed(tx, who, other)
		switch {
		case err != nil:
			return err
		case slices.Contains(closed, who):
			return account.ErrClosed
		case len(closed) > 0:
			return ErrNoFriend
		}
		return nil
	}
	err = storage.Tx(ctx, s.db, open)
	if storage.IsDuplicate(err) { // the other one opened it at the same moment: now it is there to be found
		err = storage.Tx(ctx, s.db, open)
	}
	if err != nil {
		return Mine{}, false, fmt.Errorf("open direct room of %d and %d: %w", who, other, err)
	}
	if created {
		s.events.Publish(ctx, Opened{Room: id, Members: []account.ID{who, other}})
	}
	mine, err = s.Get(ctx, who, id)
	return mine, created, err
}

// SetDirectOpen opens or freezes the direct room of two people, in the transaction that makes or ends their
// friendship. It returns the room's id, or 0 when they never had one.
func (s *Service) SetDirectOpen(tx *gorm.DB, a, b account.ID, open bool) (int64, error) {
	row, err := lockDirect(tx, a, b)
	if err != nil || row.ID == 0 {
		return 0, err
	}
	state := ReadOnly
	if open {
		state = Open
	}
	if err := tx.Model(&roomRow{}).Where("id = ?", row.ID).Update("state", state).Error; err != nil {
		return 0, fmt.Errorf("set the state of room %d: %w", row.ID, err)
	}
	return int64(row.ID), membersChanged(tx, row.ID)
}

// timestamp is now in the precision that the database keeps.
func (s *Service) timestamp() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
