package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
)

// GetOrder answers with what the members of a room chose.
func (s *Server) GetOrder(ctx context.Context, in openapi.GetOrderRequestObject) (openapi.GetOrderResponseObject, error) {
	o, err := s.Orders.Get(ctx, who(ctx).User, room.ID(in.RoomId))
	return openapi.GetOrder200JSONResponse(wire.Order(o)), err
}

// SaveSelection puts what I choose in the place of what I chose before.
func (s *Server) SaveSelection(ctx context.Context, in openapi.SaveSelectionRequestObject) (openapi.SaveSelectionResponseObject, error) {
	choices := each(in.Body.Items, func(i openapi.SelectedItem) order.Choice {
		return order.Choice{Item: booking.ItemID(i.ItemId), Quantity: i.Quantity}
	})
	o, err := s.Orders.Save(ctx, who(ctx).User, room.ID(in.RoomId), choices, in.Body.Done)
	return openapi.SaveSelection200JSONResponse(wire.Order(o)), err
}

// ConfirmOrder fixes the order and everybody's share.
func (s *Server) ConfirmOrder(ctx context.Context, in openapi.ConfirmOrderRequestObject) (openapi.ConfirmOrderResponseObject, error) {
	o, err := s.Orders.Confirm(ctx, who(ctx).User, room.ID(in.RoomId))
	return openapi.ConfirmOrder200JSONResponse(wire.Order(o)), err
}

// ConfirmReceipt says that I have what I ordered.
func (s *Server) ConfirmReceipt(ctx context.Context, in openapi.ConfirmReceiptRequestObject) (openapi.ConfirmReceiptResponseObject, error) {
	o, err := s.Orders.Receive(ctx, who(ctx).User, room.ID(in.RoomId))
	return openapi.ConfirmReceipt200JSONResponse(wire.Order(o)), err
}
