package account

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/storage"
)

// ClosedBy says who closed an account.
type ClosedBy string

// Who closes accounts.
const (
	BySelf  ClosedBy = "self"
	ByAdmin ClosedBy = "admin"
)

// Messages says what becomes of somebody's messages when they are purged.
type Messages string

// The choices.
const (
	KeepMessages   Messages = "keep" // as those of somebody who has left
	DeleteMessages Messages = "delete"
)

// Step says what is being done to a closed account.
type Step string

// The steps. Closing and Restoring are finished by any node after a crash; what is Purging never comes back.
const (
	Closing   Step = "closing"
	Closed    Step = "closed"
	Restoring Step = "restoring"
	Purging   Step = "purging"
)

// RestorePoint is what a closed account had before.
type RestorePoint struct {
	UserID   ID `gorm:"primaryKey;autoIncrement:false"`
	Nickname string
	ClosedAt time.Time
	ClosedBy ClosedBy
	Reason   *string // why an admin closed it
	Messages Messages
	Step     Step
}

// TableName implements gorm's Tabler.
func (RestorePoint) TableName() string { return "restore_points" }

// Hold returns a user and holds their row until tx ends, or returns ErrUnknown.
func Hold(tx *gorm.DB, id ID) (User, error) {
	row, err := find(lock(tx), "id = ?", id)
	return row.user(), err
}

// RequireOpen returns ErrClosed unless the accounts of all these people are open, and lets nobody close them until tx ends. It comes
// after the locks of rooms.
func RequireOpen(tx *gorm.DB, ids ...ID) error {
	closed, err := AreClosed(tx, ids...)
	if err == nil && len(closed) > 0 {
		return ErrClosed
	}
	return err
}

// AreClosed returns those of some people whose accounts are closed or gone. Until tx ends that stays so.
func AreClosed(tx *gorm.DB, ids ...ID) (closed []ID, err error) {
	query := "SELECT id, state FROM users WHERE id IN ? ORDER BY id"
	if storage.IsMySQL(tx) {
		query += " LOCK IN SHARE MODE" // SQLite has one writer
	}
	var rows []userRow
	if err := tx.Raw(query, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("look whether accounts are open: %w", err)
	}
	for _, id := range ids {
		open := func(row userRow) bool { return row.ID == id && row.State != Deactivated }
		if !slices.ContainsFunc(rows, open) {
			closed = append(closed, id)
		}
	}
	return closed, nil
}

// RequireAnotherAdmin returns ErrLastAdmin unless there is an admin with an active account besides this one. No admin stops being one
// until tx ends; it comes before the lock of a single admin's row.
func RequireAnotherAdmin(tx *gorm.DB, id ID) error {
	var admins []ID
	err := lock(tx).Model(&userRow{}).Where("role = ? AND state = ?", RoleAdmin, Active).Order("id").Pluck("id", &admins).Error
	if err != nil {
		return fmt.Errorf("lock admins: %w", err)
	}
	if !slices.ContainsFunc(admins, func(other ID) bool { return other != id }) {
		return ErrLastAdmin
	}
	return nil
}

// Close takes a user whose row is held out of sight until purgeAfter. The point says what to keep about it; its nickname is theirs.
func Close(tx *gorm.DB, u User, point RestorePoint, purgeAfter time.Time) error {
	point.UserID, point.Nickname, point.Step = u.ID, u.Nickname, Closing
	point.ClosedAt = stamp(point.ClosedAt)
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&point).Error; err != nil { // one of before may be restored still
		return fmt.Errorf("keep what %d had: %w", u.ID, err)
	}
	err := tx.Model(&userRow{}).Where("id = ?", u.ID).Updates(map[string]any{
		"state": Deactivated, "purge_after": stamp(purgeAfter), "nickname": "", "nickname_key": "", "updated_at": point.ClosedAt,
	}).Error
	if err != nil {
		return fmt.Errorf("close account %d: %w", u.ID, err)
	}
	return nil
}

// Restore gives a closed account, whose row is held, its nickname back and asks for a new password. ErrState when it is not closed or
// is being purged already.
func Restore(tx *gorm.DB, u User, now time.Time) (User, error) {
	point, err := PointOf(tx, u.ID)
	if err != nil {
		return User{}, err
	}
	if u.State != Deactivated || point.Step == Purging || point.UserID == 0 {
		return User{}, ErrState
	}
	if err := SetStep(tx, Restoring, u.ID); err != nil {
		return User{}, err
	}
	u.State, u.Nickname = MustReset, point.Nickname
	err = tx.Model(&userRow{}).Where("id = ?", u.ID).Updates(map[string]any{
		"state": u.State, "purge_after": nil, "nickname": u.Nickname, "nickname_key": NicknameKey(u.Nickname), "updated_at": stamp(now),
	}).Error
	if err != nil {
		return User{}, fmt.Errorf("restore account %d: %w", u.ID, err)
	}
	return u, nil
}

// SetPurgeAfter says when a closed account, whose row is held, is purged. ErrState when it is not closed or is being purged already.
// It returns what was said before.
func SetPurgeAfter(tx *gorm.DB, u User, at time.Time) (before time.Time, err error) {
	point, err := PointOf(tx, u.ID)
	if err != nil {
		return time.Time{}, err
	}
	if u.State != Deactivated || point.Step == Purging || point.UserID == 0 {
		return time.Time{}, ErrState
	}
	var was []time.Time
	users := tx.Model(&userRow{}).Where("id = ?", u.ID).Session(&gorm.Session{})
	if err := users.Pluck("purge_after", &was).Error; err != nil {
		return time.Time{}, fmt.Errorf("look up the purge date of %d: %w", u.ID, err)
	}
	if err := users.Update("purge_after", stamp(at)).Error; err != nil {
		return time.Time{}, fmt.Errorf("set the purge date of %d: %w", u.ID, err)
	}
	return was[0].UTC(), nil
}

// PointOf returns what a closed account had before; the zero value when it is not closed.
func PointOf(db *gorm.DB, id ID) (RestorePoint, error) {
	var points []RestorePoint
	if err := db.Where("user_id = ?", id).Find(&points).Error; err != nil {
		return RestorePoint{}, fmt.Errorf("look up what %d had: %w", id, err)
	}
	if len(points) == 0 {
		return RestorePoint{}, nil
	}
	return points[0], nil
}

// Unsettled returns the people whose accounts have begun to be closed or restored, and are not yet: after a crash.
func Unsettled(db *gorm.DB, step Step) (ids []ID, err error) {
	if err := db.Model(&RestorePoint{}).Where("step = ?", step).Order("user_id").Pluck("user_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("look for accounts in step %s: %w", step, err)
	}
	return ids, nil
}

// Settle notes that an account has been closed or restored wholly, unless something else has begun since.
func Settle(db *gorm.DB, step Step, id ID) error {
	point := db.Model(&RestorePoint{}).Where("user_id = ? AND step = ?", id, step)
	if step == Restoring {
		point = point.Delete(&RestorePoint{})
	} else {
		point = point.Update("step", Closed)
	}
	if point.Error != nil {
		return fmt.Errorf("settle account %d: %w", id, point.Error)
	}
	return nil
}

// SetStep notes what is being done to closed accounts.
func SetStep(tx *gorm.DB, step Step, ids ...ID) error {
	if err := tx.Model(&RestorePoint{}).Where("user_id IN ?", ids).Update("step", step).Error; err != nil {
		return fmt.Errorf("note the step of %d accounts: %w", len(ids), err)
	}
	return nil
}
