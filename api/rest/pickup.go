package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/room"
)

// The part of a list that is answered when none is asked for, as openapi.yaml says.
const (
	firstPage   = 1
	defaultSize = 20
)

// ListAreas finds neighbourhoods.
func (s *Server) ListAreas(ctx context.Context, in openapi.ListAreasRequestObject) (openapi.ListAreasResponseObject, error) {
	areas, err := s.Bookings.Areas(ctx, in.Params.Q)
	return openapi.ListAreas200JSONResponse{Items: each(areas, wire.Area)}, err
}

// ListStores finds stores that are in use.
func (s *Server) ListStores(ctx context.Context, in openapi.ListStoresRequestObject) (openapi.ListStoresResponseObject, error) {
	query := booking.StoreQuery{
		Lat: in.Params.Lat, Lng: in.Params.Lng, Radius: or(in.Params.Radius, booking.DefaultRadius),
		Category: booking.Category(or(in.Params.Category, "")), Text: or(in.Params.Q, ""),
		Page: or(in.Params.Page, firstPage), Size: or(in.Params.Size, defaultSize),
	}
	page, err := s.Bookings.Stores(ctx, query)
	return openapi.ListStores200JSONResponse{
		Items: each(page.Items, wire.Store), Page: query.Page, Size: query.Size, Total: page.Total,
	}, err
}

// GetStore answers with a store and its menu.
func (s *Server) GetStore(ctx context.Context, in openapi.GetStoreRequestObject) (openapi.GetStoreResponseObject, error) {
	store, menu, err := s.Bookings.Store(ctx, booking.StoreID(in.StoreId))
	return openapi.GetStore200JSONResponse{Store: wire.Store(store), Menu: each(menu, wire.MenuItem)}, err
}

// ListBoxes answers with the boxes of a neighbourhood.
func (s *Server) ListBoxes(ctx context.Context, in openapi.ListBoxesRequestObject) (openapi.ListBoxesResponseObject, error) {
	boxes, err := s.Bookings.Boxes(ctx, in.Params.Zip, or(in.Params.Available, false))
	return openapi.ListBoxes200JSONResponse{Items: each(boxes, wire.Box)}, err
}

// CreateBoxCode makes a code of mine that opens the room's box.
func (s *Server) CreateBoxCode(ctx context.Context, in openapi.CreateBoxCodeRequestObject) (openapi.CreateBoxCodeResponseObject, error) {
	code, err := s.Rooms.BoxCode(ctx, who(ctx).User, room.ID(in.RoomId))
	return openapi.CreateBoxCode201JSONResponse{Code: code.Digits, Box: wire.BoxSummary(code.Box)}, err
}

// AnnounceArrival is the courier's button at a box.
func (s *Server) AnnounceArrival(ctx context.Context, in openapi.AnnounceArrivalRequestObject) (openapi.AnnounceArrivalResponseObject, error) {
	held, err := s.Bookings.Booked(ctx, booking.BoxID(in.BoxId), callerOf(ctx).boxKey)
	if err == nil {
		err = s.Rooms.Arrived(ctx, room.ID(held))
	}
	return openapi.AnnounceArrival204Response{}, err
}

// OpenBox uses up a code that was typed at a box.
func (s *Server) OpenBox(ctx context.Context, in openapi.OpenBoxRequestObject) (openapi.OpenBoxResponseObject, error) {
	held, user, err := s.Bookings.Open(ctx, booking.BoxID(in.BoxId), callerOf(ctx).boxKey, in.Body.Code)
	if err == nil {
		err = s.Rooms.BoxOpened(ctx, room.ID(held), user)
	}
	return openapi.OpenBox204Response{}, err
}
