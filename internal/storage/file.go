package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
)

var (
	// ErrInUse means that some process has an embedded database open.
	ErrInUse = errors.New("the database is in use")
	// ErrDamaged means that a file is not an embedded database of this program, or not a whole one.
	ErrDamaged = errors.New("the file is no whole database of this program")
)

// SQLitePath returns the file of an embedded database.
func SQLitePath(databaseURL string) (string, error) { return parseSQLite(databaseURL) }

// CopySQLite writes an embedded database as it is at one moment to a file that is not there yet. Who reads and writes it meanwhile is not
// held up.
func CopySQLite(ctx context.Context, db *gorm.DB, to string) (err error) {
	// Made here, so that nobody else may ever read it.
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	if err := file.Close(); err != nil {
		return err
	}
	if err := db.WithContext(ctx).Exec("VACUUM INTO ?", to).Error; err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return syncFile(to)
}

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// CheckSQLite returns ErrDamaged unless the file holds a whole database that was migrated by this program. It has to look at all of it.
func CheckSQLite(ctx context.Context, db *gorm.DB) error {
	var verdict string
	if err := db.WithContext(ctx).Raw("SELECT quick_check FROM pragma_quick_check LIMIT 1").Row().Scan(&verdict); err != nil {
		return errors.Join(ErrDamaged, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, verdict)
	}
	// It takes a page that is there in part for a page.
	var length int64
	if err := db.WithContext(ctx).Raw("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Row().Scan(&length); err != nil {
		return err
	}
	file, err := os.Stat(db.ConnPool.(*sqlitePool).path)
	if err != nil {
		return err
	}
	if file.Size() < length {
		return fmt.Errorf("%w: its end is missing", ErrDamaged)
	}
	have, _, err := SchemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if have == 0 {
		return ErrDamaged
	}
	return nil
}

// CloseSQLite moves what waits in the write-ahead log into the file, or returns ErrInUse when another process has it open.
func CloseSQLite(ctx context.Context, path string) (err error) {
	pool, err := sql.Open(sqlite.DriverName, path+"?_pragma=busy_timeout(100)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	// Only who is alone may leave the mode in which there is a log.
	var mode string
	if err := pool.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return errors.Join(ErrInUse, err)
	}
	if mode != "delete" {
		return ErrInUse
	}
	return nil
}
