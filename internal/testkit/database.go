// Package testkit gives tests real servers: MariaDB and Redis processes of their own, or the embedded pair. Tests only.
package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// What is shared by all tests of one binary. The processes end with the binary, by the pipe that servers holds.
var (
	mariadb         = sync.OnceValues(startMariaDB)
	durable         = sync.OnceValues(startDurable)
	mariadbTemplate = sync.OnceValues(migratedSchema)
	sqliteTemplate  = sync.OnceValues(migratedFile)
	databases       atomic.Int64
	// mine begins the names of all databases of this process: others may use the same server.
	mine = sync.OnceValue(func() string { return "test_" + strings.ToLower(rand.Text()[:8]) + "_" })
)

// given names a server that tests use instead of one of their own, as mysql://user:password@host:port. It is one to throw
// away: it is told to take many connections and not to wait for its disk, and a killed run leaves databases behind.
const given = "EMOSATION_TEST_DATABASE_URL"

const collation = " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"

// EachDB runs test once on MariaDB and once on SQLite, each time with a fresh migrated database.
func EachDB(t *testing.T, test func(t *testing.T, db *gorm.DB)) {
	t.Run("mariadb", func(t *testing.T) { test(t, MariaDB(t)) })
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
}

// MariaDB returns a fresh migrated database that goes when the test ends.
func MariaDB(t testing.TB) *gorm.DB { return Open(t, MariaDBURL(t)) }

// SQLite returns a fresh migrated database file that goes when the test ends.
func SQLite(t testing.TB) *gorm.DB { return Open(t, SQLiteURL(t)) }

// Open opens a database by its URL until the test ends: a second node, or a look at what a program wrote.
func Open(t testing.TB, databaseURL string) *gorm.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), databaseURL, zap.NewNop())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, storage.Close(db)) })
	return db
}

// MariaDBURL returns the URL of a fresh migrated database that goes when the test ends.
func MariaDBURL(t testing.TB) string {
	t.Helper()
	statements, err := mariadbTemplate()
	require.NoError(t, err)
	server, err := mariadb()
	require.NoError(t, err)
	name := newDatabase(t, server)
	require.NoError(t, server.Script(t.Context(), name, statements))
	return server.URL(name)
}

// EmptyMariaDBURL returns the URL of a fresh database without any table.
func EmptyMariaDBURL(t testing.TB) string {
	t.Helper()
	server, err := mariadb()
	require.NoError(t, err)
	return server.URL(newDatabase(t, server))
}

// DurableURL is MariaDBURL on a server that writes every commit to disk, as in production. A given server is as it is.
func DurableURL(t testing.TB) string {
	t.Helper()
	server, err := durable()
	require.NoError(t, err)
	url := server.URL(newDatabase(t, server))
	require.NoError(t, storage.Migrate(t.Context(), Open(t, url)))
	return url
}

func startMariaDB() (*servers.MariaDB, error) {
	ctx := context.Background()
	url := os.Getenv(given)
	if url == "" {
		return servers.StartMariaDBInMemory(ctx)
	}
	server, err := servers.GivenMariaDB(url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", given, err)
	}
	return server, server.Exec(ctx, "SET GLOBAL max_connections = 2000, GLOBAL innodb_flush_log_at_trx_commit = 0")
}

func startDurable() (*servers.MariaDB, error) {
	if os.Getenv(given) != "" {
		return mariadb()
	}
	return servers.StartMariaDB(context.Background(), "--innodb-flush-log-at-trx-commit=1")
}

func newDatabase(t testing.TB, server *servers.MariaDB) (name string) {
	t.Helper()
	name = fmt.Sprint(mine(), databases.Add(1))
	require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name+collation))
	t.Cleanup(func() { require.NoError(t, server.Exec(context.Background(), "DROP DATABASE "+name)) })
	return name
}

// migratedSchema returns the statements that make what migrations leave behind, without the way there, which takes more
// than twice as long.
func migratedSchema() (statements string, err error) {
	server, err := mariadb()
	if err != nil {
		return "", err
	}
	ctx, template := context.Background(), mine()+"template"
	if err := server.Exec(ctx, "CREATE DATABASE "+template+collation); err != nil {
		return "", err
	}
	db, err := storage.Open(ctx, server.URL(template), zap.NewNop())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	if err := storage.Migrate(ctx, db); err != nil {
		return "", err
	}
	tables, err := db.Migrator().GetTables()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	all.WriteString("SET FOREIGN_KEY_CHECKS = 0;") // they come in any order
	for _, table := range tables {
		var name, create string
		if err := db.Raw("SHOW CREATE TABLE "+table).Row().Scan(&name, &create); err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "%s;", create)
		var rows int64
		if err := db.Table(table).Count(&rows).Error; err != nil {
			return "", err
		}
		if rows > 0 {
			fmt.Fprintf(&all, "INSERT INTO %s SELECT * FROM %s.%[1]s;", table, template)
		}
	}
	return all.String(), nil
}

// SQLiteURL returns the URL of a fresh migrated database file that goes when the test ends.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "test.db")
	require.NoError(t, os.WriteFile(path, template, 0o600))
	return "sqlite://" + path
}

// migratedFile returns the content of a migrated SQLite file: copying it is far quicker than migrating each time.
func migratedFile() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "template.db")
	db, err := storage.Open(ctx, "sqlite://"+path, zap.NewNop())
	if err != nil {
		return nil, err
	}
	if err := storage.Migrate(ctx, db); err != nil {
		return nil, err
	}
	if err := storage.Close(db); err != nil { // moves the write-ahead log into the file
		return nil, err
	}
	return os.ReadFile(path)
}
