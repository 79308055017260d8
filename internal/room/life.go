package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"gorm.io/gorm"
)

const (
	life          = 3 * time.Hour // of a pickup room, unless it is extended
	maxExtensions = 3
	maxHours      = 2 // of one extension
)

// Phases returns the way of a pickup room through its phases.
func Phases() []Phase {
	return []Phase{Created, OrderStarted, OrderCompleted, DeliveryInProgress, Delivered}
}

// Extend lets a pickup room live some hours longer; for the host. The warnings come again before the new end. Errors:
// fault.ErrInvalid, those of RequireHost, ErrNotPickup, ErrVersion, ErrExtensions.
func (s *Service) Extend(ctx context.Context, who account.ID, id ID, hours int, expect Expected) (Mine, error) {
	if hours < 1 || hours > maxHours {
		return Mine{}, fault.ErrInvalid.WithField("body.hours", fmt.Sprintf("must be between 1 and %d", maxHours))
	}
	return s.command(ctx, who, id, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := requirePickupHost(tx, who, id, expect)
		if err != nil {
			return Record{}, err
		}
		if r.Extensions >= maxExtensions {
			return Record{}, ErrExtensions
		}
		end := r.ClosesAt.Add(time.Duration(hours) * time.Hour)
		r.ClosesAt, r.warned = &end, 0
		r.Extensions++
		r.Version++
		line := Line{Code: LineExtended, Number: int64(hours), Time: &end}
		return r.tell(who, r.changed(ChangeExtended, 0), line), r.save(tx)
	})
}

// SetPhase takes a pickup room to its next phase; for the host. The present phase changes nothing. Errors:
// fault.ErrInvalid, those of RequireHost, ErrNotPickup, ErrVersion, ErrPhaseOrder.
func (s *Service) SetPhase(ctx context.Context, who account.ID, id ID, p Phase, expect Expected) (Mine, error) {
	next := slices.Index(Phases(), p)
	if next < 0 {
		return Mine{}, fault.ErrInvalid.WithField("body.phase", "is no phase")
	}
	return s.command(ctx, who, id, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := requirePickupHost(tx, who, id, expect)
		if err != nil {
			return Record{}, err
		}
		switch slices.Index(Phases(), r.Phase) {
		case next:
			return Record{}, nil
		case next - 1:
			return r.tell(who, r.changed(ChangePhase, 0), Line{Code: LinePhase, Phase: p}), r.reach(tx, p)
		default:
			return Record{}, ErrPhaseOrder
		}
	})
}

func requirePickupHost(tx *gorm.DB, who account.ID, id ID, expect Expected) (*Room, error) {
	r, err := RequireHost(tx, who, id)
	switch {
	case err != nil:
		return nil, err
	case r.Pickup == nil:
		return nil, ErrNotPickup
	}
	return r, expect.check(r)
}

func (r *Room) reach(tx *gorm.DB, p Phase) error {
	r.Phase = p
	r.Version++
	return r.save(tx)
}

// AdvanceToStarted takes a locked pickup room from Created to OrderStarted, within the step that confirms its order.
// The step tells it, with Changed and a line like every change of phase.
func AdvanceToStarted(tx *gorm.DB, r *Room) error {
	if r.Pickup == nil || r.Phase != Created {
		return ErrPhaseOrder
	}
	return r.reach(tx, OrderStarted)
}

// Close ends a group room; for the host. Errors: those of RequireHost, ErrVersion.
func (s *Service) Close(ctx context.Context, who account.ID, id ID, expect Expected) (Mine, error) {
	return s.command(ctx, who, id, func(tx *gorm.DB, now time.Time) (Record, error) {
		r, err := RequireHost(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		if err := expect.check(r); err != nil {
			return Record{}, err
		}
		if err := r.end(tx, now); err != nil {
			return Record{}, err
		}
		return r.tell(who, r.changed(ChangeClosed, 0), Line{Code: LineClosed}), nil
	})
}

// Arrived says that the courier was at the room's box: whatever the phase of the started order was, it is delivered.
// Saying it again changes nothing. Errors: booking.ErrNotBooked when the room has ended, ErrNothingExpected.
func (s *Service) Arrived(ctx context.Context, id ID) error {
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := holder(tx, id)
		if err != nil {
			return Record{}, err
		}
		switch r.Phase {
		case Created:
			return Record{}, ErrNothingExpected
		case Delivered:
			return Record{}, nil
		default:
			return r.tell(0, r.changed(ChangePhase, 0), Line{Code: LineArrived}), r.reach(tx, Delivered)
		}
	})
	if err != nil {
		return fmt.Errorf("arrival at the box of room %d: %w", id, err)
	}
	return nil
}

// holder locks a pickup room that holds its box: as long as it is open.
func holder(tx *gorm.DB, id ID) (*Room, error) {
	rooms, err := Lock(tx, []ID{id})
	if err != nil {
		return nil, err
	}
	r := rooms[id]
	if r == nil || r.Pickup == nil || r.State != Open {
		return nil, booking.ErrNotBooked
	}
	return r, nil
}

// BoxOpened says in the room that somebody's code has opened the box. A room that has ended meanwhile hears nothing.
func (s *Service) BoxOpened(ctx context.Context, id ID, user account.ID) error {
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := holder(tx, id)
		if errors.Is(err, booking.ErrNotBooked) {
			return Record{}, nil
		}
		if err != nil {
			return Record{}, err
		}
		return Record{Room: r, Actor: user, Lines: []Line{{Code: LineBoxOpened, User: user}}}, nil
	})
	if err != nil {
		return fmt.Errorf("opening of the box of room %d: %w", id, err)
	}
	return nil
}
