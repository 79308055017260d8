package message

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
)

const (
	// forgetWhole is up to how many messages lose their readings in one transaction. Others who write wait for it, for about 25 µs each.
	forgetWhole = 2500
	// forgetAtOnce is how many do in a step where there are more, and in a statement.
	forgetAtOnce = 250
	// roomsAtOnce bounds the rooms of a statement.
	roomsAtOnce = 500
)

// ForgetReadings erases all readings of what a person wrote, their corrections and what was learnt from these. Each message that had any
// counts as changed, so that whoever has it gets to know. It returns the rooms of these messages, also with an error.
//
// All of it goes in one transaction, unless there are more than forgetWhole. Then one transaction takes all of them out of everybody's
// sight, for good: until their rows are erased too the person shares none, and nothing of theirs is read. Others write between the steps in
// which that is done. Whatever interrupts them, ForgetRest goes on; nil is returned only after the last one.
func (s *Service) ForgetReadings(ctx context.Context, who account.ID) ([]room.ID, error) {
	touched := make(map[room.ID]bool)
	err := s.forget(ctx, who, touched)
	if err != nil {
		err = fmt.Errorf("forget readings of %d: %w", who, err)
	}
	return slices.Sorted(maps.Keys(touched)), err
}

// ForgetRest goes on with what interrupted calls of ForgetReadings have left to be erased, and returns the rooms as that does.
func (s *Service) ForgetRest(ctx context.Context) ([]room.ID, error) {
	people, err := account.Forgetting(s.db.WithContext(ctx))
	touched := make(map[room.ID]bool)
	for _, who := range people {
		if failed := s.eraseHidden(ctx, who, touched); failed != nil {
			err = errors.Join(err, fmt.Errorf("forget the rest of the readings of %d: %w", who, failed))
		}
	}
	return slices.Sorted(maps.Keys(touched)), err
}

func (s *Service) forget(ctx context.Context, who account.ID, touched map[room.ID]bool) error {
	seen, places, err := s.readOf(ctx, who, touched)
	if err != nil {
		return err
	}
	if len(places) <= s.forgetWhole {
		hidden, err := account.IsForgetting(s.db.WithContext(ctx), who)
		if err != nil {
			return err
		}
		if !hidden {
			return s.eraseLast(ctx, who, seen, places, false, touched)
		}
	} else if err := s.hide(ctx, who); err != nil {
		return err
	}
	return s.eraseHidden(ctx, who, touched)
}

// hide takes all readings of a person out of sight, and forgets what was learnt from them.
func (s *Service) hide(ctx context.Context, who account.ID) error {
	return s.Record(ctx, func(tx *gorm.DB, _ time.Time) (rec room.Record, err error) {
		if _, err = room.ShareChanged(tx, who); err != nil { // rooms are locked before people
			return rec, err
		}
		if _, err = account.BeginForgetting(tx, who); err != nil {
			return rec, err
		}
		if rec.Events, err = room.ShareChanged(tx, who); err != nil { // they may have come into more
			return rec, err
		}
		return rec, calibration.Erase(tx, who)
	})
}

// eraseHidden erases in steps what hide has taken out of sight, until that is done by whomever.
func (s *Service) eraseHidden(ctx context.Context, who account.ID, touched map[room.ID]bool) error {
	for {
		seen, places, err := s.readOf(ctx, who, touched)
		if err != nil {
			return err
		}
		if len(places) <= forgetAtOnce {
			return s.eraseLast(ctx, who, seen, places, true, touched)
		}
		for len(places) > 0 {
			part := places[:min(len(places), forgetAtOnce)]
			places = places[len(part):]
			if hidden, err := s.erasePart(ctx, who, part, places); err != nil || !hidden {
				return err
			}
		}
	}
}

// readOf returns what of a person has readings or corrections, and the rooms where they are or were.
func (s *Service) readOf(ctx context.Context, who account.ID, touched map[room.ID]bool) (seen []roomRev, places []search.Place, err error) {
	if seen, err = s.roomsEver(ctx, who); err != nil {
		return nil, nil, err
	}
	places, err = readPlaces(s.db.WithContext(ctx), who, seen)
	for _, p := range places {
		touched[p.Room] = true
	}
	return seen, places, err
}

// roomsEver returns the rooms where somebody is or was, by their ids, with the revs they are at.
func (s *Service) roomsEver(ctx context.Context, who account.ID) (rooms []roomRev, err error) {
	err = s.db.WithContext(ctx).Table("room_users AS m").Select("r.id, r.last_rev").Joins("JOIN rooms r ON r.id = m.room_id").
		Where("m.user_id = ?", who).Order("r.id").Scan(&rooms).Error
	if err != nil {
		return nil, fmt.Errorf("list rooms: %w", err)
	}
	return rooms, nil
}

// roomRev is a room and a rev of it.
type roomRev struct {
	ID      room.ID
	LastRev int64
}

// withReadings adds to messages x what there is to forget of them, and hasReading is the condition that there is something.
const (
	withReadings = " LEFT JOIN readings g ON g.room_id = x.room_id AND g.seq = x.seq LEFT JOIN corrections c ON c.room_id = x.room_id AND c.seq = x.seq"
	hasReading   = " (g.seq IS NOT NULL OR c.seq IS NOT NULL)"
)

// readPlaces returns the places, in order, of what a person wrote in some rooms and what has a reading or a correction.
func readPlaces(db *gorm.DB, who account.ID, rooms []roomRev) (places []search.Place, err error) {
	for part := range slices.Chunk(rooms, roomsAtOnce) {
		ids := make([]room.ID, len(part))
		for i, r := range part {
			ids[i] = r.ID
		}
		var found []search.Place
		err := db.Raw("SELECT x.room_id AS room, x.seq FROM "+messagesBy(db, "messages_client")+withReadings+
			" WHERE x.sender_id = ? AND x.room_id IN ? AND"+hasReading+" ORDER BY x.room_id, x.seq", who, ids).Scan(&found).Error
		if err != nil {
			return nil, fmt.Errorf("look for readings: %w", err)
		}
		places = append(places, found...)
	}
	return places, nil
}

// messagesBy names the messages x, to be looked up by an index: several begin with the room.
func messagesBy(db *gorm.DB, index string) string {
	if storage.IsMySQL(db) {
		return "messages x FORCE INDEX (" + index + ")"
	}
	return "messages x INDEXED BY " + index
}

// erasePart forgets what was read in some messages, if it is out of sight. If the next ones are of the last of these rooms, nobody there is
// told until then to look at everything again.
func (s *Service) erasePart(ctx context.Context, who account.ID, part, next []search.Place) (hidden bool, err error) {
	err = s.Record(ctx, func(tx *gorm.DB, _ time.Time) (room.Record, error) {
		rooms, err := room.Lock(tx, roomsAt(part))
		if err == nil {
			hidden, err = account.IsForgetting(tx, who)
		}
		if err != nil || !hidden { // another node has come to the end, and what is there now is new
			return room.Record{}, err
		}
		changes, err := forgetAt(tx, rooms, part)
		if err != nil {
			return room.Record{}, err
		}
		events := make([]any, len(changes))
		for i, c := range changes {
			c.More = len(next) > 0 && next[0].Room == c.Room
			events[i] = c
		}
		return room.Record{Events: events}, nil
	})
	if err != nil { // it may be carried out still
		return false, err
	}
	return hidden, nil
}

// eraseLast forgets what was read in the last messages, in whatever was written or changed in the rooms since they were seen, and what
// was learnt. If all of it was out of sight, the person shares again as before.
func (s *Service) eraseLast(ctx context.Context, who account.ID, seen []roomRev, last []search.Place, hidden bool, touched map[room.ID]bool) error {
	var changes []room.ReadingsChanged
	err := s.Record(ctx, func(tx *gorm.DB, _ time.Time) (room.Record, error) {
		rooms, err := room.LockEver(tx, who)
		if err == nil && hidden {
			var ended bool
			if ended, err = endHiding(tx, who); err == nil && !ended { // by another node, and what is there now is new
				return room.Record{}, nil
			}
		}
		if err != nil {
			return room.Record{}, err
		}
		since, err := writtenSince(tx, who, rooms, seen)
		if err != nil {
			return room.Record{}, err
		}
		all := slices.Concat(last, since)
		slices.SortFunc(all, func(a, b search.Place) int { return cmp.Or(cmp.Compare(a.Room, b.Room), cmp.Compare(a.Seq, b.Seq)) })
		changes = nil
		for part := range slices.Chunk(slices.Compact(all), forgetAtOnce) {
			more, err := forgetAt(tx, rooms, part)
			if err != nil {
				return room.Record{}, err
			}
			changes = append(changes, more...)
		}
		events := make([]any, len(changes))
		for i, c := range changes {
			c.More = i+1 < len(changes) && changes[i+1].Room == c.Room
			events[i] = c
		}
		if err := tx.Exec("DELETE FROM corrections WHERE user_id = ?", who).Error; err != nil {
			return room.Record{}, fmt.Errorf("forget corrections: %w", err)
		}
		return room.Record{Events: events}, calibration.Erase(tx, who)
	})
	if err != nil {
		return err
	}
	for _, c := range changes {
		touched[c.Room] = true
	}
	return nil
}

// endHiding lets a person share readings again, of which none are left. It returns false where that has happened.
func endHiding(tx *gorm.DB, who account.ID) (ended bool, err error) {
	if ended, err = account.EndForgetting(tx, who); err != nil || !ended {
		return false, err
	}
	return true, room.AuthorChanged(tx, who)
}

// writtenSince returns what a person has written or changed in locked rooms since these were seen, as far as it has readings.
func writtenSince(tx *gorm.DB, who account.ID, rooms map[room.ID]*room.Room, seen []roomRev) (places []search.Place, err error) {
	strange := maps.Clone(rooms)
	for _, was := range seen {
		now := rooms[was.ID]
		delete(strange, was.ID)
		if now == nil || now.LastRev == was.LastRev {
			continue
		}
		var found []search.Place
		err := tx.Raw("SELECT x.room_id AS room, x.seq FROM "+messagesBy(tx, "messages_rev")+withReadings+
			" WHERE x.room_id = ? AND x.rev > ? AND x.sender_id = ? AND"+hasReading, was.ID, was.LastRev, who).Scan(&found).Error
		if err != nil {
			return nil, fmt.Errorf("look for later readings: %w", err)
		}
		places = append(places, found...)
	}
	joined := make([]roomRev, 0, len(strange))
	for id := range strange {
		joined = append(joined, roomRev{ID: id})
	}
	found, err := readPlaces(tx, who, joined)
	return append(places, found...), err
}

// forgetAt forgets what was read in some messages, which are in order, of locked rooms, and returns what is to be published.
func forgetAt(tx *gorm.DB, rooms map[room.ID]*room.Room, places []search.Place) ([]room.ReadingsChanged, error) {
	grown, err := renew(tx, places)
	if err != nil || len(grown) == 0 {
		return nil, err
	}
	changes := make([]room.ReadingsChanged, len(grown))
	changed := make(map[room.ID]*room.Room, len(grown))
	for i, g := range grown {
		r := rooms[g.RoomID]
		changes[i] = room.ReadingsChanged{Room: r.ID, State: r.State, Since: r.LastRev, Rev: r.LastRev + g.Messages}
		r.LastRev += g.Messages
		changed[r.ID] = r
	}
	if err := room.SaveCounters(tx, changed); err != nil {
		return nil, fmt.Errorf("save counters: %w", err)
	}
	for _, table := range []string{"readings", "corrections"} {
		if err := tx.Exec("DELETE FROM " + table + " WHERE " + search.Among(tx, "room_id", "seq", places)).Error; err != nil {
			return nil, fmt.Errorf("erase %s: %w", table, err)
		}
	}
	if err := mood.Changed(tx, places...); err != nil {
		return nil, err
	}
	return changes, room.ShowOtherwise(tx, slices.Sorted(maps.Keys(changed))...)
}

func roomsAt(places []search.Place) (ids []room.ID) {
	for _, p := range places {
		ids = append(ids, p.Room)
	}
	return slices.Compact(ids)
}

// growth is how many messages of a room have changed.
type growth struct {
	RoomID   room.ID
	Messages int64
}

// renew gives new revs to those messages of locked rooms that are about to lose something.
func renew(tx *gorm.DB, places []search.Place) (grown []growth, err error) {
	from := " FROM messages x"
	if storage.IsMySQL(tx) {
		from = " FROM " + messagesBy(tx, "PRIMARY")
	}
	from += withReadings + " WHERE " + search.Among(tx, "x.room_id", "x.seq", places) + " AND" + hasReading
	err = tx.Raw("SELECT x.room_id, COUNT(*) AS messages" + from + " GROUP BY x.room_id ORDER BY x.room_id").Scan(&grown).Error
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	if len(grown) == 0 {
		return nil, nil
	}
	numbered := "(SELECT x.room_id, x.seq, (SELECT r.last_rev FROM rooms r WHERE r.id = x.room_id) + ROW_NUMBER() OVER (PARTITION BY x.room_id ORDER BY x.seq) AS rev" + from + ") AS v"
	update := "UPDATE messages AS m SET rev = v.rev FROM " + numbered + " WHERE m.room_id = v.room_id AND m.seq = v.seq"
	if storage.IsMySQL(tx) {
		update = "UPDATE " + numbered + " STRAIGHT_JOIN messages AS m ON m.room_id = v.room_id AND m.seq = v.seq SET m.rev = v.rev"
	}
	if err := tx.Exec(update).Error; err != nil {
		return nil, fmt.Errorf("renew messages: %w", err)
	}
	return grown, nil
}
