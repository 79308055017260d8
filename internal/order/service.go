package order

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
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

// Get returns a room's order, also of a room that has ended. The number of statements does not depend on what was
// chosen.
func (s *Service) Get(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	db := s.db.WithContext(ctx)
	mine, err := room.Find(db, who, id)
	switch {
	case err != nil:
		return Order{}, err
	case mine.Place == nil:
		return Order{}, room.ErrNotPickup
	}
	o, err := load(db, id, mine.Place.Store)
	if err != nil {
		return Order{}, fmt.Errorf("order of room %d: %w", id, err)
	}
	return o, nil
}

// Save puts what a member chooses in the place of what they chose before; done means that they have made up their mind.
// Errors: room.ErrClosed, ErrConfirmed, ErrTooLate, or fault.ErrInvalid with a field for each choice that is wrong.
func (s *Service) Save(ctx context.Context, who account.ID, id room.ID, items []Choice, done bool) (Order, error) {
	if err := check(items); err != nil {
		return Order{}, err
	}
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		r, err := requirePickup(tx, who, id)
		if err != nil {
			return err
		}
		if err := requireChoosing(tx, r); err != nil {
			return err
		}
		if err := requireOnMenu(tx, r.Pickup.Store, items); err != nil {
			return err
		}
		return replace(tx, id, who, items, done)
	})
	if err != nil {
		return Order{}, fmt.Errorf("choose in room %d: %w", id, err)
	}
	s.events.Publish(ctx, room.Changed{Room: id, Change: room.ChangeOrder, State: room.Open, User: who})
	return s.Get(ctx, who, id)
}

// Confirm fixes the order and everybody's share at the prices of the moment, and starts it if the room has not gone on
// yet; for the host. A confirmed order stays as it is. Errors: room.ErrHostOnly, room.ErrClosed, ErrTooLate,
// ErrIncomplete, ErrEmpty, ErrItemGone, ErrBelowMinimum.
func (s *Service) Confirm(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	err := s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (room.Record, error) {
		r, err := requirePickup(tx, who, id)
		if err != nil {
			return room.Record{}, err
		}
		if r.Host != who {
			return room.Record{}, room.ErrHostOnly
		}
		return confirm(tx, r, now)
	})
	if err != nil {
		return Order{}, fmt.Errorf("confirm the order of room %d: %w", id, err)
	}
	return s.Get(ctx, who, id)
}

// Receive says that a member has what they ordered, once. In a room that has ended it leaves no line: nothing is
// written there. Errors: ErrNotDelivered, ErrNothing.
func (s *Service) Receive(ctx context.Context, who account.ID, id room.ID) (Order, error) {
	err := s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (room.Record, error) {
		r, err := requirePickup(tx, who, id)
		if err != nil {
			return room.Record{}, err
		}
		return receive(tx, r, who, now)
	})
	if err != nil {
		return Order{}, fmt.Errorf("receive the order of room %d: %w", id, err)
	}
	return s.Get(ctx, who, id)
}

// requirePickup locks a pickup room until tx ends, for one of its members.
func requirePickup(tx *gorm.DB, who account.ID, id room.ID) (*room.Room, error) {
	r, err := room.RequireMember(tx, who, id)
	if err == nil && r.Pickup == nil {
		err = room.ErrNotPickup
	}
	return r, err
}

// requireChoosing says why nothing can be chosen in a room any more.
func requireChoosing(tx *gorm.DB, r *room.Room) error {
	if err := r.State.Writable(); err != nil {
		return err
	}
	confirmed, err := isConfirmed(tx, r.ID)
	switch {
	case err != nil:
		return err
	case confirmed:
		return ErrConfirmed
	case !isChoosing(r.Phase):
		return ErrTooLate
	}
	return nil
}

func isChoosing(p room.Phase) bool { return p == room.Created || p == room.OrderStarted }

// check finds what is wrong about choices whatever the menu.
func check(items []Choice) error {
	invalid := fault.ErrInvalid
	if len(items) > maxItems {
		return invalid.WithField("body.items", fmt.Sprintf("must be at most %d", maxItems))
	}
	seen := make(map[booking.ItemID]bool, len(items))
	for i, c := range items {
		if seen[c.Item] {
			invalid = invalid.WithField(fmt.Sprintf("body.items.%d.itemId", i), "is there twice")
		}
		seen[c.Item] = true
		if c.Quantity < 1 || c.Quantity > maxQuantity {
			invalid = invalid.WithField(fmt.Sprintf("body.items.%d.quantity", i), fmt.Sprintf("must be between 1 and %d", maxQuantity))
		}
	}
	if len(invalid.Fields) > 0 {
		return invalid
	}
	return nil
}

// requireOnMenu returns fault.ErrInvalid with the choices that the store does not have.
func requireOnMenu(tx *gorm.DB, store booking.StoreID, items []Choice) error {
	offered, err := onMenu(tx, store, items)
	if err != nil {
		return err
	}
	invalid := fault.ErrInvalid
	for i, c := range items {
		if !offered[c.Item] {
			invalid = invalid.WithField(fmt.Sprintf("body.items.%d.itemId", i), "is not on the menu")
		}
	}
	if len(invalid.Fields) > 0 {
		return invalid
	}
	return nil
}

// confirm is the step of Confirm on a locked room. Its record is empty when the order is confirmed already.
func confirm(tx *gorm.DB, r *room.Room, now time.Time) (room.Record, error) {
	pair := booking.Pair(*r.Pickup)
	places, err := booking.Places(tx, []booking.Pair{pair})
	if err != nil {
		return room.Record{}, err
	}
	o, err := load(tx, r.ID, places[pair].Store)
	if err != nil || o.ConfirmedAt != nil {
		return room.Record{}, err
	}
	if err := r.State.Writable(); err != nil {
		return room.Record{}, err
	}
	if !isChoosing(r.Phase) {
		return room.Record{}, ErrTooLate
	}
	if err := o.ready(); err != nil {
		return room.Record{}, err
	}
	if err := fix(tx, r.ID, o, now); err != nil {
		return room.Record{}, err
	}
	rec := room.Record{
		Room: r, Actor: r.Host,
		Lines:  []room.Line{{Code: room.LineOrderConfirmed, Number: o.Total()}},
		Events: []any{room.Changed{Room: r.ID, Change: room.ChangeOrder, State: r.State}},
	}
	if r.Phase == room.Created {
		if err := room.AdvanceToStarted(tx, r); err != nil {
			return room.Record{}, err
		}
		rec.Lines = append(rec.Lines, room.Line{Code: room.LinePhase, Phase: r.Phase})
		rec.Events = append(rec.Events, room.Changed{Room: r.ID, Change: room.ChangePhase, State: r.State})
	}
	return rec, nil
}

// receive is the step of Receive on a locked room. Its record is empty when they have said so before.
func receive(tx *gorm.DB, r *room.Room, who account.ID, now time.Time) (room.Record, error) {
	ordered, received, err := hasReceived(tx, r.ID, who)
	switch {
	case err != nil || received:
		return room.Record{}, err
	case r.Phase != room.Delivered:
		return room.Record{}, ErrNotDelivered
	case !ordered:
		return room.Record{}, ErrNothing
	}
	if err := markReceived(tx, r.ID, who, now); err != nil {
		return room.Record{}, err
	}
	rec := room.Record{
		Room: r, Actor: who,
		Events: []any{room.Changed{Room: r.ID, Change: room.ChangeOrder, State: r.State, User: who}},
	}
	if r.State.Writable() == nil {
		rec.Lines = []room.Line{{Code: room.LineReceived, User: who}}
	}
	return rec, nil
}
