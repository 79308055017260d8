package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// TryLock takes a lock by its name that only one of all processes on a database server holds, and tells whether nobody else has it. It
// goes when unlock is called or the process dies. A SQLite file belongs to one process, which always gets it.
func TryLock(ctx context.Context, db *gorm.DB, name string) (unlock func() error, got bool, err error) {
	if !IsMySQL(db) {
		return func() error { return nil }, true, nil
	}
	pool, err := db.DB()
	if err != nil {
		return nil, false, err
	}
	conn, err := pool.Conn(ctx) // the lock is this connection's
	if err != nil {
		return nil, false, fmt.Errorf("lock %s: %w", name, err)
	}
	const key = "CONCAT('emosation.', ?, '.', MD5(DATABASE()))" // names are shared by all databases of a server
	var free sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK("+key+", 0)", name).Scan(&free)
	if err != nil || free.Int64 != 1 {
		return nil, false, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "DO RELEASE_LOCK("+key+")", name)
		return errors.Join(err, conn.Close())
	}, true, nil
}

// Drain deletes the rows of a table that meet a condition until there are none left: so many in each transaction, or all at once in a
// SQLite file, which knows no bound.
func Drain(ctx context.Context, db *gorm.DB, atOnce int, table, condition string, args ...any) error {
	statement := "DELETE FROM " + table + " WHERE " + condition
	if IsMySQL(db) {
		statement += fmt.Sprintf(" LIMIT %d", atOnce)
	}
	for {
		var gone int64
		err := Tx(ctx, db, func(tx *gorm.DB) error {
			deleted := tx.Exec(statement, args...)
			gone = deleted.RowsAffected
			return deleted.Error
		})
		if err != nil {
			return fmt.Errorf("delete from %s: %w", table, err)
		}
		if gone < int64(atOnce) || !IsMySQL(db) {
			return nil
		}
	}
}
