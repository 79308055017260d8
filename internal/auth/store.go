package auth

import (
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
)

type sessionRow struct {
	ID         SessionID `gorm:"primaryKey"`
	UserID     account.ID
	UserAgent  string
	Address    string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	RevokedAt  *time.Time
}

func (sessionRow) TableName() string { return "sessions" }

type tokenRow struct {
	TokenHash string `gorm:"primaryKey"`
	SessionID SessionID
	CreatedAt time.Time
	UsedAt    *time.Time
}

func (tokenRow) TableName() string { return "refresh_tokens" }

func (r sessionRow) alive(now time.Time) bool { return GoesOn(r.ExpiresAt, r.RevokedAt, now) }

// GoesOn tells whether a session that ends then, or was ended, has not ended yet.
func GoesOn(expires time.Time, revoked *time.Time, now time.Time) bool {
	return revoked == nil && now.Before(expires)
}

func (r sessionRow) session() Session {
	return Session{
		ID:         r.ID,
		UserAgent:  r.UserAgent,
		Address:    r.Address,
		CreatedAt:  r.CreatedAt.UTC(),
		LastSeenAt: r.LastSeenAt.UTC(),
		ExpiresAt:  r.ExpiresAt.UTC(),
	}
}

func insertSession(tx *gorm.DB, user account.ID, from Client, now time.Time) (SessionID, error) {
	row := sessionRow{
		UserID:     user,
		UserAgent:  clip(from.UserAgent, 400),
		Address:    clip(from.Address, 64),
		CreatedAt:  stamp(now),
		LastSeenAt: stamp(now),
		ExpiresAt:  stamp(now.Add(refreshTTL)),
	}
	err := tx.Create(&row).Error
	return row.ID, err
}

// clip makes what a stranger sent fit a column of n code points.
func clip(text string, n int) string {
	runes := []rune(strings.ToValidUTF8(text, "\ufffd"))
	return string(runes[:min(len(runes), n)])
}

func insertToken(tx *gorm.DB, session SessionID, secret string, now time.Time) error {
	return tx.Create(&tokenRow{TokenHash: digest(secret), SessionID: session, CreatedAt: stamp(now)}).Error
}

// deleteExpired removes a person's sessions, with their tokens, that nobody can use any more.
func deleteExpired(tx *gorm.DB, user account.ID, now time.Time) error {
	return tx.Where("user_id = ? AND expires_at <= ?", user, stamp(now)).Delete(&sessionRow{}).Error
}

// areAlive tells of each of some principals whether their session goes on, in one statement.
func areAlive(db *gorm.DB, principals []Principal, now time.Time) (alive []bool, err error) {
	ids := make([]SessionID, len(principals))
	for i, p := range principals {
		ids[i] = p.Session
	}
	list, args := storage.In(nil, ids)
	rows, err := storage.Query(storage.Prepared(db), "SELECT id, user_id, expires_at, revoked_at FROM sessions WHERE id IN "+list, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	alive = make([]bool, len(principals))
	for rows.Next() {
		var row sessionRow
		if err := rows.Scan(&row.ID, &row.UserID, &row.ExpiresAt, &row.RevokedAt); err != nil {
			return nil, err
		}
		if i := slices.Index(principals, Principal{User: row.UserID, Session: row.ID}); i >= 0 {
			alive[i] = row.alive(now)
		}
	}
	return alive, rows.Err()
}

func living(db *gorm.DB, who []Principal, now time.Time) (map[Principal]bool, error) {
	ids := make([]SessionID, len(who))
	for i, p := range who {
		ids[i] = p.Session
	}
	alive := make(map[Principal]bool, len(who))
	if len(ids) == 0 {
		return alive, nil
	}
	var rows []sessionRow
	err := db.Where("id IN ?", ids).Find(&rows).Error
	for _, row := range rows {
		alive[Principal{User: row.UserID, Session: row.ID}] = row.alive(now)
	}
	return alive, err
}

func liveSessions(db *gorm.DB, user account.ID, now time.Time) ([]Session, error) {
	var rows []sessionRow
	err := db.Where("user_id = ? AND revoked_at IS NULL AND expires_at > ?", user, stamp(now)).
		Order("last_seen_at DESC, id DESC").Find(&rows).Error
	sessions := make([]Session, len(rows))
	for i, row := range rows {
		sessions[i] = row.session()
	}
	return sessions, err
}

// lockLive holds a person's live sessions that meet the conditions of tx, in the order of their ids.
func lockLive(tx *gorm.DB, user account.ID, now time.Time) ([]SessionID, error) {
	var ids []SessionID
	err := tx.Model(&sessionRow{}).Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("user_id = ? AND revoked_at IS NULL AND expires_at > ?", user, stamp(now)).
		Order("id").Pluck("id", &ids).Error
	return ids, err
}

func endSessions(tx *gorm.DB, ids []SessionID, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	return tx.Model(&sessionRow{}).Where("id IN ?", ids).Update("revoked_at", stamp(now)).Error
}

// lockSessionOf holds the session that a refresh token belongs to. Its tokens may be decided on only then.
func lockSessionOf(tx *gorm.DB, token string) (row sessionRow, found bool, err error) {
	owner := tx.Model(&tokenRow{}).Select("session_id").Where("token_hash = ?", digest(token))
	var rows []sessionRow
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = (?)", owner).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return sessionRow{}, false, err
	}
	return rows[0], true, nil
}

// useToken marks a token as used and tells whether it was fresh. The caller holds its session.
func useToken(tx *gorm.DB, token string, now time.Time) (fresh bool, err error) {
	result := tx.Model(&tokenRow{}).Where("token_hash = ? AND used_at IS NULL", digest(token)).Update("used_at", stamp(now))
	return result.RowsAffected == 1, result.Error
}

// renew gives a session its next refresh token and more time.
func renew(tx *gorm.DB, session SessionID, secret string, now time.Time) error {
	err := tx.Model(&sessionRow{}).Where("id = ?", session).
		Updates(map[string]any{"last_seen_at": stamp(now), "expires_at": stamp(now.Add(refreshTTL))}).Error
	if err != nil {
		return err
	}
	return insertToken(tx, session, secret, now)
}
