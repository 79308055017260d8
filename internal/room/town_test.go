package room_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/name"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// town is a database full of group rooms that were put there row by row: discovery only reads, and 100 000 rooms are
// not made by their hosts.
type town struct {
	db         *gorm.DB
	rooms      *room.Service
	statements *statements
	lastRoom   room.ID
	lastUser   account.ID
}

func newTown(db *gorm.DB) *town {
	count := &statements{Interface: logger.Discard}
	db = db.Session(&gorm.Session{Logger: count})
	return &town{db: db, rooms: room.NewService(room.Deps{DB: db, Now: time.Now}), statements: count}
}

// statements counts what a session asks of its database.
type statements struct {
	logger.Interface
	n atomic.Int64
}

// Trace implements logger.Interface: gorm calls it after each statement.
func (s *statements) Trace(context.Context, time.Time, func() (string, int64), error) { s.n.Add(1) }

// row is one row by its columns.
type row map[string]any

func (w *town) insert(t testing.TB, table string, rows ...row) {
	t.Helper()
	const most = 1000 // rows of a statement
	for len(rows) > 0 {
		n := min(most, len(rows))
		values := make([]map[string]any, n)
		for i, r := range rows[:n] {
			values[i] = r
		}
		require.NoError(t, w.db.WithContext(t.Context()).Table(table).Create(values).Error)
		rows = rows[n:]
	}
}

// people adds n people, named P and their id.
func (w *town) people(t testing.TB, n int) []account.ID {
	t.Helper()
	ids, rows := make([]account.ID, n), make([]row, n)
	for i := range ids {
		w.lastUser++
		ids[i] = w.lastUser
		label := fmt.Sprintf("P%d", w.lastUser)
		rows[i] = row{
			"id": w.lastUser, "email": label, "email_key": label, "nickname": label, "nickname_key": label, "password_hash": "",
			"locale": "ko", "share_readings": "everyone", "show_readings": true, "created_at": founded, "updated_at": founded,
		}
	}
	w.insert(t, "users", rows...)
	return ids
}

var founded = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// place adds a store and a box with the same id.
func (w *town) place(t testing.TB, id int64, store, zip string) {
	t.Helper()
	w.insert(t, "stores", row{
		"id": id, "category": "chicken", "name": store, "name_key": name.Key(store, 60), "address": "Market 1", "lat": 37.5, "lng": 127.0,
		"min_order": 10000, "delivery_fee": 3000, "active": true, "created_at": founded,
	})
	w.insert(t, "boxes", row{
		"id": id, "name": fmt.Sprintf("Box %d", id), "name_key": fmt.Sprintf("box %d", id), "zip": zip, "address": "Harbour 2",
		"lat": 37.6, "lng": 127.1, "condition": "ok", "active": true, "created_at": founded,
	})
}

// group is a room to be put into the tables; the first who is joined is the host.
type group struct {
	title    string
	capacity int // 4 when 0
	state    room.State
	joined   []account.ID
	kicked   []account.ID
	left     []account.ID
	password bool
	phase    room.Phase
	place    int64 // with a phase: the id of store and box
	released bool  // the box is free again
}

// add puts rooms into the tables and returns their ids.
func (w *town) add(t testing.TB, groups ...group) []room.ID {
	t.Helper()
	var rooms, members, bookings []row
	ids := make([]room.ID, len(groups))
	for i, g := range groups {
		w.lastRoom++
		id := w.lastRoom
		ids[i] = id
		r := row{
			"id": id, "kind": room.Group, "state": room.Open, "title": g.title, "open_title": name.Key(g.title, 60), "last_seq": 0, "last_rev": 0,
			"created_at": founded, "host_id": g.joined[0], "creator_id": g.joined[0], "capacity": 4,
			"password_hash": nil, "phase": nil, "store_id": nil, "box_id": nil, "closes_at": nil,
		}
		if g.capacity != 0 {
			r["capacity"] = g.capacity
		}
		if g.state == room.Closed {
			r["state"], r["open_title"] = room.Closed, nil
		}
		if g.password {
			r["password_hash"] = "a hash"
		}
		if g.phase != "" {
			r["phase"], r["store_id"], r["box_id"], r["closes_at"] = g.phase, g.place, g.place, founded.Add(3*time.Hour)
			b := row{"box_id": g.place, "live_box_id": g.place, "room_id": id, "created_at": founded, "released_at": nil}
			if g.released {
				b["live_box_id"], b["released_at"] = nil, founded
			}
			bookings = append(bookings, b)
		}
		rooms = append(rooms, r)
		for state, people := range map[room.MemberState][]account.ID{room.Joined: g.joined, room.Kicked: g.kicked, room.Left: g.left} {
			for _, who := range people {
				members = append(members, row{"room_id": id, "user_id": who, "state": state, "joined_seq": 0, "last_read_seq": 0, "joined_at": founded})
			}
		}
	}
	w.insert(t, "rooms", rooms...)
	w.insert(t, "room_users", members...)
	w.insert(t, "bookings", bookings...)
	return ids
}
