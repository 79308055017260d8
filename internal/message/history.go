package message

import (
	"context"
	"fmt"
	"slices"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

// MaxPage is the greatest number of messages in one page.
const MaxPage = 200

// Cursor says which part of a room's history is asked for; at most one of the three may be set.
type Cursor struct {
	Before   *int64 // seqs smaller than this, the latest of them
	After    *int64 // seqs greater than this, the earliest of them
	SinceRev *int64 // everything that changed after this rev, the earliest changes first
	Limit    int    // 1 to MaxPage
}

// Page is a part of a room's history, ordered by seq, or by rev when asked for by SinceRev.
type Page struct {
	Items   []Message
	Room    room.Mine // with the counters as they were no later than the items
	HasMore bool      // in the direction that was asked for
}

// Check returns fault.ErrInvalid for a cursor that asks for nothing that there is.
func (c Cursor) Check() error {
	given := 0
	for _, p := range []*int64{c.Before, c.After, c.SinceRev} {
		if p == nil {
			continue
		}
		given++
		if *p < 0 {
			return fault.ErrInvalid.WithField("query", "before, after and since_rev must not be negative")
		}
	}
	if given > 1 {
		return fault.ErrInvalid.WithField("query", "give at most one of before, after and since_rev")
	}
	if c.Limit < 1 || c.Limit > MaxPage {
		return fault.ErrInvalid.WithField("query.limit", fmt.Sprintf("must be between 1 and %d", MaxPage))
	}
	return nil
}

// History returns a page to a member of the room; for anybody else there is no such room.
func (s *Service) History(ctx context.Context, who account.ID, id room.ID, c Cursor) (Page, error) {
	if err := c.Check(); err != nil {
		return Page{}, err
	}
	mine, err := room.Find(s.db.WithContext(ctx), who, id)
	if err != nil {
		return Page{}, err
	}
	items, more, err := s.history(ctx, id, c)
	return Page{Items: items, Room: mine, HasMore: more}, err
}

// Read returns what a cursor, which was checked, asks for to somebody who was just found to be joined in the room, and whether there is more in
// that direction.
func (s *Service) Read(ctx context.Context, at room.Sight, c Cursor) (items []Message, more bool, err error) {
	return s.history(ctx, at.ID, c)
}

// history reads a page with three statements.
func (s *Service) history(ctx context.Context, id room.ID, c Cursor) (items []Message, more bool, err error) {
	db := s.db.WithContext(ctx)
	items, err = load(db, s.operator, id, c.query(selectMessages(db).Where("m.room_id = ?", id)).Limit(c.Limit+1))
	if err != nil {
		return nil, false, fmt.Errorf("history of room %d: %w", id, err)
	}
	if more = len(items) > c.Limit; more {
		items = items[:c.Limit]
	}
	if c.SinceRev != nil {
		s.meter.resumed.Add(float64(len(items)))
	}
	if c.After == nil && c.SinceRev == nil {
		slices.Reverse(items)
	}
	return items, more, nil
}

func (c Cursor) query(db *gorm.DB) *gorm.DB {
	switch {
	case c.SinceRev != nil:
		return db.Where("m.rev > ?", *c.SinceRev).Order("m.rev")
	case c.After != nil:
		return db.Where("m.seq > ?", *c.After).Order("m.seq")
	case c.Before != nil:
		return db.Where("m.seq < ?", *c.Before).Order("m.seq DESC")
	default:
		return db.Order("m.seq DESC")
	}
}

// Latest returns the newest message of each room by room id; rooms without messages are missing. The caller has
// checked that the rooms may be seen.
func (s *Service) Latest(ctx context.Context, rooms []room.Mine) (map[room.ID]Message, error) {
	ids := make([]room.ID, len(rooms))
	for i, r := range rooms {
		ids[i] = r.ID
	}
	latest := make(map[room.ID]Message, len(rooms))
	if len(ids) == 0 {
		return latest, nil
	}
	db := s.db.WithContext(ctx)
	var rows []storedRow
	if err := selectLatest(db, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("latest messages: %w", err)
	}
	for _, row := range rows {
		latest[row.Row.RoomID] = row.message(s.operator)
	}
	return latest, nil
}

// selectLatest finds the newest message of each room by its key.
func selectLatest(db *gorm.DB, ids []room.ID) *gorm.DB {
	return selectMessages(db).Joins("JOIN rooms r ON r.id = m.room_id AND r.last_seq = m.seq").Where("m.room_id IN ?", ids)
}
