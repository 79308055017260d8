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
		const columns = "room_id, seq, source_id, label, confidence, intensity, valence, unclear, love, HEX(detail) AS detail, created_at"
		var stored, computed map[string]any
		require.NoError(t, db.Table(floorPrefix+"readings").Select(columns).Where("seq = 1").Take(&stored).Error)
		require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
			return emotion.NewLedger(db).Store(tx, []emotion.Entry{entry})
		}))
		require.NoError(t, db.Table("readings").Select(columns).Take(&computed).Error)
		require.InDelta(t, len(computed["detail"].(string)), len(stored["detail"].(string)), 16, "numbers move with the client id, their size does not")
		for column := range computed {
			switch column {
			case "detail", "confidence", "intensity", "valence", "source_id":
				require.IsType(t, computed[column], stored[column])
			default:
				require.Equal(t, computed[column], stored[column], column)
			}
		}
	})
}
