package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// DeleteMe is not there yet.
func (s *Server) DeleteMe(_ context.Context, _ openapi.DeleteMeRequestObject) (openapi.DeleteMeResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// DeactivateUser is not there yet.
func (s *Server) DeactivateUser(_ context.Context, _ openapi.DeactivateUserRequestObject) (openapi.DeactivateUserResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RestoreUser is not there yet.
func (s *Server) RestoreUser(_ context.Context, _ openapi.RestoreUserRequestObject) (openapi.RestoreUserResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// SetPurgeDate is not there yet.
func (s *Server) SetPurgeDate(_ context.Context, _ openapi.SetPurgeDateRequestObject) (openapi.SetPurgeDateResponseObject, error) {
	return nil, errors.ErrUnsupported
}
