package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/audit"
)

// ListUsers is not there yet.
func (s *Server) ListUsers(_ context.Context, _ openapi.ListUsersRequestObject) (openapi.ListUsersResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// GetUser is not there yet.
func (s *Server) GetUser(_ context.Context, _ openapi.GetUserRequestObject) (openapi.GetUserResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ListUserSessions is not there yet.
func (s *Server) ListUserSessions(_ context.Context, _ openapi.ListUserSessionsRequestObject) (openapi.ListUserSessionsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RevokeUserSessions is not there yet.
func (s *Server) RevokeUserSessions(_ context.Context, _ openapi.RevokeUserSessionsRequestObject) (openapi.RevokeUserSessionsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RevokeUserSession is not there yet.
func (s *Server) RevokeUserSession(_ context.Context, _ openapi.RevokeUserSessionRequestObject) (openapi.RevokeUserSessionResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// SetUserRole is not there yet.
func (s *Server) SetUserRole(_ context.Context, _ openapi.SetUserRoleRequestObject) (openapi.SetUserRoleResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ListAllRooms is not there yet.
func (s *Server) ListAllRooms(_ context.Context, _ openapi.ListAllRoomsRequestObject) (openapi.ListAllRoomsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// by is who acts as an admin, and from where.
func by(ctx context.Context) audit.Actor {
	return audit.Actor{User: who(ctx).User, Address: callerOf(ctx).client.Address}
}
