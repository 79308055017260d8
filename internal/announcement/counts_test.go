package announcement_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// counted is what there would be to tell if somebody counted.
func (w *world) counted(id announcement.ID) (delivered, read int64) {
	w.t.Helper()
	row := w.db.Raw("SELECT COUNT(*), COUNT(read_at) FROM announcement_receipts WHERE announcement_id = ?", id).Row()
	require.NoError(w.t, row.Scan(&delivered, &read))
	return delivered, read
}

// Two nodes bring two announcements to the same people, who read them in two tabs, some before they were sent them, while others are purged.
func TestWhomAnAnnouncementReachedIsKnownWithoutCounting(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(24)
		made := []announcement.Overview{w.announce("First"), w.announce("Second")}
		leaving := people[20:]
		w.come(leaving...)
		for _, who := range leaving[:2] {
			require.NoError(t, w.Read(t.Context(), w.load(who), made[0].ID))
		}
		var readers []account.User
		for _, who := range people[:20] {
			readers = append(readers, w.load(who))
		}
		nodes := []*node{w.another(people[:20]...), w.another(people[:20]...)}
		var all sync.WaitGroup
		wrong := make(chan error, 100)
		for _, n := range nodes {
			all.Go(func() {
				if _, err := n.Turn(t.Context()); !storage.IsDuplicate(err) { // the other one was quicker again and again
					wrong <- err
				}
			})
			all.Go(func() {
				for _, who := range readers[:10] {
					wrong <- n.Read(t.Context(), who, made[0].ID)
				}
			})
		}
		all.Go(func() { wrong <- announcement.Forget(t.Context(), w.db, leaving) })
		all.Wait()
		close(wrong)
		for err := range wrong {
			require.NoError(t, err)
		}
		for _, n := range nodes {
			n.turn() // who was too late goes on where nobody is in the way
		}
		for _, o := range w.all() {
			delivered, read := w.counted(o.ID)
			require.Equal(t, []int64{delivered, read}, []int64{o.Delivered, o.Read}, o.Title)
			require.EqualValues(t, 20, delivered)
		}
		require.EqualValues(t, 10, w.all()[1].Read)
	})
}

// What an admin's list of announcements costs, and what it would if the receipts were counted.
func BenchmarkAllAnnouncements(b *testing.B) {
	announcements, people := 20, 50_000
	if testing.Short() {
		people = 5_000
	}
	db := testkit.MariaDB(b)
	admin := settle(b, db, announcements, people)
	s := announcement.NewService(announcement.Deps{DB: db})
	b.Run(fmt.Sprintf("%dx%d", announcements, people), func(b *testing.B) {
		for b.Loop() {
			page, err := s.All(b.Context(), admin, "", announcements)
			require.NoError(b, err)
			require.EqualValues(b, people, page.Items[0].Delivered)
		}
	})
	b.Run("counting", func(b *testing.B) {
		for b.Loop() {
			var sums []struct{ Delivered, Seen int64 }
			require.NoError(b, db.Raw("SELECT COUNT(*) AS delivered, COUNT(read_at) AS seen FROM announcement_receipts GROUP BY announcement_id").Scan(&sums).Error)
			require.Len(b, sums, announcements)
		}
	})
}

// settle makes an admin and announcements that have reached many people.
func settle(b *testing.B, db *gorm.DB, announcements, people int) (admin account.ID) {
	b.Helper()
	const numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	require.NoError(b, db.Connection(func(session *gorm.DB) error {
		if err := session.Exec("SET max_recursive_iterations = 10000000").Error; err != nil {
			return err
		}
		users := `INSERT INTO users (id, email, email_key, nickname, nickname_key, password_hash, role, locale, share_readings, show_readings, created_at, updated_at) ` +
			numbers + `SELECT i, i, i, i, i, '-', 'admin', 'ko', 'off', 1, '2026-01-01', '2026-01-01' FROM n`
		if err := session.Exec(users, people).Error; err != nil {
			return err
		}
		for i := range announcements {
			for _, statement := range []string{
				"INSERT INTO announcements (id, title, body, state, publish_at, created_at) VALUES (@id, 'T', 'B', 'published', '2026-01-02', '2026-01-02')",
				"INSERT INTO announcement_receipts (user_id, announcement_id, delivered_at, read_at) SELECT id, @id, '2026-01-03', '2026-01-03' FROM users",
				"INSERT INTO announcement_counts (announcement_id, part, delivered, seen) SELECT @id, 0, COUNT(*), 0 FROM users",
			} {
				if err := session.Exec(statement, map[string]any{"id": i + 1}).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}))
	return 1
}
