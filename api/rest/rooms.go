package rest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
)

// ListRooms answers with my rooms, the latest activity first.
func (s *Server) ListRooms(ctx context.Context, _ openapi.ListRoomsRequestObject) (openapi.ListRoomsResponseObject, error) {
	rooms, err := s.Rooms.List(ctx, who(ctx).User)
	if err != nil {
		return nil, err
	}
	items, err := s.toRooms(ctx, rooms)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, func(a, b openapi.Room) int { return lastActivity(b).Compare(lastActivity(a)) })
	return openapi.ListRooms200JSONResponse{Items: items}, nil
}

func lastActivity(r openapi.Room) time.Time {
	if r.LastMessage != nil {
		return r.LastMessage.SentAt
	}
	return r.CreatedAt
}

// OpenDirectRoom opens the direct room with a friend.
func (s *Server) OpenDirectRoom(ctx context.Context, in openapi.OpenDirectRoomRequestObject) (openapi.OpenDirectRoomResponseObject, error) {
	mine, created, err := s.Rooms.OpenDirect(ctx, who(ctx).User, account.ID(in.Body.UserId))
	if err != nil {
		return nil, err
	}
	out, err := s.toRoom(ctx, mine)
	if err != nil || created {
		return openapi.OpenDirectRoom201JSONResponse(out), err
	}
	return openapi.OpenDirectRoom200JSONResponse(out), nil
}

// GetRoom answers with one of my rooms.
func (s *Server) GetRoom(ctx context.Context, in openapi.GetRoomRequestObject) (openapi.GetRoomResponseObject, error) {
	mine, err := s.Rooms.Get(ctx, who(ctx).User, room.ID(in.RoomId))
	if err != nil {
		return nil, err
	}
	out, err := s.toRoom(ctx, mine)
	return openapi.GetRoom200JSONResponse{RoomJSONResponse: withVersion(out)}, err
}

// ListMembers answers with who is joined in a room of mine.
func (s *Server) ListMembers(ctx context.Context, in openapi.ListMembersRequestObject) (openapi.ListMembersResponseObject, error) {
	members, r, err := s.Rooms.Members(ctx, who(ctx).User, room.ID(in.RoomId))
	if err != nil {
		return nil, err
	}
	online := map[int64]bool{}
	if r.State == room.Open {
		ids := make([]int64, len(members))
		for i, m := range members {
			ids[i] = int64(m.ID)
		}
		online = s.Bus.Online(ctx, ids)
	}
	items := make([]openapi.Member, len(members))
	for i, m := range members {
		items[i] = openapi.Member{
			User: wire.Person(m.Person), JoinedSeq: m.JoinedSeq, LastReadSeq: m.LastReadSeq, Online: online[int64(m.ID)],
		}
	}
	return openapi.ListMembers200JSONResponse{Items: items}, nil
}

func (s *Server) toRoom(ctx context.Context, mine room.Mine) (openapi.Room, error) {
	items, err := s.toRooms(ctx, []room.Mine{mine})
	if err != nil {
		return openapi.Room{}, err
	}
	return items[0], nil
}

// toRooms adds the last messages, in one more query whatever the number of rooms.
func (s *Server) toRooms(ctx context.Context, rooms []room.Mine) ([]openapi.Room, error) {
	reader, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := s.Messages.Latest(ctx, rooms)
	if err != nil {
		return nil, err
	}
	items := make([]openapi.Room, len(rooms))
	for i, mine := range rooms {
		if m, ok := latest[mine.ID]; ok {
			items[i] = wire.Room(mine, &m, reader)
		} else {
			items[i] = wire.Room(mine, nil, reader)
		}
	}
	return items, nil
}

// withVersion adds the header that If-Match answers to.
func withVersion(r openapi.Room) openapi.RoomJSONResponse {
	return openapi.RoomJSONResponse{
		Body: r, Headers: openapi.RoomResponseHeaders{ETag: strconv.Quote(strconv.FormatInt(r.Version, 10))},
	}
}

// reader returns the signed-in user as one for whom messages are prepared.
func (s *Server) reader(ctx context.Context) (wire.Reader, error) {
	user, err := s.Accounts.ByID(ctx, who(ctx).User)
	return wire.ReaderOf(user), err
}
