package message

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/room"
)

// Since returns the messages of a room that changed after a rev, in their present form, the earliest changes first, and
// whether there are more than MaxPage of them. It asks nobody's leave: the caller hands them to members only.
func (s *Service) Since(ctx context.Context, id room.ID, rev int64) (list []Message, more bool, err error) {
	db := s.db.WithContext(ctx)
	cursor := Cursor{SinceRev: &rev}
	list, err = load(db, s.operator, id, cursor.query(selectMessages(db).Where("m.room_id = ?", id)).Limit(MaxPage+1))
	if err != nil {
		return nil, false, fmt.Errorf("changes of room %d since %d: %w", id, rev, err)
	}
	if len(list) > MaxPage {
		return list[:MaxPage], true, nil
	}
	return list, false, nil
}
