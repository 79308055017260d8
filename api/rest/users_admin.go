package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/room"
)

// ListUsers answers with accounts.
func (s *Server) ListUsers(ctx context.Context, in openapi.ListUsersRequestObject) (openapi.ListUsersResponseObject, error) {
	p := in.Params
	page, err := s.Directory.List(ctx, who(ctx).User, directory.Query{
		Text: or(p.Q, ""), State: account.State(or(p.State, "")), Role: account.Role(or(p.Role, "")), Sort: directory.Sort(or(p.Sort, "")),
		Descending: or(p.Descending, false), Cursor: or(p.Cursor, ""), Size: or(p.Size, defaultSize),
	})
	return openapi.ListUsers200JSONResponse{
		Items: each(page.Accounts, adminUser), Next: orNull(page.Next), Total: page.Total, TotalCapped: page.Capped,
	}, err
}

// GetUser answers with one account and how much belongs to it.
func (s *Server) GetUser(ctx context.Context, in openapi.GetUserRequestObject) (openapi.GetUserResponseObject, error) {
	id := account.ID(in.UserId)
	found, err := s.Directory.View(ctx, by(ctx), id)
	if err != nil {
		return nil, err
	}
	sessions, err := s.Auth.Sessions(ctx, id)
	if err != nil {
		return nil, err
	}
	friends, err := s.Friends.Friends(ctx, id)
	if err != nil {
		return nil, err
	}
	rooms, err := s.Rooms.JoinedOf(ctx, []account.ID{id})
	out := openapi.GetUser200JSONResponse{
		User: adminUser(found), Sessions: len(sessions), Friends: len(friends), Rooms: len(rooms[id]),
	}
	if found.Closing != nil {
		out.Reason = orNull(found.Closing.Reason)
	}
	return out, err
}

// ListUserSessions answers with somebody's live sessions.
func (s *Server) ListUserSessions(ctx context.Context, in openapi.ListUserSessionsRequestObject) (openapi.ListUserSessionsResponseObject, error) {
	sessions, err := s.Auth.ViewSessions(ctx, by(ctx), account.ID(in.UserId))
	return openapi.ListUserSessions200JSONResponse{Items: each(sessions, toSession(ctx))}, err
}

// RevokeUserSessions ends all of somebody's sessions.
func (s *Server) RevokeUserSessions(ctx context.Context, in openapi.RevokeUserSessionsRequestObject) (openapi.RevokeUserSessionsResponseObject, error) {
	return openapi.RevokeUserSessions204Response{}, s.Auth.RevokeAll(ctx, by(ctx), account.ID(in.UserId))
}

// RevokeUserSession ends one of somebody's sessions.
func (s *Server) RevokeUserSession(ctx context.Context, in openapi.RevokeUserSessionRequestObject) (openapi.RevokeUserSessionResponseObject, error) {
	err := s.Auth.RevokeOne(ctx, by(ctx), account.ID(in.UserId), auth.SessionID(in.SessionId))
	return openapi.RevokeUserSession204Response{}, err
}

// SetUserRole gives somebody a role.
func (s *Server) SetUserRole(ctx context.Context, in openapi.SetUserRoleRequestObject) (openapi.SetUserRoleResponseObject, error) {
	now, err := s.Directory.SetRole(ctx, by(ctx), account.ID(in.UserId), account.Role(in.Body.Role))
	return openapi.SetUserRole200JSONResponse(adminUser(now)), err
}

// ListAllRooms answers with rooms, but with nothing that was said or named in them.
func (s *Server) ListAllRooms(ctx context.Context, in openapi.ListAllRoomsRequestObject) (openapi.ListAllRoomsResponseObject, error) {
	p := in.Params
	page, err := s.Rooms.All(ctx, who(ctx).User, room.OverviewFilter{
		Kind: room.Kind(or(p.Kind, "")), State: room.State(or(p.State, "")), Phase: room.Phase(or(p.Phase, "")),
		Cursor: or(p.Cursor, ""), Size: or(p.Size, defaultSize),
	})
	return openapi.ListAllRooms200JSONResponse{Items: each(page.Rooms, toAdminRoom), Next: orNull(page.Next)}, err
}

// by is who acts as an admin, and from where.
func by(ctx context.Context) audit.Actor {
	return audit.Actor{User: who(ctx).User, Address: callerOf(ctx).client.Address}
}

func adminUser(a directory.Account) openapi.AdminUser {
	out := openapi.AdminUser{
		Id: openapi.Id(a.ID), Email: a.Email, EmailVerified: a.EmailVerified, Nickname: a.Nickname, Role: openapi.Role(a.Role),
		Locale: openapi.Locale(a.Locale), State: openapi.AccountState(a.State), CreatedAt: a.CreatedAt, LastSeenAt: a.LastSeenAt, Online: a.Online,
	}
	if c := a.Closing; c != nil {
		out.ClosedBy, out.ClosedAt, out.PurgeAfter = new(openapi.ClosedBy(c.By)), &c.At, c.PurgeAfter
		out.Messages = new(openapi.MessagesChoice(c.Messages))
	}
	return out
}

func toAdminRoom(o room.Overview) openapi.AdminRoom {
	return openapi.AdminRoom{
		Id: openapi.Id(o.ID), Kind: openapi.RoomKind(o.Kind), State: openapi.RoomState(o.State), Phase: orNull(openapi.Phase(o.Phase)),
		StoreId: orNull(int64(o.Store)), BoxId: orNull(int64(o.Box)), Members: o.Members, Capacity: orNull(o.Capacity), Messages: o.LastSeq,
		Readings: openapi.RoomReadings(o.Readings), CreatedAt: o.CreatedAt, ClosesAt: o.ClosesAt,
	}
}
