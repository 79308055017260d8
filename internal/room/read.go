package room

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"gorm.io/gorm"
)

// List returns the rooms a person is joined in; the caller puts them in the order of their last messages.
func (s *Service) List(ctx context.Context, who account.ID) ([]Mine, error) {
	list, err := loadMine(s.db.WithContext(ctx), selectMine(s.db.WithContext(ctx), who).Order("r.id DESC"))
	if err != nil {
		return nil, fmt.Errorf("list rooms of %d: %w", who, err)
	}
	return list, nil
}

// Get returns a room that the person is joined in, or ErrNotFound. It is also the check of who may see a room.
func (s *Service) Get(ctx context.Context, who account.ID, id ID) (Mine, error) {
	return Find(s.db.WithContext(ctx), who, id)
}

// Find is Get for other domains, and within transactions.
func Find(db *gorm.DB, who account.ID, id ID) (Mine, error) {
	list, err := loadMine(db, selectMine(db, who).Where("r.id = ?", id))
	if err != nil {
		return Mine{}, fmt.Errorf("get room %d: %w", id, err)
	}
	if len(list) == 0 {
		return Mine{}, ErrNotFound
	}
	return list[0], nil
}

// loadMine runs a query made by selectMine and adds the names of places: at most three statements whatever the number
// of rooms.
func loadMine(db, query *gorm.DB) ([]Mine, error) {
	var rows []mineRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Mine, len(rows))
	var pairs []booking.Pair
	for i, row := range rows {
		list[i] = row.mine()
		if p := list[i].Pickup; p != nil {
			pairs = append(pairs, booking.Pair(*p))
		}
	}
	places, err := booking.Places(db, pairs)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if p := list[i].Pickup; p != nil {
			if place, ok := places[booking.Pair(*p)]; ok {
				list[i].Place = &place
			}
		}
	}
	return list, nil
}

// Members returns who is joined in a room of mine, in the order of joining, and after them who was. In a room that is
// not open the others' read marks stand still at its end, so that nobody learns what a former friend does.
func (s *Service) Members(ctx context.Context, who account.ID, id ID) ([]Member, Room, error) {
	mine, err := s.Get(ctx, who, id)
	if err != nil {
		return nil, Room{}, err
	}
	var rows []struct {
		Member   memberRow `gorm:"embedded"`
		Nickname string
		ReadSeq  int64
	}
	err = s.db.WithContext(ctx).Table("room_users AS m").Select("m.*, u.nickname, "+lastRead+" AS read_seq").
		Joins("JOIN users u ON u.id = m.user_id").
		Joins("JOIN rooms r ON r.id = m.room_id").
		Joins("LEFT JOIN messages l ON l.room_id = r.id AND l.seq = r.last_seq").
		Where("m.room_id = ?", id).
		Order("m.state <> 'joined', m.joined_at, m.user_id").Scan(&rows).Error
	if err != nil {
		return nil, Room{}, fmt.Errorf("list members of room %d: %w", id, err)
	}
	members := make([]Member, len(rows))
	for i, r := range rows {
		members[i] = Member{
			Person: account.Person{ID: r.Member.UserID, Nickname: r.Nickname},
			State:  r.Member.State, JoinedAt: r.Member.JoinedAt,
			JoinedSeq: r.Member.JoinedSeq, LastReadSeq: r.ReadSeq,
		}
		if mine.State != Open && r.Member.UserID != who {
			members[i].LastReadSeq = mine.LastSeq
		}
	}
	return members, mine.Room, nil
}

// JoinedRoom is a room that somebody is joined in, and how far it has come.
type JoinedRoom struct {
	ID      ID
	LastRev int64
	Version int64 // grows with every other change of the room and of what it shows
	State   State
}

// Joined returns all rooms a person is joined in, those whose events they receive, each with its rev at this moment.
func (s *Service) Joined(ctx context.Context, who account.ID) ([]JoinedRoom, error) {
	var list []JoinedRoom
	err := s.db.WithContext(ctx).Table("room_users AS m").Select("r.id, r.last_rev, r.version + r.readings_rev AS version, r.state").
		Joins("JOIN rooms r ON r.id = m.room_id").
		Where("m.user_id = ? AND m.state = ?", who, Joined).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list rooms of %d: %w", who, err)
	}
	return list, nil
}

// MarkRead moves a member's read mark forward to seq, or to the room's end if that is smaller. Going back changes
// nothing. In an open room the others are told.
func (s *Service) MarkRead(ctx context.Context, who account.ID, id ID, seq int64) error {
	mine, err := s.Get(ctx, who, id)
	if err != nil {
		return err
	}
	seq = min(seq, mine.LastSeq)
	if seq <= mine.LastReadSeq {
		return nil
	}
	moved := s.db.WithContext(ctx).Model(&memberRow{}).
		Where("room_id = ? AND user_id = ? AND state = ? AND last_read_seq < ?", id, who, Joined, seq).
		Update("last_read_seq", seq)
	if moved.Error != nil {
		return fmt.Errorf("mark room %d as read: %w", id, moved.Error)
	}
	if moved.RowsAffected > 0 {
		s.events.Publish(ctx, Read{Room: id, User: who, Seq: seq, Open: mine.State == Open, Crowd: mine.Crowd()})
	}
	return nil
}
