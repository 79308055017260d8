package friend

import (
	"database/sql"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
)

// What the column state holds.
const (
	requested = "requested"
	accepting = "accepted"
)

type friendshipRow struct {
	LowID       account.ID `gorm:"primaryKey;autoIncrement:false"`
	HighID      account.ID `gorm:"primaryKey;autoIncrement:false"`
	RequesterID account.ID
	State       string
	CreatedAt   time.Time
	AcceptedAt  *time.Time
}

func (friendshipRow) TableName() string { return "friendships" }

type blockRow struct {
	UserID    account.ID `gorm:"primaryKey;autoIncrement:false"`
	BlockedID account.ID `gorm:"primaryKey;autoIncrement:false"`
	CreatedAt time.Time
}

func (blockRow) TableName() string { return "blocks" }

func (r friendshipRow) state(who account.ID) (State, time.Time) {
	switch {
	case r.State == accepting && r.AcceptedAt != nil:
		return Accepted, r.AcceptedAt.UTC()
	case r.RequesterID == who:
		return Outgoing, r.CreatedAt.UTC()
	default:
		return Incoming, r.CreatedAt.UTC()
	}
}

// AreFriends tells whether two people are friends, and holds that answer until tx ends.
func AreFriends(tx *gorm.DB, a, b account.ID) (bool, error) {
	var rows []friendshipRow
	err := between(tx, a, b).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	return len(rows) == 1 && rows[0].State == accepting, err
}

func between(tx *gorm.DB, a, b account.ID) *gorm.DB {
	return tx.Model(&friendshipRow{}).Where("low_id = ? AND high_id = ?", min(a, b), max(a, b))
}

// lockPair holds what is between two people until tx ends, and reads it. The lock is their friendship row: where there
// is none, a request of who is put there first, so that there is always something to hold. save takes it away again
// when it is not wanted. Everything that changes friendships or blocks comes through here, so it needs no other order.
func lockPair(tx *gorm.DB, who, other account.ID, now time.Time) (pair, error) {
	made := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&friendshipRow{
		LowID: min(who, other), HighID: max(who, other), RequesterID: who, State: requested, CreatedAt: now,
	})
	if errors.Is(made.Error, gorm.ErrForeignKeyViolated) {
		return pair{}, ErrUnknown
	}
	if made.Error != nil {
		return pair{}, made.Error
	}
	p := pair{state: None}
	if made.RowsAffected == 0 {
		var row friendshipRow
		if err := between(tx, who, other).Take(&row).Error; err != nil {
			return pair{}, err
		}
		p.state, p.since = row.state(who)
	}
	var blocks []blockRow
	err := tx.Where("(user_id = @who AND blocked_id = @other) OR (user_id = @other AND blocked_id = @who)",
		sql.Named("who", who), sql.Named("other", other)).Find(&blocks).Error
	for _, b := range blocks {
		if b.UserID == who {
			p.blocks = true
		} else {
			p.isBlocked = true
		}
	}
	return p, err
}

// save writes a pair that lockPair holds.
func save(tx *gorm.DB, who, other account.ID, before, after pair, now time.Time) error {
	var err error
	switch {
	case after.state == None:
		err = between(tx, who, other).Delete(&friendshipRow{}).Error
	case after.state == Accepted && before.state != Accepted:
		err = between(tx, who, other).Updates(map[string]any{"state": accepting, "accepted_at": after.since}).Error
	}
	if err != nil || after.blocks == before.blocks {
		return err
	}
	if after.blocks {
		return tx.Create(&blockRow{UserID: who, BlockedID: other, CreatedAt: now}).Error
	}
	return tx.Where("user_id = ? AND blocked_id = ?", who, other).Delete(&blockRow{}).Error
}

// personRow is a user in the listings below, with what may be between them and the one who asks.
type personRow struct {
	ID         account.ID
	Nickname   string
	Friendship friendshipRow `gorm:"embedded"`
	BlockedAt  time.Time
}

func (r personRow) person() account.Person { return account.Person{ID: r.ID, Nickname: r.Nickname} }

// people returns two users as others see them.
func people(tx *gorm.DB, a, b account.ID) (one, two account.Person, err error) {
	var rows []personRow
	err = tx.Raw("SELECT id, nickname FROM users WHERE id IN (?, ?)", a, b).Scan(&rows).Error
	for _, r := range rows {
		if r.ID == a {
			one = r.person()
		} else {
			two = r.person()
		}
	}
	return one, two, err
}

// accepted returns somebody's friends; while the account of one of the two is closed they are none.
func accepted(db *gorm.DB, who account.ID) ([]account.ID, error) {
	var ids []account.ID
	err := db.Raw(`
		SELECT f.high_id FROM friendships f JOIN users u ON u.id = f.high_id AND u.state <> @closed
			WHERE f.low_id = @who AND f.state = 'accepted' AND EXISTS (SELECT 1 FROM users i WHERE i.id = @who AND i.state <> @closed)
		UNION ALL
		SELECT f.low_id FROM friendships f JOIN users u ON u.id = f.low_id AND u.state <> @closed
			WHERE f.high_id = @who AND f.state = 'accepted' AND EXISTS (SELECT 1 FROM users i WHERE i.id = @who AND i.state <> @closed)`,
		sql.Named("who", who), sql.Named("closed", account.Deactivated)).Scan(&ids).Error
	return ids, err
}

func list(db *gorm.DB, who account.ID) ([]Friend, error) {
	var rows []personRow
	err := db.Raw(`
		SELECT u.id, u.nickname, f.* FROM friendships f
		JOIN users u ON u.id = CASE WHEN f.low_id = @who THEN f.high_id ELSE f.low_id END
		WHERE (f.low_id = @who OR f.high_id = @who) AND u.state <> @closed
		ORDER BY u.nickname_key, u.id`, sql.Named("who", who), sql.Named("closed", account.Deactivated)).Scan(&rows).Error
	friends := make([]Friend, len(rows))
	for i, r := range rows {
		friends[i].Person = r.person()
		friends[i].State, friends[i].Since = r.Friendship.state(who)
	}
	return friends, err
}

func listBlocks(db *gorm.DB, who account.ID) ([]Block, error) {
	var rows []personRow
	err := db.Raw(`
		SELECT u.id, u.nickname, b.created_at AS blocked_at FROM blocks b
		JOIN users u ON u.id = b.blocked_id
		WHERE b.user_id = ?
		ORDER BY b.created_at DESC, u.id DESC`, who).Scan(&rows).Error
	blocks := make([]Block, len(rows))
	for i, r := range rows {
		blocks[i] = Block{Person: r.person(), Since: r.BlockedAt.UTC()}
	}
	return blocks, err
}

// search reads two index ranges instead of one OR, over which the databases would scan all users.
func search(db *gorm.DB, who account.ID, query string) ([]Match, error) {
	const last = "\U0010ffff" // sorts after every continuation of a nickname
	prefix := account.NicknameKey(query)
	var rows []personRow
	err := db.Raw(`
		SELECT u.id, u.nickname, f.* FROM (
			SELECT id FROM users WHERE email_key = @email
			UNION
			SELECT id FROM users WHERE nickname_key >= @from AND nickname_key < @to
		) found
		JOIN users u ON u.id = found.id
		LEFT JOIN friendships f ON (f.low_id = u.id AND f.high_id = @who) OR (f.low_id = @who AND f.high_id = u.id)
		WHERE u.id <> @who AND u.state <> @closed AND NOT EXISTS (
			SELECT 1 FROM blocks b
			WHERE (b.user_id = u.id AND b.blocked_id = @who) OR (b.user_id = @who AND b.blocked_id = u.id)
		)
		ORDER BY u.nickname_key, u.id LIMIT 20`,
		sql.Named("email", account.EmailKey(query)), sql.Named("from", prefix), sql.Named("to", prefix+last),
		sql.Named("who", who), sql.Named("closed", account.Deactivated)).Scan(&rows).Error
	matches := make([]Match, len(rows))
	for i, r := range rows {
		matches[i] = Match{Person: r.person(), State: None}
		if r.Friendship.LowID != 0 {
			matches[i].State, _ = r.Friendship.state(who)
		}
	}
	return matches, err
}
