package storage_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// eachEmptyDB runs test with the URL of an empty database, for each dialect.
func eachEmptyDB(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("mariadb", func(t *testing.T) { test(t, testkit.EmptyMariaDBURL(t)) })
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite://"+filepath.Join(t.TempDir(), "new", "empty.db")) })
}

// files are migrations that both dialects understand; each one fails when it is run twice.
func files(upTo int) fs.FS {
	all := []string{"CREATE TABLE a (id INTEGER PRIMARY KEY)", "CREATE TABLE b (id INTEGER PRIMARY KEY)", "INSERT INTO a VALUES (1)"}
	files := fstest.MapFS{}
	for i, statement := range all[:upTo] {
		file := &fstest.MapFile{Data: []byte("-- +goose Up\n" + statement + ";\n")}
		name := string(rune('1'+i)) + "_step.sql"
		files["migrations/mysql/0000"+name] = file
		files["migrations/sqlite/0000"+name] = file
	}
	return files
}

func TestMigrateBringsAnEmptyDatabaseUpToDate(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		have, want, err := storage.SchemaVersion(t.Context(), db)
		require.NoError(t, err)
		require.Zero(t, have)
		require.Positive(t, want)
		require.ErrorIs(t, storage.CheckSchema(t.Context(), db), storage.ErrOldSchema)

		require.NoError(t, storage.Migrate(t.Context(), db))
		require.NoError(t, storage.CheckSchema(t.Context(), db))
		require.NoError(t, storage.Migrate(t.Context(), db), "a second run changes nothing")
	})
}

func TestMigrateRunsOnlyWhatIsNew(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		require.NoError(t, storage.MigrateWith(t.Context(), db, files(2)))
		require.NoError(t, storage.MigrateWith(t.Context(), db, files(3)))
		require.EqualValues(t, 1, count(t, db, "a"))
	})
}

func TestConcurrentMigratorsRunEachStepOnce(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		var g errgroup.Group
		for range 4 {
			db := testkit.Open(t, url) // a pool of its own is all that tells processes apart here
			g.Go(func() error { return storage.MigrateWith(t.Context(), db, files(3)) })
		}
		require.NoError(t, g.Wait())
		require.EqualValues(t, 1, count(t, testkit.Open(t, url), "a"))
	})
}

func TestMigrateRefusesANewerSchema(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		require.NoError(t, storage.MigrateWith(t.Context(), db, files(3)))
		err := storage.MigrateWith(t.Context(), db, files(2))
		require.ErrorIs(t, err, storage.ErrNewerSchema)
		require.ErrorContains(t, err, "version 3")

		require.NoError(t, db.Exec("UPDATE goose_db_version SET version_id = 99999 WHERE version_id = 3").Error)
		require.ErrorIs(t, storage.Migrate(t.Context(), db), storage.ErrNewerSchema)
		require.ErrorIs(t, storage.CheckSchema(t.Context(), db), storage.ErrNewerSchema)
	})
}

func TestAFailedStepIsReportedAndCanBeRepeated(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		require.NoError(t, db.Exec("CREATE TABLE b (id INTEGER PRIMARY KEY)").Error)
		require.Error(t, storage.MigrateWith(t.Context(), db, files(3)), "table b is in the way")
		require.NoError(t, db.Exec("DROP TABLE b").Error)
		require.NoError(t, storage.MigrateWith(t.Context(), db, files(3)), "the lock was released")
		require.EqualValues(t, 1, count(t, db, "a"))
	})
}

// Both folders hold the same steps, so that a version means the same on both dialects.
func TestDialectsHaveTheSameSteps(t *testing.T) {
	mysql, err := fs.Glob(os.DirFS("migrations/mysql"), "*.sql")
	require.NoError(t, err)
	sqlite, err := fs.Glob(os.DirFS("migrations/sqlite"), "*.sql")
	require.NoError(t, err)
	require.Equal(t, mysql, sqlite)
}

func count(t *testing.T, db *gorm.DB, table string) (rows int64) {
	t.Helper()
	require.NoError(t, db.Table(table).Count(&rows).Error)
	return rows
}

// before returns the migrations of the program up to one of them.
func before(t *testing.T, last string) fs.FS {
	t.Helper()
	some := fstest.MapFS{}
	for _, dialect := range []string{"mysql", "sqlite"} {
		folder := "migrations/" + dialect
		all, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, file := range all {
			if file.Name() < last {
				data, err := os.ReadFile(filepath.Join(folder, file.Name()))
				require.NoError(t, err)
				some[folder+"/"+file.Name()] = &fstest.MapFile{Data: data}
			}
		}
	}
	return some
}

// TestMessagesOutliveWhoWroteThem brings a database up to date in which people write already.
func TestMessagesOutliveWhoWroteThem(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db, other := testkit.Open(t, url), testkit.Open(t, url)
		require.NoError(t, storage.MigrateWith(t.Context(), db, before(t, "00006")))
		for _, insert := range []string{
			`INSERT INTO users (id, email, email_key, nickname, nickname_key, password_hash, locale, share_readings, show_readings, created_at, updated_at)
				VALUES (1, 'a', 'a', 'a', 'a', 'h', 'ko', 'off', 1, '2026-01-01', '2026-01-01'), (2, 'b', 'b', 'b', 'b', 'h', 'ko', 'off', 1, '2026-01-01', '2026-01-01')`,
			"INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (1, 'direct', 'open', 1, 1, '2026-01-01')",
			"INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) VALUES (1, 1, 1, 'text', 1, 'c', 'hello', '2026-01-01')",
			"INSERT INTO reactions (room_id, seq, user_id, emoji, created_at) VALUES (1, 1, 1, 'x', '2026-01-01'), (1, 1, 2, 'x', '2026-01-01')",
		} {
			require.NoError(t, db.Exec(insert).Error)
		}
		require.EqualValues(t, 1, count(t, other, "messages"), "a connection that knows the schema of before")
		require.NoError(t, storage.Migrate(t.Context(), db))
		for _, table := range []string{"messages", "users", "reactions"} {
			require.Positive(t, count(t, db, table), "nothing goes on the way")
		}
		require.NoError(t, other.Exec("DELETE FROM users WHERE id = 1").Error)
		require.EqualValues(t, 1, count(t, db, "messages"))
		require.EqualValues(t, 1, count(t, db, "reactions"), "what hangs on them goes with them")
		require.NoError(t, db.Exec("DELETE FROM messages").Error)
		require.Zero(t, count(t, db, "reactions"))
	})
}
