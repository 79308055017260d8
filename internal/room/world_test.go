package room_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// world is a running room service with people and places. Its lines are written by the real message service.
type world struct {
	db       *gorm.DB
	rooms    *room.Service
	messages *message.Service
	deps     room.Deps
	events   *testkit.Events
	clock    *testkit.Clock
	friends  bool // whether everybody is friends with everybody
	dropped  *dropped
	people   int
	admin    account.ID
	bookings *booking.Service
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t *testing.T, db *gorm.DB, change ...func(*room.Deps)) *world {
	t.Helper()
	w := &world{db: db, events: &testkit.Events{}, clock: testkit.NewClock(morning), friends: true, dropped: &dropped{}}
	w.messages = message.NewService(db, emotion.ModeEmbedded, mute{}, w.events, w.clock.Now, zap.NewNop())
	w.run(t, w.messages.Run)
	passwords, err := account.NewHasher(account.HashCost{Memory: 8, Time: 1, Threads: 1}, prometheus.NewRegistry())
	require.NoError(t, err)
	w.deps = room.Deps{
		DB: db, AreFriends: func(*gorm.DB, account.ID, account.ID) (bool, error) { return w.friends, nil },
		Selections: w.dropped.drop, Journal: w.messages, Events: w.events, Passwords: passwords, Signer: openSigner{},
		BoxSecret: []byte("a secret of these tests"), MaxCapacity: 300, Now: w.clock.Now, Log: zap.NewNop(),
	}
	for _, c := range change {
		c(&w.deps)
	}
	w.rooms = room.NewService(w.deps)
	w.bookings = booking.NewService(db, limit.Limiter{}, w.deps.BoxSecret, w.clock.Now)
	return w
}

// run keeps a worker going until the test ends.
func (w *world) run(t *testing.T, worker func(context.Context) error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = worker(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

func (w *world) person(t *testing.T) account.ID {
	t.Helper()
	w.people++
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: fmt.Sprintf("p%d@example.org", w.people), Nickname: fmt.Sprintf("P%d", w.people),
		PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareEveryone,
	}, w.clock.Now())
	require.NoError(t, err)
	return u.ID
}

func (w *world) persons(t *testing.T, n int) []account.ID {
	t.Helper()
	list := make([]account.ID, n)
	for i := range list {
		list[i] = w.person(t)
	}
	return list
}

// place makes a store and a box that nobody holds.
func (w *world) place(t *testing.T) room.Pickup {
	t.Helper()
	if w.admin == 0 {
		w.admin = w.person(t)
		require.NoError(t, account.SetRole(w.db.WithContext(t.Context()), w.admin, account.RoleAdmin, w.clock.Now()))
	}
	store, _, err := w.bookings.CreateStore(t.Context(), audit.Actor{User: w.admin}, booking.Store{
		Category: booking.Chicken, Name: "Moon Chicken", Address: "Market 1", Lat: 37.5, Lng: 127, Active: true,
	}, "")
	require.NoError(t, err)
	box, _, err := w.bookings.CreateBox(t.Context(), audit.Actor{User: w.admin}, booking.Box{
		Name: "Harbour Box", Zip: "90101", Address: "Harbour 2", Lat: 37.5, Lng: 127, Condition: booking.OK, Active: true,
	}, "")
	require.NoError(t, err)
	return room.Pickup{Store: store.ID, Box: box.ID}
}

// free tells whether no room holds a box.
func (w *world) free(t *testing.T, box booking.BoxID) bool {
	t.Helper()
	var held int64
	require.NoError(t, w.db.WithContext(t.Context()).Table("bookings").Where("live_box_id = ?", box).Count(&held).Error)
	return held == 0
}

// plain makes a room for 12 with a host and that many members more.
func (w *world) plain(t *testing.T, members int) (host account.ID, others []account.ID, id room.ID) {
	t.Helper()
	return w.group(t, members, room.NewRoom{Capacity: 12})
}

// pickup is plain with a pickup.
func (w *world) pickup(t *testing.T, members int) (host account.ID, others []account.ID, id room.ID) {
	t.Helper()
	place := w.place(t)
	return w.group(t, members, room.NewRoom{Capacity: 12, Pickup: &place})
}

func (w *world) group(t *testing.T, members int, n room.NewRoom) (host account.ID, others []account.ID, id room.ID) {
	t.Helper()
	host = w.person(t)
	if n.Title == "" {
		n.Title = fmt.Sprint("Room of ", host)
	}
	mine, created, err := w.rooms.Create(t.Context(), host, n)
	require.NoError(t, err)
	require.True(t, created)
	for range members {
		w.clock.Advance(time.Second)
		who := w.person(t)
		_, joined, err := w.rooms.Join(t.Context(), who, mine.ID, room.Entry{Password: n.Password, Address: "192.0.2.1"})
		require.NoError(t, err)
		require.True(t, joined)
		others = append(others, who)
	}
	w.events.Take()
	return host, others, mine.ID
}

// look is the room as one of its members sees it.
func (w *world) look(t *testing.T, who account.ID, id room.ID) room.Mine {
	t.Helper()
	mine, err := w.rooms.Get(t.Context(), who, id)
	require.NoError(t, err)
	return mine
}

// seats returns how everybody who ever was in a room stands to it.
func (w *world) seats(t *testing.T, id room.ID) map[account.ID]room.MemberState {
	t.Helper()
	var rows []struct {
		UserID account.ID
		State  room.MemberState
	}
	require.NoError(t, w.db.WithContext(t.Context()).Table("room_users").Where("room_id = ?", id).Scan(&rows).Error)
	seats := make(map[account.ID]room.MemberState, len(rows))
	for _, r := range rows {
		seats[r.UserID] = r.State
	}
	return seats
}

// lines returns what the room has said, whoever may read it.
func (w *world) lines(t *testing.T, id room.ID) []room.Line {
	t.Helper()
	var rows []struct {
		Line *room.Line `gorm:"serializer:json"`
	}
	err := w.db.WithContext(t.Context()).Table("messages").Where("room_id = ? AND kind = 'system'", id).Order("seq").Scan(&rows).Error
	require.NoError(t, err)
	lines := make([]room.Line, len(rows))
	for i, r := range rows {
		lines[i] = *r.Line
	}
	return lines
}

// said returns the codes of lines, in order, as one text.
func (w *world) said(t *testing.T, id room.ID) string {
	t.Helper()
	var codes []string
	for _, l := range w.lines(t, id) {
		codes = append(codes, string(l.Code))
	}
	return strings.Join(codes, " ")
}

// told returns the changes that were published since it was last asked.
func (w *world) told() (changes []room.Changed) {
	for _, event := range w.events.Take() {
		if c, ok := event.(room.Changed); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

var morning = time.Date(2026, 11, 22, 2, 0, 0, 123456000, time.UTC)

// dropped remembers whose selections were to be forgotten.
type dropped struct {
	mu    sync.Mutex
	seats []room.Seat
}

func (d *dropped) drop(_ *gorm.DB, id room.ID, who account.ID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seats = append(d.seats, room.Seat{Room: id, User: who})
	return nil
}

// mute is an engine that reads nothing into anything.
type mute struct{}

func (mute) ReadAs(string, *emotion.Bias) emotion.Reading {
	return emotion.Reading{Label: emotion.Neutral}
}

// openSigner writes invites down as they are.
type openSigner struct{}

func (openSigner) SignInvite(id, epoch, maker int64, until time.Time) (string, error) {
	return fmt.Sprintf("%d/%d/%d/%d", id, epoch, maker, until.UnixMicro()), nil
}

func (openSigner) ReadInvite(token string, now time.Time) (id, epoch, maker int64, ok bool) {
	var until int64
	n, err := fmt.Sscanf(token, "%d/%d/%d/%d", &id, &epoch, &maker, &until)
	return id, epoch, maker, err == nil && n == 4 && now.UnixMicro() < until
}

func ptr[T any](v T) *T { return &v }
