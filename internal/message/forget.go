package message

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// forgetAtOnce bounds the rooms of a statement.
const forgetAtOnce = 1000

// ForgetReadings erases all readings of what a person wrote, their corrections and what was learnt from these, in one transaction. Each
// message that had any counts as changed, so that whoever has it gets to know. It returns the rooms of these messages.
func (s *Service) ForgetReadings(ctx context.Context, who account.ID) ([]room.ID, error) {
	var rooms []room.ID
	err := s.Record(ctx, func(tx *gorm.DB, _ time.Time) (room.Record, error) {
		rooms = nil
		all, err := room.LockEver(tx, who)
		if err != nil {
			return room.Record{}, err
		}
		var events []any
		for part := range slices.Chunk(slices.Sorted(maps.Keys(all)), forgetAtOnce) {
			grown, err := renew(tx, who, part)
			if err != nil {
				return room.Record{}, err
			}
			changed := make(map[room.ID]*room.Room, len(grown))
			first := len(rooms)
			for _, g := range grown {
				r := all[g.RoomID]
				events = append(events, room.ReadingsChanged{Room: r.ID, State: r.State, Since: r.LastRev, Rev: r.LastRev + g.Messages})
				r.LastRev += g.Messages
				changed[r.ID] = r
				rooms = append(rooms, r.ID)
			}
			if err := room.SaveCounters(tx, changed); err != nil {
				return room.Record{}, fmt.Errorf("save counters: %w", err)
			}
			if err := erase(tx, who, part); err != nil {
				return room.Record{}, err
			}
			if len(grown) > 0 {
				if err := room.ShowOtherwise(tx, rooms[first:]...); err != nil {
					return room.Record{}, err
				}
			}
		}
		if err := tx.Exec("DELETE FROM corrections WHERE user_id = ?", who).Error; err != nil {
			return room.Record{}, fmt.Errorf("forget corrections: %w", err)
		}
		return room.Record{Events: events}, calibration.Erase(tx, who)
	})
	if err != nil {
		return nil, fmt.Errorf("forget readings of %d: %w", who, err)
	}
	return rooms, nil
}

// readOf selects the messages (x) of a person in some rooms that have a reading or a correction.
const readOf = ` FROM messages x JOIN rooms r ON r.id = x.room_id WHERE x.sender_id = ? AND x.room_id IN ? AND (
	EXISTS (SELECT 1 FROM readings g WHERE g.room_id = x.room_id AND g.seq = x.seq) OR
	EXISTS (SELECT 1 FROM corrections c WHERE c.room_id = x.room_id AND c.seq = x.seq))`

// growth is how many messages of a room have changed.
type growth struct {
	RoomID   room.ID
	Messages int64
}

// renew gives new revs to those messages of a person in locked rooms that are about to lose something.
func renew(tx *gorm.DB, who account.ID, rooms []room.ID) (grown []growth, err error) {
	err = tx.Raw("SELECT x.room_id, COUNT(*) AS messages"+readOf+" GROUP BY x.room_id ORDER BY x.room_id", who, rooms).Scan(&grown).Error
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	if len(grown) == 0 {
		return nil, nil
	}
	const numbered = "(SELECT x.room_id, x.seq, r.last_rev + ROW_NUMBER() OVER (PARTITION BY x.room_id ORDER BY x.seq) AS rev" + readOf + ") AS v"
	update := "UPDATE messages AS m SET rev = v.rev FROM " + numbered + " WHERE m.room_id = v.room_id AND m.seq = v.seq"
	if storage.IsMySQL(tx) {
		update = "UPDATE " + numbered + " STRAIGHT_JOIN messages AS m ON m.room_id = v.room_id AND m.seq = v.seq SET m.rev = v.rev"
	}
	if err := tx.Exec(update, who, rooms).Error; err != nil {
		return nil, fmt.Errorf("renew messages: %w", err)
	}
	return grown, nil
}

// erase deletes the readings of what a person wrote in some rooms.
func erase(tx *gorm.DB, who account.ID, rooms []room.ID) error {
	query := "DELETE FROM readings WHERE (room_id, seq) IN (SELECT room_id, seq FROM messages WHERE sender_id = ? AND room_id IN ?)"
	if storage.IsMySQL(tx) {
		query = `DELETE g FROM messages AS m STRAIGHT_JOIN readings AS g ON g.room_id = m.room_id AND g.seq = m.seq
			WHERE m.sender_id = ? AND m.room_id IN ?`
	}
	if err := tx.Exec(query, who, rooms).Error; err != nil {
		return fmt.Errorf("erase readings: %w", err)
	}
	return nil
}
