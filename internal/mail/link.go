package mail

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

type linkRow struct {
	TokenHash string `gorm:"primaryKey"`
	UserID    account.ID
	Purpose   Purpose
	CreatedAt time.Time
	ExpiresAt time.Time
}

func (linkRow) TableName() string { return "links" }

// Link is a link that somebody has brought back.
type Link struct {
	User    account.ID
	Purpose Purpose
	hash    string
}

// Find returns the link of a token if it is for one of these purposes and its time is not over, or ErrLink. It still has to be used.
func Find(db *gorm.DB, token string, now time.Time, purposes ...Purpose) (Link, error) {
	var rows []linkRow
	err := db.Where("token_hash = ? AND purpose IN ? AND expires_at > ?", digest(token), purposes, stamp(now)).Find(&rows).Error
	switch {
	case err != nil:
		return Link{}, fmt.Errorf("find link: %w", err)
	case len(rows) == 0:
		return Link{}, ErrLink
	}
	return Link{User: rows[0].UserID, Purpose: rows[0].Purpose, hash: rows[0].TokenHash}, nil
}

// Use takes a link out of the world, or returns ErrLink when somebody was quicker. The caller holds the row of its user.
func Use(tx *gorm.DB, l Link) error {
	result := tx.Where("token_hash = ?", l.hash).Delete(&linkRow{})
	if result.Error != nil {
		return fmt.Errorf("use link: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return ErrLink
	}
	return nil
}

// Drop makes the links that somebody was mailed for these purposes worthless.
func Drop(tx *gorm.DB, who account.ID, purposes ...Purpose) error {
	if err := tx.Where("user_id = ? AND purpose IN ?", who, purposes).Delete(&linkRow{}).Error; err != nil {
		return fmt.Errorf("drop links of %d: %w", who, err)
	}
	return nil
}

// DropAll makes every link that was mailed worthless, and forgets the mails that wait.
func DropAll(tx *gorm.DB) error {
	everything := tx.Session(&gorm.Session{AllowGlobalUpdate: true})
	if err := everything.Delete(&linkRow{}).Error; err != nil {
		return fmt.Errorf("drop all links: %w", err)
	}
	if err := everything.Delete(&mailRow{}).Error; err != nil {
		return fmt.Errorf("drop all mails: %w", err)
	}
	return nil
}

// issue makes a link and returns the token, which is kept nowhere.
func issue(db *gorm.DB, who account.ID, purpose Purpose, now time.Time) (token string, err error) {
	token = rand.Text() // 128 bits, in letters that no program breaks or escapes
	row := linkRow{
		TokenHash: digest(token), UserID: who, Purpose: purpose, CreatedAt: stamp(now), ExpiresAt: stamp(now.Add(purpose.lifetime())),
	}
	if err := db.Create(&row).Error; err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return token, nil
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// sweepAtOnce is how many links are deleted in one statement.
const sweepAtOnce = 500

// Sweep deletes the links whose time is over.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		db := s.DB.WithContext(ctx)
		var hashes []string
		err := db.Model(&linkRow{}).Where("expires_at <= ?", stamp(s.Now())).Limit(sweepAtOnce).Pluck("token_hash", &hashes).Error
		if err == nil && len(hashes) > 0 {
			err = db.Where("token_hash IN ?", hashes).Delete(&linkRow{}).Error
		}
		if err != nil {
			return fmt.Errorf("sweep links: %w", err)
		}
		if len(hashes) < sweepAtOnce {
			return nil
		}
	}
}
