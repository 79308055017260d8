// Package storage opens the SQL database and Redis, runs transactions and keeps the schema up to date; it knows no table but that of the epoch and goose's own.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

const (
	mysqlScheme  = "mysql"
	sqliteScheme = "sqlite"
)

// Open connects to the database behind a mysql:// or sqlite:// URL and proves that it answers. It does not migrate.
// Release the result with Close. No error it returns contains the URL, which holds a password.
//
// Both dialects give the same answers, with one difference to know: after an UPDATE, RowsAffected counts the rows
// that changed on MariaDB and MySQL, but the rows that matched on SQLite.
func Open(ctx context.Context, databaseURL string, log *zap.Logger) (*gorm.DB, error) {
	return OpenTraced(ctx, databaseURL, log, nil)
}

// OpenTraced is Open of a database whose statements are spans of what is traced; none without a provider.
func OpenTraced(ctx context.Context, databaseURL string, log *zap.Logger, provider trace.TracerProvider) (*gorm.DB, error) {
	scheme, _, _ := strings.Cut(databaseURL, "://")
	var (
		dialector gorm.Dialector
		err       error
	)
	switch scheme {
	case mysqlScheme:
		dialector, err = openMySQL(ctx, databaseURL, log, tracedPools(provider, "mysql"))
	case sqliteScheme:
		dialector, err = openSQLite(ctx, databaseURL, tracedPools(provider, "sqlite"))
	default:
		err = errors.New("the URL must begin with mysql:// or sqlite://")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// The Config is made anew for each connection: gorm stores the dialect's clause builders in it.
	db, err := gorm.Open(dialector, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,           // one statement is atomic by itself; several belong in Tx
		Logger:                 logger.Discard, // errors are returned, and statements hold what people wrote
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	})
	if err == nil {
		err = db.Use(newConflicts())
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// CheckDatabaseURL says what is wrong with a database URL without connecting to it.
func CheckDatabaseURL(databaseURL string) error {
	scheme, _, _ := strings.Cut(databaseURL, "://")
	switch scheme {
	case mysqlScheme:
		_, err := parseMySQL(databaseURL)
		return err
	case sqliteScheme:
		_, err := parseSQLite(databaseURL)
		return err
	}
	return errors.New("must begin with mysql:// or sqlite://")
}

// Close releases all connections. Statements still running are waited for.
func Close(db *gorm.DB) error {
	pool, ok := db.ConnPool.(io.Closer)
	if !ok {
		return fmt.Errorf("close database: %T is no connection pool", db.ConnPool)
	}
	return pool.Close()
}

// Ping asks the database for an answer. Like every read it does not queue behind writers.
func Ping(ctx context.Context, db *gorm.DB) error {
	var one int
	if err := db.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// parseURL is url.Parse with an error that does not quote the URL, and so the password in it.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("not a URL; special characters in the user name and the password must be percent-encoded")
	}
	return u, nil
}
