package rest

import (
	"context"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/limit"
)

// ListFriends answers with my friends and the requests to and from me.
func (s *Server) ListFriends(ctx context.Context, _ openapi.ListFriendsRequestObject) (openapi.ListFriendsResponseObject, error) {
	friends, err := s.Friends.List(ctx, who(ctx).User)
	items := make([]openapi.Friend, len(friends))
	for i, f := range friends {
		items[i] = toFriend(f)
	}
	return openapi.ListFriends200JSONResponse{Items: items}, err
}

// requests keep somebody from asking everybody there is.
var requests = limit.Rule{Name: "friend-requests", Burst: 30, Every: 20 * time.Second}

// RequestFriend asks somebody to be my friend.
func (s *Server) RequestFriend(ctx context.Context, in openapi.RequestFriendRequestObject) (openapi.RequestFriendResponseObject, error) {
	user := who(ctx).User
	if err := s.requests.Allow(int64(user)); err != nil {
		return nil, err
	}
	f, made, err := s.Friends.Request(ctx, user, account.ID(in.Body.UserId))
	if made {
		return openapi.RequestFriend201JSONResponse(toFriend(f)), err
	}
	return openapi.RequestFriend200JSONResponse(toFriend(f)), err
}

// AcceptFriend accepts a request made to me.
func (s *Server) AcceptFriend(ctx context.Context, in openapi.AcceptFriendRequestObject) (openapi.AcceptFriendResponseObject, error) {
	f, err := s.Friends.Accept(ctx, who(ctx).User, account.ID(in.UserId))
	return openapi.AcceptFriend200JSONResponse(toFriend(f)), err
}

// RemoveFriend declines, withdraws or ends.
func (s *Server) RemoveFriend(ctx context.Context, in openapi.RemoveFriendRequestObject) (openapi.RemoveFriendResponseObject, error) {
	return openapi.RemoveFriend204Response{}, s.Friends.Remove(ctx, who(ctx).User, account.ID(in.UserId))
}

// ListBlocks answers with the people I blocked.
func (s *Server) ListBlocks(ctx context.Context, _ openapi.ListBlocksRequestObject) (openapi.ListBlocksResponseObject, error) {
	blocks, err := s.Friends.Blocks(ctx, who(ctx).User)
	return openapi.ListBlocks200JSONResponse{Items: each(blocks, toBlock)}, err
}

// BlockUser keeps somebody away from me.
func (s *Server) BlockUser(ctx context.Context, in openapi.BlockUserRequestObject) (openapi.BlockUserResponseObject, error) {
	return openapi.BlockUser204Response{}, s.Friends.Block(ctx, who(ctx).User, account.ID(in.UserId))
}

// UnblockUser lifts my block.
func (s *Server) UnblockUser(ctx context.Context, in openapi.UnblockUserRequestObject) (openapi.UnblockUserResponseObject, error) {
	return openapi.UnblockUser204Response{}, s.Friends.Unblock(ctx, who(ctx).User, account.ID(in.UserId))
}

func toBlock(b friend.Block) openapi.Block {
	return openapi.Block{User: wire.Person(b.Person), Since: b.Since}
}

func toFriend(f friend.Friend) openapi.Friend {
	return openapi.Friend{User: wire.Person(f.Person), State: openapi.FriendState(f.State), Since: f.Since, Online: f.Online}
}
