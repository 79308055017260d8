package storage_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

var rows = flag.Int("rows", 100_000, "people, rooms and messages of BenchmarkMigrations")

// BenchmarkMigrations says of each statement that changes a table with many rows how long it takes, and how long somebody who
// writes there has to wait meanwhile.
//
//	go test ./internal/storage -run '^$' -bench Migrations -benchtime 1x -rows 1000000
func BenchmarkMigrations(b *testing.B) {
	for b.Loop() {
		db := testkit.Open(b, testkit.EmptyMariaDBURL(b))
		names, err := fs.Glob(os.DirFS("migrations/mysql"), "*.sql")
		require.NoError(b, err)
		for i, name := range names {
			text, err := os.ReadFile("migrations/mysql/" + name)
			require.NoError(b, err)
			for _, statement := range storage.Split(string(text)) {
				began := time.Now()
				waited := longestWait(b, db, i > 0, func() { require.NoError(b, db.Exec(statement).Error) })
				if took := time.Since(began); took > 20*time.Millisecond && i > 0 {
					b.Logf("%s: %s…: %s, a writer waited %s", name, strings.Join(strings.Fields(statement)[:4], " "), took.Round(time.Millisecond), waited.Round(time.Millisecond))
				}
			}
			if i == 0 {
				populate(b, db, *rows)
			}
		}
	}
}

// populate makes as many people, rooms, memberships, messages and sessions.
func populate(b *testing.B, db *gorm.DB, n int) {
	b.Helper()
	const numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	require.NoError(b, db.Connection(func(session *gorm.DB) error {
		for _, statement := range []string{
			`INSERT INTO users (id, email, email_key, nickname, nickname_key, password_hash, locale, share_readings, show_readings, created_at, updated_at) ` + numbers +
				`SELECT i, i, i, i, i, 'h', 'ko', 'off', 1, '2026-01-01', '2026-01-01' FROM n`,
			"INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) " + numbers + "SELECT i, 'direct', 'open', 1, 1, '2026-01-01' FROM n",
			"INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) " + numbers +
				"SELECT i, 1, 1, 'text', i, i, REPEAT('hello ', 12), '2026-01-01' FROM n",
		} {
			if err := session.Exec("SET max_recursive_iterations = 100000000").Error; err != nil {
				return err
			}
			if err := session.Exec(statement, n).Error; err != nil {
				return err
			}
		}
		return nil
	}))
}

// longestWait writes into each of the large tables while fn runs.
func longestWait(b *testing.B, db *gorm.DB, write bool, fn func()) (longest time.Duration) {
	b.Helper()
	if !write {
		fn()
		return 0
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			for _, statement := range []string{
				"UPDATE users SET updated_at = NOW(6) WHERE id = 7", "UPDATE rooms SET last_rev = last_rev + 1 WHERE id = 7",
				"UPDATE messages SET rev = rev + 1 WHERE room_id = 7 AND seq = 1",
			} {
				began := time.Now()
				for db.Exec(statement).Error != nil && ctx.Err() == nil { // the lock did not come in time: once more
				}
				longest = max(longest, time.Since(began))
			}
		}
	}()
	fn()
	stop()
	<-ended
	return longest
}
