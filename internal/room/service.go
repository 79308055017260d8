package room

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// areFriends is what this package asks of the friend domain; the answer holds still until tx ends.
type areFriends func(tx *gorm.DB, a, b account.ID) (bool, error)

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Service holds the use cases of rooms. All methods may be called from many goroutines.
type Service struct {
	db         *gorm.DB
	areFriends areFriends
	events     publisher
	now        func() time.Time
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, friends areFriends, events publisher, now func() time.Time) *Service {
	return &Service{db: db, areFriends: friends, events: events, now: now}
}

// OpenDirect returns the one direct room of two friends and whether this call created it. Somebody who is no friend,
// whether they exist or not, is ErrNoFriend.
func (s *Service) OpenDirect(ctx context.Context, who, other account.ID) (mine Mine, created bool, err error) {
	var id ID
	open := func(tx *gorm.DB) error {
		created = false
		ok, err := s.areFriends(tx, who, other)
		if err != nil {
			return err
		}
		if !ok {
			return ErrNoFriend
		}
		row, err := lockDirect(tx, who, other)
		if err == nil && row.ID == 0 {
			created = true
			row, err = insertDirect(tx, who, other, s.timestamp())
		}
		id = row.ID
		return err
	}
	err = storage.Tx(ctx, s.db, open)
	if storage.IsDuplicate(err) { // the other one opened it at the same moment: now it is there to be found
		err = storage.Tx(ctx, s.db, open)
	}
	if err != nil {
		return Mine{}, false, fmt.Errorf("open direct room of %d and %d: %w", who, other, err)
	}
	if created {
		s.events.Publish(ctx, Opened{Room: id, Members: []account.ID{who, other}})
	}
	mine, err = s.Get(ctx, who, id)
	return mine, created, err
}

// SetDirectOpen opens or freezes the direct room of two people, in the transaction that makes or ends their
// friendship. It returns the room's id, or 0 when they never had one.
func (s *Service) SetDirectOpen(tx *gorm.DB, a, b account.ID, open bool) (int64, error) {
	row, err := lockDirect(tx, a, b)
	if err != nil || row.ID == 0 {
		return 0, err
	}
	state := ReadOnly
	if open {
		state = Open
	}
	return int64(row.ID), tx.Model(&roomRow{}).Where("id = ?", row.ID).Update("state", state).Error
}

// List returns the rooms a person is joined in; the caller puts them in the order of their last messages.
func (s *Service) List(ctx context.Context, who account.ID) ([]Mine, error) {
	var rows []mineRow
	if err := selectMine(s.db.WithContext(ctx), who).Order("r.id DESC").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list rooms of %d: %w", who, err)
	}
	list := make([]Mine, len(rows))
	for i, row := range rows {
		list[i] = row.mine()
	}
	return list, nil
}

// Get returns a room that the person is joined in, or ErrNotFound. It is also the check of who may see a room.
func (s *Service) Get(ctx context.Context, who account.ID, id ID) (Mine, error) {
	var rows []mineRow
	if err := selectMine(s.db.WithContext(ctx), who).Where("r.id = ?", id).Scan(&rows).Error; err != nil {
		return Mine{}, fmt.Errorf("get room %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Mine{}, ErrNotFound
	}
	return rows[0].mine(), nil
}

// Members returns who is joined in a room of mine, in the order of joining. In a room that is not open the others'
// read marks stand still at its end, so that nobody learns what a former friend does.
func (s *Service) Members(ctx context.Context, who account.ID, id ID) ([]Member, Room, error) {
	mine, err := s.Get(ctx, who, id)
	if err != nil {
		return nil, Room{}, err
	}
	var rows []struct {
		Member   memberRow `gorm:"embedded"`
		Nickname string
	}
	err = s.db.WithContext(ctx).Table("room_users AS m").Select("m.*, u.nickname").
		Joins("JOIN users u ON u.id = m.user_id").
		Where("m.room_id = ? AND m.state = ?", id, joined).
		Order("m.joined_at, m.user_id").Scan(&rows).Error
	if err != nil {
		return nil, Room{}, fmt.Errorf("list members of room %d: %w", id, err)
	}
	members := make([]Member, len(rows))
	for i, r := range rows {
		members[i] = Member{
			Person:    account.Person{ID: r.Member.UserID, Nickname: r.Nickname},
			JoinedSeq: r.Member.JoinedSeq, LastReadSeq: r.Member.LastReadSeq,
		}
		if mine.State != Open && r.Member.UserID != who {
			members[i].LastReadSeq = mine.LastSeq
		}
	}
	return members, mine.Room, nil
}

// Joined returns the ids of all rooms a person is joined in: those whose events they receive.
func (s *Service) Joined(ctx context.Context, who account.ID) ([]ID, error) {
	var ids []ID
	err := s.db.WithContext(ctx).Model(&memberRow{}).
		Where("user_id = ? AND state = ?", who, joined).Pluck("room_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list room ids of %d: %w", who, err)
	}
	return ids, nil
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
		Where("room_id = ? AND user_id = ? AND state = ? AND last_read_seq < ?", id, who, joined, seq).
		Update("last_read_seq", seq)
	if moved.Error != nil {
		return fmt.Errorf("mark room %d as read: %w", id, moved.Error)
	}
	if moved.RowsAffected > 0 {
		s.events.Publish(ctx, Read{Room: id, User: who, Seq: seq, Open: mine.State == Open})
	}
	return nil
}

// timestamp is now in the precision that the database keeps.
func (s *Service) timestamp() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
