package testkit_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	const schema = "CREATE TABLE mine (id INTEGER PRIMARY KEY)" // fails on the second run if the database is shared
	for range 2 {
		testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
			require.NoError(t, storage.CheckSchema(t.Context(), db))
			require.NoError(t, db.Exec(schema).Error)
		})
	}
}

func TestADatabaseIsAsMigrationsLeaveIt(t *testing.T) {
	migrated := testkit.Open(t, testkit.EmptyMariaDBURL(t))
	require.NoError(t, storage.Migrate(t.Context(), migrated))
	require.NotEmpty(t, tables(t, migrated))
	require.Equal(t, tables(t, migrated), tables(t, testkit.MariaDB(t)))
}

// tables are the tables of a MariaDB, with how many rows each has.
func tables(t *testing.T, db *gorm.DB) map[string]int64 {
	names, err := db.Migrator().GetTables()
	require.NoError(t, err)
	all := make(map[string]int64)
	for _, table := range names {
		var name, create string
		require.NoError(t, db.Raw("SHOW CREATE TABLE "+table).Row().Scan(&name, &create))
		var rows int64
		require.NoError(t, db.Table(table).Count(&rows).Error)
		all[create] = rows
	}
	return all
}

func TestEachTestHasARedisOfItsOwn(t *testing.T) {
	for range 2 {
		testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
			set := s.Redis.B().Set().Key("mine").Value("1").Nx().Build()
			require.NoError(t, s.Redis.Do(t.Context(), set).Error(), "another test has set it")
		})
	}
}

func TestNodesShareAStackByItsURLs(t *testing.T) {
	url := testkit.RedisURL(t)
	one, two := testkit.OpenRedis(t, url), testkit.OpenRedis(t, url)
	require.NoError(t, one.Do(t.Context(), one.B().Set().Key("shared").Value("yes").Build()).Error())
	got, err := two.Do(t.Context(), two.B().Get().Key("shared").Build()).ToString()
	require.NoError(t, err)
	require.Equal(t, "yes", got)
}

func TestOnlyADurableServerWaitsForItsDisk(t *testing.T) {
	for url, want := range map[string]int{testkit.DurableURL(t): 1, testkit.MariaDBURL(t): 0} {
		var got int
		require.NoError(t, testkit.Open(t, url).Raw("SELECT @@GLOBAL.innodb_flush_log_at_trx_commit").Scan(&got).Error)
		require.Equal(t, want, got)
	}
}

func TestTestsUseTheServerThatIsGiven(t *testing.T) {
	addresses, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	_, port, _ := strings.Cut(addresses[0], ":")
	theirs, err := servers.StartMariaDB(t.Context(), "--skip-networking=0", "--bind-address=127.0.0.1", "--port="+port)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, theirs.Stop()) })
	require.NoError(t, theirs.Exec(t.Context(), "GRANT ALL ON *.* TO tester@127.0.0.1 IDENTIFIED BY 'hunter2'"))

	tests := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^(TestEachTestHasADatabaseOfItsOwn|TestADatabaseIsAsMigrationsLeaveIt)$", "-test.v")
	tests.Env = append(os.Environ(), "EMOSATION_TEST_DATABASE_URL=mysql://tester:hunter2@"+addresses[0])
	out, err := tests.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: TestADatabaseIsAsMigrationsLeaveIt")

	var left []string
	require.NoError(t, testkit.Open(t, theirs.URL("mysql")).Raw("SHOW DATABASES LIKE 'test\\_%'").Scan(&left).Error)
	require.Len(t, left, 1, "what each test made is gone, and what they are copied from is there: %v", left)
}

func BenchmarkMariaDB(b *testing.B) {
	for b.Loop() {
		testkit.MariaDBURL(b)
	}
}

func BenchmarkSQLite(b *testing.B) {
	for b.Loop() {
		testkit.SQLiteURL(b)
	}
}

func BenchmarkRedis(b *testing.B) {
	for b.Loop() {
		testkit.RedisURL(b)
	}
}
