package message_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// BenchmarkSend sends from 64 people at once, each waiting for the commit of their last message, with readings and
// durable commits. BenchmarkBareInsert in the same run is the ratio's other side: the same rows, 64 to a statement,
// with nothing decided and nothing read.
func BenchmarkSend(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": durableMariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			engine, err := emotion.NewEmbedded()
			require.NoError(b, err)
			w.engine.real = engine
			const senders = 64
			type seat struct {
				who account.ID
				id  room.ID
			}
			var seats []seat
			for range senders / 2 {
				x, y, id := w.pair(b)
				seats = append(seats, seat{x, id}, seat{y, id})
			}
			b.ReportAllocs()
			b.ResetTimer()
			var sending sync.WaitGroup
			for i, s := range seats {
				sending.Go(func() {
					for n := i; n < b.N; n += senders {
						if _, err := w.messages.Send(b.Context(), s.who, s.id, draft("오늘 정말 고마웠어 ㅠㅠ see you tomorrow")); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			sending.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func BenchmarkBareInsert(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": durableMariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			x, _, id := w.pair(b)
			type row struct {
				RoomID    room.ID
				Seq, Rev  int64
				Kind      message.Kind
				SenderID  account.ID
				ClientID  string
				Body      string
				CreatedAt time.Time
			}
			const batch = 64
			b.ResetTimer()
			for n := 0; n < b.N; n += batch {
				rows := make([]row, min(batch, b.N-n))
				for i := range rows {
					d := draft("오늘 정말 고마웠어 ㅠㅠ see you tomorrow")
					seq := int64(n + i + 1)
					rows[i] = row{id, seq, seq, message.Text, x, d.ClientID, d.Body, time.Now()}
				}
				require.NoError(b, w.db.WithContext(b.Context()).Table("messages").Create(&rows).Error)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkHistory reads the latest 100 messages of a room of 5000.
func BenchmarkHistory(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			x, _, id := w.pair(b)
			var sending sync.WaitGroup
			for part := range 10 {
				sending.Go(func() {
					for n := range 500 {
						_, err := w.messages.Send(b.Context(), x, id, draft(fmt.Sprint(part, n)))
						require.NoError(b, err)
					}
				})
			}
			sending.Wait()
			b.ResetTimer()
			for b.Loop() {
				page, err := w.messages.History(b.Context(), x, id, message.Cursor{Limit: 100})
				require.NoError(b, err)
				require.Len(b, page.Items, 100)
			}
		})
	}
}

func durableMariaDB(b testing.TB) *gorm.DB {
	return testkit.Open(b, testkit.DurableURL(b))
}
