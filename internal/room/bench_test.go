package room_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// BenchmarkOpenRooms asks for open rooms in towns of growing size: the first page, which should cost the same in each,
// and at the end what costs more. Each reports its median and how many times that of the first page among 1000 it is.
func BenchmarkOpenRooms(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			w := newTown(open(b))
			w.settle(b)
			var base time.Duration
			median := func(b *testing.B, f room.Filter) {
				p50 := w.median(b, f)
				if base == 0 {
					base = p50
				}
				b.ReportMetric(float64(p50.Microseconds()), "p50-µs")
				b.ReportMetric(float64(p50)/float64(base), "ratio-to-1000")
			}
			for _, rooms := range []int{1_000, 10_000, 100_000} {
				w.grow(b, rooms, room.Open)
				b.Run(fmt.Sprintf("rooms=%d", rooms), func(b *testing.B) { median(b, room.Filter{Page: 1}) })
			}
			for name, f := range map[string]room.Filter{
				"seat":      {Page: 1, HasSeat: true},
				"zip":       {Page: 1, Zip: "90101"},
				"phase":     {Page: 1, Phase: room.Created},
				"rare-text": {Page: 1, Text: "77777"},
				"page-5000": {Page: 5000},
			} {
				b.Run("rooms=100000/"+name, func(b *testing.B) { median(b, f) })
			}
			w.grow(b, 200_000, room.Closed)
			b.Run("rooms=100000/closed=100000", func(b *testing.B) { median(b, room.Filter{Page: 1}) })
		})
	}
}

// median asks as long as the benchmark lasts, and returns how long it takes as a rule.
func (w *town) median(b *testing.B, f room.Filter) time.Duration {
	f.Size = 20
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		_, err := w.rooms.ListOpen(b.Context(), 1, f)
		took = append(took, time.Since(start))
		require.NoError(b, err)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// settle makes a town of 1000 people, 100 stores and as many boxes.
func (w *town) settle(b testing.TB) {
	w.people(b, 1000)
	for i := range int64(100) {
		zip := fmt.Sprintf("90%03d", i/4+100)
		if i%4 == 0 {
			w.insert(b, "areas", row{"zip": zip, "province": "Haneul-do", "district": "Dong-gu", "neighbourhood": "Part " + zip})
		}
		w.place(b, i+1, fmt.Sprintf("Store %d", i), zip)
	}
}

// grow makes the rooms from w.lastRoom on up to that many, with titles that are their numbers and five members each.
// The first hundred have a pickup, and all
// that have ended had one.
func (w *town) grow(b testing.TB, rooms int, state room.State) {
	numbers := "FROM (SELECT (x.id - 1) * 1000 + y.id AS n FROM users x JOIN users y) numbers WHERE n > @from AND n <= @to"
	for _, statement := range []string{
		`INSERT INTO rooms (id, kind, state, title, open_title, last_seq, last_rev, created_at, host_id, capacity, phase, store_id, box_id)
			SELECT n, 'group', @state, n, CASE WHEN @state = 'open' THEN n END, 0, 0, @at, (n * 7 + 1) % 1000 + 1, 5 + n % 3,
			CASE WHEN n <= 100 THEN 'CREATED' WHEN @state = 'closed' THEN 'DELIVERED' END,
			CASE WHEN n <= 100 OR @state = 'closed' THEN n % 100 + 1 END, CASE WHEN n <= 100 OR @state = 'closed' THEN n % 100 + 1 END ` + numbers,
		`INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at)
			SELECT r.id, (r.id * 7 + i.id) % 1000 + 1, 'joined', 0, 0, r.created_at FROM rooms r JOIN users i ON i.id <= 5 WHERE r.id > @from`,
		`INSERT INTO bookings (box_id, live_box_id, room_id, created_at)
			SELECT box_id, CASE WHEN state = 'open' THEN box_id END, id, created_at FROM rooms WHERE box_id IS NOT NULL AND id > @from`,
	} {
		args := map[string]any{"state": state, "at": founded, "from": w.lastRoom, "to": rooms}
		require.NoError(b, w.db.WithContext(b.Context()).Exec(statement, args).Error)
	}
	w.lastRoom = room.ID(rooms)
}
