package storage_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// kept returns what a release left in a database.
func kept(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err, "go run ./internal/testkit/release makes it")
	defer file.Close()
	r, err := gzip.NewReader(file)
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return content
}

// restored returns a database as a release left it.
func restored(t *testing.T, dialect, release string) *gorm.DB {
	t.Helper()
	if dialect == "sqlite" {
		path := filepath.Join(t.TempDir(), "release.db")
		require.NoError(t, os.WriteFile(path, kept(t, release+".sqlite.gz"), 0o600))
		return testkit.Open(t, "sqlite://"+path)
	}
	db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, db.Connection(func(session *gorm.DB) error {
		for _, statement := range storage.Split(string(kept(t, release+".mysql.sql.gz"))) {
			if err := session.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}))
	return db
}

// madeOf returns how everything in a database is made.
func madeOf(t *testing.T, db *gorm.DB) map[string]string {
	t.Helper()
	made := make(map[string]string)
	if db.Name() == "sqlite" {
		var rows []struct{ Type, Name, SQL string }
		require.NoError(t, db.Raw("SELECT type, name, COALESCE(sql, '') AS sql FROM sqlite_schema").Scan(&rows).Error)
		for _, r := range rows {
			made[r.Type+" "+r.Name] = r.SQL
		}
		return made
	}
	for _, table := range tables(t, db) {
		var name, create string
		require.NoError(t, db.Raw("SHOW CREATE TABLE "+table).Row().Scan(&name, &create))
		begin := strings.LastIndex(create, "\n")
		end, rest, counted := strings.Cut(create[begin:], " AUTO_INCREMENT=")
		if counted {
			_, rest, _ = strings.Cut(rest, " ")
			end += " " + rest
		}
		made[table] = create[:begin] + end
	}
	return made
}

func tables(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	list, err := db.Migrator().GetTables()
	require.NoError(t, err)
	return list
}

// TestADatabaseOfEachReleaseBecomesWhatItIsNow: an upgrade leads where a new database begins, and nobody's rows go on the way.
func TestADatabaseOfEachReleaseBecomesWhatItIsNow(t *testing.T) {
	releases, err := storage.Releases()
	require.NoError(t, err)
	eachEmptyDB(t, func(t *testing.T, url string) {
		after := next(t, "ALTER TABLE messages ADD COLUMN fresh INTEGER NULL;\nCREATE TABLE fresh_things (id INTEGER PRIMARY KEY);\n")
		empty := testkit.Open(t, url)
		require.NoError(t, storage.MigrateWith(t.Context(), empty, after))
		for _, release := range releases {
			db := restored(t, empty.Name(), release.Name)
			have, _, err := storage.SchemaVersion(t.Context(), db)
			require.NoError(t, err)
			require.Equal(t, release.Schema, have, release.Name)
			rows := make(map[string]int64)
			for _, table := range tables(t, db) {
				rows[table] = count(t, db, table)
			}
			require.Greater(t, rows["messages"], int64(40))

			require.NoError(t, storage.Migrate(t.Context(), db))
			require.NoError(t, storage.CheckSchema(t.Context(), db))
			require.NoError(t, storage.MigrateWith(t.Context(), db, after))
			require.Equal(t, madeOf(t, empty), madeOf(t, db), release.Name)
			for table, before := range rows {
				if table != "goose_db_version" && table != "schema_versions" {
					require.Equal(t, before, count(t, db, table), table)
				}
			}
		}
	})
}
