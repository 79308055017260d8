package announcement

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
)

// archive is how long before they registered somebody still sees what was announced.
const archive = 30 * 24 * time.Hour

// Inbox is some of what was announced to somebody, the latest first.
type Inbox struct {
	Items  []Received
	Next   string // empty on the last page
	Unread int    // on all pages
}

type receivedRow struct {
	Row    row `gorm:"embedded"`
	ReadAt *time.Time
}

// received converts what was announced to somebody. What they came after counts as read by then.
func (r receivedRow) received(who account.User) Received {
	out := Received{Announcement: r.Row.announcement()}
	switch {
	case r.ReadAt != nil:
		out.ReadAt = new(r.ReadAt.UTC())
	case out.PublishAt.Before(who.CreatedAt):
		out.ReadAt = &who.CreatedAt
	}
	return out
}

// visible finds what somebody may see: what is for them, or was for readers of their language of then when it was sent to them.
func visible(query *gorm.DB, who account.User) *gorm.DB {
	return query.Table("announcements a").
		Joins("LEFT JOIN announcement_receipts r ON r.announcement_id = a.id AND r.user_id = ?", who.ID).
		Where("a.state = ? AND a.publish_at >= ?", Published, stamp(who.CreatedAt.Add(-archive))).
		Where("a.role IS NULL OR a.role = ?", who.Role).
		Where("a.locale IS NULL OR a.locale = ? OR r.user_id IS NOT NULL", who.Locale)
}

// List returns a page of what was announced to somebody, also shortly before they registered.
func (s *Service) List(ctx context.Context, who account.User, cursor string, size int) (Inbox, error) {
	db := s.DB.WithContext(ctx)
	query, err := pageOf(db, cursor, size)
	if err != nil {
		return Inbox{}, err
	}
	var rows []receivedRow
	if err := visible(query, who).Select("a.*, r.read_at").Scan(&rows).Error; err != nil {
		return Inbox{}, fmt.Errorf("list announcements: %w", err)
	}
	list := make([]Received, len(rows))
	for i, r := range rows {
		list[i] = r.received(who)
	}
	var inbox Inbox
	inbox.Items, inbox.Next = cut(list, size, func(r Received) Announcement { return r.Announcement })
	var unread int64
	if err := visible(db, who).Where("r.read_at IS NULL AND a.publish_at >= ?", who.CreatedAt).Count(&unread).Error; err != nil {
		return Inbox{}, fmt.Errorf("count unread announcements: %w", err)
	}
	inbox.Unread = int(unread)
	return inbox, nil
}

// Read notes that somebody has read an announcement. Once more changes nothing. ErrUnknown for what they may not see.
func (s *Service) Read(ctx context.Context, who account.User, id ID) error {
	err := storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		var rows []receivedRow
		if err := visible(tx, who).Where("a.id = ?", id).Select("a.*, r.read_at").Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrUnknown
		}
		if rows[0].received(who).ReadAt != nil {
			return nil
		}
		return s.noteRead(tx, who.ID, id)
	})
	if err != nil {
		return fmt.Errorf("read announcement %d: %w", id, err)
	}
	return nil
}

// noteRead notes and counts that somebody has read an announcement, unless they have by now in another tab.
func (s *Service) noteRead(tx *gorm.DB, who account.ID, id ID) error {
	now, more := stamp(s.Now()), counts{AnnouncementID: id, Part: partOf(who), Seen: 1}
	// Who reads it before it was sent to them is not sent it any more.
	fresh := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&receipt{UserID: who, AnnouncementID: id, DeliveredAt: now, ReadAt: &now})
	if fresh.Error != nil {
		return fresh.Error
	}
	if more.Delivered = fresh.RowsAffected; more.Delivered == 0 {
		read := tx.Model(&receipt{UserID: who, AnnouncementID: id}).Where("read_at IS NULL").Update("read_at", now)
		if read.Error != nil || read.RowsAffected == 0 {
			return read.Error
		}
	}
	return add(tx, more)
}
