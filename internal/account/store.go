package account

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/storage"
)

type userRow struct {
	ID                ID `gorm:"primaryKey"`
	Email             string
	EmailKey          string
	EmailVerifiedAt   *time.Time
	Nickname          string
	NicknameKey       string
	DirectoryKey      string // NicknameKey, also after the account is closed
	PasswordHash      string
	Role              Role
	State             State
	Locale            Locale
	ShareReadings     ShareReadings
	ShowReadings      bool
	CalibrateReadings bool
	CreatedAt         time.Time
	UpdatedAt         time.Time `gorm:"autoUpdateTime:false"`
}

func (userRow) TableName() string { return "users" }

func (r userRow) user() User {
	return User{
		ID:                r.ID,
		Email:             r.Email,
		EmailVerified:     r.EmailVerifiedAt != nil,
		Nickname:          r.Nickname,
		Role:              r.Role,
		State:             r.State,
		Locale:            r.Locale,
		ShareReadings:     r.ShareReadings,
		ShowReadings:      r.ShowReadings,
		CalibrateReadings: r.CalibrateReadings,
		CreatedAt:         r.CreatedAt.UTC(),
	}
}

// New is an account to be made. Email and Nickname must be in their normal form.
type New struct {
	Email         string
	Nickname      string
	PasswordHash  string
	Locale        Locale
	ShareReadings ShareReadings
}

// Create stores an account with the role of everybody, or returns ErrEmailTaken. For package auth, which decides who may register.
func Create(tx *gorm.DB, n New, now time.Time) (User, error) {
	row := userRow{
		Email:         n.Email,
		EmailKey:      EmailKey(n.Email),
		Nickname:      n.Nickname,
		NicknameKey:   NicknameKey(n.Nickname),
		DirectoryKey:  NicknameKey(n.Nickname),
		PasswordHash:  n.PasswordHash,
		Role:          RoleUser,
		State:         Active,
		Locale:        n.Locale,
		ShareReadings: n.ShareReadings,
		ShowReadings:  true,
		CreatedAt:     stamp(now),
		UpdatedAt:     stamp(now),
	}
	err := tx.Create(&row).Error
	if storage.IsDuplicate(err) {
		return User{}, ErrEmailTaken
	}
	return row.user(), err
}

// Load returns a user as tx sees them, or ErrUnknown.
func Load(tx *gorm.DB, id ID) (User, error) {
	row, err := find(tx, "id = ?", id)
	return row.user(), err
}

// Credentials returns the user of an e-mail and their password hash, or ErrUnknown. For package auth.
func Credentials(tx *gorm.DB, email string) (User, string, error) {
	row, err := find(tx, "email_key = ?", EmailKey(email))
	return row.user(), row.PasswordHash, err
}

// PasswordHash returns a user's password hash and holds their row until tx ends, or returns ErrUnknown. For package auth.
func PasswordHash(tx *gorm.DB, id ID) (string, error) {
	row, err := find(lock(tx), "id = ?", id)
	return row.PasswordHash, err
}

// SetPasswordHash replaces a user's password hash. For package auth.
func SetPasswordHash(tx *gorm.DB, id ID, hash string, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ?", id).
		Updates(map[string]any{"password_hash": hash, "updated_at": stamp(now)}).Error
}

// Enter notes that a person is here and holds their row until tx ends. It tells false, and does neither, unless their account is in
// use and their password still the one behind hash. For package auth.
func Enter(tx *gorm.DB, id ID, hash string, now time.Time) (bool, error) {
	const here = "id = ? AND password_hash = ? AND state = ?"
	result := tx.Model(&userRow{}).Where(here, id, hash, Active).Update("last_seen_at", stamp(now))
	if result.Error != nil || result.RowsAffected > 0 {
		return result.Error == nil, result.Error
	}
	_, err := find(lock(tx), here, id, hash, Active) // MariaDB counts no row that said so already
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

// Seen notes when a person was here last. For package auth.
func Seen(tx *gorm.DB, id ID, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ?", id).Update("last_seen_at", stamp(now)).Error
}

// Reopen replaces the password behind hash before by a new one and puts a restored account into use. It tells false, and does
// nothing, unless the account waits for that and the password is still that one. For package auth.
func Reopen(tx *gorm.DB, id ID, before, hash string, now time.Time) (bool, error) {
	result := tx.Model(&userRow{}).Where("id = ? AND password_hash = ? AND state = ?", id, before, MustReset).
		Updates(map[string]any{"password_hash": hash, "state": Active, "updated_at": stamp(now)})
	return result.RowsAffected > 0, result.Error
}

// ResetPassword replaces the password of a person who has read a mail to them, which proves their e-mail and puts a restored account
// into use. The caller holds their row. For package auth.
func ResetPassword(tx *gorm.DB, id ID, hash string, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ?", id).Updates(map[string]any{
		"password_hash": hash, "state": Active, "email_verified_at": gorm.Expr("COALESCE(email_verified_at, ?)", stamp(now)), "updated_at": stamp(now),
	}).Error
}

// VerifyEmail notes that a person's e-mail is theirs, the first time that is proven. For package auth.
func VerifyEmail(tx *gorm.DB, id ID, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ? AND email_verified_at IS NULL", id).Update("email_verified_at", stamp(now)).Error
}

// RequireAdmin returns ErrAdminOnly unless the person is an admin at this moment, with an open account.
func RequireAdmin(db *gorm.DB, id ID) error {
	user, err := Load(db, id)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return fmt.Errorf("look up the role of %d: %w", id, err)
	}
	if user.Role != RoleAdmin || user.State == Deactivated {
		return ErrAdminOnly
	}
	return nil
}

// SetRole gives a person a role. Their requests are judged by it from then on.
func SetRole(tx *gorm.DB, id ID, role Role, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ?", id).
		Updates(map[string]any{"role": role, "updated_at": stamp(now)}).Error
}

func find(tx *gorm.DB, where string, args ...any) (userRow, error) {
	var rows []userRow
	if err := tx.Where(where, args...).Limit(1).Find(&rows).Error; err != nil {
		return userRow{}, err
	}
	if len(rows) == 0 {
		return userRow{}, ErrUnknown
	}
	return rows[0], nil
}

func lock(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

func update(tx *gorm.DB, u User, now time.Time) error {
	return tx.Model(&userRow{}).Where("id = ?", u.ID).Updates(map[string]any{
		"nickname":           u.Nickname,
		"nickname_key":       NicknameKey(u.Nickname),
		"directory_key":      NicknameKey(u.Nickname),
		"locale":             u.Locale,
		"share_readings":     u.ShareReadings,
		"show_readings":      u.ShowReadings,
		"calibrate_readings": u.CalibrateReadings,
		"updated_at":         stamp(now),
	}).Error
}

// stamp is a time as SQL keeps it: what is returned now equals what is read later.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
