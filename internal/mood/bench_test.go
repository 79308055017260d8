package mood

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/testkit"
)

// BenchmarkTimeline is of a room where 20 people wrote a million messages in 90 days, one in 8 seconds (with -short a tenth of them): as
// long as no chunk is stored, how long it takes to store them, and from then on.
func BenchmarkTimeline(b *testing.B) {
	messages := 1_000_000
	if testing.Short() {
		messages /= 10
	}
	gap := 90 * 24 * time.Hour / time.Duration(messages)
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			who := people(b, db, 20)
			Fill(b, db, 7, who, messages, now, func(seq int) time.Time { return now.Add(time.Duration(seq-messages) * gap) })
			s := NewService(Deps{DB: db, Limits: limit.New(nil, false), Mode: emotion.ModeEmbedded, Zone: time.UTC, Now: func() time.Time { return now }})
			reader := account.User{ID: who[0], ShareReadings: account.ShareEveryone, ShowReadings: true}
			b.Run("one_by_one/days=30", func(b *testing.B) { s.measure(b, reader, 30) })
			b.Run("roll", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					require.NoError(b, db.WithContext(b.Context()).Exec("DELETE FROM mood_chunks").Error)
					require.NoError(b, db.WithContext(b.Context()).Exec("UPDATE rooms SET mood_seq = 0").Error)
					b.StartTimer()
					require.NoError(b, s.Roll(b.Context()))
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/float64(messages), "us/message")
			})
			for _, days := range []int{1, 7, 30, 90} {
				b.Run(fmt.Sprintf("days=%d", days), func(b *testing.B) { s.measure(b, reader, days) })
			}
		})
	}
}

func (s *Service) measure(b *testing.B, reader account.User, days int) {
	counted := 0
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		line, err := s.Of(b.Context(), reader, 7, days)
		require.NoError(b, err)
		times = append(times, time.Since(start))
		counted = 0
		for _, bucket := range line.Buckets {
			if bucket.Counts != nil {
				counted += bucket.Counts.Clear()
			}
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(counted), "readings")
}
