package storage_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestAMigrationIsTakenApartAtItsStatements(t *testing.T) {
	require.Equal(t, []string{"CREATE TABLE a (\n    id INT, name VARCHAR(9) DEFAULT ';'\n);", "INSERT INTO a VALUES (1, 'x;y');", "DROP TABLE a"},
		storage.Split("-- +goose Up\nCREATE TABLE a (\n    -- a comment; with a semicolon;\n    id INT, name VARCHAR(9) DEFAULT ';'\n);\n\nINSERT INTO a VALUES (1, 'x;y');\r\n-- end;\nDROP TABLE a\n"))
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
		db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
		require.NoError(t, db.Exec("CREATE TABLE schema_versions (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL, begun INT NOT NULL, done INT NOT NULL)").Error)
		for _, statement := range statements[:seen+1] {
			require.NoError(t, db.Exec(statement).Error)
		}
		done := seen
		if seen == 2 { // rows and the note of them are one transaction
			done++
		}
		require.NoError(t, db.Exec("INSERT INTO schema_versions VALUES (1, 1, ?, ?)", seen+1, done).Error)
		require.NoError(t, storage.MigrateWith(t.Context(), db, all), statements[seen])
		require.EqualValues(t, 1, count(t, db, "a"))
	}
}

func TestARefusedStepIsNotTakenForDone(t *testing.T) {
	db := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, db.Exec("CREATE TABLE b (somebody_elses INT)").Error)
	for range 2 {
		require.ErrorContains(t, storage.MigrateWith(t.Context(), db, files(3)), "00002_step.sql: statement 1")
	}
}
