package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestEveryDatabaseHasAnEpochOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	eachEmptyDB(t, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		_, err := storage.Epoch(t.Context(), db)
		require.Error(t, err)
		require.NoError(t, storage.Migrate(t.Context(), db))
		epoch, err := storage.Epoch(t.Context(), db)
		require.NoError(t, err)
		require.Regexp(t, "^[0-9a-f]{16}$", epoch)
		require.NotContains(t, seen, epoch)
		seen[epoch] = true

		var next string
		require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
			next, err = storage.BeginEpoch(tx)
			return err
		}))
		require.Regexp(t, "^[0-9a-f]{16}$", next)
		require.NotEqual(t, epoch, next)
		epoch, err = storage.Epoch(t.Context(), db)
		require.NoError(t, err)
		require.Equal(t, next, epoch)
		require.Error(t, db.Exec("INSERT INTO epoch (id, epoch) VALUES (2, 'b')").Error, "there is one")
	})
}

func TestSkippedIDsAreGivenToNobody(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		add := func(name string) (id int64) {
			require.NoError(t, db.Exec("INSERT INTO audit (created_at, action, target_type, target_id, changes) VALUES (CURRENT_TIMESTAMP, ?, 'user', 1, '[]')", name).Error)
			require.NoError(t, db.Raw("SELECT id FROM audit WHERE action = ?", name).Scan(&id).Error)
			return id
		}
		first := add("first")
		require.NoError(t, storage.SkipIDs(t.Context(), db))
		second := add("second")
		require.GreaterOrEqual(t, second, first+1_000_000)
		require.NoError(t, db.Exec("DELETE FROM audit WHERE id = ?", second).Error)
		require.NoError(t, storage.SkipIDs(t.Context(), db))
		require.GreaterOrEqual(t, add("third"), second+1_000_000, "also of what was deleted")

		require.NoError(t, db.Exec("INSERT INTO announcements (title, body, state, publish_at, created_at) VALUES ('a', 'b', 'scheduled', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)").Error)
		var id int64
		require.NoError(t, db.Raw("SELECT id FROM announcements").Scan(&id).Error)
		require.Greater(t, id, int64(2_000_000), "and of tables that were empty")
	})
}
