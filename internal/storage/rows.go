package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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
		whole := len(args) - len(args)%(bulk*r.columns)
		if err := r.insertBulks(tx, args[:whole]); err != nil {
			return err
		}
		args = args[whole:]
	}
	if len(args) == 0 {
		return nil
	}
	_, err := Exec(tx, r.text(len(args)/r.columns), args...)
	return err
}

func (r *Rows) text(rows int) string { return r.insert + r.row + strings.Repeat(","+r.row, rows-1) }

func (r *Rows) insertBulks(tx *gorm.DB, args []any) (err error) {
	ctx := tx.Statement.Context
	within, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return errors.New("rows are inserted within transactions only")
	}
	prepared, err := r.prepare(ctx)
	if err != nil {
		return fmt.Errorf("prepare an insert: %w", err)
	}
	statement := within.StmtContext(ctx, prepared) // each connection prepares it once
	defer func() { err = errors.Join(err, statement.Close()) }()
	for part := range slices.Chunk(args, bulk*r.columns) {
		if _, err := statement.ExecContext(ctx, part...); err != nil {
			return translated(tx, err)
		}
	}
	return nil
}

func (r *Rows) prepare(ctx context.Context) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.prepared != nil {
		return r.prepared, nil
	}
	pool, err := r.db.DB()
	if err != nil {
		return nil, err
	}
	r.prepared, err = pool.PrepareContext(ctx, r.text(bulk))
	return r.prepared, err
}
