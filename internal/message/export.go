package message

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
)

// Kept is a reading that is kept of a message, by an engine or by its author.
type Kept struct {
	Room    room.ID
	Seq     int64
	SentAt  time.Time
	Reading emotion.Reading
	Purpose emotion.Purpose
	MadeAt  time.Time
}

// keptPage is how many messages are looked at together.
const keptPage = 500

// Kept goes through all readings of what a person wrote, by room and seq, also where they are no member any more. It holds a few of
// them at a time and nothing in the database; after an error it ends.
func (s *Service) Kept(ctx context.Context, who account.ID) iter.Seq2[Kept, error] {
	return func(yield func(Kept, error) bool) {
		var after messageRow
		for {
			page, last, err := s.keptAfter(ctx, who, after)
			if err != nil {
				yield(Kept{}, fmt.Errorf("readings of %d: %w", who, err))
				return
			}
			for _, k := range page {
				if !yield(k, nil) {
					return
				}
			}
			if last.Seq == 0 {
				return
			}
			after = last
		}
	}
}

// keptAfter returns the readings of the next messages after one, and the last of these messages.
func (s *Service) keptAfter(ctx context.Context, who account.ID, after messageRow) (page []Kept, last messageRow, err error) {
	db := s.db.WithContext(ctx)
	var rows []messageRow
	err = db.Select("room_id", "seq", "created_at").
		Where("sender_id = ? AND (room_id > ? OR room_id = ? AND seq > ?)", who, after.RoomID, after.RoomID, after.Seq).
		Order("room_id, seq").Limit(keptPage).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, messageRow{}, err
	}
	for len(rows) > 0 {
		end := slices.IndexFunc(rows, func(row messageRow) bool { return row.RoomID != rows[0].RoomID })
		if end < 0 {
			end = len(rows)
		}
		kept, err := keptOf(db, rows[:end])
		if err != nil {
			return nil, messageRow{}, err
		}
		page, last, rows = append(page, kept...), rows[end-1], rows[end:]
	}
	return page, last, nil
}

// keptOf returns the readings of some messages of one room.
func keptOf(db *gorm.DB, rows []messageRow) ([]Kept, error) {
	sent := make(map[int64]time.Time, len(rows))
	seqs := make([]int64, len(rows))
	for i, row := range rows {
		seqs[i], sent[row.Seq] = row.Seq, row.CreatedAt
	}
	which := db.Where("room_id = ? AND seq IN ?", rows[0].RoomID, seqs).Session(&gorm.Session{})
	entries, err := emotion.LoadGuesses(which)
	if err != nil {
		return nil, err
	}
	said, err := emotion.LoadCorrections(which)
	if err != nil {
		return nil, err
	}
	kept := make([]Kept, 0, len(entries)+len(said))
	for _, e := range append(entries, said...) {
		kept = append(kept, Kept{
			Room: room.ID(e.Room), Seq: e.Seq, SentAt: sent[e.Seq], Reading: e.Reading, Purpose: emotion.Display, MadeAt: e.At,
		})
	}
	slices.SortStableFunc(kept, func(a, b Kept) int { return cmp.Compare(a.Seq, b.Seq) })
	return kept, nil
}
