package room

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/once"
	"gorm.io/gorm"
)

var draws = limit.Rule{Name: "room-draws", Burst: 5, Every: 5 * time.Second}

// Draw picks that many different members of an open group room by chance, for any member who asks, says so in the room, and tells
// whether it did: the same key of the same member returns who was drawn before, however many are asked for; "" is no key. Errors: those
// of RequireOpen, fault.ErrInvalid, limit.ErrTooMany.
func (s *Service) Draw(ctx context.Context, who account.ID, id ID, count int, key string) ([]account.ID, bool, error) {
	if _, err := s.Get(ctx, who, id); err != nil { // strangers use up nothing
		return nil, false, err
	}
	asked := once.Key{Who: who, What: fmt.Sprintf("draw/%d", id), Name: key}
	var before []account.ID
	if known, err := asked.Made(s.db.WithContext(ctx), &before); err != nil || known {
		return before, false, err
	}
	if err := s.limits.Allow(ctx, draws, strconv.FormatInt(int64(id), 10)); err != nil {
		return nil, false, err
	}
	var drawn []account.ID
	var now bool
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := RequireOpen(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		known, err := asked.Made(tx, &drawn) // by the same request at this moment: it held the room
		if now = !known; err != nil || known {
			return Record{}, err
		}
		if drawn, err = draw(tx, id, count); err != nil {
			return Record{}, err
		}
		return Record{Room: r, Actor: who, Lines: []Line{{Code: LineDrawn, Users: drawn}}}, asked.Note(tx, drawn)
	})
	if err != nil {
		return nil, false, fmt.Errorf("draw in room %d: %w", id, err)
	}
	return drawn, now, nil
}

func draw(tx *gorm.DB, id ID, count int) ([]account.ID, error) {
	members, err := MemberIDs(tx, id)
	if err != nil {
		return nil, err
	}
	if count < 1 || count > len(members) {
		reason := fmt.Sprintf("must be between 1 and the number of members, %d", len(members))
		return nil, fault.ErrInvalid.WithField("body.count", reason)
	}
	rand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return members[:count], nil
}
