package room

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// switchReadings switches the readings of a record's room, which save writes. Where more is allowed than before, everybody is given
// notice anew.
func (rec *Record) switchReadings(tx *gorm.DB, to Readings) error {
	r := rec.Room
	if to.openness() > r.Readings.openness() {
		if err := tx.Model(&memberRow{}).Where("room_id = ?", r.ID).Update("readings_noticed", emotion.Nowhere).Error; err != nil {
			return fmt.Errorf("give notice of readings in room %d: %w", r.ID, err)
		}
	}
	r.Readings = to
	if to == ReadingsOn {
		r.RemoteAfter = r.LastSeq
	}
	line := map[Readings]LineCode{ReadingsOn: LineReadingsOn, ReadingsLocal: LineReadingsLocal, ReadingsOff: LineReadingsOff}[to]
	rec.Lines = append(rec.Lines, Line{Code: line, User: rec.Actor})
	rec.Events = append(rec.Events, ReadingsChanged{Room: r.ID, State: r.State})
	return ShowOtherwise(tx, r.ID)
}

// ShowOtherwise notes in rooms that earlier messages may show other readings than before, and later ones are read otherwise.
func ShowOtherwise(tx *gorm.DB, rooms ...ID) error {
	err := tx.Exec("UPDATE rooms SET members_rev = members_rev + 1, readings_rev = readings_rev + 1 WHERE id IN ?", rooms).Error
	if err != nil {
		return fmt.Errorf("note that readings changed: %w", err)
	}
	return nil
}

// UserChanged notes in the rooms where a person is or was that their messages are read otherwise than before, if they are. It returns
// what is to be published after the commit.
func UserChanged(tx *gorm.DB, before, after account.User) (events []any, err error) {
	switch {
	case before.ShareReadings != after.ShareReadings:
		return ShareChanged(tx, after.ID)
	case before.CalibrateReadings != after.CalibrateReadings:
		return nil, AuthorChanged(tx, after.ID)
	}
	return nil, nil
}

// ShareChanged notes that a person shares their readings with others than before, in the rooms where they are or were. It returns
// what is to be published after the commit. Once their row is locked they come into no room meanwhile.
func ShareChanged(tx *gorm.DB, who account.ID) (events []any, err error) {
	rooms, err := everIn(tx, who)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(rooms, 1000) {
		ids := make([]ID, len(part))
		for i, r := range part {
			ids[i] = r.ID
			events = append(events, ReadingsChanged{Room: r.ID, State: r.State})
		}
		if err := ShowOtherwise(tx, ids...); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// AuthorChanged notes that what a person writes from now on is read otherwise than before, though what they wrote earlier shows as it
// did. Otherwise it is like ShareChanged.
func AuthorChanged(tx *gorm.DB, who account.ID) error {
	rooms, err := everIn(tx, who)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rooms, 1000) {
		ids := make([]ID, len(part))
		for i, r := range part {
			ids[i] = r.ID
		}
		if err := membersChanged(tx, ids...); err != nil {
			return err
		}
	}
	return nil
}

// stateOf is a room and its state.
type stateOf struct {
	ID    ID
	State State
}

// everIn returns the rooms where somebody is or was, in the order of their ids, in which they are locked.
func everIn(tx *gorm.DB, who account.ID) (rooms []stateOf, err error) {
	err = tx.Table("room_users AS m").Select("r.id, r.state").Joins("JOIN rooms r ON r.id = m.room_id").
		Where("m.user_id = ?", who).Order("r.id").Scan(&rooms).Error
	if err != nil {
		return nil, fmt.Errorf("list the rooms of %d: %w", who, err)
	}
	return rooms, nil
}

// LockEver is Lock of all rooms where somebody is or was.
func LockEver(tx *gorm.DB, who account.ID) (map[ID]*Room, error) {
	list, err := everIn(tx, who)
	if err != nil {
		return nil, err
	}
	all := make(map[ID]*Room, len(list))
	for part := range slices.Chunk(list, 1000) {
		ids := make([]ID, len(part))
		for i, r := range part {
			ids[i] = r.ID
		}
		rooms, err := Lock(tx, ids)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, rooms)
	}
	return all, nil
}

// DismissNotice puts away the notice that messages are read in a room, until they are read more widely than now. ErrNotFound unless
// the person is joined there.
func (s *Service) DismissNotice(ctx context.Context, who account.ID, id ID) error {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		r, err := requireSeat(tx, who, id)
		if err != nil {
			return err
		}
		return tx.Model(&memberRow{}).Where("room_id = ? AND user_id = ?", id, who).
			Update("readings_noticed", emotion.RoomReach(s.emotion, r.Readings)).Error
	})
	if err != nil {
		return fmt.Errorf("put away the notice of readings in room %d: %w", id, err)
	}
	return nil
}
