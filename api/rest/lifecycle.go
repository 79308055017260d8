package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/lifecycle"
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

// DeactivateUser closes somebody else's account.
func (s *Server) DeactivateUser(ctx context.Context, in openapi.DeactivateUserRequestObject) (openapi.DeactivateUserResponseObject, error) {
	reason := ""
	if in.Body != nil {
		reason = or(in.Body.Reason, "")
	}
	if err := s.Lifecycle.Deactivate(ctx, by(ctx), account.ID(in.UserId), reason); err != nil {
		return nil, err
	}
	a, err := s.Directory.Account(ctx, account.ID(in.UserId))
	return openapi.DeactivateUser200JSONResponse(adminUser(a)), err
}

// RestoreUser opens a closed account again.
func (s *Server) RestoreUser(ctx context.Context, in openapi.RestoreUserRequestObject) (openapi.RestoreUserResponseObject, error) {
	password, err := s.Lifecycle.Restore(ctx, by(ctx), account.ID(in.UserId), lifecycle.Access(in.Body.Access))
	if err != nil {
		return nil, err
	}
	a, err := s.Directory.Account(ctx, account.ID(in.UserId))
	return openapi.RestoreUser200JSONResponse{User: adminUser(a), TemporaryPassword: orNull(password)}, err
}

// SetPurgeDate says when a closed account is removed for good.
func (s *Server) SetPurgeDate(ctx context.Context, in openapi.SetPurgeDateRequestObject) (openapi.SetPurgeDateResponseObject, error) {
	if err := s.Lifecycle.SetPurgeDate(ctx, by(ctx), account.ID(in.UserId), in.Body.PurgeAfter); err != nil {
		return nil, err
	}
	a, err := s.Directory.Account(ctx, account.ID(in.UserId))
	return openapi.SetPurgeDate200JSONResponse(adminUser(a)), err
}
