package rest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
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
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.GetRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// CreateRoom creates a group room, once for each Idempotency-Key of mine.
func (s *Server) CreateRoom(ctx context.Context, in openapi.CreateRoomRequestObject) (openapi.CreateRoomResponseObject, error) {
	n := room.NewRoom{
		Title: in.Body.Title, Capacity: in.Body.Capacity, Password: in.Body.Password, Key: or(in.Params.IdempotencyKey, ""),
	}
	if p := in.Body.Pickup; p != nil {
		n.Pickup = &room.Pickup{Store: booking.StoreID(p.StoreId), Box: booking.BoxID(p.BoxId)}
	}
	mine, created, err := s.Rooms.Create(ctx, who(ctx).User, n)
	answer, err := s.withVersion(ctx, mine, err)
	if created {
		return openapi.CreateRoom201JSONResponse{
			Body: answer.Body, Headers: openapi.CreateRoom201ResponseHeaders{ETag: answer.Headers.ETag},
		}, err
	}
	return openapi.CreateRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// UpdateRoom changes what is named.
func (s *Server) UpdateRoom(ctx context.Context, in openapi.UpdateRoomRequestObject) (openapi.UpdateRoomResponseObject, error) {
	u := room.Update{
		Title: in.Body.Title, Capacity: in.Body.Capacity, Password: in.Body.Password, RemovePassword: or(in.Body.RemovePassword, false),
		Readings: as[room.Readings](in.Body.Readings),
	}
	mine, err := s.Rooms.Update(ctx, who(ctx).User, room.ID(in.RoomId), u, expected(in.Params.IfMatch))
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.UpdateRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// ExtendRoom lets a pickup room live longer.
func (s *Server) ExtendRoom(ctx context.Context, in openapi.ExtendRoomRequestObject) (openapi.ExtendRoomResponseObject, error) {
	mine, err := s.Rooms.Extend(ctx, who(ctx).User, room.ID(in.RoomId), in.Body.Hours, expected(in.Params.IfMatch))
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.ExtendRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// SetPhase takes a pickup room to its next phase.
func (s *Server) SetPhase(ctx context.Context, in openapi.SetPhaseRequestObject) (openapi.SetPhaseResponseObject, error) {
	mine, err := s.Rooms.SetPhase(ctx, who(ctx).User, room.ID(in.RoomId), room.Phase(in.Body.Phase), expected(in.Params.IfMatch))
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.SetPhase200JSONResponse{RoomJSONResponse: answer}, err
}

// CloseRoom ends a room.
func (s *Server) CloseRoom(ctx context.Context, in openapi.CloseRoomRequestObject) (openapi.CloseRoomResponseObject, error) {
	mine, err := s.Rooms.Close(ctx, who(ctx).User, room.ID(in.RoomId), expected(in.Params.IfMatch))
	answer, err := s.withVersion(ctx, mine, err)
	return openapi.CloseRoom200JSONResponse{RoomJSONResponse: answer}, err
}

// expected reads If-Match, which openapi.yaml has let through: a version in quotes, or a star for any version.
func expected(ifMatch *string) room.Expected {
	version, err := strconv.ParseInt(strings.Trim(or(ifMatch, "*"), `"`), 10, 64)
	return room.Expected{Version: version, Given: err == nil}
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
	reader := reader(ctx)
	latest, err := s.Messages.Latest(ctx, rooms)
	if err != nil {
		return nil, err
	}
	items := make([]openapi.Room, len(rooms))
	for i, mine := range rooms {
		if m, ok := latest[mine.ID]; ok {
			items[i] = wire.Room(mine, &m, reader, s.Emotion.Mode)
		} else {
			items[i] = wire.Room(mine, nil, reader, s.Emotion.Mode)
		}
	}
	return items, nil
}

// withVersion answers with a room and the header that If-Match answers to, unless the room could not be had.
func (s *Server) withVersion(ctx context.Context, mine room.Mine, err error) (openapi.RoomJSONResponse, error) {
	if err != nil {
		return openapi.RoomJSONResponse{}, err
	}
	out, err := s.toRoom(ctx, mine)
	return openapi.RoomJSONResponse{
		Body: out, Headers: openapi.RoomResponseHeaders{ETag: strconv.Quote(strconv.FormatInt(out.Version, 10))},
	}, err
}

// reader returns the signed-in user as one for whom messages are prepared.
func reader(ctx context.Context) wire.Reader { return wire.ReaderOf(me(ctx)) }
