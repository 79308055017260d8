package main

import (
	"context"
	"embed"
	"errors"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/room"
)

// demoTown is a town that does not exist: its areas, stores, menus and boxes, as the import command reads them.
//
//go:embed demo/*.csv
var demoTown embed.FS

// openRooms makes two rooms for others to discover, one by each friend. Where they are still open it leaves them; a
// room for an order ends by itself after some hours, and then there is a new one.
func (d demo) openRooms(ctx context.Context, minji, ben account.ID) error {
	err := d.openRoom(ctx, ben, room.NewRoom{Title: "동네 산책 모임 · Evening walks", Capacity: 20})
	if err != nil {
		return err
	}
	pickup, err := d.pickup(ctx)
	if err != nil || pickup == nil {
		return err
	}
	return d.openRoom(ctx, minji, room.NewRoom{Title: "달빛분식 같이 시켜요", Capacity: 4, Pickup: pickup})
}

// openRoom leaves an open room of the same title as it is.
func (d demo) openRoom(ctx context.Context, host account.ID, n room.NewRoom) error {
	_, _, err := d.rooms.Create(ctx, host, n)
	if errors.Is(err, room.ErrTitleTaken) || errors.Is(err, booking.ErrBoxBooked) {
		return nil
	}
	return err
}

// pickup finds a store and a free box of the town, or nothing where the operator has places of their own.
func (d demo) pickup(ctx context.Context) (*room.Pickup, error) {
	stores, err := d.bookings.Stores(ctx, booking.StoreQuery{Text: "달빛분식", Page: 1, Size: 1})
	if err != nil || len(stores.Items) == 0 {
		return nil, err
	}
	boxes, err := d.bookings.Boxes(ctx, "90101", true)
	if err != nil || len(boxes) == 0 {
		return nil, err
	}
	return &room.Pickup{Store: stores.Items[0].ID, Box: boxes[0].ID}, nil
}
