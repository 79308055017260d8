package search

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// What the index of words says about a chunk counts only while the chunk has been in it all the time.
func TestOnlyWhatTheIndexOfWordsKnowsIsLeftOut(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		who, err := account.Create(db, account.New{
			Email: "a@example.org", Nickname: "A", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareOff,
		}, time.Now())
		require.NoError(t, err)
		require.NoError(t, db.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (1, 'group', 'open', 0, 0, ?)", time.Now().UTC()).Error)
		require.NoError(t, db.Exec("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES (1, ?, ?, 0, 0, ?)",
			who.ID, room.Joined, time.Now().UTC()).Error)
		q, err := parse("회의")
		require.NoError(t, err)
		file := func(n int64, words string) int64 {
			first := n*chunkSize + 1
			require.NoError(t, db.Exec("INSERT INTO message_chunks (room_id, first_seq, first_at, last_at, words_id, imprints) VALUES (1, ?, 0, 0, 0, '')", first).Error)
			if words == "" {
				return unfiled
			}
			var id int64
			require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) (err error) {
				id, err = insertWords(tx, 1, first, words)
				return err
			}))
			require.NoError(t, db.Exec("UPDATE message_chunks SET words_id = ? WHERE first_seq = ?", id, first).Error)
			return id
		}
		with, without := q.needs[0].word()+" ", "z0000 "
		ids := []int64{file(0, with), file(1, without), file(2, ""), file(3, without), file(4, without), file(5, without)}
		require.NoError(t, db.Exec("UPDATE message_chunks SET words_id = 0 WHERE first_seq = ?", 5*chunkSize+1).Error)
		seen := make([]chunk, len(ids))
		for i, id := range ids {
			seen[i] = chunk{room: 1, firstSeq: int64(i)*chunkSize + 1, wordsID: &id}
		}
		seen[3].wordsID = new(int64(unfiled)) // it was filed since
		seen[4].wordsID = new(ids[4] + 100)   // it was filed anew since

		w := walk{db: db, who: who.ID, query: q}
		left, err := w.without(slices.Clone(seen))
		require.NoError(t, err)
		var kept []int64
		for _, c := range left {
			kept = append(kept, (c.firstSeq-1)/chunkSize)
		}
		require.Equal(t, []int64{0, 2, 3, 4, 5}, kept)
	})
}

// What is stored of a chunk is what its messages say when it is stored, and only one node stores it.
func TestAChunkThatWasOvertakenIsNotStored(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		who, err := account.Create(db, account.New{
			Email: "a@example.org", Nickname: "A", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareOff,
		}, time.Now())
		require.NoError(t, err)
		now := time.Now().UTC()
		require.NoError(t, db.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (1, 'group', 'open', 1, 1, ?)", now).Error)
		require.NoError(t, db.Exec("INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) VALUES (1, 1, 1, 'text', ?, 'a', 'before', ?)", who.ID, now).Error)
		s := NewService(db, limit.New(nil, false), time.Now, zap.NewNop())
		state := roomState{id: 1, lastSeq: 1}
		read, err := digest(db, 1, 1, 1)
		require.NoError(t, err)
		require.NoError(t, db.Exec("UPDATE messages SET body = 'after', rev = 2 WHERE room_id = 1").Error)
		require.ErrorIs(t, s.commitChunk(t.Context(), state, 1, 1, read), errOvertaken)
		read, err = digest(db, 1, 1, 1)
		require.NoError(t, err)
		require.NoError(t, s.commitChunk(t.Context(), state, 1, 1, read))
		require.ErrorIs(t, s.commitChunk(t.Context(), state, 1, 1, read), errOvertaken, "another node was quicker")
	})
}
