package order

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/room"
)

// Chosen is what somebody chose in one room. Names and prices are nil until the order was confirmed.
type Chosen struct {
	Room       room.ID
	Done       bool
	ReceivedAt *time.Time
	Items      []ChosenItem
}

// ChosenItem is a dish of it.
type ChosenItem struct {
	Item     booking.ItemID
	Quantity int
	Name     *string
	Price    *int64
}

// Chosen returns what a person chose in any room, by room, also where they are no member any more.
func (s *Service) Chosen(ctx context.Context, who account.ID) ([]Chosen, error) {
	var selections []selectionRow
	if err := s.db.WithContext(ctx).Where("user_id = ?", who).Order("room_id").Find(&selections).Error; err != nil {
		return nil, fmt.Errorf("selections of %d: %w", who, err)
	}
	list := make([]Chosen, 0, len(selections))
	for _, row := range selections {
		var items []itemRow
		err := s.db.WithContext(ctx).Where("room_id = ? AND user_id = ?", row.RoomID, who).Order("item_id").Find(&items).Error
		if err != nil {
			return nil, fmt.Errorf("selections of %d: %w", who, err)
		}
		chosen := Chosen{Room: row.RoomID, Done: row.Done, ReceivedAt: row.ReceivedAt}
		for _, i := range items {
			chosen.Items = append(chosen.Items, ChosenItem{Item: i.ItemID, Quantity: i.Quantity, Name: i.Name, Price: i.Price})
		}
		list = append(list, chosen)
	}
	return list, nil
}
