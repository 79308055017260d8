package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestRowsAreInsertedWhateverTheirNumber(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, db.Exec("CREATE TABLE many (id BIGINT PRIMARY KEY, word VARCHAR(20) NULL)").Error)
		rows := storage.NewRows(db, "many", "id", "word")
		insert := func(from, n int) error {
			var args []any
			for i := range n {
				var word any
				if i%2 == 0 {
					word = "다시 '?'"
				}
				args = append(args, int64(from+i), word)
			}
			return storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return rows.Insert(tx, args) })
		}
		total := 0
		for _, n := range []int{0, 1, 63, 64, 65, 128, 200} {
			require.NoError(t, insert(total, n), "%d rows", n)
			total += n
			var count, sum, words int64
			require.NoError(t, db.Raw("SELECT COUNT(*) FROM many").Scan(&count).Error)
			require.NoError(t, db.Raw("SELECT COALESCE(SUM(id), 0) FROM many").Scan(&sum).Error)
			require.NoError(t, db.Raw("SELECT COUNT(*) FROM many WHERE word = ?", "다시 '?'").Scan(&words).Error)
			require.EqualValues(t, total, count)
			require.EqualValues(t, total*(total-1)/2, sum)
			require.GreaterOrEqual(t, words, count/2)
		}
		require.True(t, storage.IsDuplicate(insert(total-1, 1)))
		require.True(t, storage.IsDuplicate(insert(total-1, 70)), "in a bulk too")
		var count int64
		require.NoError(t, db.Raw("SELECT COUNT(*) FROM many").Scan(&count).Error)
		require.EqualValues(t, total, count, "a transaction that failed leaves nothing")
	})
}
