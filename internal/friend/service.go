package friend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
)

// directRooms is what this package asks of the rooms: friends may write in their direct room, others only read it.
// It returns the room's id, or 0 when the two never had one.
type directRooms interface {
	SetDirectOpen(tx *gorm.DB, a, b account.ID, open bool) (room int64, err error)
}

// presence tells who has an open connection.
type presence interface {
	Online(ctx context.Context, ids []account.ID) (map[account.ID]bool, error)
}

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Service holds the use cases between two people. All methods may be called from many goroutines.
type Service struct {
	db       *gorm.DB
	rooms    directRooms
	presence presence
	events   publisher
	now      func() time.Time
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, rooms directRooms, presence presence, events publisher, now func() time.Time) *Service {
	return &Service{db: db, rooms: rooms, presence: presence, events: events, now: now}
}

// Request asks for a friendship, or accepts when the other has asked already; made tells whether there is a request
// now that was not there before. Errors: ErrUnknown, ErrBlocked, ErrSelf.
func (s *Service) Request(ctx context.Context, who, other account.ID) (f Friend, made bool, err error) {
	if who == other {
		return Friend{}, false, ErrSelf.WithField("body.userId", "is yourself")
	}
	c, err := s.change(ctx, who, other, pair.request)
	if err != nil {
		return Friend{}, false, fmt.Errorf("request friendship of %d: %w", other, err)
	}
	f, err = s.seen(ctx, c)
	return f, c.before.state == None, err
}

// Accept accepts a request, or returns ErrNoRequest. Accepting twice changes nothing.
func (s *Service) Accept(ctx context.Context, who, other account.ID) (Friend, error) {
	c, err := s.change(ctx, who, other, pair.accept)
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrSelf) {
		err = ErrNoRequest
	}
	if err != nil {
		return Friend{}, fmt.Errorf("accept friendship of %d: %w", other, err)
	}
	return s.seen(ctx, c)
}

// Remove declines or withdraws a request, or ends a friendship. Where there is nothing it changes nothing: whether
// the other never was a friend, blocked the one who asks or does not exist, looks alike.
func (s *Service) Remove(ctx context.Context, who, other account.ID) error {
	return s.undo(ctx, "remove", who, other, pair.remove)
}

// Block ends what is between two people and keeps the other away: they can neither find the one who blocks, nor
// befriend them, nor write to them. Everybody can be blocked, even by somebody whom they have blocked first; where
// there is nobody it changes nothing, so that a block asks nothing about who exists. Errors: ErrSelf.
func (s *Service) Block(ctx context.Context, who, other account.ID) error {
	if who == other {
		return ErrSelf.WithField("path.userId", "is yourself")
	}
	if _, err := s.change(ctx, who, other, pair.block); err != nil && !errors.Is(err, ErrUnknown) {
		return fmt.Errorf("block %d: %w", other, err)
	}
	return nil
}

// Unblock lifts a block. Where there is none it changes nothing.
func (s *Service) Unblock(ctx context.Context, who, other account.ID) error {
	return s.undo(ctx, "unblock", who, other, pair.unblock)
}

func (s *Service) undo(ctx context.Context, what string, who, other account.ID, decide decision) error {
	_, err := s.change(ctx, who, other, decide)
	if err == nil || errors.Is(err, ErrUnknown) || errors.Is(err, ErrSelf) {
		return nil
	}
	return fmt.Errorf("%s %d: %w", what, other, err)
}

// List returns a person's friends and the requests to and from them, by nickname.
func (s *Service) List(ctx context.Context, who account.ID) ([]Friend, error) {
	friends, err := list(s.db.WithContext(ctx), who)
	if err != nil {
		return nil, fmt.Errorf("friends of %d: %w", who, err)
	}
	var ids []account.ID
	for _, f := range friends {
		if f.State == Accepted {
			ids = append(ids, f.ID)
		}
	}
	online, err := s.presence.Online(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("friends of %d: %w", who, err)
	}
	for i, f := range friends {
		friends[i].Online = f.State == Accepted && online[f.ID]
	}
	return friends, nil
}

// Ties is List without telling who is online. It lists those of somebody whose account is closed too.
func (s *Service) Ties(ctx context.Context, who account.ID) ([]Friend, error) {
	ties, err := list(s.db.WithContext(ctx), who)
	if err != nil {
		return nil, fmt.Errorf("ties of %d: %w", who, err)
	}
	return ties, nil
}

// Friends returns the people whose friendship with a person is accepted, unless the account of one of the two is closed.
func (s *Service) Friends(ctx context.Context, who account.ID) ([]account.ID, error) {
	ids, err := accepted(s.db.WithContext(ctx), who)
	if err != nil {
		return nil, fmt.Errorf("friends of %d: %w", who, err)
	}
	return ids, nil
}

// Search finds people by the start of their nickname or by their exact e-mail: at most 20, by nickname. Who blocked
// the other finds them as little as they find him. A blank query is fault.ErrInvalid.
func (s *Service) Search(ctx context.Context, who account.ID, query string) ([]Match, error) {
	if account.NicknameKey(query) == "" {
		return nil, fault.ErrInvalid.WithField("query.query", "must not be blank")
	}
	matches, err := search(s.db.WithContext(ctx), who, query)
	if err != nil {
		return nil, fmt.Errorf("search people: %w", err)
	}
	return matches, nil
}

// Blocks returns the people whom a person has blocked, the latest first.
func (s *Service) Blocks(ctx context.Context, who account.ID) ([]Block, error) {
	blocks, err := listBlocks(s.db.WithContext(ctx), who)
	if err != nil {
		return nil, fmt.Errorf("blocks of %d: %w", who, err)
	}
	return blocks, nil
}

// decision is a rule: what is between two people after one of them has acted.
type decision func(before pair, now time.Time) (after pair, err error)

// change is what one decision did.
type change struct {
	who, other    account.Person
	before, after pair
	room          int64
}

// change decides on what is between two people while nobody else can, and publishes what became different.
func (s *Service) change(ctx context.Context, who, other account.ID, decide decision) (change, error) {
	if who == other {
		return change{}, ErrSelf
	}
	var c change
	now := s.now().UTC().Truncate(time.Microsecond)
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) (err error) {
		c = change{}
		if c.before, err = lockPair(tx, who, other, now); err != nil {
			return err
		}
		if c.after, err = decide(c.before, now); err != nil {
			return err
		}
		if err = save(tx, who, other, c.before, c.after, now); err != nil {
			return err
		}
		if are := c.after.state == Accepted; are != (c.before.state == Accepted) {
			if c.room, err = s.rooms.SetDirectOpen(tx, who, other, are); err != nil {
				return err
			}
		}
		if err = c.permitted(tx, who, other); err != nil {
			return err
		}
		c.who, c.other, err = people(tx, who, other)
		return err
	})
	if err != nil {
		return change{}, err
	}
	if c.before.state != c.after.state {
		s.events.Publish(ctx, Changed{
			A: c.who, StateForA: c.after.state,
			B: c.other, StateForB: c.after.state.mirrored(),
			Room: c.room, RoomOpen: c.after.state == Accepted,
		})
	}
	return c, nil
}

// permitted refuses what somebody had on their way whose account has been closed since, and any new tie with such a person. It comes
// last, since who closes an account waits for nothing but it.
func (c *change) permitted(tx *gorm.DB, who, other account.ID) error {
	closed, err := account.AreClosed(tx, who, other)
	switch {
	case err != nil:
		return err
	case slices.Contains(closed, who):
		return account.ErrClosed
	case len(closed) > 0 && c.after.state != None:
		return ErrUnknown
	}
	return nil
}

// seen is the other one of a change, as the one who acted sees them.
func (s *Service) seen(ctx context.Context, c change) (Friend, error) {
	f := Friend{Person: c.other, State: c.after.state, Since: c.after.since}
	if f.State == Accepted {
		online, err := s.presence.Online(ctx, []account.ID{f.ID})
		if err != nil {
			return Friend{}, fmt.Errorf("presence of %d: %w", f.ID, err)
		}
		f.Online = online[f.ID]
	}
	return f, nil
}
