package room

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"gorm.io/gorm"
)

// seatsOf lists some of the rooms that somebody is or was in.
func (s *Service) seatsOf(ctx context.Context, who account.ID, condition string, args ...any) ([]ID, error) {
	var ids []ID
	err := s.db.WithContext(ctx).Table("room_users AS m").Joins("JOIN rooms r ON r.id = m.room_id").
		Where("m.user_id = ?", who).Where(condition, args...).Order("r.id").Pluck("r.id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list the rooms of %d: %w", who, err)
	}
	return ids, nil
}

// Suspend takes somebody whose account was closed out of all their rooms of a kind, one after the other: as by leaving, but their seats
// are kept for them except in pickup rooms that go on, and nothing more is written in rooms of two. It goes on where it has stopped,
// and does nothing about an account that is open.
func (s *Service) Suspend(ctx context.Context, who account.ID, kind Kind) error {
	ids, err := s.seatsOf(ctx, who, "m.state = ? AND r.kind = ?", Joined, kind)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (Record, error) { return s.suspend(tx, who, id, now) })
		if err != nil {
			return fmt.Errorf("suspend %d in room %d: %w", who, id, err)
		}
	}
	return nil
}

func (s *Service) suspend(tx *gorm.DB, who account.ID, id ID, now time.Time) (Record, error) {
	r, state, err := lockSeat(tx, who, id)
	if err != nil || state != Joined {
		return Record{}, err
	}
	closed, err := account.AreClosed(tx, who)
	if err != nil || len(closed) == 0 { // restored by now
		return Record{}, err
	}
	if err := s.unseat(tx, who, r, Left); err != nil {
		return Record{}, err
	}
	if r.Pickup == nil || r.State == Closed {
		if err := setSuspended(tx, who, id, true); err != nil {
			return Record{}, err
		}
	}
	if r.Kind == Direct {
		return Record{Room: r, Actor: who}, setState(tx, id, ReadOnly)
	}
	rec := r.tell(who, r.changed(ChangeLeft, who), Line{Code: LineLeft, User: who})
	if err := succeed(tx, who, r, &rec, now); err != nil {
		return Record{}, err
	}
	return rec, nil
}

// Resume brings somebody whose account was restored back into the rooms of a kind where their seats were kept. Like Suspend it goes on
// where it has stopped.
func (s *Service) Resume(ctx context.Context, who account.ID, kind Kind) error {
	ids, err := s.seatsOf(ctx, who, "m.suspended AND r.kind = ?", kind)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) { return s.resume(tx, who, id) })
		if err != nil {
			return fmt.Errorf("bring %d back into room %d: %w", who, id, err)
		}
	}
	return nil
}

func (s *Service) resume(tx *gorm.DB, who account.ID, id ID) (Record, error) {
	r, state, err := lockSeat(tx, who, id)
	if err != nil || state != Left {
		return Record{}, err
	}
	if closed, err := account.AreClosed(tx, who); err != nil || len(closed) > 0 { // once more
		return Record{}, err
	}
	back := tx.Model(&memberRow{}).Where("room_id = ? AND user_id = ? AND suspended", id, who).
		Updates(map[string]any{"state": Joined, "suspended": false})
	if back.Error != nil || back.RowsAffected == 0 {
		return Record{}, back.Error
	}
	if err := membersChanged(tx, id); err != nil {
		return Record{}, err
	}
	if r.Kind == Direct {
		return Record{Room: r, Actor: who}, s.reopen(tx, r)
	}
	emptied, err := r.emptied(tx)
	switch {
	case err != nil:
		return Record{}, err
	case emptied:
		return r.openAgain(tx, who)
	case r.State != Open:
		return Record{Room: r, Actor: who, Events: []any{r.changed(ChangeJoined, who)}}, nil
	default:
		return r.tell(who, r.changed(ChangeJoined, who), Line{Code: LineJoined, User: who}), nil
	}
}

// reopen lets two people write in their room again if they are friends still and both are there.
func (s *Service) reopen(tx *gorm.DB, r *Room) error {
	var rows []roomRow
	if err := tx.Where("id = ?", r.ID).Find(&rows).Error; err != nil {
		return err
	}
	low, high := orZero(rows[0].DirectLow), orZero(rows[0].DirectHigh)
	friends, err := s.areFriends(tx, low, high)
	if err != nil || !friends {
		return err
	}
	if closed, err := account.AreClosed(tx, low, high); err != nil || len(closed) > 0 {
		return err
	}
	return setState(tx, r.ID, Open)
}

// emptied tells whether a locked room that could have gone on has ended because nobody was left in it.
func (r *Room) emptied(tx *gorm.DB) (bool, error) {
	if r.State != Closed || r.Pickup != nil {
		return false, nil
	}
	var lines []struct {
		Line *Line `gorm:"serializer:json"`
	}
	if err := tx.Table("messages").Select("line").Where("room_id = ? AND seq = ?", r.ID, r.LastSeq).Scan(&lines).Error; err != nil {
		return false, fmt.Errorf("look how room %d ended: %w", r.ID, err)
	}
	return len(lines) > 0 && lines[0].Line != nil && lines[0].Line.Code == LineEmptied, nil
}

// openAgain opens a room that has ended only because nobody was left, for the first who comes back; they lead it. If another room has got
// its title in the meantime, its number is put behind it.
func (r *Room) openAgain(tx *gorm.DB, who account.ID) (Record, error) {
	r.State, r.ClosesAt, r.Host = Open, nil, who
	r.Version++
	if err := r.numberIfTaken(tx); err != nil {
		return Record{}, err
	}
	if err := r.save(tx); err != nil {
		return Record{}, err
	}
	rec := r.tell(who, r.changed(ChangeJoined, who), Line{Code: LineJoined, User: who})
	rec.Lines = append(rec.Lines, Line{Code: LineHost, User: who})
	rec.Events = append(rec.Events, r.changed(ChangeHost, who))
	return rec, nil
}

// numberIfTaken puts the number of a locked room behind its title if another open room has the same.
func (r *Room) numberIfTaken(tx *gorm.DB) error {
	var taken int64
	if err := tx.Model(&roomRow{}).Where("open_title = ? AND id <> ?", r.openTitle(), r.ID).Count(&taken).Error; err != nil {
		return fmt.Errorf("look whose the title of room %d is: %w", r.ID, err)
	}
	if number := fmt.Sprintf(" (%d)", r.ID); taken > 0 {
		title := []rune(*r.Title)
		title = append(title[:min(len(title), maxTitle-len(number))], []rune(number)...)
		*r.Title = string(title)
	}
	return nil
}

// DirectOf returns the rooms of two that somebody has or had, by the other one, and whether they may write there.
func (s *Service) DirectOf(ctx context.Context, who account.ID) (map[account.ID]JoinedRoom, error) {
	var rows []roomRow
	err := s.db.WithContext(ctx).Where("direct_low = ?", who).Or("direct_high = ?", who).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list the rooms of two of %d: %w", who, err)
	}
	rooms := make(map[account.ID]JoinedRoom, len(rows))
	for _, r := range rows {
		other := orZero(r.DirectLow)
		if other == who {
			other = orZero(r.DirectHigh)
		}
		rooms[other] = JoinedRoom{ID: r.ID, State: r.State}
	}
	return rooms, nil
}

// lockSeat locks a room and tells how somebody stands to it; the room is nil when there is none.
func lockSeat(tx *gorm.DB, who account.ID, id ID) (*Room, MemberState, error) {
	rooms, err := Lock(tx, []ID{id})
	if err != nil || rooms[id] == nil {
		return nil, "", err
	}
	state, err := memberState(tx, id, who)
	return rooms[id], state, err
}

func setSuspended(tx *gorm.DB, who account.ID, id ID, suspended bool) error {
	err := tx.Model(&memberRow{}).Where("room_id = ? AND user_id = ?", id, who).Update("suspended", suspended).Error
	if err != nil {
		return fmt.Errorf("suspend %d: %w", who, err)
	}
	return nil
}

func setState(tx *gorm.DB, id ID, state State) error {
	if err := tx.Model(&roomRow{}).Where("id = ?", id).Update("state", state).Error; err != nil {
		return fmt.Errorf("set the state of room %d: %w", id, err)
	}
	return nil
}
