package storage_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// next returns the migrations of the program and one more.
func next(t *testing.T, statements string) fs.FS {
	t.Helper()
	all := before(t, "99999").(fstest.MapFS)
	for _, dialect := range []string{"mysql", "sqlite"} {
		all["migrations/"+dialect+"/99999_next.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + statements)}
	}
	return all
}

func TestAProgramFitsASchemaThatWasOnlyAddedTo(t *testing.T) {
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		require.NoError(t, storage.MigrateWith(t.Context(), db, next(t, "ALTER TABLE users ADD COLUMN fresh INTEGER NULL;\n")))
		require.NoError(t, storage.CheckSchema(t.Context(), db))
		require.NoError(t, storage.Migrate(t.Context(), db), "and has nothing to do")
		have, want, err := storage.SchemaVersion(t.Context(), db)
		require.NoError(t, err)
		require.EqualValues(t, 99999, have)

		require.NoError(t, db.Exec("UPDATE schema_versions SET oldest = ? WHERE version = 99999", want+1).Error)
		require.ErrorIs(t, storage.CheckSchema(t.Context(), db), storage.ErrNewerSchema, "something that it uses is gone")
		require.ErrorIs(t, storage.Migrate(t.Context(), db), storage.ErrNewerSchema)
		require.NoError(t, db.Exec("DELETE FROM schema_versions").Error)
		require.ErrorIs(t, storage.CheckSchema(t.Context(), db), storage.ErrNewerSchema, "nothing is known of it")
		require.NoError(t, db.Exec("DROP TABLE schema_versions").Error)
		require.ErrorIs(t, storage.CheckSchema(t.Context(), db), storage.ErrNewerSchema)
	})
}

func TestAVersionFitsProgramsSinceTheLastThatUsesWhatWentAway(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	folder := fstest.MapFS{
		"00001_a.sql": file("CREATE TABLE a (id INT);"), "00002_b.sql": file("DROP TABLE z;"), "00003_c.sql": file("CREATE TABLE b (id INT);"),
		"00004_d.sql": file("-- contract: nothing uses it since v2\nDROP TABLE a;"), "00005_e.sql": file("CREATE TABLE c (id INT);"),
	}
	releases, err := storage.ParseReleases("# comment\nv1 2\nv2 3\n\nv3 3\n")
	require.NoError(t, err)
	fits, err := storage.OldestFitting(folder, releases)
	require.NoError(t, err)
	require.Equal(t, map[int64]int64{1: 1, 2: 2, 3: 2, 4: 3, 5: 3}, fits)

	for _, header := range []string{"-- contract: nothing uses it since v4", "-- contract: since v2", "-- contract:"} {
		folder["00004_d.sql"] = file(header + "\nDROP TABLE a;")
		_, err = storage.OldestFitting(folder, releases)
		require.ErrorContains(t, err, "00004_d.sql", header)
	}
	for _, list := range []string{"", "v1\n", "v1 2\nv2 1\n"} {
		_, err = storage.ParseReleases(list)
		require.Error(t, err, list)
	}
}

// taken are the ways to take something away from those who use the schema already, or to refuse what they write.
func taken() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"takes a table away":                  regexp.MustCompile(`\bDROP\s+TABLE\b|\bTRUNCATE\b`),
		"takes a column away":                 regexp.MustCompile(`\bDROP\s+COLUMN\b|\bDROP\s+(IF\s+EXISTS\s+)?` + "`?[a-z]"),
		"renames":                             regexp.MustCompile(`\bRENAME\b|\bCHANGE\b`),
		"gives a column another type":         regexp.MustCompile(`\bMODIFY\b`),
		"wants a value that nobody writes":    regexp.MustCompile(`(?s)\bADD\s+(COLUMN\s+)?` + "`?[a-z].*\\bNOT\\s+NULL\\b"),
		"refuses rows that were fine":         regexp.MustCompile(`\bADD\s+(CONSTRAINT\s+\S+\s+)?(UNIQUE|CHECK|FOREIGN|PRIMARY)\b|\bCREATE\s+UNIQUE\s+INDEX\b`),
		"changes tables behind SQLite's back": regexp.MustCompile(`\bSQLITE_(SCHEMA|MASTER)\b|\bsqlite_(schema|master)\b`),
	}
}

var (
	defaulted = regexp.MustCompile(`\b(DEFAULT|GENERATED|AS\s*\()`)
	target    = regexp.MustCompile("(?s)^\\s*(?:ALTER\\s+TABLE|CREATE\\s+UNIQUE\\s+INDEX\\s+\\S+\\s+ON|CREATE\\s+(?:VIRTUAL\\s+)?TABLE)\\s+`?(\\w+)")
	wider     = regexp.MustCompile(`(?m)^-- wider: \S`)
)

// offences says what a migration does that only a contracting one may do.
func offences(migration string) (list []string) {
	if strings.Contains(migration, "-- contract: nothing uses it since ") {
		return nil // of whose release Migrate makes sure
	}
	made := make(map[string]bool)
	for _, statement := range storage.Split(migration) {
		table := ""
		if name := target.FindStringSubmatch(statement); name != nil {
			table = name[1]
		}
		if regexp.MustCompile(`(?s)^\s*CREATE\s+(VIRTUAL\s+)?TABLE`).MatchString(statement) {
			made[table] = true
		}
		if made[table] {
			continue // nobody uses it yet
		}
		for _, clause := range clauses(statement) {
			for offence, pattern := range taken() {
				switch {
				case !pattern.MatchString(clause),
					offence == "wants a value that nobody writes" && defaulted.MatchString(clause),
					offence == "gives a column another type" && wider.MatchString(migration):
				default:
					list = append(list, offence)
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

// clauses takes a statement apart at the commas that stand in no parentheses.
func clauses(statement string) (list []string) {
	depth, begin := 0, 0
	for i, r := range statement {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				list = append(list, statement[begin:i])
				begin = i + 1
			}
		}
	}
	return append(list, statement[begin:])
}

// TestReleasesOnlyAddToTheSchema: nodes of the release before run on it meanwhile. What nothing uses any more is taken away by a
// migration that says since which release that is so.
func TestReleasesOnlyAddToTheSchema(t *testing.T) {
	releases, err := storage.Releases()
	require.NoError(t, err)
	for _, dialect := range []string{"mysql", "sqlite"} {
		names, err := fs.Glob(os.DirFS("migrations"), dialect+"/*.sql")
		require.NoError(t, err)
		for _, name := range names {
			version, err := storage.VersionOf(name)
			require.NoError(t, err)
			if version <= releases[0].Schema {
				continue
			}
			text, err := os.ReadFile(path.Join("migrations", name))
			require.NoError(t, err)
			require.Empty(t, offences(string(text)), name)
			require.Empty(t, locking(string(text), dialect), name)
		}
	}
}

var (
	rewrites = regexp.MustCompile(`(?s)^\s*(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|UPDATE|DELETE)\b`)
	online   = regexp.MustCompile(`\bALGORITHM\s*=\s*(INSTANT|NOCOPY)\b|\bALGORITHM\s*=\s*INPLACE\b.*\bLOCK\s*=\s*NONE\b`)
)

// locking returns the statements that may lock everybody out of a table for as long as it takes to write it anew: BenchmarkMigrations
// has seen 6 s for 100,000 rows. With an algorithm that cannot, the server refuses what it cannot do by it; rows are filled in by
// the program, some at a time. A migration that must do it all the same says why: "-- locks: REASON".
func locking(migration, dialect string) (list []string) {
	if dialect == "sqlite" || strings.Contains(migration, "\n-- locks: ") { // one process has the file, and has not begun
		return nil
	}
	made := make(map[string]bool)
	for _, statement := range storage.Split(migration) {
		table := ""
		if name := target.FindStringSubmatch(statement); name != nil {
			table = name[1]
		}
		if strings.HasPrefix(statement, "CREATE TABLE") {
			made[table] = true
		}
		if rewrites.MatchString(statement) && !online.MatchString(statement) && !made[table] {
			list = append(list, statement)
		}
	}
	return list
}

func TestWhatLocksATableForLongIsNoticed(t *testing.T) {
	for _, statement := range []string{
		"ALTER TABLE users ADD COLUMN a INT NULL;", "ALTER TABLE users ADD COLUMN a INT NULL, ALGORITHM=COPY;", "ALTER TABLE users ADD KEY k (a), ALGORITHM=INPLACE;",
		"CREATE INDEX users_a ON users (a);", "UPDATE users SET a = 1;", "DELETE FROM users WHERE a = 1;",
	} {
		require.Equal(t, []string{statement}, locking("-- +goose Up\n"+statement+"\n", "mysql"))
		require.Empty(t, locking("-- +goose Up\n-- locks: nobody has many of these\n"+statement+"\n", "mysql"))
		require.Empty(t, locking("-- +goose Up\n"+statement+"\n", "sqlite"))
	}
	for _, statement := range []string{
		"ALTER TABLE users ADD COLUMN a INT NULL, ALGORITHM=INSTANT;", "ALTER TABLE users ADD KEY k (a), ALGORITHM=INPLACE, LOCK=NONE;",
		"CREATE INDEX users_a ON users (a) ALGORITHM=INPLACE LOCK=NONE;", "CREATE TABLE a (id INT);\nALTER TABLE a ADD COLUMN b INT NULL;", "INSERT INTO a VALUES (1);",
	} {
		require.Empty(t, locking("-- +goose Up\n"+statement+"\n", "mysql"))
	}
}

func TestWhatTakesSomethingAwayIsNoticed(t *testing.T) {
	for statement, want := range map[string]string{
		"DROP TABLE users;":                                                           "takes a table away",
		"ALTER TABLE users\n    DROP COLUMN phone;":                                   "takes a column away",
		"ALTER TABLE users DROP phone;":                                               "takes a column away",
		"ALTER TABLE users RENAME COLUMN phone TO mobile;":                            "renames",
		"ALTER TABLE users RENAME TO people;":                                         "renames",
		"RENAME TABLE users TO people;":                                               "renames",
		"ALTER TABLE users CHANGE phone mobile VARCHAR(20) NULL;":                     "renames",
		"ALTER TABLE users MODIFY COLUMN nickname VARCHAR(10) NOT NULL;":              "gives a column another type",
		"ALTER TABLE users\n    -- why\n    ADD COLUMN phone VARCHAR(20) NOT NULL;":   "wants a value that nobody writes",
		"ALTER TABLE users ADD COLUMN a INT NULL, ADD COLUMN b INT NOT NULL;":         "wants a value that nobody writes",
		"ALTER TABLE users ADD COLUMN b DECIMAL(3,2) NOT NULL, ADD KEY x (b);":        "wants a value that nobody writes",
		"ALTER TABLE users ADD UNIQUE KEY users_phone (phone);":                       "refuses rows that were fine",
		"ALTER TABLE users ADD CONSTRAINT users_age CHECK (age > 0);":                 "refuses rows that were fine",
		"ALTER TABLE a ADD CONSTRAINT a_fk FOREIGN KEY (b) REFERENCES b (id);":        "refuses rows that were fine",
		"CREATE UNIQUE INDEX users_phone ON users (phone);":                           "refuses rows that were fine",
		"UPDATE sqlite_schema SET sql = replace(sql, 'a', 'b') WHERE name = 'users';": "changes tables behind SQLite's back",
	} {
		require.Equal(t, []string{want}, offences("-- +goose Up\n"+statement+"\n"), statement)
		require.Empty(t, offences("-- +goose Up\n-- contract: nothing uses it since v0.1.0\n"+statement+"\n"))
	}
	for _, statement := range []string{
		"CREATE TABLE a (id INT NOT NULL, CHECK (id > 0));\nALTER TABLE a ADD COLUMN b INT NOT NULL;\nCREATE UNIQUE INDEX a_b ON a (b);",
		"ALTER TABLE users\n    ADD COLUMN phone VARCHAR(20) NULL,\n    ADD KEY users_phone (phone);", "CREATE INDEX users_phone ON users (phone);",
		"ALTER TABLE users ADD COLUMN role VARCHAR(10) CHARACTER SET ascii NOT NULL DEFAULT 'user';", "ALTER TABLE users DROP KEY users_phone;",
		"ALTER TABLE users ADD COLUMN a INT NOT NULL DEFAULT 0, ADD COLUMN b DECIMAL(3,2) NOT NULL DEFAULT 0.5;", "ALTER TABLE users DROP FOREIGN KEY fk, DROP INDEX i;",
		"-- wider: users.nickname\nALTER TABLE users MODIFY COLUMN nickname VARCHAR(1000) NOT NULL;", "UPDATE users SET a = 1;", "INSERT INTO a (b) VALUES ('x');",
	} {
		require.Empty(t, offences("-- +goose Up\n"+statement+"\n"), statement)
	}
}
