package room

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
)

// Overview is a room as admins see it: without what was said in it, by whom, and how it is called.
type Overview struct {
	ID        ID
	Kind      Kind
	State     State
	Phase     Phase           // of a pickup room
	Store     booking.StoreID // 0 without a pickup, as is Box
	Box       booking.BoxID
	Members   int // how many are joined now
	Capacity  int // 0 in direct rooms
	LastSeq   int64
	Readings  Readings
	CreatedAt time.Time
	ClosesAt  *time.Time
}

// OverviewFilter says which rooms an admin wants to see. What is zero does not matter.
type OverviewFilter struct {
	Kind   Kind
	State  State
	Phase  Phase
	Cursor string // the Next of the page before
	Size   int
}

// OverviewPage is some rooms, the newest first.
type OverviewPage struct {
	Rooms []Overview
	Next  string // empty on the last page
}

// All returns a page of all rooms there are, for admins only.
func (s *Service) All(ctx context.Context, who account.ID, f OverviewFilter) (OverviewPage, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return OverviewPage{}, err
	}
	before, err := f.before()
	if err != nil {
		return OverviewPage{}, err
	}
	found, args := f.found(storage.IsMySQL(db), before)
	var rows []struct {
		Room    roomRow `gorm:"embedded"`
		Members int
	}
	err = db.Raw(`SELECT r.*, `+headCount+` AS members FROM (SELECT id FROM (`+found+`) f ORDER BY id DESC LIMIT ?) p
		JOIN rooms r ON r.id = p.id ORDER BY r.id DESC`, append(args, f.Size+1)...).Scan(&rows).Error
	if err != nil {
		return OverviewPage{}, fmt.Errorf("list all rooms: %w", err)
	}
	var page OverviewPage
	if len(rows) > f.Size {
		rows = rows[:f.Size]
		page.Next = strconv.FormatInt(int64(rows[f.Size-1].Room.ID), 10)
	}
	for _, r := range rows {
		page.Rooms = append(page.Rooms, Overview{
			ID: r.Room.ID, Kind: r.Room.Kind, State: r.Room.State, Phase: orZero(r.Room.Phase), Store: orZero(r.Room.StoreID), Box: orZero(r.Room.BoxID),
			Members: r.Members, Capacity: orZero(r.Room.Capacity), LastSeq: r.Room.LastSeq, Readings: r.Room.Readings,
			CreatedAt: r.Room.CreatedAt.UTC(), ClosesAt: r.Room.ClosesAt,
		})
	}
	return page, nil
}

// before returns the id that all rooms of the page are below.
func (f OverviewFilter) before() (id int64, err error) {
	if f.Cursor == "" {
		return 1<<63 - 1, nil
	}
	id, err = strconv.ParseInt(f.Cursor, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != f.Cursor {
		return 0, fault.ErrInvalid.WithField("query.cursor", "is not the next of a page of this list")
	}
	return id, nil
}

// found is a query for the ids that fit. Each state of each kind is a range of an index, in the order of the ids; of each as many are taken
// as the page needs, so that however few fit, the others cost nothing.
func (f OverviewFilter) found(isMySQL bool, before int64) (sql string, args []any) {
	if f.Kind == "" && f.State == "" && f.Phase == "" {
		return "SELECT id FROM rooms WHERE id < ?", []any{before}
	}
	kinds, states, index, phase := []Kind{Direct, Group}, []State{Open, ReadOnly, Closed}, "rooms_open", ""
	if f.Kind != "" {
		kinds = []Kind{f.Kind}
	}
	if f.State != "" {
		states = []State{f.State}
	}
	if f.Phase != "" {
		index, phase = "rooms_open_phase", " AND phase = ?"
	}
	from := "rooms"
	if isMySQL {
		from = "rooms FORCE INDEX (" + index + ")" // it prefers to read all rooms in their order
	}
	var parts []string
	for _, kind := range kinds {
		for _, state := range states {
			parts = append(parts, fmt.Sprintf("SELECT id FROM (SELECT id FROM %s WHERE state = ? AND kind = ?%s AND id < ? ORDER BY id DESC LIMIT ?) k%d",
				from, phase, len(parts)))
			args = append(args, state, kind)
			if f.Phase != "" {
				args = append(args, f.Phase)
			}
			args = append(args, before, f.Size+1)
		}
	}
	return strings.Join(parts, " UNION ALL "), args
}
