package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
)

const cookieName = "emosation_refresh"

// errForeign keeps pages of other sites from renewing a session whose cookie the browser adds by itself.
var errForeign = fault.New(fault.Forbidden, "auth.foreign_origin", "Pages of this origin may not use the session's cookie.")

// Register makes an account.
func (s *Server) Register(ctx context.Context, in openapi.RegisterRequestObject) (openapi.RegisterResponseObject, error) {
	r := auth.Registration{
		Email: in.Body.Email, Password: in.Body.Password, Nickname: in.Body.Nickname, EmotionConsent: in.Body.EmotionConsent,
	}
	if in.Body.Locale != nil {
		r.Locale = account.Locale(*in.Body.Locale)
	}
	user, err := s.Auth.Register(ctx, callerOf(ctx).client, r)
	return openapi.Register201JSONResponse{User: toUser(user)}, err
}

// Login starts a session.
func (s *Server) Login(ctx context.Context, in openapi.LoginRequestObject) (openapi.LoginResponseObject, error) {
	replacement := ""
	if in.Body.NewPassword != nil {
		replacement = *in.Body.NewPassword
	}
	tokens, err := s.Auth.LoginAnew(ctx, callerOf(ctx).client, in.Body.Email, in.Body.Password, replacement)
	if err != nil {
		return nil, err
	}
	inBody := in.Body.TokenDelivery != nil && *in.Body.TokenDelivery == openapi.TokenDeliveryBody
	return openapi.Login200JSONResponse{TokensJSONResponse: s.toTokens(tokens, inBody)}, nil
}

// Refresh exchanges the refresh token, which comes in the body or as a cookie and goes back the same way.
func (s *Server) Refresh(ctx context.Context, in openapi.RefreshRequestObject) (openapi.RefreshResponseObject, error) {
	from := callerOf(ctx)
	token, inBody := from.cookie, in.Body != nil && in.Body.RefreshToken != nil
	switch {
	case inBody:
		token = *in.Body.RefreshToken
	case token == "":
		return nil, auth.ErrSessionEnded
	case from.foreign:
		return nil, errForeign
	}
	tokens, err := s.Auth.Refresh(ctx, from.client, token)
	if err != nil {
		return nil, err
	}
	return openapi.Refresh200JSONResponse{TokensJSONResponse: s.toTokens(tokens, inBody)}, nil
}

// Logout ends this session and takes the cookie back.
func (s *Server) Logout(ctx context.Context, _ openapi.LogoutRequestObject) (openapi.LogoutResponseObject, error) {
	if err := s.Auth.Logout(ctx, who(ctx)); err != nil {
		return nil, err
	}
	return loggedOut{cookie: s.cookie("", -time.Second)}, nil
}

// loggedOut is the generated answer with a cookie.
type loggedOut struct {
	openapi.Logout204Response
	cookie string
}

// VisitLogoutResponse implements openapi.LogoutResponseObject.
func (l loggedOut) VisitLogoutResponse(w http.ResponseWriter) error {
	w.Header().Set("Set-Cookie", l.cookie)
	return l.Logout204Response.VisitLogoutResponse(w)
}

// ListSessions answers with my live sessions.
func (s *Server) ListSessions(ctx context.Context, _ openapi.ListSessionsRequestObject) (openapi.ListSessionsResponseObject, error) {
	sessions, err := s.Auth.Sessions(ctx, who(ctx).User)
	return openapi.ListSessions200JSONResponse{Items: each(sessions, toSession(ctx))}, err
}

// toSession converts sessions, for one that is asking.
func toSession(ctx context.Context) func(auth.Session) openapi.Session {
	asking := who(ctx).Session
	return func(s auth.Session) openapi.Session {
		return openapi.Session{
			Id: openapi.Id(s.ID), Current: s.ID == asking, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt,
			ExpiresAt: s.ExpiresAt, UserAgent: s.UserAgent, Address: s.Address,
		}
	}
}

// RevokeSession ends one of my sessions.
func (s *Server) RevokeSession(ctx context.Context, in openapi.RevokeSessionRequestObject) (openapi.RevokeSessionResponseObject, error) {
	return openapi.RevokeSession204Response{}, s.Auth.Revoke(ctx, who(ctx).User, auth.SessionID(in.SessionId))
}

// ChangePassword replaces my password.
func (s *Server) ChangePassword(ctx context.Context, in openapi.ChangePasswordRequestObject) (openapi.ChangePasswordResponseObject, error) {
	err := s.Auth.ChangePassword(ctx, who(ctx), in.Body.CurrentPassword, in.Body.NewPassword)
	return openapi.ChangePassword204Response{}, err
}

// CreateTicket answers with what opens one socket.
func (s *Server) CreateTicket(ctx context.Context, _ openapi.CreateTicketRequestObject) (openapi.CreateTicketResponseObject, error) {
	ticket, ttl, err := s.Auth.CreateTicket(ctx, who(ctx))
	return openapi.CreateTicket201JSONResponse{Epoch: s.Epoch, Ticket: ticket, ExpiresIn: int(ttl.Seconds())}, err
}

// GetJwks answers with the public keys.
func (s *Server) GetJwks(context.Context, openapi.GetJwksRequestObject) (openapi.GetJwksResponseObject, error) {
	keys := s.Auth.KeySet()
	out := make([]openapi.Key, len(keys))
	for i, k := range keys {
		out[i] = openapi.Key{Kty: k.KeyType, Kid: k.ID, Alg: k.Algorithm, Use: k.Use, Crv: k.Curve, X: k.X}
	}
	return openapi.GetJwks200JSONResponse{Keys: out}, nil
}

// toTokens puts the refresh token into the body or into a cookie, never into both.
func (s *Server) toTokens(t auth.Tokens, inBody bool) openapi.TokensJSONResponse {
	out := openapi.TokensJSONResponse{
		Body: openapi.Tokens{AccessToken: t.Access, ExpiresIn: int(t.AccessTTL.Seconds()), User: toUser(t.User)},
	}
	if inBody {
		out.Body.RefreshToken = &t.Refresh
	} else {
		cookie := s.cookie(t.Refresh, t.RefreshTTL)
		out.Headers.SetCookie = &cookie
	}
	return out
}

// cookie writes the cookie for the browser: out of reach of scripts, sent to our own pages' requests to auth only. A
// negative ttl takes it back.
func (s *Server) cookie(token string, ttl time.Duration) string {
	c := http.Cookie{
		Name:     cookieName,
		Value:    token,
		Path:     basePath + "/auth",
		MaxAge:   int(ttl.Seconds()),
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		Secure:   strings.HasPrefix(s.PublicURL, "https://"),
	}
	return c.String()
}
