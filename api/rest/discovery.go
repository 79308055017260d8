package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/room"
)

// inviteHours is how long an invite works when nothing is said, as openapi.yaml says.
const inviteHours = 24

// ListOpenRooms finds rooms to join.
func (s *Server) ListOpenRooms(ctx context.Context, in openapi.ListOpenRoomsRequestObject) (openapi.ListOpenRoomsResponseObject, error) {
	filter := room.Filter{
		Zip: or(in.Params.Zip, ""), Text: or(in.Params.Q, ""), Phase: room.Phase(or(in.Params.Phase, "")),
		HasSeat: or(in.Params.HasSeat, false), NoPassword: or(in.Params.WithoutPassword, false),
		Page: or(in.Params.Page, firstPage), Size: or(in.Params.Size, defaultSize),
	}
	page, err := s.Rooms.ListOpen(ctx, who(ctx).User, filter)
	return openapi.ListOpenRooms200JSONResponse{
		Items: each(page.Items, wire.OpenRoom), Page: filter.Page, Size: filter.Size, Total: page.Total, TotalIsExact: page.Exact,
	}, err
}

// CreateInvite makes an invite into a room that I lead.
func (s *Server) CreateInvite(ctx context.Context, in openapi.CreateInviteRequestObject) (openapi.CreateInviteResponseObject, error) {
	hours := inviteHours
	if in.Body != nil {
		hours = or(in.Body.Hours, inviteHours)
	}
	invite, err := s.Rooms.CreateInvite(ctx, who(ctx).User, room.ID(in.RoomId), hours)
	return openapi.CreateInvite201JSONResponse{Token: invite.Token, ExpiresAt: invite.ExpiresAt.UTC()}, err
}

// RevokeInvites makes all invites of a room that I lead worthless.
func (s *Server) RevokeInvites(ctx context.Context, in openapi.RevokeInvitesRequestObject) (openapi.RevokeInvitesResponseObject, error) {
	return openapi.RevokeInvites204Response{}, s.Rooms.RevokeInvites(ctx, who(ctx).User, room.ID(in.RoomId))
}

// ShowInvite answers with the room that an invite leads to.
func (s *Server) ShowInvite(ctx context.Context, in openapi.ShowInviteRequestObject) (openapi.ShowInviteResponseObject, error) {
	listing, err := s.Rooms.ShowInvite(ctx, who(ctx).User, in.Body.Token)
	return openapi.ShowInvite200JSONResponse(wire.OpenRoom(listing)), err
}
