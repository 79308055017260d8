package storage

import (
	"database/sql"

	"gorm.io/gorm"
)

// Exec runs a statement that was put together by hand, for the few places where gorm would cost more than the database.
// Nothing that people wrote may stand in it: that goes into args.
func Exec(tx *gorm.DB, statement string, args ...any) error {
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement, args...)
	return translated(tx, err)
}

// Query is Exec for a statement that returns rows.
func Query(tx *gorm.DB, statement string, args ...any) (*sql.Rows, error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, statement, args...)
	return rows, translated(tx, err)
}

// translated makes IsDuplicate know the error of either dialect.
func translated(tx *gorm.DB, err error) error {
	if err == nil {
		return nil
	}
	if t, ok := tx.Dialector.(gorm.ErrorTranslator); ok {
		return t.Translate(err)
	}
	return err
}

// IsMySQL tells MariaDB and MySQL from SQLite.
func IsMySQL(db *gorm.DB) bool { return db.Name() == mysqlScheme }

// OnDuplicate ends an INSERT so that a row whose key exists takes over one column of the new row. The key's columns are
// named as SQLite needs it; MariaDB and MySQL know them.
func OnDuplicate(db *gorm.DB, key, column string) string {
	if IsMySQL(db) {
		return " ON DUPLICATE KEY UPDATE " + column + " = VALUES(" + column + ")"
	}
	return " ON CONFLICT (" + key + ") DO UPDATE SET " + column + " = excluded." + column
}
