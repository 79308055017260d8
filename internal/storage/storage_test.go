package storage_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestOpenRefusesAWrongURLWithoutShowingThePassword(t *testing.T) {
	for name, url := range map[string]string{
		"no scheme":           "hunter2@db/emosation",
		"unknown scheme":      "postgres://u:hunter2@db/emosation",
		"no database":         "mysql://u:hunter2@db:3306",
		"no database, slash":  "mysql://u:hunter2@db:3306/",
		"two path elements":   "mysql://u:hunter2@db:3306/a/b",
		"no user":             "mysql://:hunter2@db/emosation",
		"no host":             "mysql://u:hunter2@/emosation",
		"unknown parameter":   "mysql://u:hunter2@db/emosation?charset=latin1",
		"unescaped password":  "mysql://u:hunter2#x@db/emosation",
		"unescaped password2": "mysql://u:hunter2%zz@db/emosation",
		"unknown tls":         "mysql://u:hunter2@db/emosation?tls=perhaps",
		"no file":             "sqlite://",
		"a folder":            "sqlite:///var/lib/",
		"file parameters":     "sqlite:///var/hunter2.db?mode=ro",
		"empty":               "",
	} {
		t.Run(name, func(t *testing.T) {
			err := storage.CheckDatabaseURL(url)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
			_, err = storage.Open(t.Context(), url, zap.NewNop())
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestCheckDatabaseURLAcceptsWhatOpenDoes(t *testing.T) {
	for _, url := range []string{
		"mysql://emosation:p%40ss@db/emosation",
		"mysql://emosation@[::1]:3307/emosation?tls=true",
		"mysql://root@localhost/emosation?socket=/run/mysqld/mysqld.sock",
		"sqlite:///var/lib/emosation/emosation.db",
		"sqlite://data/emosation.db",
	} {
		require.NoError(t, storage.CheckDatabaseURL(url), url)
	}
}

func TestOpenFailsWhenNoServerAnswers(t *testing.T) {
	_, err := storage.Open(t.Context(), "mysql://root@localhost/x?socket="+filepath.Join(t.TempDir(), "none"), zap.NewNop())
	require.Error(t, err)
}

func TestTimesComeBackInUTCToTheMicrosecond(t *testing.T) {
	type moment struct {
		ID int64
		At time.Time
	}
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		kind := map[string]string{"mysql": "DATETIME(6)", "sqlite": "DATETIME"}[db.Name()]
		require.NoError(t, db.Exec("CREATE TABLE moments (id BIGINT PRIMARY KEY, at "+kind+" NOT NULL)").Error)
		at := time.Date(2026, 11, 21, 23, 59, 59, 123456000, time.UTC)
		require.NoError(t, db.Create(&moment{ID: 1, At: at}).Error)
		var got moment
		require.NoError(t, db.First(&got, 1).Error)
		require.Equal(t, at, got.At)
	})
}

func TestForeignKeysAndChecksAreEnforced(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, db.Exec("CREATE TABLE parents (id BIGINT PRIMARY KEY CHECK (id > 0))").Error)
		require.NoError(t, db.Exec("CREATE TABLE children (id BIGINT REFERENCES parents (id))").Error)
		require.ErrorIs(t, db.Exec("INSERT INTO children VALUES (1)").Error, gorm.ErrForeignKeyViolated)
		require.Error(t, db.Exec("INSERT INTO parents VALUES (0)").Error)
	})
}

func TestMariaDBSettingsHold(t *testing.T) {
	db := testkit.MariaDB(t)
	for setting, want := range map[string]string{
		"tx_isolation":             "READ-COMMITTED",
		"time_zone":                "+00:00",
		"innodb_lock_wait_timeout": "5",
		"collation_connection":     "utf8mb4_unicode_ci",
	} {
		var got string
		require.NoError(t, db.Raw("SELECT @@SESSION."+setting).Scan(&got).Error)
		require.Equal(t, want, got, setting)
	}
	require.NoError(t, db.Exec("CREATE TABLE short (text VARCHAR(3))").Error)
	require.Error(t, db.Exec("INSERT INTO short VALUES ('four')").Error, "nothing is cut silently")
}

func TestSQLiteSettingsHold(t *testing.T) {
	db := testkit.SQLite(t)
	pool, err := db.DB()
	require.NoError(t, err)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		require.NoError(t, pool.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
	require.Error(t, db.Raw("WITH x AS (SELECT 1) INSERT INTO goose_db_version (version_id) SELECT * FROM x").Scan(new(int)).Error)
}

// Several programs may start on one new file at the same moment.
func TestSQLiteFileIsCreatedByMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "new.db")
	url := "sqlite://" + path
	var g errgroup.Group
	for range 8 {
		g.Go(func() error {
			db, err := storage.Open(t.Context(), url, zap.NewNop())
			if err != nil {
				return err
			}
			return storage.Close(db)
		})
	}
	require.NoError(t, g.Wait())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm(), "nobody else reads it, wherever it lies")
}

// Two processes write to one file: neither may be told that it is busy.
func TestSQLiteFileIsSharedByTwoWriters(t *testing.T) {
	url := testkit.SQLiteURL(t)
	one, two := testkit.Open(t, url), testkit.Open(t, url)
	require.NoError(t, one.Exec("CREATE TABLE notes (id INTEGER PRIMARY KEY)").Error)
	var g errgroup.Group
	for _, db := range []*gorm.DB{one, two} {
		g.Go(func() error {
			for range 50 {
				if err := storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
					return tx.Exec("INSERT INTO notes DEFAULT VALUES").Error
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 100, count(t, one, "notes"))
}

func TestAClosedDatabaseAnswersNoPing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, storage.Ping(t.Context(), db))
		require.NoError(t, storage.Close(db))
		require.Error(t, storage.Ping(t.Context(), db))
	})
}
