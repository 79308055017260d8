package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestALockIsHeldByOneProcess(t *testing.T) {
	url := testkit.MariaDBURL(t)
	here, there := testkit.Open(t, url), testkit.Open(t, url)
	unlock, got, err := storage.TryLock(t.Context(), here, "work")
	require.NoError(t, err)
	require.True(t, got)
	for _, db := range []*gorm.DB{here, there} {
		_, got, err = storage.TryLock(t.Context(), db, "work")
		require.NoError(t, err)
		require.False(t, got)
	}
	other, got, err := storage.TryLock(t.Context(), there, "other work")
	require.NoError(t, err)
	require.True(t, got)
	require.NoError(t, other())
	require.NoError(t, unlock())
	unlock, got, err = storage.TryLock(t.Context(), there, "work")
	require.NoError(t, err)
	require.True(t, got)
	require.NoError(t, unlock())
}

func TestDrainingLeavesNothingThatMeetsTheCondition(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		db = db.WithContext(t.Context())
		for i := range 23 {
			require.NoError(t, db.Exec("INSERT INTO reading_sources (id, engine, version, purpose) VALUES (?, 'e', 'v', 'p')", i).Error)
		}
		require.NoError(t, storage.Drain(t.Context(), db, 5, "reading_sources", "engine = ? AND id <> ?", "e", 7))
		var left []int64
		require.NoError(t, db.Raw("SELECT id FROM reading_sources").Scan(&left).Error)
		require.Equal(t, []int64{7}, left)
	})
}
