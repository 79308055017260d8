package mood

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// people makes some who share everything.
func people(t testing.TB, db *gorm.DB, n int) (ids []account.ID) {
	t.Helper()
	for i := range n {
		u, err := account.Create(db, account.New{
			Email: fmt.Sprintf("p%d@example.org", i), Nickname: "P", PasswordHash: "x", Locale: account.Korean, ShareReadings: account.ShareEveryone,
		}, time.Now())
		require.NoError(t, err)
		ids = append(ids, u.ID)
	}
	return ids
}

// FillBody is what they say.
const FillBody = "what people say to each other, 그리고 한글도 조금"

// Fill makes a group room where these people spoke in turns, each message with a reading, the last one at end, and each of a valence that is its seq, in 1/10000.
func Fill(t testing.TB, db *gorm.DB, id room.ID, who []account.ID, messages int, end time.Time, sent func(seq int) time.Time) {
	t.Helper()
	in := db.WithContext(t.Context())
	require.NoError(t, in.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (?, 'group', 'open', ?, ?, ?)", id, messages, messages, end).Error)
	for _, u := range who {
		require.NoError(t, in.Exec("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES (?, ?, 'joined', 0, 0, ?)", id, u, end).Error)
	}
	rows := storage.NewRows(db, "messages", "room_id", "seq", "rev", "kind", "sender_id", "client_id", "body", "created_at")
	ledger := emotion.NewLedger(db)
	labels := emotion.Labels()
	require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
		const together = 1000
		for first := 1; first <= messages; first += together {
			var args []any
			var entries []emotion.Entry
			for seq := first; seq < first+together && seq <= messages; seq++ {
				at := sent(seq).UTC().Truncate(time.Microsecond)
				args = append(args, id, seq, seq, "text", who[seq%len(who)], fmt.Sprintf("%036d", seq), FillBody, at)
				entries = append(entries, emotion.Entry{Room: int64(id), Seq: int64(seq), At: at, Reading: emotion.Reading{
					Label: labels[seq%len(labels)], Labels: labels[:1], Confidence: 0.7, Valence: float64(seq%10_000) / 1e4, Engine: "test", Version: "1",
				}})
			}
			if err := rows.Insert(tx, args); err != nil {
				return err
			}
			if err := ledger.Store(tx, entries); err != nil {
				return err
			}
		}
		return nil
	}))
}

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func everybody(account.ID) bool { return true }

// The clocks of nodes differ, and so the order of messages is not quite that of time.
func TestWhatWasSaidSinceIsFoundThoughClocksDiffer(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		const messages = 2*chunkSize + 100
		chance := rand.New(rand.NewPCG(1, 2))
		times := make([]time.Time, messages+1)
		for seq := range times {
			times[seq] = now.Add(time.Duration(seq-messages)*10*time.Second + time.Duration(chance.Int64N(int64(skew-time.Second)))).Truncate(time.Microsecond)
		}
		who := people(t, db, 3)
		Fill(t, db, 7, who, messages, now, func(seq int) time.Time { return times[seq] })
		r, in := room.Room{ID: 7, LastSeq: messages}, db.WithContext(t.Context())
		unseen := func(author account.ID) bool { return author != who[1] }
		check := func(what string) {
			for range 2 {
				from := times[1+chance.IntN(messages)].Truncate(quarter)
				var want, got []int64
				for seq, at := range times {
					if seq > 0 && !at.Before(from) && who[seq%len(who)] != who[1] {
						want = append(want, int64(seq))
					}
				}
				require.NoError(t, eachSince(in, r, from, unseen, func(f felt) { got = append(got, f.valence) }))
				require.Equal(t, want, got, what)
			}
		}
		check("no chunk is stored")
		s := NewService(Deps{DB: db, Now: func() time.Time { return now }})
		require.NoError(t, s.Roll(t.Context()))
		require.EqualValues(t, 2, count(t, db, "mood_chunks"))
		check("two are")
		require.NoError(t, in.Exec("DELETE FROM mood_chunks WHERE first_seq = 1").Error)
		check("the second is")

		first, err := firstSince(db, r, now.Add(time.Hour))
		require.NoError(t, err)
		require.EqualValues(t, messages+1, first, "nothing was said since")
	})
}

func count(t *testing.T, db *gorm.DB, table string) (n int64) {
	t.Helper()
	require.NoError(t, db.WithContext(t.Context()).Table(table).Count(&n).Error)
	return n
}

// rowsRead is how many rows and entries of indexes MariaDB reads for a piece of work.
func rowsRead(t *testing.T, db *gorm.DB, work func(db *gorm.DB) error) (n int64) {
	t.Helper()
	err := db.WithContext(t.Context()).Transaction(func(tx *gorm.DB) error { // all of it on one connection
		status := "SELECT SUM(variable_value) FROM information_schema.session_status WHERE variable_name IN ('Handler_read_first'," +
			" 'Handler_read_key', 'Handler_read_last', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_retry')"
		var before, after int64
		if err := tx.Raw(status).Row().Scan(&before); err != nil {
			return err
		}
		if err := work(tx); err != nil {
			return err
		}
		err := tx.Raw(status).Row().Scan(&after)
		n = after - before
		return err
	})
	require.NoError(t, err)
	return n
}

// A room of a million messages costs what those that are counted do.
func TestOnlyWhatCountsIsRead(t *testing.T) {
	db := testkit.MariaDB(t)
	const messages, last = 4000, 24 * 60
	all := people(t, db, 40)
	me := all[0]
	every := func(gap time.Duration) func(seq int) time.Time {
		return func(seq int) time.Time { return now.Add(time.Duration(seq-messages) * gap) }
	}
	Fill(t, db, 7, all, messages, now, every(time.Minute))
	Fill(t, db, 8, all[:2], 1000, now, func(seq int) time.Time { return now.AddDate(0, -1, 0) })
	require.NoError(t, db.Exec("ANALYZE TABLE messages, readings, room_users, users, rooms, corrections").Error)
	at := room.Room{ID: 7, LastSeq: messages}

	found := 0
	read := rowsRead(t, db, func(tx *gorm.DB) error {
		return eachSince(tx, at, now.Add(-24*time.Hour), everybody, func(felt) { found++ })
	})
	require.InDelta(t, last, found, 1)
	require.Less(t, read, int64(4*last), "each, its reading, and that there is no correction")

	found = 0
	read = rowsRead(t, db, func(tx *gorm.DB) error {
		list, err := missed(tx, at.ID, messages-100, me)
		found = len(list)
		return err
	})
	require.InDelta(t, 100, found, 5)
	require.Less(t, read, int64(4*100))

	found = 0
	read = rowsRead(t, db, func(tx *gorm.DB) error {
		return eachOfMine(tx, me, span{now.AddDate(0, 0, -7), now}, func(reading, room.Readings) { found++ })
	})
	require.InDelta(t, messages/len(all), found, 10)
	require.Less(t, read, int64(4*messages/len(all)), "nothing of others, and nothing of the room where nothing was said since")
}
