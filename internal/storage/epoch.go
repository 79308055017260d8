package storage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"gorm.io/gorm"
)

// idsApart is how far the numbering of rows goes on when an epoch begins: more than is given out between a backup and its
// restoration.
const idsApart = 1_000_000

// Epoch returns the name of the history that the database holds. It stays the same until a backup is restored. Nothing that is known of
// one epoch, in a client or in Redis, may be believed of another.
func Epoch(ctx context.Context, db *gorm.DB) (string, error) {
	var epoch string
	err := db.WithContext(ctx).Raw("SELECT epoch FROM epoch WHERE id = 1").Row().Scan(&epoch)
	if err != nil {
		return "", fmt.Errorf("read the epoch: %w", err)
	}
	return epoch, nil
}

// restoringTable is there from before a database server is filled with a backup until an epoch has begun.
const restoringTable = "restoring"

// ErrRestoring means that a database holds a part of a backup, or all of it in the epoch of before.
var ErrRestoring = errors.New("a backup is being restored into this database, or that was killed: run deploy/restore.sh --force again")

// CheckRestored returns ErrRestoring while a restoration has not come to its end.
func CheckRestored(ctx context.Context, db *gorm.DB) error {
	if db.WithContext(ctx).Migrator().HasTable(restoringTable) {
		return ErrRestoring
	}
	return ctx.Err()
}

// EndRestoration lets servers use the database again. It is for when an epoch has begun.
func EndRestoration(ctx context.Context, db *gorm.DB) error {
	if err := db.WithContext(ctx).Exec("DROP TABLE IF EXISTS " + restoringTable).Error; err != nil {
		return fmt.Errorf("end the restoration: %w", err)
	}
	return nil
}

// SkipIDs makes sure that no id which was given out after the backup that was just restored is given out again: a token, an invite or
// a message that waits in some browser would mean somebody or something else. No server may use the database meanwhile.
func SkipIDs(ctx context.Context, db *gorm.DB) error {
	skip := skipIDsMySQL
	if db.Name() == sqliteScheme {
		skip = skipIDsSQLite
	}
	if err := skip(db.WithContext(ctx)); err != nil {
		return fmt.Errorf("skip ids: %w", err)
	}
	return nil
}

func skipIDsMySQL(db *gorm.DB) error {
	var tables []string
	err := db.Raw("SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND extra LIKE '%auto_increment%'").
		Scan(&tables).Error
	if err != nil {
		return err
	}
	counter := regexp.MustCompile(` AUTO_INCREMENT=(\d+)`)
	for _, table := range tables {
		// What information_schema says of the counter may be a day old on MySQL.
		var name, create string
		if err := db.Raw("SHOW CREATE TABLE `"+table+"`").Row().Scan(&name, &create); err != nil {
			return err
		}
		next := int64(1)
		if found := counter.FindStringSubmatch(create); found != nil {
			if next, err = strconv.ParseInt(found[1], 10, 64); err != nil {
				return err
			}
		}
		if err := db.Exec("ALTER TABLE `" + table + "` AUTO_INCREMENT = " + strconv.FormatInt(next+idsApart, 10)).Error; err != nil {
			return err
		}
	}
	return nil
}

func skipIDsSQLite(db *gorm.DB) error {
	return db.Transaction(func(tx *gorm.DB) error {
		// A table that never had a row has no counter yet.
		err := tx.Exec("INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_schema" +
			" WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)").Error
		if err != nil {
			return err
		}
		return tx.Exec("UPDATE sqlite_sequence SET seq = seq + ?", idsApart).Error
	})
}

// BeginEpoch gives the history that the database holds a new name, in a transaction.
func BeginEpoch(tx *gorm.DB) (epoch string, err error) {
	random := make([]byte, 8)
	rand.Read(random)
	epoch = hex.EncodeToString(random)
	if err := tx.Exec("UPDATE epoch SET epoch = ? WHERE id = 1", epoch).Error; err != nil {
		return "", fmt.Errorf("begin an epoch: %w", err)
	}
	return epoch, nil
}
