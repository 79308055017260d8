package main

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// TestANewerSchemaIsRefusedUnlessItFits: a node of the release before can be started again while a release that only adds is rolled
// out; one that would miss something says so and does nothing.
func TestANewerSchemaIsRefusedUnlessItFits(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		environ := append(embedded(t), "EMOSATION_DATABASE_URL="+s.DatabaseURL, "EMOSATION_JWT_KEY="+testKey(t))
		db := testkit.Open(t, s.DatabaseURL)
		_, known, err := storage.SchemaVersion(t.Context(), db)
		require.NoError(t, err)
		require.NoError(t, db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, ?)", known+1, true).Error)
		oldest := func(version int64) {
			require.NoError(t, db.Exec("DELETE FROM schema_versions WHERE version = ?", known+1).Error)
			require.NoError(t, db.Exec("INSERT INTO schema_versions VALUES (?, ?, 0, 0)", known+1, version).Error)
		}
		refused := func() {
			for _, name := range []string{"serve", "migrate"} {
				got := command(t, "", environ, name)
				require.Equal(t, exitFailed, got.code, name)
				require.Contains(t, got.err, fmt.Sprintf("the database schema is newer than this program: it has version %d, the program knows %d; run the release", known+1, known))
			}
		}
		refused() // nobody says that it fits
		oldest(known + 1)
		refused()
		oldest(known)
		migrated := command(t, "", environ, "migrate")
		require.Equal(t, exitOK, migrated.code, migrated.err)
		require.Equal(t, fmt.Sprintf("schema version %d is newer than this program's %d, and fits it still: nothing was done\n", known+1, known), migrated.out)
		server := start(t, environ)
		ready(t, server)
		require.Equal(t, exitOK, server.stop())
	})
}

// TestAKilledMigrationGoesOn kills migrate at random statements until it once ends by itself: the schema is then what it always is.
func TestAKilledMigrationGoesOn(t *testing.T) {
	t.Parallel()
	binary, err := servers.BuildAPI(t.Context(), t.TempDir())
	require.NoError(t, err)
	url := testkit.EmptyMariaDBURL(t)
	db := testkit.Open(t, url)
	begun := func() (statements int) {
		if db.Raw("SELECT COALESCE(SUM(begun), 0) FROM schema_versions").Row().Scan(&statements) != nil {
			return 0 // there is no table yet
		}
		return statements
	}
	kills := 0
	for whole := false; !whole; kills++ {
		process := exec.CommandContext(t.Context(), binary, "migrate")
		process.Env = append(servers.Environ(), "EMOSATION_DATABASE_URL="+url, "EMOSATION_JWT_KEY="+testKey(t))
		var said strings.Builder
		process.Stderr = &said
		require.NoError(t, process.Start())
		ended := make(chan error, 1)
		go func() { ended <- process.Wait() }()
		for limit, over := begun()+1+rand.IntN(8), false; !over; {
			select {
			case err := <-ended:
				require.NoError(t, err, said.String())
				whole, over = true, true
			default:
				if begun() >= limit {
					_ = process.Process.Kill() // it may have ended meanwhile
					whole, over = (<-ended) == nil, true
				}
			}
		}
	}
	require.Greater(t, kills, 5)
	require.Equal(t, tablesOf(t, testkit.Open(t, testkit.MariaDBURL(t))), tablesOf(t, db))
	require.NoError(t, storage.CheckSchema(t.Context(), db))
	var epochs int64
	require.NoError(t, db.Table("epoch").Count(&epochs).Error)
	require.EqualValues(t, 1, epochs)
}

// tablesOf returns how each table of a MariaDB is made.
func tablesOf(t *testing.T, db *gorm.DB) map[string]string {
	t.Helper()
	names, err := db.Migrator().GetTables()
	require.NoError(t, err)
	made := make(map[string]string)
	for _, table := range names {
		var name, create string
		require.NoError(t, db.Raw("SHOW CREATE TABLE "+table).Row().Scan(&name, &create))
		lines := strings.Split(create, "\n")
		last, _, _ := strings.Cut(lines[len(lines)-1], " AUTO_INCREMENT=")
		made[table] = strings.Join(append(lines[:len(lines)-1], last), "\n")
	}
	return made
}
