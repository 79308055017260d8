package rest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
)

// DeleteMe closes my account.
func (s *Server) DeleteMe(ctx context.Context, in openapi.DeleteMeRequestObject) (openapi.DeleteMeResponseObject, error) {
	purgeAfter, err := s.Lifecycle.Leave(ctx, who(ctx).User, account.Messages(in.Params.Messages))
	if err != nil {
		return nil, err
	}
	return left{DeleteMe200JSONResponse: openapi.DeleteMe200JSONResponse{PurgeAfter: purgeAfter}, cookie: s.cookie("", -time.Second)}, nil
}

// left is the generated answer with the cookie taken back.
type left struct {
	openapi.DeleteMe200JSONResponse
	cookie string
}

// VisitDeleteMeResponse implements openapi.DeleteMeResponseObject.
func (l left) VisitDeleteMeResponse(w http.ResponseWriter) error {
	w.Header().Set("Set-Cookie", l.cookie)
	return l.DeleteMe200JSONResponse.VisitDeleteMeResponse(w)
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
