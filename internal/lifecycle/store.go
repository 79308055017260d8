package lifecycle

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

// dropLinks makes what was mailed to somebody worthless, and does not mail what waits.
func dropLinks(tx *gorm.DB, who account.ID) error {
	for _, table := range []string{"links", "mails"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE user_id = ?", who).Error; err != nil {
			return fmt.Errorf("drop %s of %d: %w", table, who, err)
		}
	}
	return nil
}

// mailLink lets somebody be mailed the link with which they come back.
func mailLink(tx *gorm.DB, who account.ID, now time.Time) error {
	at := now.UTC().Truncate(time.Microsecond)
	err := tx.Exec("INSERT INTO mails (user_id, purpose, created_at, attempts, next_at) VALUES (?, 'restore', ?, 0, ?)", who, at, at).Error
	if err != nil {
		return fmt.Errorf("mail a link to %d: %w", who, err)
	}
	return nil
}
