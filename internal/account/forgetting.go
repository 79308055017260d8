package account

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/fault"
)

// ErrForgetting means that somebody's readings are being erased, and that they can choose with whom to share them right after.
var ErrForgetting = fault.New(fault.Conflict, "readings.forgetting", "Your readings are being forgotten. Try again in a moment.")

// forgettingRow is somebody whose readings are being erased, and what they go back to.
type forgettingRow struct {
	UserID        ID `gorm:"primaryKey;autoIncrement:false"`
	ShareReadings ShareReadings
}

// TableName implements gorm's Tabler.
func (forgettingRow) TableName() string { return "forgettings" }

// BeginForgetting takes all readings of a person out of everybody's sight at once, their own too, until EndForgetting. It returns whether
// they were in sight.
func BeginForgetting(tx *gorm.DB, who ID) (hidden bool, err error) {
	row, err := find(lock(tx), "id = ?", who)
	if err != nil {
		return false, fmt.Errorf("hide the readings of %d: %w", who, err)
	}
	if begun, err := IsForgetting(tx, who); err != nil || begun {
		return false, err
	}
	if err := tx.Create(&forgettingRow{UserID: who, ShareReadings: row.ShareReadings}).Error; err != nil {
		return false, fmt.Errorf("hide the readings of %d: %w", who, err)
	}
	return true, setShare(tx, who, ShareOff)
}

// EndForgetting lets a person share readings again as they did before. It returns false, and does nothing, where that has happened.
func EndForgetting(tx *gorm.DB, who ID) (ended bool, err error) {
	var rows []forgettingRow
	if err := lock(tx).Where("user_id = ?", who).Find(&rows).Error; err != nil {
		return false, fmt.Errorf("look for what was shared: %w", err)
	}
	if len(rows) == 0 {
		return false, nil
	}
	if err := tx.Delete(&rows[0]).Error; err != nil {
		return false, fmt.Errorf("end the forgetting: %w", err)
	}
	return true, setShare(tx, who, rows[0].ShareReadings)
}

// IsForgetting tells whether a person's readings are being erased; within a transaction they still are at its end.
func IsForgetting(db *gorm.DB, who ID) (bool, error) {
	var n int64
	if err := lock(db).Model(&forgettingRow{}).Select("user_id").Where("user_id = ?", who).Scan(&n).Error; err != nil {
		return false, fmt.Errorf("look whether readings are being forgotten: %w", err)
	}
	return n > 0, nil
}

// requireRemembering returns ErrForgetting while a person's readings are being erased.
func requireRemembering(tx *gorm.DB, who ID) error {
	forgetting, err := IsForgetting(tx, who)
	if err == nil && forgetting {
		return ErrForgetting
	}
	return err
}

// Forgetting returns whose readings are being erased.
func Forgetting(db *gorm.DB) (people []ID, err error) {
	if err := db.Model(&forgettingRow{}).Order("user_id").Pluck("user_id", &people).Error; err != nil {
		return nil, fmt.Errorf("list whose readings are being forgotten: %w", err)
	}
	return people, nil
}

func setShare(tx *gorm.DB, who ID, share ShareReadings) error {
	if err := tx.Model(&userRow{}).Where("id = ?", who).Update("share_readings", share).Error; err != nil {
		return fmt.Errorf("set with whom %d shares: %w", who, err)
	}
	return nil
}
