package order

import (
	"context"
	"errors"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

// journal carries out what leaves a line in a room's history.
type journal interface {
	Record(ctx context.Context, step room.Step) error
}

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Service holds the use cases of orders. All methods may be called from many goroutines. To those who are not joined
// in the room it answers room.ErrNotFound, about a room without a pickup room.ErrNotPickup.
type Service struct {
	db      *gorm.DB
	journal journal
	events  publisher
	now     func() time.Time
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, journal journal, events publisher, now func() time.Time) *Service {
	return &Service{db: db, journal: journal, events: events, now: now}
}

// Get returns a room's order, also in a room that has ended.
func (s *Service) Get(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	return Order{}, errors.ErrUnsupported
}

// Save puts what a member chooses in the place of what they chose before.
func (s *Service) Save(ctx context.Context, who account.ID, id room.ID, items []Choice, done bool) (Order, error) {
	return Order{}, errors.ErrUnsupported
}

// Confirm fixes the order and everybody's share.
func (s *Service) Confirm(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	return Order{}, errors.ErrUnsupported
}

// Receive says that a member has what they ordered.
func (s *Service) Receive(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	return Order{}, errors.ErrUnsupported
}

// Drop forgets what a member chose, unless the order is confirmed. Package room calls it in the transaction in which
// they leave.
func Drop(tx *gorm.DB, id room.ID, who account.ID) error {
	return tx.Exec("DELETE FROM selections WHERE room_id = ? AND user_id = ? AND delivery_share IS NULL", id, who).Error
}
