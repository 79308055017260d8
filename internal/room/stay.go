package room

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
)

// Stay is that somebody is or was a member of a room.
type Stay struct {
	Room        ID
	Kind        Kind
	Title       *string // nil in a direct room
	State       MemberState
	JoinedAt    time.Time
	LastReadSeq int64
}

// Stays returns where somebody is or was a member, by room.
func (s *Service) Stays(ctx context.Context, who account.ID) (stays []Stay, err error) {
	err = s.db.WithContext(ctx).Table("room_users AS m").
		Select("m.room_id AS room, r.kind, r.title, m.state, m.joined_at, "+lastRead+" AS last_read_seq").
		Joins("JOIN rooms r ON r.id = m.room_id").
		Joins("LEFT JOIN messages l ON l.room_id = r.id AND l.seq = r.last_seq").
		Where("m.user_id = ?", who).Order("m.room_id").Scan(&stays).Error
	if err != nil {
		return nil, fmt.Errorf("stays of %d: %w", who, err)
	}
	return stays, nil
}
