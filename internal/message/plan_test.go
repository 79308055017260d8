package message

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// Every page is a piece of an index, read from where it begins: a room of a million messages costs what one of a hundred does.
func TestAPageIsReadAlongAnIndex(t *testing.T) {
	db := testkit.MariaDB(t)
	u, err := account.Create(db, account.New{Email: "a@example.org", Nickname: "a", PasswordHash: "x", Locale: account.Korean, ShareReadings: account.ShareOff}, time.Now())
	require.NoError(t, err)
	for id := 1; id <= 3; id++ {
		require.NoError(t, db.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (?, 'group', 'open', 3000, 3000, NOW())", id).Error)
		require.NoError(t, db.Exec(`INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at)
			SELECT ?, seq, 3001 - seq, 'text', ?, UUID(), 'hello', NOW() FROM seq_1_to_3000`, id, u.ID).Error)
	}
	require.NoError(t, db.Exec("ANALYZE TABLE messages, users").Error)
	at := int64(1500)
	for name, c := range map[string]struct {
		cursor Cursor
		key    string
	}{
		"latest":    {Cursor{}, "PRIMARY"},
		"before":    {Cursor{Before: &at}, "PRIMARY"},
		"after":     {Cursor{After: &at}, "PRIMARY"},
		"since_rev": {Cursor{SinceRev: &at}, "messages_rev"},
	} {
		t.Run(name, func(t *testing.T) {
			var rows []storedRow
			query := db.ToSQL(func(tx *gorm.DB) *gorm.DB {
				return c.cursor.query(selectMessages(tx).Where("m.room_id = ?", 2)).Limit(101).Scan(&rows)
			})
			var read []struct {
				Table, Key, Extra string
			}
			require.NoError(t, db.Raw("EXPLAIN "+query).Scan(&read).Error)
			require.Equal(t, "m", read[0].Table, "%+v", read)
			require.Equal(t, c.key, read[0].Key, "%+v", read)
			require.NotContains(t, read[0].Extra, "filesort")
			require.NotContains(t, read[0].Extra, "temporary")
		})
	}
	t.Run("of many rooms", func(t *testing.T) {
		query := db.ToSQL(func(tx *gorm.DB) *gorm.DB {
			var rows []storedRow
			return selectLatest(tx, []room.ID{1, 2, 3}).Scan(&rows)
		})
		var read []struct {
			Table, Type, Key string
		}
		require.NoError(t, db.Raw("EXPLAIN "+query).Scan(&read).Error)
		require.Equal(t, "r", read[0].Table, "%+v", read)
		require.Equal(t, "m", read[1].Table, "%+v", read)
		require.Equal(t, "eq_ref", read[1].Type, "%+v", read)
	})
}
