package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// Reauthenticate lets this session do what cannot be undone, for a while.
func (s *Server) Reauthenticate(ctx context.Context, in openapi.ReauthenticateRequestObject) (openapi.ReauthenticateResponseObject, error) {
	return openapi.Reauthenticate204Response{}, s.Auth.Reauthenticate(ctx, who(ctx), in.Body.Password)
}

// RequestPasswordReset is not there yet.
func (s *Server) RequestPasswordReset(_ context.Context, _ openapi.RequestPasswordResetRequestObject) (openapi.RequestPasswordResetResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RedeemPasswordReset is not there yet.
func (s *Server) RedeemPasswordReset(_ context.Context, _ openapi.RedeemPasswordResetRequestObject) (openapi.RedeemPasswordResetResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RequestEmailVerification is not there yet.
func (s *Server) RequestEmailVerification(_ context.Context, _ openapi.RequestEmailVerificationRequestObject) (openapi.RequestEmailVerificationResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// RedeemEmailVerification is not there yet.
func (s *Server) RedeemEmailVerification(_ context.Context, _ openapi.RedeemEmailVerificationRequestObject) (openapi.RedeemEmailVerificationResponseObject, error) {
	return nil, errors.ErrUnsupported
}
