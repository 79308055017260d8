package message

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
)

const (
	// eraseAtOnce and chunksAtOnce bound what is erased in one transaction, since others wait for the room: messages, and chunks of the
	// index, which are read anew.
	eraseAtOnce  = 100
	chunksAtOnce = 2
)

// Erase removes how the messages of somebody in a room were read, with what they said about that themselves, and their words too where
// these go. They write no more, so that nothing comes after it. It goes on where it has stopped, in steps between which others write, and
// tells whether there was anything.
func (s *Service) Erase(ctx context.Context, who account.ID, id room.ID, words bool) (bool, error) {
	left := `(EXISTS (SELECT 1 FROM readings g WHERE g.room_id = x.room_id AND g.seq = x.seq)
		OR EXISTS (SELECT 1 FROM corrections c WHERE c.room_id = x.room_id AND c.seq = x.seq))`
	if words {
		left = "x.deleted_at IS NULL"
	}
	var seqs []int64
	err := s.db.WithContext(ctx).Raw("SELECT x.seq FROM "+messagesBy(s.db, "messages_client")+withReadings+
		" WHERE x.room_id = ? AND x.sender_id = ? AND x.kind = 'text' AND "+left, id, who).Scan(&seqs).Error
	if err != nil {
		return false, fmt.Errorf("look for messages of %d in room %d: %w", who, id, err)
	}
	slices.Sort(seqs)
	found := len(seqs) > 0
	for len(seqs) > 0 {
		part := erasable(seqs)
		seqs = seqs[len(part):]
		err := s.renewing(ctx, id, part, len(seqs) > 0, func(tx *gorm.DB, now time.Time) error { return erase(tx, id, part, words, now) })
		if err != nil {
			return found, fmt.Errorf("erase messages of %d in room %d: %w", who, id, err)
		}
	}
	return found, nil
}

// erasable returns the first of some messages, which are in order, that are erased at once.
func erasable(seqs []int64) []int64 {
	part := seqs[:min(len(seqs), eraseAtOnce)]
	if chunks := search.ChunksOf(part); len(chunks) > chunksAtOnce {
		n, _ := slices.BinarySearch(part, chunks[chunksAtOnce])
		part = part[:n]
	}
	return part
}

func erase(tx *gorm.DB, id room.ID, seqs []int64, words bool, now time.Time) error {
	list, args := storage.In([]any{id}, seqs)
	tables := []string{"readings", "corrections"}
	if words {
		tables = append(tables, "reactions")
	}
	for _, table := range tables {
		if _, err := storage.Exec(tx, "DELETE FROM "+table+" WHERE room_id = ? AND seq IN "+list, args...); err != nil {
			return fmt.Errorf("erase %s: %w", table, err)
		}
	}
	if words {
		buried := append([]any{now}, args...)
		if _, err := storage.Exec(tx, "UPDATE messages SET body = '', deleted_at = ? WHERE room_id = ? AND seq IN "+list, buried...); err != nil {
			return fmt.Errorf("erase words: %w", err)
		}
		if err := search.Changed(tx, id, seqs...); err != nil {
			return err
		}
	}
	places := make([]search.Place, len(seqs))
	for i, seq := range seqs {
		places[i] = search.Place{Room: id, Seq: seq}
	}
	return mood.Changed(tx, places...)
}

// Renames returns the lines of a room about titles that somebody gave it, by their seqs.
func (s *Service) Renames(ctx context.Context, who account.ID, id room.ID) (map[int64]room.Line, error) {
	var rows []messageRow
	err := s.db.WithContext(ctx).Table(messagesBy(s.db, "messages_client")).Select("x.seq, x.line").
		Where("x.room_id = ? AND x.sender_id = ? AND x.kind = ?", id, who, System).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for the titles that %d gave to room %d: %w", who, id, err)
	}
	lines := make(map[int64]room.Line)
	for _, row := range rows {
		if row.Line != nil && row.Line.Code == room.LineRenamed {
			lines[row.Seq] = *row.Line
		}
	}
	return lines, nil
}

// Rewrite puts other lines in the place of some lines of a room, by their seqs.
func (s *Service) Rewrite(ctx context.Context, id room.ID, lines map[int64]room.Line) error {
	seqs := slices.Sorted(maps.Keys(lines))
	for len(seqs) > 0 {
		part := seqs[:min(len(seqs), eraseAtOnce)]
		seqs = seqs[len(part):]
		err := s.renewing(ctx, id, part, len(seqs) > 0, func(tx *gorm.DB, _ time.Time) error {
			for _, seq := range part {
				line := lines[seq]
				err := tx.Model(&messageRow{}).Where("room_id = ? AND seq = ?", id, seq).Select("Line").Updates(&messageRow{Line: &line}).Error
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("rewrite lines of room %d: %w", id, err)
		}
	}
	return nil
}

// EraseReactions removes all reactions that somebody gave, like Erase, and returns the rooms where they were.
func (s *Service) EraseReactions(ctx context.Context, who account.ID) (rooms []room.ID, err error) {
	var places []search.Place
	err = s.db.WithContext(ctx).Raw("SELECT DISTINCT room_id AS room, seq FROM reactions WHERE user_id = ? ORDER BY room_id, seq", who).
		Scan(&places).Error
	if err != nil {
		return nil, fmt.Errorf("look for reactions of %d: %w", who, err)
	}
	for len(places) > 0 {
		id := places[0].Room
		rooms = append(rooms, id)
		var seqs []int64
		for ; len(places) > 0 && places[0].Room == id; places = places[1:] {
			seqs = append(seqs, places[0].Seq)
		}
		for len(seqs) > 0 {
			part := seqs[:min(len(seqs), eraseAtOnce)]
			seqs = seqs[len(part):]
			err := s.renewing(ctx, id, part, len(seqs) > 0, func(tx *gorm.DB, _ time.Time) error {
				list, args := storage.In([]any{who, id}, part)
				_, err := storage.Exec(tx, "DELETE FROM reactions WHERE user_id = ? AND room_id = ? AND seq IN "+list, args...)
				return err
			})
			if err != nil {
				return rooms, fmt.Errorf("erase reactions of %d in room %d: %w", who, id, err)
			}
		}
	}
	return rooms, nil
}

// Raze removes the whole history of a room that nobody will read again.
func (s *Service) Raze(ctx context.Context, id room.ID) error {
	const rows, chunks = 500, 20 // chunks are large
	var last int64
	if err := s.db.WithContext(ctx).Raw("SELECT COALESCE(MAX(seq), 0) FROM messages WHERE room_id = ?", id).Scan(&last).Error; err != nil {
		return fmt.Errorf("look how long the history of room %d is: %w", id, err)
	}
	for first := int64(1); first <= last; first += rows {
		err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
			for _, table := range []string{"readings", "messages"} {
				err := tx.Exec("DELETE FROM "+table+" WHERE room_id = ? AND seq >= ? AND seq < ?", id, first, first+rows).Error
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("remove the history of room %d: %w", id, err)
		}
	}
	for _, table := range []string{"message_chunks", "mood_chunks"} {
		if err := storage.Drain(ctx, s.db, chunks, table, "room_id = ?", id); err != nil {
			return fmt.Errorf("remove the index of room %d: %w", id, err)
		}
	}
	return nil
}

// renewing changes some messages of a room, gives them new revs, and tells who has them; with more to come, they look again only then.
func (s *Service) renewing(ctx context.Context, id room.ID, seqs []int64, more bool, change func(tx *gorm.DB, now time.Time) error) error {
	return s.Record(ctx, func(tx *gorm.DB, now time.Time) (room.Record, error) {
		rooms, err := room.Lock(tx, []room.ID{id})
		r := rooms[id]
		if err != nil || r == nil {
			return room.Record{}, err
		}
		if err := change(tx, now); err != nil {
			return room.Record{}, err
		}
		list, args := storage.In([]any{id}, seqs)
		revs := []byte("UPDATE messages SET rev = CASE seq")
		for i, seq := range seqs {
			revs = fmt.Appendf(revs, " WHEN %d THEN %d", seq, r.LastRev+int64(i)+1)
		}
		if _, err := storage.Exec(tx, string(revs)+" END WHERE room_id = ? AND seq IN "+list, args...); err != nil {
			return room.Record{}, fmt.Errorf("renew messages: %w", err)
		}
		told := room.ReadingsChanged{Room: id, State: r.State, Since: r.LastRev, Rev: r.LastRev + int64(len(seqs)), More: more}
		r.LastRev = told.Rev
		if err := room.SaveCounters(tx, map[room.ID]*room.Room{id: r}); err != nil {
			return room.Record{}, fmt.Errorf("save counters: %w", err)
		}
		return room.Record{Room: r, Events: []any{told}}, room.ShowOtherwise(tx, id)
	})
}
