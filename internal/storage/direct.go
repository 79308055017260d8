package storage

import (
	"database/sql"

	"gorm.io/gorm"
)

// Exec runs a statement that was put together by hand, for the few places where gorm would cost more than the database.
// Nothing that people wrote may stand in it: that goes into args.
func Exec(tx *gorm.DB, statement string, args ...any) (affected int64, err error) {
	result, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement, args...)
	if err != nil {
		return 0, translated(tx, err)
	}
	return result.RowsAffected()
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
