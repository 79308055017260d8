package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
)

// Reauthenticate lets this session do what cannot be undone, for a while.
func (s *Server) Reauthenticate(ctx context.Context, in openapi.ReauthenticateRequestObject) (openapi.ReauthenticateResponseObject, error) {
	return openapi.Reauthenticate204Response{}, s.Auth.Reauthenticate(ctx, who(ctx), in.Body.Password)
}

// RequestPasswordReset has a link mailed, if there is an account of that e-mail.
func (s *Server) RequestPasswordReset(ctx context.Context, in openapi.RequestPasswordResetRequestObject) (openapi.RequestPasswordResetResponseObject, error) {
	return openapi.RequestPasswordReset202Response{}, s.Auth.RequestReset(ctx, callerOf(ctx).client, in.Body.Email)
}

// RedeemPasswordReset sets a new password with a mailed link.
func (s *Server) RedeemPasswordReset(ctx context.Context, in openapi.RedeemPasswordResetRequestObject) (openapi.RedeemPasswordResetResponseObject, error) {
	err := s.Auth.RedeemReset(ctx, callerOf(ctx).client, in.Body.Token, in.Body.NewPassword)
	return openapi.RedeemPasswordReset204Response{}, err
}

// RequestEmailVerification has a link mailed to me.
func (s *Server) RequestEmailVerification(ctx context.Context, _ openapi.RequestEmailVerificationRequestObject) (openapi.RequestEmailVerificationResponseObject, error) {
	return openapi.RequestEmailVerification202Response{}, s.Auth.RequestVerification(ctx, who(ctx).User)
}

// RedeemEmailVerification proves an e-mail with a mailed link, whoever is signed in where it is opened.
func (s *Server) RedeemEmailVerification(ctx context.Context, in openapi.RedeemEmailVerificationRequestObject) (openapi.RedeemEmailVerificationResponseObject, error) {
	return openapi.RedeemEmailVerification204Response{}, s.Auth.RedeemVerification(ctx, callerOf(ctx).client, in.Body.Token)
}
