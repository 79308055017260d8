package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
)

// ListMembers answers with who is joined in a room of mine, and who was.
func (s *Server) ListMembers(ctx context.Context, in openapi.ListMembersRequestObject) (openapi.ListMembersResponseObject, error) {
	members, r, err := s.Rooms.Members(ctx, who(ctx).User, room.ID(in.RoomId))
	if err != nil {
		return nil, err
	}
	var ids []int64 // of those whose presence the others may see
	for _, m := range members {
		if r.State == room.Open && m.State == room.Joined {
			ids = append(ids, int64(m.ID))
		}
	}
	online := s.Bus.Online(ctx, ids)
	return openapi.ListMembers200JSONResponse{Items: each(members, func(m room.Member) openapi.Member {
		return wire.Member(m, online[int64(m.ID)])
	})}, nil
}

// JoinRoom makes me a member of a group room.
func (s *Server) JoinRoom(ctx context.Context, in openapi.JoinRoomRequestObject) (openapi.JoinRoomResponseObject, error) {
	entry := room.Entry{Address: callerOf(ctx).client.Address}
	if in.Body != nil {
		entry.Password, entry.Invite = in.Body.Password, in.Body.Invite
	}
	mine, joined, err := s.Rooms.Join(ctx, who(ctx).User, room.ID(in.RoomId), entry)
	answer, err := s.withVersion(ctx, mine, err)
	if joined {
		return openapi.JoinRoom201JSONResponse{
			Body: answer.Body, Headers: openapi.JoinRoom201ResponseHeaders{ETag: answer.Headers.ETag},
		}, err
	}
	return openapi.JoinRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// LeaveRoom ends my membership.
func (s *Server) LeaveRoom(ctx context.Context, in openapi.LeaveRoomRequestObject) (openapi.LeaveRoomResponseObject, error) {
	return openapi.LeaveRoom204Response{}, s.Rooms.Leave(ctx, who(ctx).User, room.ID(in.RoomId))
}

// KickMember ends somebody else's membership for ever.
func (s *Server) KickMember(ctx context.Context, in openapi.KickMemberRequestObject) (openapi.KickMemberResponseObject, error) {
	err := s.Rooms.Kick(ctx, who(ctx).User, room.ID(in.RoomId), account.ID(in.UserId))
	return openapi.KickMember204Response{}, err
}

// TransferHost makes another member the host.
func (s *Server) TransferHost(ctx context.Context, in openapi.TransferHostRequestObject) (openapi.TransferHostResponseObject, error) {
	mine, err := s.Rooms.TransferHost(ctx, who(ctx).User, room.ID(in.RoomId), account.ID(in.Body.UserId))
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.TransferHost200JSONResponse{RoomJSONResponse: answer}, err
}

// DrawMembers draws members by chance, once for each Idempotency-Key of mine.
func (s *Server) DrawMembers(ctx context.Context, in openapi.DrawMembersRequestObject) (openapi.DrawMembersResponseObject, error) {
	const one = 1
	count := one
	if in.Body != nil {
		count = or(in.Body.Count, one)
	}
	drawn, now, err := s.Rooms.Draw(ctx, who(ctx).User, room.ID(in.RoomId), count, or(in.Params.IdempotencyKey, ""))
	if !now {
		return openapi.DrawMembers200JSONResponse{Users: wire.IDs(drawn)}, err
	}
	return openapi.DrawMembers201JSONResponse{Users: wire.IDs(drawn)}, err
}
