package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/testkit"
)

func TestAFilledRoomIsAsIfItsMembersHadWritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		at := time.Unix(1_700_000_000, 0).UTC()
		for _, id := range []int64{1, 2} {
			require.NoError(t, db.Table("users").Create(map[string]any{
				"id": id, "email": id, "email_key": id, "nickname": id, "nickname_key": id, "password_hash": "", "locale": "en",
				"share_readings": "everyone", "show_readings": true, "created_at": at, "updated_at": at,
			}).Error)
		}
		require.NoError(t, db.Table("rooms").Create(map[string]any{
			"id": 7, "kind": "group", "state": "open", "title": "x", "last_seq": 3, "last_rev": 5, "created_at": at, "host_id": 1, "capacity": 2,
		}).Error)
		for id, state := range map[int64]string{1: "joined", 2: "left"} {
			require.NoError(t, db.Table("room_users").Create(map[string]any{
				"room_id": 7, "user_id": id, "state": state, "joined_seq": 0, "last_read_seq": 0, "joined_at": at,
			}).Error)
		}

		plan := Plan{Payload: 100, History: 3 + fillBatch + 7}
		require.NoError(t, fillRoom(t.Context(), db, 7, plan, at))
		require.NoError(t, fillRoom(t.Context(), db, 7, plan, at), "nothing is missing any more")
		var room struct{ LastSeq, LastRev, Messages, First, Revs, Senders, Readings, Mark int64 }
		require.NoError(t, db.Raw(`SELECT last_seq, last_rev, (SELECT COUNT(*) FROM messages) AS messages, (SELECT MIN(seq) FROM messages) AS first,
			(SELECT COUNT(*) FROM messages WHERE rev = seq + 2 AND created_at = ?) AS revs, (SELECT MAX(sender_id) FROM messages) AS senders,
			(SELECT COUNT(*) FROM readings) AS readings, (SELECT MIN(last_read_seq) FROM room_users WHERE user_id = 1) AS mark FROM rooms`, at).Scan(&room).Error)
		all := int64(fillBatch + 7)
		require.EqualValues(t, plan.History, room.LastSeq)
		require.Equal(t, room.LastSeq+2, room.LastRev)
		require.Equal(t, []int64{all, 4, all, 1, all, room.LastSeq}, []int64{room.Messages, room.First, room.Revs, room.Senders, room.Readings, room.Mark})
	})
}
