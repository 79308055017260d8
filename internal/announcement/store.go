package announcement

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
)

type row struct {
	ID          ID `gorm:"primaryKey"`
	Title       string
	Body        string
	Role        *account.Role
	Locale      *account.Locale
	State       State
	PublishAt   time.Time
	CreatedAt   time.Time
	CreatedBy   *account.ID
	CreationKey *string
}

func (row) TableName() string { return "announcements" }

func (r row) announcement() Announcement {
	a := Announcement{
		ID: r.ID, Title: r.Title, Body: r.Body, State: r.State, PublishAt: r.PublishAt.UTC(), CreatedAt: r.CreatedAt.UTC(),
	}
	if r.Role != nil {
		a.Audience.Role = *r.Role
	}
	if r.Locale != nil {
		a.Audience.Locale = *r.Locale
	}
	return a
}

// say puts what a draft says into a row, and lets it go out if its time has come.
func (r *row) say(d Draft, now time.Time) {
	r.Title, r.Body, r.Role, r.Locale = d.Title, d.Body, orNull(d.Audience.Role), orNull(d.Audience.Locale)
	r.State, r.PublishAt = Published, stamp(now)
	if d.At != nil && stamp(*d.At).After(r.PublishAt) {
		r.State, r.PublishAt = Scheduled, stamp(*d.At)
	}
}

// receipt is that an announcement was sent to somebody.
type receipt struct {
	UserID         account.ID `gorm:"primaryKey;autoIncrement:false"`
	AnnouncementID ID         `gorm:"primaryKey;autoIncrement:false"`
	DeliveredAt    time.Time
	ReadAt         *time.Time
}

func (receipt) TableName() string { return "announcement_receipts" }

// hold returns an announcement and holds its row until tx ends, or returns ErrUnknown.
func hold(tx *gorm.DB, id ID) (row, error) {
	var rows []row
	if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Find(&rows).Error; err != nil {
		return row{}, err
	}
	if len(rows) == 0 {
		return row{}, ErrUnknown
	}
	return rows[0], nil
}

// findCreation returns the announcement that an admin created under a key, or 0.
func findCreation(db *gorm.DB, who account.ID, key string) (ID, error) {
	if key == "" {
		return 0, nil
	}
	var ids []ID
	err := db.Model(&row{}).Where("created_by = ? AND creation_key = ?", who, key).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

type overviewRow struct {
	Row      row `gorm:"embedded"`
	Nickname *string
}

// overviews returns what admins know of announcements that a query finds.
func overviews(db, query *gorm.DB) ([]Overview, error) {
	var rows []overviewRow
	err := query.Table("announcements a").Joins("LEFT JOIN users u ON u.id = a.created_by").Select("a.*, u.nickname").Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list := make([]Overview, len(rows))
	for i, r := range rows {
		list[i] = Overview{Announcement: r.Row.announcement()}
		if r.Nickname != nil {
			list[i].CreatedBy = &account.Person{ID: *r.Row.CreatedBy, Nickname: *r.Nickname}
		}
	}
	return list, fillCounts(db, list)
}

// orNull is what SQL has for a text, or NULL for none.
func orNull[T ~string](text T) *T {
	if text == "" {
		return nil
	}
	return &text
}

// stamp is a time as SQL keeps it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
