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
	"gorm.io/gorm"
)

var draws = limit.Rule{Name: "room-draws", Burst: 5, Every: 5 * time.Second}

// Draw picks that many different members of an open group room by chance, for any member who asks, and says so in the
// room. Errors: those of RequireOpen, fault.ErrInvalid, limit.ErrTooMany.
func (s *Service) Draw(ctx context.Context, who account.ID, id ID, count int) ([]account.ID, error) {
	if _, err := s.Get(ctx, who, id); err != nil { // strangers use up nothing
		return nil, err
	}
	if err := s.limits.Allow(ctx, draws, strconv.FormatInt(int64(id), 10)); err != nil {
		return nil, err
	}
	var drawn []account.ID
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := RequireOpen(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		members, err := MemberIDs(tx, id)
		if err != nil {
			return Record{}, err
		}
		if count < 1 || count > len(members) {
			reason := fmt.Sprintf("must be between 1 and the number of members, %d", len(members))
			return Record{}, fault.ErrInvalid.WithField("body.count", reason)
		}
		rand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		drawn = members[:count]
		return Record{Room: r, Actor: who, Lines: []Line{{Code: LineDrawn, Users: drawn}}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("draw in room %d: %w", id, err)
	}
	return drawn, nil
}
