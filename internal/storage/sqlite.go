package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
)

// openSQLite opens the file twice: one connection that writes, and several that only read.
func openSQLite(ctx context.Context, databaseURL string, pools pools) (gorm.Dialector, error) {
	path, err := parseSQLite(databaseURL)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// A file that is not there yet is made here, so that nobody else may ever read it. What SQLite puts beside it may be read by the same.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	writes, err := pools.file(ctx, path, 1, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	reads, err := pools.file(ctx, path, max(4, 2*runtime.NumCPU()), "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	return quietSQLite{&sqlite.Dialector{Conn: &sqlitePool{path: path, reads: reads, writes: writes}}}, nil
}

// parseSQLite reads sqlite:///absolute/path or sqlite://relative/path and returns the absolute path.
func parseSQLite(databaseURL string) (string, error) {
	path := strings.TrimPrefix(databaseURL, sqliteScheme+"://")
	if path == "" || strings.HasSuffix(path, "/") {
		return "", errors.New("the file name is missing: sqlite:///path/file.db")
	}
	if strings.Contains(path, "?") {
		return "", errors.New("the path may not contain a question mark, and there are no parameters")
	}
	return filepath.Abs(path)
}

// file opens a pool of a file of at most size connections, each with the given pragmas set.
func (p pools) file(ctx context.Context, path string, size int, pragmas ...string) (*sql.DB, error) {
	// busy_timeout first: another process may hold the lock that the other pragmas need.
	query := url.Values{
		"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...),
		"_txlock": {"immediate"}, // a transaction that upgrades from reading to writing could only fail
	}
	pool, err := p.open(sqlite.DriverName, path+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := retryBusy(ctx, func() error { return pool.PingContext(ctx) }); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), pool.Close())
	}
	return pool, nil
}

// sqlitePool sends what may write to the single writing connection, where callers queue in order and can give up
// with their context, and plain reads to others, which the write-ahead log lets run beside it. So within one process
// nobody meets SQLITE_BUSY and readers never wait.
type sqlitePool struct {
	path          string
	reads, writes *sql.DB
}

// pick returns the pool that may run a statement. A WITH that writes is refused by the read-only connection.
func (p *sqlitePool) pick(query string) *sql.DB {
	verb := strings.TrimLeft(query, " \t\r\n(")
	if len(verb) >= 6 && strings.EqualFold(verb[:6], "SELECT") || len(verb) >= 4 && strings.EqualFold(verb[:4], "WITH") {
		return p.reads
	}
	return p.writes
}

// PrepareContext implements gorm.ConnPool.
func (p *sqlitePool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.pick(query).PrepareContext(ctx, query)
}

// ExecContext implements gorm.ConnPool.
func (p *sqlitePool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.writes.ExecContext(ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (p *sqlitePool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.pick(query).QueryContext(ctx, query, args...)
}

// QueryRowContext implements gorm.ConnPool.
func (p *sqlitePool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.pick(query).QueryRowContext(ctx, query, args...)
}

// BeginTx implements gorm.ConnPoolBeginner. A read-only transaction is a snapshot that holds nobody up.
func (p *sqlitePool) BeginTx(ctx context.Context, opts *sql.TxOptions) (gorm.ConnPool, error) {
	pool := p.writes
	if opts != nil && opts.ReadOnly {
		pool = p.reads
	}
	tx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return tx, nil
}

// GetDBConn implements gorm.GetDBConnector with the connection that may do everything.
func (p *sqlitePool) GetDBConn() (*sql.DB, error) { return p.writes, nil }

// Close implements io.Closer. The writer goes last: the last connection to leave tidies up the write-ahead log.
func (p *sqlitePool) Close() error { return errors.Join(p.reads.Close(), p.writes.Close()) }
