package room

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/account"
)

// crowd is how many joined members make a room one in which nobody is named for typing, looking or reading.
const crowd = 101

// Crowd tells whether the room has so many members that only counts of what they do are told.
func (m Mine) Crowd() bool { return m.Members >= crowd }

// Tally is how many members have read up to a seq, or joined there, and no further.
type Tally struct{ Seq, Count int64 }

// Reads counts how far the joined members of a room have read, in the order of seq. The caller has checked that they may
// be told.
func (s *Service) Reads(ctx context.Context, id ID) ([]Tally, error) {
	var list []Tally
	err := s.db.WithContext(ctx).Model(&memberRow{}).
		Select("CASE WHEN joined_seq > last_read_seq THEN joined_seq ELSE last_read_seq END AS seq, COUNT(*) AS count").
		Where("room_id = ? AND state = ?", id, Joined).Group("seq").Order("seq").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("count reads of room %d: %w", id, err)
	}
	return list, nil
}

// JoinedOf is Joined for many people by one statement. Who is joined nowhere is missing.
func (s *Service) JoinedOf(ctx context.Context, people []account.ID) (map[account.ID][]JoinedRoom, error) {
	joined := make(map[account.ID][]JoinedRoom, len(people))
	if len(people) == 0 {
		return joined, nil
	}
	var rows []struct {
		UserID account.ID
		JoinedRoom
	}
	err := s.db.WithContext(ctx).Table("room_users AS m").Select("m.user_id, r.id, r.last_rev, r.version + r.readings_rev AS version, r.state").
		Joins("JOIN rooms r ON r.id = m.room_id").
		Where("m.user_id IN ? AND m.state = ?", people, Joined).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list rooms of %d people: %w", len(people), err)
	}
	for _, r := range rows {
		joined[r.UserID] = append(joined[r.UserID], r.JoinedRoom)
	}
	return joined, nil
}

// Revs tells how far rooms have come by one statement; rooms that do not exist are missing.
func (s *Service) Revs(ctx context.Context, ids []ID) ([]JoinedRoom, error) {
	var list []JoinedRoom
	if len(ids) == 0 {
		return list, nil
	}
	err := s.db.WithContext(ctx).Model(&roomRow{}).Select("id, last_rev, version + readings_rev AS version, state").Where("id IN ?", ids).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("look up %d rooms: %w", len(ids), err)
	}
	return list, nil
}
