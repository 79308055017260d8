package room

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// Invite lets whoever holds its token join a room without the password, as long as its order has not started and a seat
// is free.
type Invite struct {
	Token     string
	ExpiresAt time.Time
}

// Signer makes and reads the tokens of invites. What it reads it has made itself, and its time is not over.
type Signer interface {
	SignInvite(room, epoch, maker int64, until time.Time) (token string, err error)
	ReadInvite(token string, now time.Time) (room, epoch, maker int64, ok bool)
}

const maxInviteHours = 7 * 24

// invitations is counted per host: signing costs more than asking.
var invitations = limit.Rule{Name: "room-invites", Burst: 20, Every: 30 * time.Second}

// CreateInvite makes an invite that works for so many hours, a week at most; for the host. Errors: those of
// RequireHost, limit.ErrTooMany. Nothing is stored: a room knows only which of its invites are not revoked. So a repeat needs no key:
// another invite takes no seat and nobody else sees it, and to answer with the first one again its secret would have to be kept.
func (s *Service) CreateInvite(ctx context.Context, who account.ID, id ID, hours int) (Invite, error) {
	if hours < 1 || hours > maxInviteHours {
		return Invite{}, fault.ErrInvalid.WithField("body.hours", fmt.Sprintf("must be between 1 and %d", maxInviteHours))
	}
	if err := s.limits.Allow(ctx, invitations, strconv.FormatInt(int64(who), 10)); err != nil {
		return Invite{}, err
	}
	until := s.now().UTC().Add(time.Duration(hours) * time.Hour).Truncate(time.Second)
	var invite Invite
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		r, err := RequireHost(tx, who, id)
		if err != nil {
			return err
		}
		token, err := s.signer.SignInvite(int64(id), r.inviteEpoch, int64(who), until)
		invite = Invite{Token: token, ExpiresAt: until}
		return err
	})
	if err != nil {
		return Invite{}, fmt.Errorf("invite into room %d: %w", id, err)
	}
	return invite, nil
}

// welcomes tells whether somebody, who has made an invite, is joined in a room with an open account.
func welcomes(tx *gorm.DB, id ID, maker account.ID) (bool, error) {
	state, err := memberState(tx, id, maker)
	if err != nil || state != Joined {
		return false, err
	}
	closed, err := account.AreClosed(tx, maker)
	return len(closed) == 0, err
}

// RevokeInvites makes every invite worthless that was made until now; for the host. Errors: those of RequireHost. Whoever
// has joined stays.
func (s *Service) RevokeInvites(ctx context.Context, who account.ID, id ID) error {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		r, err := RequireHost(tx, who, id)
		if err != nil {
			return err
		}
		r.inviteEpoch++
		return r.save(tx)
	})
	if err != nil {
		return fmt.Errorf("revoke invites into room %d: %w", id, err)
	}
	return nil
}

// ShowInvite returns the open room that an invite leads to, or ErrInvite when it leads nowhere for this person: it is
// none of ours, has expired or was revoked, whoever made it has left or the room has ended, or they were kicked out of it.
func (s *Service) ShowInvite(ctx context.Context, who account.ID, token string) (Listing, error) {
	id, epoch, maker, ok := s.signer.ReadInvite(token, s.now())
	if !ok {
		return Listing{}, ErrInvite
	}
	var c conditions
	c.id("o.id = ?", id)
	c.id("o.id IN (SELECT i.room_id FROM room_users i JOIN users u ON u.id = i.user_id"+
		" WHERE i.user_id = ? AND i.state = ? AND u.state <> ?)", maker, Joined, account.Deactivated)
	rows, err := selectListings(s.db.WithContext(ctx), who, c, 1, 0)
	if err != nil {
		return Listing{}, fmt.Errorf("show invite into room %d: %w", id, err)
	}
	if row := rows[0]; row.ID != 0 && row.InviteEpoch == epoch {
		return row.listing(), nil
	}
	return Listing{}, ErrInvite
}
