package message

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"gorm.io/gorm"
)

// At returns the messages at some places, in that order, without those in rooms that the person is not joined in at this
// moment. It takes three statements, however many rooms they are in.
func (s *Service) At(ctx context.Context, who account.ID, places []search.Place) ([]Message, error) {
	if len(places) == 0 {
		return nil, nil
	}
	list, err := loadAt(s.db.WithContext(ctx), s.operator, who, places)
	if err != nil {
		return nil, fmt.Errorf("load found messages: %w", err)
	}
	return list, nil
}

func loadAt(db *gorm.DB, operator emotion.Mode, who account.ID, places []search.Place) ([]Message, error) {
	var rows []storedRow
	// Subqueries, since joins may lead a database to begin with all that a person wrote, or with all rooms they are in.
	err := db.Table("messages AS m").Select("m.*, (SELECT u.share_readings FROM users u WHERE u.id = m.sender_id) AS share_readings, "+
		"(SELECT r.readings FROM rooms r WHERE r.id = m.room_id) AS readings, "+
		"(SELECT r.remote_after FROM rooms r WHERE r.id = m.room_id) AS remote_after").
		Where(search.Among(db, "m.room_id", "m.seq", places)).
		Where("(SELECT s.state FROM room_users s WHERE s.room_id = m.room_id AND s.user_id = ?) = ?", who, room.Joined).
		Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	at := make(map[search.Place]*Message, len(rows))
	for _, row := range rows {
		m := row.message(operator)
		at[search.Place{Room: m.Room, Seq: m.Seq}] = &m
	}
	if err := completeAt(db, at, places); err != nil {
		return nil, err
	}
	list := make([]Message, 0, len(rows))
	for _, p := range places {
		if m := at[p]; m != nil {
			list = append(list, *m)
		}
	}
	return list, nil
}

// completeAt adds reactions and readings.
func completeAt(db *gorm.DB, at map[search.Place]*Message, places []search.Place) error {
	which := search.Among(db, "room_id", "seq", places)
	var reactions []reactionRow
	err := db.Where(which).Order("created_at, user_id").Find(&reactions).Error
	if err != nil {
		return err
	}
	for _, r := range reactions {
		if m := at[search.Place{Room: r.RoomID, Seq: r.Seq}]; m != nil {
			m.addReaction(r.Emoji, r.UserID)
		}
	}
	entries, err := emotion.LoadEntries(db.Where(which))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if m := at[search.Place{Room: room.ID(e.Room), Seq: e.Seq}]; m != nil {
			m.show(e.Reading)
		}
	}
	return nil
}
