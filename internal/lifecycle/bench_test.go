package lifecycle_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

const (
	staysEvery = 10  // of the people in the benchmark one stays, between those who go
	roomEvery  = 200 // people there is a room, with 20 of them
	said       = 5   // messages by each in a room
)

// BenchmarkPurge removes people while their neighbours log in, register and, on another node, write in the same rooms. It reports how long
// one of these had to wait at most, also without a purge, and how long for a lock, as far as the database noticed.
func BenchmarkPurge(b *testing.B) {
	people := 100_000
	if testing.Short() {
		people = 5_000
	}
	db := testkit.Open(b, testkit.DurableURL(b))
	w, there := newWorld(b, db), newWorld(b, db)
	stay, rooms := w.settlement(b, people)
	b.Run("mariadb/idle", func(b *testing.B) {
		for b.Loop() {
			report(b, there.beside(b, stay, rooms, func() { <-time.After(5 * time.Second) }))
		}
	})
	b.Run("mariadb/purge", func(b *testing.B) {
		for b.Loop() {
			report(b, there.beside(b, stay, rooms, func() { require.NoError(b, w.Purge(b.Context())) }))
		}
		b.ReportMetric(w.longestLock(b), "lock-max-ms")
		b.ReportMetric(float64(people-len(stay))/b.Elapsed().Seconds(), "people/s")
		require.Zero(b, w.count(b, "users", "state = 'deactivated'"))
	})
}

func report(b *testing.B, waits []time.Duration) {
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "wait-max-ms")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "wait-p99-ms")
}

// settlement makes many people, most of whom are due to be purged, and returns the others and their rooms.
func (w *world) settlement(b *testing.B, people int) (stay []account.ID, rooms []room.ID) {
	now := w.clock.Now()
	first := w.person(b, "First").ID + 1
	var users, points, sessions, tokens, friends, seats, messages []any
	for i := range people {
		id := first + account.ID(i)
		state, purge := account.Deactivated, any(now)
		if i%staysEvery == 0 {
			state, purge = account.Active, nil
			stay = append(stay, id)
		} else {
			points = append(points, id, "Name", now, "self", []string{"keep", "delete"}[i%2], "closed")
		}
		email := fmt.Sprintf("u%d@example.org", id)
		users = append(users, id, email, email, "", "", "a hash", "ko", "everyone", true, now, now, state, purge)
		sessions = append(sessions, id, id, "", "", now, now, now)
		tokens = append(tokens, fmt.Sprintf("%064d", 2*id), id, now, fmt.Sprintf("%064d", 2*id+1), id, now)
		friends = append(friends, id-1, id, id, "accepted", now, now)
		if i%roomEvery < 20 {
			at := room.ID(i/roomEvery + 1)
			if i%roomEvery == 0 {
				rooms = append(rooms, at)
			}
			member, suspended := room.Left, true
			if state == account.Active {
				member, suspended = room.Joined, false
			}
			seats = append(seats, at, id, member, 0, 0, now, suspended)
			for n := range said {
				seq := i%roomEvery*said + n + 1
				messages = append(messages, at, seq, seq, "text", id, uuid.NewString(), "what they said that day", now)
			}
		}
	}
	w.insert(b, "users (id, email, email_key, nickname, nickname_key, password_hash, locale, share_readings, show_readings, created_at, updated_at, state, purge_after)", 13, users)
	w.insert(b, "restore_points (user_id, nickname, closed_at, closed_by, messages, step)", 6, points)
	w.insert(b, "sessions (id, user_id, user_agent, address, created_at, last_seen_at, expires_at)", 7, sessions)
	w.insert(b, "refresh_tokens (token_hash, session_id, created_at)", 3, tokens)
	w.insert(b, "friendships (low_id, high_id, requester_id, state, created_at, accepted_at)", 6, friends)
	var houses []any
	for _, id := range rooms {
		houses = append(houses, id, "group", "open", fmt.Sprint("Room ", id), 20*said, 20*said, now, stay[0], 100)
	}
	w.insert(b, "rooms (id, kind, state, title, last_seq, last_rev, created_at, host_id, capacity)", 9, houses)
	w.insert(b, "room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at, suspended)", 7, seats)
	w.insert(b, "messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at)", 8, messages)
	return stay, rooms
}

func (w *world) insert(b *testing.B, into string, columns int, values []any) {
	b.Helper()
	row := "(?" + strings.Repeat(",?", columns-1) + ")"
	for part := range slices.Chunk(values, 1000*columns) {
		_, err := storage.Exec(w.db.WithContext(b.Context()), "INSERT INTO "+into+" VALUES "+row+strings.Repeat(","+row, len(part)/columns-1), part...)
		require.NoError(b, err)
	}
}

// beside does something while neighbours go on, and returns how long each of their steps took.
func (w *world) beside(b *testing.B, stay []account.ID, rooms []room.ID, do func()) (waits []time.Duration) {
	ctx, stop := context.WithCancel(b.Context())
	var mu sync.Mutex
	var all sync.WaitGroup
	neighbour := func(step func(i int) error) {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				start := time.Now()
				err := step(i)
				took := time.Since(start)
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				waits = append(waits, took)
				mu.Unlock()
				select {
				case <-time.After(5 * time.Millisecond):
				case <-ctx.Done():
				}
			}
		})
	}
	neighbour(func(i int) error { // as a login does
		return storage.Tx(ctx, w.db, func(tx *gorm.DB) error {
			who := stay[i*7%len(stay)]
			if _, err := account.PasswordHash(tx, who); err != nil {
				return err
			}
			return tx.Exec("UPDATE sessions SET last_seen_at = ? WHERE user_id = ?", w.clock.Now(), who).Error
		})
	})
	neighbour(func(int) error { // who is new
		email := uuid.NewString() + "@example.com"
		return storage.Tx(ctx, w.db, func(tx *gorm.DB) error {
			_, err := account.Create(tx, account.New{Email: email, Nickname: "New", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareOff}, w.clock.Now())
			return err
		})
	})
	neighbour(func(i int) error { // who writes where others are being removed
		id := rooms[i%len(rooms)]
		_, err := w.messages.Send(ctx, stay[int(id-1)*roomEvery/staysEvery], id, message.Draft{ClientID: uuid.NewString(), Body: "hello"})
		return err
	})
	do()
	stop()
	all.Wait()
	return waits
}

// longestLock is how long anybody waited for a row, in ms, as far as the database has noticed.
func (w *world) longestLock(b *testing.B) float64 {
	b.Helper()
	var status struct {
		Name  string `gorm:"column:Variable_name"`
		Value float64
	}
	require.NoError(b, w.db.WithContext(b.Context()).Raw("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_time_max'").Scan(&status).Error)
	return status.Value
}
