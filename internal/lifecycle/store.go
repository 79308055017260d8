package lifecycle

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
)

// dropLinks makes what was mailed to somebody worthless, and does not mail what waits.
func dropLinks(tx *gorm.DB, who account.ID) error {
	for _, table := range []string{"links", "mails"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE user_id = ?", who).Error; err != nil {
			return fmt.Errorf("drop %s of %d: %w", table, who, err)
		}
	}
	// Those that were asked for by e-mail are nobody's yet.
	if err := tx.Exec("DELETE FROM mails WHERE email_key = (SELECT email_key FROM users WHERE id = ?)", who).Error; err != nil {
		return fmt.Errorf("drop mails to %d: %w", who, err)
	}
	return nil
}

// findDue returns some people whose time is over.
func findDue(db *gorm.DB, now time.Time, limit int) (ids []account.ID, err error) {
	err = db.Table("users").Where("purge_after <= ? AND state = ?", stampOf(now), account.Deactivated).
		Order("purge_after, id").Limit(limit).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("look for accounts to purge: %w", err)
	}
	return ids, nil
}

// holdDue holds the rows of those of some people whose time is over still.
func holdDue(tx *gorm.DB, people []account.ID, now time.Time) (held []account.ID, err error) {
	err = tx.Table("users").Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("id IN ? AND purge_after <= ? AND state = ?", people, stampOf(now), account.Deactivated).
		Order("id").Pluck("id", &held).Error
	if err != nil {
		return nil, fmt.Errorf("hold accounts to purge: %w", err)
	}
	return held, nil
}

// begin makes sure that nothing of some people comes back.
func begin(tx *gorm.DB, held []account.ID) (claimed []purged, err error) {
	if err := account.SetStep(tx, account.Purging, held...); err != nil {
		return nil, err
	}
	err = tx.Table("users AS u").Select("u.id, u.email, p.nickname, COALESCE(p.messages, '') AS messages").
		Joins("LEFT JOIN restore_points p ON p.user_id = u.id").Where("u.id IN ?", held).Order("u.id").Scan(&claimed).Error
	if err != nil {
		return nil, fmt.Errorf("read what is left of %d accounts: %w", len(held), err)
	}
	return claimed, nil
}

// sessionsOf returns all sessions that people have or had.
func sessionsOf(db *gorm.DB, people []account.ID) (ids []int64, err error) {
	if err := db.Table("sessions").Where("user_id IN ?", people).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return ids, nil
}

// addressesOf returns the forms in which the e-mails of people are compared.
func addressesOf(db *gorm.DB, people []account.ID) (keys []string, err error) {
	if err := db.Table("users").Where("id IN ?", people).Pluck("email_key", &keys).Error; err != nil {
		return nil, fmt.Errorf("list e-mails: %w", err)
	}
	return keys, nil
}

// hangs is a table whose rows go with a person, and the column that says with whom.
type hangs struct{ table, column string }

// hanging lists them. What is not here goes with what is: dishes with selections. Receipts of announcements are counted, and so not here.
func hanging() []hangs {
	return []hangs{
		{"sessions", "user_id"}, {"friendships", "low_id"}, {"friendships", "high_id"}, {"blocks", "user_id"}, {"blocks", "blocked_id"},
		{"links", "user_id"}, {"mails", "user_id"}, {"calibrations", "user_id"}, {"forgettings", "user_id"},
		{"corrections", "user_id"}, {"reactions", "user_id"}, {"box_codes", "user_id"}, {"selections", "user_id"}, {"room_users", "user_id"},
		{"creations", "user_id"},
	}
}

// owns is a table with rows that outlive who has made or leads them, and how they forget them.
type owns struct{ table, column, clear string }

func owning() []owns {
	return []owns{
		{"rooms", "creator_id", "creator_id = NULL, creation_key = NULL"}, {"rooms", "host_id", "host_id = NULL"},
		{"announcements", "created_by", "created_by = NULL, creation_key = NULL"},
	}
}

func owned(db *gorm.DB, o owns, people []account.ID) (ids []int64, err error) {
	if err := db.Table(o.table).Where(o.column+" IN ?", people).Order("id").Limit(drainAtOnce).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("look whose %s are: %w", o.table, err)
	}
	return ids, nil
}

// deleteUsers removes the last of people who are being purged.
func deleteUsers(tx *gorm.DB, ids []account.ID) error {
	for _, table := range []hangs{{"restore_points", "user_id"}, {"users", "id"}} {
		if err := tx.Exec("DELETE FROM "+table.table+" WHERE "+table.column+" IN ?", ids).Error; err != nil {
			return fmt.Errorf("delete from %s: %w", table.table, err)
		}
	}
	return nil
}
