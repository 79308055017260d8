package room

import (
	"context"
	"errors"
	"time"

	"github.com/emosation/emosation/internal/account"
)

// Invite lets whoever holds its token join a room without the password.
type Invite struct {
	Token     string
	ExpiresAt time.Time
}

// Signer makes and reads the tokens of invites. What it reads it has made itself, and the time was not over.
type Signer interface {
	SignInvite(room, epoch int64, until time.Time) (token string, err error)
	ReadInvite(token string, now time.Time) (room, epoch int64, ok bool)
}

// CreateInvite makes an invite into an open room of the host's that works for that many hours.
func (s *Service) CreateInvite(ctx context.Context, who account.ID, id ID, hours int) (Invite, error) {
	return Invite{}, errors.ErrUnsupported
}

// RevokeInvites makes every invite into a room of the host's worthless that was made until now.
func (s *Service) RevokeInvites(ctx context.Context, who account.ID, id ID) error {
	return errors.ErrUnsupported
}

// ShowInvite returns the room that an invite leads to, or ErrInvite when it leads nowhere for this person.
func (s *Service) ShowInvite(ctx context.Context, who account.ID, token string) (Listing, error) {
	return Listing{}, errors.ErrUnsupported
}
