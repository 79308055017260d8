package mood

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/testkit"
)

// BenchmarkTimeline is of a room with 100 000 messages in 90 days, one in 78 seconds.
func BenchmarkTimeline(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		db := open(b)
		const messages = 100_000
		who := people(b, db, 20)
		fill(b, db, 7, who, messages, now, func(seq int) time.Time { return now.Add(time.Duration(seq-messages) * 78 * time.Second) })
		s := NewService(Deps{DB: db, Limits: limit.New(nil, false), Mode: emotion.ModeEmbedded, Zone: time.UTC, Now: func() time.Time { return now }})
		reader := account.User{ID: who[0], ShareReadings: account.ShareEveryone, ShowReadings: true}
		for _, days := range []int{1, 7, 30, 90} {
			b.Run(fmt.Sprintf("%s/days=%d", name, days), func(b *testing.B) {
				counted := 0
				for b.Loop() {
					line, err := s.Of(b.Context(), reader, 7, days)
					require.NoError(b, err)
					counted = 0
					for _, bucket := range line.Buckets {
						if bucket.Counts != nil {
							counted += bucket.Counts.Clear()
						}
					}
				}
				b.ReportMetric(float64(counted), "readings")
			})
		}
	}
}
