package message_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
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

// BenchmarkForget forgets the readings of somebody with 100 000 messages, as many as somebody else wrote in the same room, and those of
// somebody with 10 in each of 2000 rooms. Meanwhile others send there, one message after the other: what they wait is told beside
// what they wait before it. Run it with -benchtime 1x.
func BenchmarkForget(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": durableMariaDB, "sqlite": testkit.SQLite} {
		for _, size := range []struct{ rooms, messages int }{{1, 100_000}, {2000, 10}} {
			b.Run(fmt.Sprintf("%s/rooms=%d", name, size.rooms), func(b *testing.B) {
				w := newWorld(b, open(b))
				for b.Loop() {
					b.StopTimer()
					who, other, rooms := w.populate(b, size.rooms, size.messages)
					calm := w.whileSending(b, other, rooms[0], func(ctx context.Context) {
						for n := 0; n < 100 && ctx.Err() == nil; n++ {
							_, err := w.messages.Send(ctx, other, rooms[0], draft("calm"))
							require.NoError(b, err)
						}
					})
					b.StartTimer()
					forgetting := w.whileSending(b, other, rooms[0], func(ctx context.Context) {
						_, err := w.messages.ForgetReadings(ctx, who)
						require.NoError(b, err)
					})
					b.StopTimer()
					for when, waits := range map[string][]time.Duration{"before": calm, "during": forgetting} {
						slices.Sort(waits)
						for what, at := range map[string]int{"p50": len(waits) / 2, "p99": len(waits) * 99 / 100, "max": len(waits) - 1} {
							b.ReportMetric(float64(waits[at].Microseconds())/1000, what+"-ms-"+when)
						}
					}
					b.StartTimer()
				}
			})
		}
	}
}

// whileSending sends one message after the other while something is done, and returns how long each took.
func (w *world) whileSending(b *testing.B, who account.ID, id room.ID, do func(ctx context.Context)) (waits []time.Duration) {
	ctx, done := context.WithCancel(b.Context())
	var sending sync.WaitGroup
	sending.Go(func() {
		for ctx.Err() == nil {
			start := time.Now()
			if _, err := w.messages.Send(b.Context(), who, id, draft("meanwhile")); err != nil {
				b.Error(err)
				return
			}
			waits = append(waits, time.Since(start))
		}
	})
	do(b.Context())
	done()
	sending.Wait()
	return waits
}

// populate makes two people and their rooms, in each of which both wrote so many messages, in turns.
func (w *world) populate(b testing.TB, count, messages int) (who, other account.ID, rooms []room.ID) {
	who, other = w.person(b, account.ShareEveryone), w.person(b, account.ShareEveryone)
	at := time.Now().UTC().Truncate(time.Microsecond)
	says := storage.NewRows(w.db, "messages", "room_id", "seq", "rev", "kind", "sender_id", "client_id", "body", "created_at")
	ledger := emotion.NewLedger(w.db)
	var args []any
	var entries []emotion.Entry
	flush := func(least int) {
		if len(entries) < least {
			return
		}
		require.NoError(b, storage.Tx(b.Context(), w.db, func(tx *gorm.DB) error {
			if err := says.Insert(tx, args); err != nil {
				return err
			}
			return ledger.Store(tx, entries)
		}))
		args, entries = nil, nil
	}
	for n := range count {
		id := room.ID(1_000_000*int(who) + n)
		require.NoError(b, w.db.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (?, 'group', 'open', ?, ?, ?)",
			id, 2*messages, 2*messages, at).Error)
		for _, u := range []account.ID{who, other} {
			require.NoError(b, w.db.Exec("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES (?, ?, 'joined', 0, 0, ?)",
				id, u, at).Error)
		}
		rooms = append(rooms, id)
		for seq := 1; seq <= 2*messages; seq++ {
			args = append(args, id, seq, seq, "text", []account.ID{who, other}[seq%2], draft("").ClientID, "what people say to each other, 그리고 한글도 조금", at)
			entries = append(entries, emotion.Entry{Room: int64(id), Seq: int64(seq), At: at, Reading: emotion.Reading{
				Label: emotion.Joy, Labels: []emotion.Label{emotion.Joy}, Confidence: 0.7, Valence: 0.1, Engine: "test", Version: "1",
			}})
			flush(2000)
		}
	}
	flush(1)
	return who, other, rooms
}
