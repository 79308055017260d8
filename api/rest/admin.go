package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/booking"
)

// ListAllStores answers with stores in use and out of it.
func (s *Server) ListAllStores(ctx context.Context, in openapi.ListAllStoresRequestObject) (openapi.ListAllStoresResponseObject, error) {
	number, size := or(in.Params.Page, firstPage), or(in.Params.Size, defaultSize)
	page, err := s.Bookings.AllStores(ctx, who(ctx).User, or(in.Params.Q, ""), number, size)
	return openapi.ListAllStores200JSONResponse{Items: each(page.Items, wire.Store), Page: number, Size: size, Total: page.Total}, err
}

// GetWholeStore answers with a store and its menu, with what is off it.
func (s *Server) GetWholeStore(ctx context.Context, in openapi.GetWholeStoreRequestObject) (openapi.GetWholeStoreResponseObject, error) {
	store, menu, err := s.Bookings.WholeStore(ctx, who(ctx).User, booking.StoreID(in.StoreId))
	return openapi.GetWholeStore200JSONResponse{Store: wire.Store(store), Menu: each(menu, wire.MenuItem)}, err
}

// CreateStore adds a store, once for each Idempotency-Key of mine.
func (s *Server) CreateStore(ctx context.Context, in openapi.CreateStoreRequestObject) (openapi.CreateStoreResponseObject, error) {
	store, created, err := s.Bookings.CreateStore(ctx, by(ctx), toStore(0, *in.Body), or(in.Params.IdempotencyKey, ""))
	if created {
		return openapi.CreateStore201JSONResponse(wire.Store(store)), err
	}
	return openapi.CreateStore200JSONResponse(wire.Store(store)), err
}

// ReplaceStore changes a store.
func (s *Server) ReplaceStore(ctx context.Context, in openapi.ReplaceStoreRequestObject) (openapi.ReplaceStoreResponseObject, error) {
	store, err := s.Bookings.ReplaceStore(ctx, by(ctx), toStore(in.StoreId, *in.Body))
	return openapi.ReplaceStore200JSONResponse(wire.Store(store)), err
}

// DeleteStore takes a store out of use.
func (s *Server) DeleteStore(ctx context.Context, in openapi.DeleteStoreRequestObject) (openapi.DeleteStoreResponseObject, error) {
	return openapi.DeleteStore204Response{}, s.Bookings.DeleteStore(ctx, by(ctx), booking.StoreID(in.StoreId))
}

// CreateMenuItem adds a dish to a menu, once for each Idempotency-Key of mine.
func (s *Server) CreateMenuItem(ctx context.Context, in openapi.CreateMenuItemRequestObject) (openapi.CreateMenuItemResponseObject, error) {
	item, created, err := s.Bookings.CreateItem(ctx, by(ctx), toItem(in.StoreId, 0, *in.Body), or(in.Params.IdempotencyKey, ""))
	if created {
		return openapi.CreateMenuItem201JSONResponse(wire.MenuItem(item)), err
	}
	return openapi.CreateMenuItem200JSONResponse(wire.MenuItem(item)), err
}

// ReplaceMenuItem changes a dish.
func (s *Server) ReplaceMenuItem(ctx context.Context, in openapi.ReplaceMenuItemRequestObject) (openapi.ReplaceMenuItemResponseObject, error) {
	item, err := s.Bookings.ReplaceItem(ctx, by(ctx), toItem(in.StoreId, in.ItemId, *in.Body))
	return openapi.ReplaceMenuItem200JSONResponse(wire.MenuItem(item)), err
}

// DeleteMenuItem takes a dish off a menu.
func (s *Server) DeleteMenuItem(ctx context.Context, in openapi.DeleteMenuItemRequestObject) (openapi.DeleteMenuItemResponseObject, error) {
	err := s.Bookings.DeleteItem(ctx, by(ctx), booking.StoreID(in.StoreId), booking.ItemID(in.ItemId))
	return openapi.DeleteMenuItem204Response{}, err
}

// ListAllBoxes answers with boxes in use and out of it.
func (s *Server) ListAllBoxes(ctx context.Context, in openapi.ListAllBoxesRequestObject) (openapi.ListAllBoxesResponseObject, error) {
	number, size := or(in.Params.Page, firstPage), or(in.Params.Size, defaultSize)
	page, err := s.Bookings.AllBoxes(ctx, who(ctx).User, or(in.Params.Q, ""), number, size)
	return openapi.ListAllBoxes200JSONResponse{Items: each(page.Items, wire.Box), Page: number, Size: size, Total: page.Total}, err
}

// CreateBox adds a box, once for each Idempotency-Key of mine.
func (s *Server) CreateBox(ctx context.Context, in openapi.CreateBoxRequestObject) (openapi.CreateBoxResponseObject, error) {
	box, created, err := s.Bookings.CreateBox(ctx, by(ctx), toBox(0, *in.Body), or(in.Params.IdempotencyKey, ""))
	if created {
		return openapi.CreateBox201JSONResponse(wire.Box(box)), err
	}
	return openapi.CreateBox200JSONResponse(wire.Box(box)), err
}

// ReplaceBox changes a box.
func (s *Server) ReplaceBox(ctx context.Context, in openapi.ReplaceBoxRequestObject) (openapi.ReplaceBoxResponseObject, error) {
	box, err := s.Bookings.ReplaceBox(ctx, by(ctx), toBox(in.BoxId, *in.Body))
	return openapi.ReplaceBox200JSONResponse(wire.Box(box)), err
}

// DeleteBox takes a box out of use.
func (s *Server) DeleteBox(ctx context.Context, in openapi.DeleteBoxRequestObject) (openapi.DeleteBoxResponseObject, error) {
	return openapi.DeleteBox204Response{}, s.Bookings.DeleteBox(ctx, by(ctx), booking.BoxID(in.BoxId))
}

// CreateBoxKey makes a new credential for a box.
func (s *Server) CreateBoxKey(ctx context.Context, in openapi.CreateBoxKeyRequestObject) (openapi.CreateBoxKeyResponseObject, error) {
	key, err := s.Bookings.NewKey(ctx, by(ctx), booking.BoxID(in.BoxId))
	return openapi.CreateBoxKey201JSONResponse{Key: key}, err
}

func toStore(id openapi.Id, in openapi.StoreInput) booking.Store {
	return booking.Store{
		ID: booking.StoreID(id), Category: booking.Category(in.Category), Name: in.Name, Address: in.Address, Lat: in.Lat, Lng: in.Lng,
		MinOrder: in.MinOrder, DeliveryFee: in.DeliveryFee, Active: or(in.Active, true),
	}
}

func toItem(store, id openapi.Id, in openapi.MenuItemInput) booking.Item {
	return booking.Item{
		ID: booking.ItemID(id), Store: booking.StoreID(store), Section: in.Section, Name: in.Name, Price: in.Price,
		Active: or(in.Active, true),
	}
}

func toBox(id openapi.Id, in openapi.BoxInput) booking.Box {
	return booking.Box{
		ID: booking.BoxID(id), Name: in.Name, Zip: in.Zip, Address: in.Address, Lat: in.Lat, Lng: in.Lng,
		Condition: booking.Condition(or(in.Condition, openapi.BoxCondition(booking.OK))), Active: or(in.Active, true),
	}
}
