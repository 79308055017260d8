package auth

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

// EndEverybodys ends all sessions there are. It is for when nothing runs that would have to hear of it.
func EndEverybodys(tx *gorm.DB, now time.Time) error {
	if err := tx.Model(&sessionRow{}).Where("revoked_at IS NULL").Update("revoked_at", stamp(now)).Error; err != nil {
		return fmt.Errorf("end all sessions: %w", err)
	}
	return nil
}

// EndAll ends all sessions of a person in a transaction, and returns what is to be published after its commit. With the person's row
// held, none begins meanwhile.
func EndAll(tx *gorm.DB, who account.ID, now time.Time) (ended []SessionEnded, err error) {
	ids, err := lockLive(tx, who, now)
	if err != nil {
		return nil, fmt.Errorf("lock sessions of %d: %w", who, err)
	}
	for _, id := range ids {
		ended = append(ended, SessionEnded{User: who, Session: id})
	}
	if err := endSessions(tx, ids, now); err != nil {
		return nil, fmt.Errorf("end sessions of %d: %w", who, err)
	}
	return ended, nil
}
