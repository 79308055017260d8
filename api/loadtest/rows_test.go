package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// shape is what a table is made of: its columns in order, and its indexes with the columns of each.
func shape(t *testing.T, db *gorm.DB, table string) (columns []string, indexes map[string]int) {
	types, err := db.Migrator().ColumnTypes(table)
	require.NoError(t, err)
	for _, c := range types {
		nullable, _ := c.Nullable()
		columns = append(columns, c.Name()+" "+c.DatabaseTypeName()+map[bool]string{true: " NULL"}[nullable])
	}
	query := "SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?"
	parts := "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? ORDER BY seq_in_index"
	if !storage.IsMySQL(db) {
		query, parts = "SELECT name FROM pragma_index_list(?)", "SELECT x.name FROM (SELECT ?) JOIN pragma_index_info(?) x"
	}
	var names []string
	require.NoError(t, db.Raw(query, table).Scan(&names).Error)
	indexes = make(map[string]int)
	for _, name := range names {
		var of []string
		require.NoError(t, db.Raw(parts, table, name).Scan(&of).Error)
		key := ""
		for _, column := range of {
			key += column + " "
		}
		indexes[key]++
	}
	return columns, indexes
}

func TestTheFloorStoresRowsAsTheProductDoes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		for _, table := range []string{"messages", "readings"} {
			require.NoError(t, copyTable(t.Context(), db, table, floorPrefix+table))
			columns, indexes := shape(t, db, table)
			require.NotEmpty(t, columns)
			require.NotEmpty(t, indexes)
			copied, copiedIndexes := shape(t, db, floorPrefix+table)
			require.Equal(t, columns, copied)
			require.Equal(t, indexes, copiedIndexes)
		}
		pool, err := db.DB()
		require.NoError(t, err)
		tx, err := pool.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		now := time.Now().UTC().Truncate(time.Microsecond)
		body := stamp{}.String() + filler(100)
		require.NoError(t, insertTexts(t.Context(), tx, floorPrefix, []text{{7, 1, 1, 3, stamp{}.String(), body, now}, {7, 2, 2, 3, stamp{number: 1}.String(), body, now}}))
		require.NoError(t, tx.Commit())

		engine, err := emotion.NewEmbedded()
		require.NoError(t, err)
		entry := emotion.Entry{Room: 7, Seq: 1, Reading: engine.Read(body).Rounded(), At: now}
		var stored, computed map[string]any
		require.NoError(t, db.Table(floorPrefix+"readings").Where("seq = 1").Take(&stored).Error)
		off, on := "PRAGMA defer_foreign_keys = ON", "PRAGMA defer_foreign_keys = OFF"
		if storage.IsMySQL(db) {
			off, on = "SET foreign_key_checks = 0", "SET foreign_key_checks = 1"
		}
		never := db.Begin() // of a message that there is not
		require.NoError(t, never.Exec(off).Error)
		require.NoError(t, emotion.StoreReadings(never, emotion.Rows(db), []emotion.Entry{entry}))
		require.NoError(t, never.Table("readings").Take(&computed).Error)
		require.NoError(t, never.Exec(on).Error)
		require.NoError(t, never.Rollback().Error)
		require.InDelta(t, len(computed["detail"].(string)), len(stored["detail"].(string)), 20, "numbers move with the client id, their size does not")
		for column := range computed {
			switch column {
			case "detail", "confidence", "intensity":
				require.IsType(t, computed[column], stored[column])
			default:
				require.Equal(t, computed[column], stored[column], column)
			}
		}
	})
}
