package message

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
)

// Written is a message as the one who wrote it may take it away.
type Written struct {
	Room     room.ID
	Seq      int64
	Body     string
	ReplyTo  *int64
	SentAt   time.Time
	EditedAt *time.Time
}

// Written goes through what a person wrote and did not take back, by room and seq, also where they are no member any more. It holds
// a few messages at a time, with the places of the others, and nothing in the database; after an error it ends.
func (s *Service) Written(ctx context.Context, who account.ID) iter.Seq2[Written, error] {
	return func(yield func(Written, error) bool) {
		if err := s.eachWritten(ctx, who, func(w Written) bool { return yield(w, nil) }); err != nil {
			yield(Written{}, fmt.Errorf("messages of %d: %w", who, err))
		}
	}
}

func (s *Service) eachWritten(ctx context.Context, who account.ID, yield func(Written) bool) error {
	rooms, err := s.roomsEver(ctx, who)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		places, err := writtenPlaces(s.db.WithContext(ctx), who, r.ID)
		if err != nil {
			return err
		}
		for page := range slices.Chunk(places, keptPage) {
			var rows []messageRow
			// What was taken back or purged since has nothing of theirs any more.
			err := s.db.WithContext(ctx).Where(search.Among(s.db, "room_id", "seq", page)).
				Where("sender_id = ? AND kind = ? AND deleted_at IS NULL", who, Text).Order("seq").Find(&rows).Error
			if err != nil {
				return err
			}
			for _, row := range rows {
				w := Written{Room: row.RoomID, Seq: row.Seq, Body: row.Body, ReplyTo: row.ReplyTo, SentAt: row.CreatedAt, EditedAt: row.EditedAt}
				if !yield(w) {
					return nil
				}
			}
		}
	}
	return nil
}

// writtenPlaces returns where in a room somebody wrote, in order.
func writtenPlaces(db *gorm.DB, who account.ID, id room.ID) (places []search.Place, err error) {
	err = db.Raw("SELECT x.room_id AS room, x.seq FROM "+messagesBy(db, "messages_client")+
		" WHERE x.room_id = ? AND x.sender_id = ? ORDER BY x.seq", id, who).Scan(&places).Error
	return places, err
}

// Given is a reaction as the one who gave it may take it away.
type Given struct {
	Room  room.ID
	Seq   int64
	Emoji string
	At    time.Time
}

// Given goes through the reactions that a person gave, by room and seq, as Written does through messages.
func (s *Service) Given(ctx context.Context, who account.ID) iter.Seq2[Given, error] {
	return func(yield func(Given, error) bool) {
		var last reactionRow
		for {
			var rows []reactionRow
			err := s.db.WithContext(ctx).Where("user_id = ?", who).
				Where("room_id > ? OR room_id = ? AND (seq > ? OR seq = ? AND emoji > ?)", last.RoomID, last.RoomID, last.Seq, last.Seq, last.Emoji).
				Order("room_id, seq, emoji").Limit(keptPage).Find(&rows).Error
			if err != nil {
				yield(Given{}, fmt.Errorf("reactions of %d: %w", who, err))
				return
			}
			for _, row := range rows {
				if !yield(Given{Room: row.RoomID, Seq: row.Seq, Emoji: row.Emoji, At: row.CreatedAt}, nil) {
					return
				}
			}
			if len(rows) < keptPage {
				return
			}
			last = rows[len(rows)-1]
		}
	}
}
