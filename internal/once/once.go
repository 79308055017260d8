// Package once remembers what requests with a key have made, so that a repeat of one is answered with the same and makes nothing.
package once

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

// Key is what a request that makes something goes by.
type Key struct {
	Who  account.ID
	What string // is made, and where: for anything else the same name is another key
	Name string // chosen by whoever asks; "" is no key, under which nothing is remembered
}

type row struct {
	UserID      account.ID `gorm:"primaryKey;autoIncrement:false"`
	What        string     `gorm:"primaryKey"`
	CreationKey string     `gorm:"primaryKey"`
	Made        string
}

func (row) TableName() string { return "creations" }

// Made puts what was noted under the key into out, a pointer to it, and tells whether anything was.
func (k Key) Made(db *gorm.DB, out any) (bool, error) {
	if k.Name == "" {
		return false, nil
	}
	var made []string
	err := db.Model(&row{}).Where("user_id = ? AND what = ? AND creation_key = ?", k.Who, k.What, k.Name).Pluck("made", &made).Error
	if err != nil {
		return false, fmt.Errorf("look up a key of user %d: %w", k.Who, err)
	}
	if len(made) == 0 {
		return false, nil
	}
	return true, json.Unmarshal([]byte(made[0]), out)
}

// Note keeps what was made in the same transaction: something small that JSON can say, as an id. It fails with a duplicate
// (storage.IsDuplicate) when a repeat was quicker, on another node: what was made is rolled back then, and Made knows the other's.
func (k Key) Note(tx *gorm.DB, made any) error {
	if k.Name == "" {
		return nil
	}
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	if err := tx.Create(&row{UserID: k.Who, What: k.What, CreationKey: k.Name, Made: string(text)}).Error; err != nil {
		return fmt.Errorf("note a key of user %d: %w", k.Who, err)
	}
	return nil
}
