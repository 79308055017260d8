package room

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// BoxCode makes a code with which a member of an open pickup room opens its box once; the member's earlier one stops
// working. Errors: those of RequireOpen, ErrNotPickup.
func (s *Service) BoxCode(ctx context.Context, who account.ID, id ID) (booking.Code, error) {
	var code booking.Code
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		r, err := RequireOpen(tx, who, id)
		if err != nil {
			return err
		}
		if r.Pickup == nil {
			return ErrNotPickup
		}
		code, err = booking.IssueCode(tx, s.boxSecret, booking.RoomID(id), who, s.timestamp())
		return err
	})
	if err != nil {
		return booking.Code{}, fmt.Errorf("box code of room %d: %w", id, err)
	}
	return code, nil
}
