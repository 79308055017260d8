package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// bulk is how many rows go into one prepared statement.
const bulk = 64

// Rows inserts many rows of one table at once. MariaDB spends a fifth of an insert on reading its text, so there whole bulks go
// through a statement that it has read before. Many goroutines may insert.
type Rows struct {
	db      *gorm.DB
	insert  string // up to the first row
	row     string // its parameters
	columns int

	mu       sync.Mutex
	prepared *sql.Stmt // nil before the first bulk
}

// NewRows describes the rows of a table. Nothing is prepared yet.
func NewRows(db *gorm.DB, table string, columns ...string) *Rows {
	return &Rows{
		db: db, insert: "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ",
		row: "(?" + strings.Repeat(",?", len(columns)-1) + ")", columns: len(columns),
	}
}

// Insert writes rows in a transaction; args holds the values of one row after the other.
func (r *Rows) Insert(tx *gorm.DB, args []any) error {
	if IsMySQL(tx) && len(args) >= bulk*r.columns {
		statement, err := r.statement(tx)
		if err != nil {
			return err
		}
		for len(args) >= bulk*r.columns {
			if _, err := statement.ExecContext(tx.Statement.Context, args[:bulk*r.columns]...); err != nil {
				return translated(tx, err)
			}
			args = args[bulk*r.columns:]
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := Exec(tx, r.text(len(args)/r.columns), args...)
	return err
}

func (r *Rows) text(rows int) string { return r.insert + r.row + strings.Repeat(","+r.row, rows-1) }

// statement is the prepared one, as a part of a transaction. Each connection prepares it once.
func (r *Rows) statement(tx *gorm.DB) (*sql.Stmt, error) {
	within, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return nil, errors.New("rows are inserted within transactions only")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.prepared == nil {
		pool, err := r.db.DB()
		if err != nil {
			return nil, err
		}
		if r.prepared, err = pool.PrepareContext(tx.Statement.Context, r.text(bulk)); err != nil {
			return nil, fmt.Errorf("prepare an insert: %w", err)
		}
	}
	return within.StmtContext(tx.Statement.Context, r.prepared), nil
}
