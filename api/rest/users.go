package rest

import (
	"context"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
)

// GetMe answers with my profile and settings.
func (s *Server) GetMe(ctx context.Context, _ openapi.GetMeRequestObject) (openapi.GetMeResponseObject, error) {
	return openapi.GetMe200JSONResponse(toUser(me(ctx))), nil
}

// UpdateMe changes what is named.
func (s *Server) UpdateMe(ctx context.Context, in openapi.UpdateMeRequestObject) (openapi.UpdateMeResponseObject, error) {
	user, err := s.Accounts.Update(ctx, who(ctx).User, account.Change{
		Nickname:          in.Body.Nickname,
		Locale:            as[account.Locale](in.Body.Locale),
		ShareReadings:     as[account.ShareReadings](in.Body.ShareReadings),
		ShowReadings:      in.Body.ShowReadings,
		CalibrateReadings: in.Body.CalibrateReadings,
	})
	return openapi.UpdateMe200JSONResponse(toUser(user)), err
}

// searches keep somebody from trying a list of e-mails.
var searches = limit.Rule{Name: "user-searches", Burst: 30, Every: time.Second}

// SearchUsers finds people.
func (s *Server) SearchUsers(ctx context.Context, in openapi.SearchUsersRequestObject) (openapi.SearchUsersResponseObject, error) {
	user := who(ctx).User
	if err := s.searches.Allow(int64(user)); err != nil {
		return nil, err
	}
	matches, err := s.Friends.Search(ctx, user, in.Params.Query)
	items := make([]openapi.UserMatch, len(matches))
	for i, m := range matches {
		items[i] = openapi.UserMatch{User: wire.Person(m.Person), Friend: openapi.FriendState(m.State)}
	}
	return openapi.SearchUsers200JSONResponse{Items: items}, err
}

func toUser(u account.User) openapi.User {
	return openapi.User{
		Id: openapi.Id(u.ID), Email: u.Email, EmailVerified: u.EmailVerified, Nickname: u.Nickname, Role: openapi.Role(u.Role), Locale: openapi.Locale(u.Locale),
		ShareReadings: openapi.ShareReadings(u.ShareReadings), ShowReadings: u.ShowReadings, CalibrateReadings: u.CalibrateReadings,
		CreatedAt: u.CreatedAt,
	}
}
