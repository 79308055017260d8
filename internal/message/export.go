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
	"github.com/emosation/emosation/internal/search"
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
// them at a time, with the places of the others, and nothing in the database; after an error it ends. What ForgetReadings has taken out of
// sight is no more.
func (s *Service) Kept(ctx context.Context, who account.ID) iter.Seq2[Kept, error] {
	return func(yield func(Kept, error) bool) {
		if err := s.eachKept(ctx, who, func(k Kept) bool { return yield(k, nil) }); err != nil {
			yield(Kept{}, fmt.Errorf("readings of %d: %w", who, err))
		}
	}
}

// eachKept goes on until it is told not to.
func (s *Service) eachKept(ctx context.Context, who account.ID, yield func(Kept) bool) error {
	hidden, err := account.IsForgetting(s.db.WithContext(ctx), who)
	if err != nil || hidden { // forgotten; some are still to be erased
		return err
	}
	rooms, err := s.roomsEver(ctx, who)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rooms, roomsAtOnce) {
		places, err := readPlaces(s.db.WithContext(ctx), who, part)
		if err != nil {
			return err
		}
		for page := range slices.Chunk(places, keptPage) {
			kept, err := keptAt(s.db.WithContext(ctx), page)
			if err != nil {
				return err
			}
			for _, k := range kept {
				if !yield(k) {
					return nil
				}
			}
		}
	}
	return nil
}

// keptAt returns the readings of some messages.
func keptAt(db *gorm.DB, places []search.Place) ([]Kept, error) {
	which := db.Where(search.Among(db, "room_id", "seq", places)).Session(&gorm.Session{})
	var rows []messageRow
	if err := which.Select("room_id", "seq", "created_at").Find(&rows).Error; err != nil {
		return nil, err
	}
	sent := make(map[search.Place]time.Time, len(rows))
	for _, row := range rows {
		sent[search.Place{Room: row.RoomID, Seq: row.Seq}] = row.CreatedAt
	}
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
		at := search.Place{Room: room.ID(e.Room), Seq: e.Seq}
		kept = append(kept, Kept{Room: at.Room, Seq: at.Seq, SentAt: sent[at], Reading: e.Reading, Purpose: emotion.Display, MadeAt: e.At})
	}
	slices.SortStableFunc(kept, func(a, b Kept) int { return cmp.Or(cmp.Compare(a.Room, b.Room), cmp.Compare(a.Seq, b.Seq)) })
	return kept, nil
}
