package room_test

import (
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// BenchmarkAllRooms asks as an admin among 100 000 rooms, of which the oldest are open and a hundred have a pickup: what a filter fits lies
// at the far end of the list, or nowhere.
func BenchmarkAllRooms(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newTown(open(b))
			w.settle(b)
			require.NoError(b, account.SetRole(w.db, 1, account.RoleAdmin, founded))
			w.grow(b, 30_000, room.Open)
			w.grow(b, 100_000, room.Closed)
			for name, f := range map[string]room.OverviewFilter{
				"all": {}, "deep": {Cursor: "500"}, "open": {State: room.Open}, "direct": {Kind: room.Direct}, "phase": {Phase: room.Created},
				"open-phase": {State: room.Open, Phase: room.Created}, "no-such-phase": {Phase: room.OrderStarted}, "closed-direct": {Kind: room.Direct, State: room.Closed},
			} {
				b.Run(name, func(b *testing.B) {
					f.Size = 20
					var took []time.Duration
					for b.Loop() {
						start := time.Now()
						_, err := w.rooms.All(b.Context(), 1, f)
						took = append(took, time.Since(start))
						require.NoError(b, err)
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
				})
			}
		})
	}
}
