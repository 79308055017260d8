package storage_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestAMigrationIsTakenApartAtItsStatements(t *testing.T) {
	require.Equal(t, []string{"CREATE TABLE a (\n    id INT, name VARCHAR(9) DEFAULT ';'\n);", "INSERT INTO a VALUES (1, 'x;y');", "DROP TABLE a"},
		storage.Split("-- +goose Up\nCREATE TABLE a (\n    -- a comment; with a semicolon;\n    id INT, name VARCHAR(9) DEFAULT ';'\n);\n\nINSERT INTO a VALUES (1, 'x;y');\r\n-- end;\nDROP TABLE a\n"))
}

// leftAt returns a database in which the first migration was killed, and the statements were carried out.
func leftAt(t *testing.T, begun, done int, statements ...string) *gorm.DB {
	t.Helper()
	db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, db.Exec("CREATE TABLE schema_versions (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL, begun INT NOT NULL, done INT NOT NULL)").Error)
	require.NoError(t, db.Exec("INSERT INTO schema_versions VALUES (1, 1, ?, ?)", begun, done).Error)
	for _, statement := range statements {
		require.NoError(t, db.Exec(statement).Error)
	}
	return db
}

// TestAStepWhoseEndNobodySawIsNotTakenTwice: a kill may come between a statement and what is written down of it.
func TestAStepWhoseEndNobodySawIsNotTakenTwice(t *testing.T) {
	statements := []string{
		"CREATE TABLE a (id INT NOT NULL PRIMARY KEY, old INT NULL);", "ALTER TABLE a ADD COLUMN b INT NULL, ADD KEY a_b (b);",
		"INSERT INTO a (id) VALUES (1);", "ALTER TABLE a DROP COLUMN old;", "CREATE TABLE c (id INT);", "DROP TABLE c;", "CREATE INDEX a_id_b ON a (id, b);",
		"ALTER TABLE a ADD CONSTRAINT a_fk FOREIGN KEY (b) REFERENCES a (id);",
	}
	text := "-- +goose Up\n"
	for _, statement := range statements {
		text += statement + "\n"
	}
	all := fstest.MapFS{"migrations/mysql/00001_a.sql": &fstest.MapFile{Data: []byte(text)}}
	for seen := range statements {
		done := seen
		if seen == 2 { // rows and the note of them are one transaction
			done++
		}
		db := leftAt(t, seen+1, done, statements[:seen+1]...)
		require.NoError(t, storage.MigrateWith(t.Context(), db, all), statements[seen])
		require.EqualValues(t, 1, count(t, db, "a"))
	}
}

// TestAStepThatIsStillBeingTakenIsNotTakenTwice: what a killed process has sent is carried out all the same, maybe after the next process
// has begun.
func TestAStepThatIsStillBeingTakenIsNotTakenTwice(t *testing.T) {
	text := "CREATE TABLE a (id INT NULL);\nINSERT INTO a (id) VALUES (1);\nALTER TABLE a ADD COLUMN b INT NULL;\n"
	all := fstest.MapFS{"migrations/mysql/00001_a.sql": &fstest.MapFile{Data: []byte(text)}}
	db := leftAt(t, 1, 1, "CREATE TABLE a (id INT NULL)")
	killed := db.Begin()
	require.NoError(t, killed.Exec("UPDATE schema_versions SET begun = 2, done = 2 WHERE version = 1").Error)
	require.NoError(t, killed.Exec("INSERT INTO a (id) VALUES (1)").Error)
	migrated := make(chan error, 1)
	go func() { migrated <- storage.MigrateWith(t.Context(), db, all) }()
	require.Eventually(t, func() bool { return sessions(t, db, "Update", "Updating") > 0 }, soon, poll, "it waits for what the killed one does")
	require.NoError(t, killed.Commit().Error)
	require.NoError(t, <-migrated)
	require.EqualValues(t, 1, count(t, db, "a"))
}

const (
	soon = 30 * time.Second
	poll = 5 * time.Millisecond
)

// sessions counts the statements that are at something.
func sessions(t *testing.T, db *gorm.DB, states ...string) (n int64) {
	t.Helper()
	require.NoError(t, db.Raw("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND state IN ?", states).Scan(&n).Error)
	return n
}

// TestAStepStandsAsideWhileItsTableIsRead: whoever asks after it would wait behind it, as long as a dump takes.
func TestAStepStandsAsideWhileItsTableIsRead(t *testing.T) {
	all := fstest.MapFS{"migrations/mysql/00001_a.sql": &fstest.MapFile{Data: []byte("CREATE TABLE a (id INT NULL);\n")}}
	db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, storage.MigrateWith(t.Context(), db, all))
	all["migrations/mysql/00002_b.sql"] = &fstest.MapFile{Data: []byte("ALTER TABLE a ADD COLUMN b INT NULL;\n")}
	dump := db.Begin()
	require.Zero(t, count(t, dump, "a"))
	migrated := make(chan error, 1)
	go func() { migrated <- storage.MigrateWith(t.Context(), db, all) }()
	require.Eventually(t, func() bool { return sessions(t, db, "Waiting for table metadata lock") > 0 }, soon, poll)
	bounded, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	require.Zero(t, count(t, db.WithContext(bounded), "a"), "although the dump has not ended")
	require.Empty(t, migrated)
	require.NoError(t, dump.Rollback().Error)
	require.NoError(t, <-migrated)
	require.NoError(t, db.Exec("INSERT INTO a (b) VALUES (1)").Error)
}

// TestAStepThatMayHaveBeenTakenStaysOneWhenItIsRefusedForSomethingElse: what an earlier run did of it is as unknown as before.
func TestAStepThatMayHaveBeenTakenStaysOneWhenItIsRefusedForSomethingElse(t *testing.T) {
	all := fstest.MapFS{"migrations/mysql/00001_a.sql": &fstest.MapFile{Data: []byte("ALTER TABLE a ADD COLUMN b INT NULL;\n")}}
	db := leftAt(t, 1, 0, "CREATE TABLE away (id INT NULL, b INT NULL)")
	require.ErrorContains(t, storage.MigrateWith(t.Context(), db, all), "statement 1", "there is no such table")
	require.NoError(t, db.Exec("RENAME TABLE away TO a").Error)
	require.NoError(t, storage.MigrateWith(t.Context(), db, all))
}

func TestARefusedStepIsNotTakenForDone(t *testing.T) {
	db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, db.Exec("CREATE TABLE b (somebody_elses INT)").Error)
	for range 2 {
		require.ErrorContains(t, storage.MigrateWith(t.Context(), db, files(3)), "00002_step.sql: statement 1")
	}
}
