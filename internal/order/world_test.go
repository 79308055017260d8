package order_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// world is a running order service among the real services that it needs. Its clock moves by a second whenever it is
// asked, so that nobody joins at the same moment.
type world struct {
	db         *gorm.DB
	orders     *order.Service
	rooms      *room.Service
	bookings   *booking.Service
	events     *testkit.Events
	statements atomic.Int64 // of orders
	seconds    atomic.Int64
	people     int
	admin      account.ID
}

var morning = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

func (w *world) now() time.Time { return morning.Add(time.Duration(w.seconds.Add(1)) * time.Second) }

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		w := &world{db: db, events: &testkit.Events{}}
		messages := message.NewService(db, emotion.ModeEmbedded, mute{}, w.events, w.now, zap.NewNop())
		ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
		var writer sync.WaitGroup
		writer.Go(func() { _ = messages.Run(ctx) })
		t.Cleanup(func() {
			stop()
			writer.Wait()
		})
		w.rooms = room.NewService(room.Deps{
			DB: db, Selections: order.Drop, Journal: messages, Events: w.events, BoxSecret: []byte("a secret of these tests"),
			MaxCapacity: 100, Now: w.now, Log: zap.NewNop(),
		})
		w.bookings = booking.NewService(db, limit.Limiter{}, []byte("a secret of these tests"), w.now)
		w.orders = order.NewService(db.Session(&gorm.Session{Logger: counting{logger.Discard, &w.statements}}), messages, w.events, w.now)
		w.admin = w.person(t)
		require.NoError(t, account.SetRole(db.WithContext(t.Context()), w.admin, account.RoleAdmin, w.now()))
		test(t, w)
	})
}

func (w *world) person(t *testing.T) account.ID {
	t.Helper()
	w.people++
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: fmt.Sprintf("p%d@example.org", w.people), Nickname: fmt.Sprintf("P%d", w.people),
		PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareEveryone,
	}, w.now())
	require.NoError(t, err)
	return u.ID
}

// table is a pickup room with its people, in the order of joining and the host first, and what they can order.
type table struct {
	id    room.ID
	who   []account.ID
	store booking.Store
	menu  []booking.Item // 1: 8000 won, 2: 9500 won, 3: 0 won
}

// sit makes a room of so many whose store delivers for 3100 won, from 10 000 won on.
func (w *world) sit(t *testing.T, people int) table {
	t.Helper()
	var err error
	tb := table{who: []account.ID{w.person(t)}}
	tb.store, _, err = w.bookings.CreateStore(t.Context(), audit.Actor{User: w.admin}, booking.Store{
		Category: booking.Korean, Name: "Moon Kitchen", Address: "Market 1", Lat: 37.5, Lng: 127, MinOrder: 10_000, DeliveryFee: 3_100, Active: true,
	}, "")
	require.NoError(t, err)
	for i, price := range []int64{8_000, 9_500, 0} {
		tb.menu = append(tb.menu, w.dish(t, booking.Item{Store: tb.store.ID, Name: fmt.Sprintf("Dish %d", i+1), Price: price}))
	}
	box, _, err := w.bookings.CreateBox(t.Context(), audit.Actor{User: w.admin}, booking.Box{
		Name: "Harbour Box", Zip: "90101", Address: "Harbour 2", Lat: 37.5, Lng: 127, Condition: booking.OK, Active: true,
	}, "")
	require.NoError(t, err)
	mine, _, err := w.rooms.Create(t.Context(), tb.who[0], room.NewRoom{
		Title: fmt.Sprint("Table of ", tb.who[0]), Capacity: 12, Pickup: &room.Pickup{Store: tb.store.ID, Box: box.ID},
	})
	require.NoError(t, err)
	tb.id = mine.ID
	for range people - 1 {
		guest := w.person(t)
		_, _, err := w.rooms.Join(t.Context(), guest, tb.id, room.Entry{})
		require.NoError(t, err)
		tb.who = append(tb.who, guest)
	}
	w.events.Take()
	return tb
}

func (w *world) dish(t *testing.T, i booking.Item) booking.Item {
	t.Helper()
	i.Section, i.Active = "Meals", true
	i, _, err := w.bookings.CreateItem(t.Context(), audit.Actor{User: w.admin}, i, "")
	require.NoError(t, err)
	return i
}

// reprice changes what a dish costs from now on.
func (w *world) reprice(t *testing.T, i booking.Item, name string, price int64) {
	t.Helper()
	i.Name, i.Price = name, price
	_, err := w.bookings.ReplaceItem(t.Context(), audit.Actor{User: w.admin}, i)
	require.NoError(t, err)
}

// choose lets the nth of a table make up their mind: so many of each dish.
func (w *world) choose(t *testing.T, tb table, n int, quantities ...int) order.Order {
	t.Helper()
	o, err := w.orders.Save(t.Context(), tb.who[n], tb.id, tb.choices(quantities...), true)
	require.NoError(t, err)
	return o
}

func (tb table) choices(quantities ...int) (list []order.Choice) {
	for i, q := range quantities {
		if q > 0 {
			list = append(list, order.Choice{Item: tb.menu[i].ID, Quantity: q})
		}
	}
	return list
}

func (w *world) confirm(t *testing.T, tb table) order.Order {
	t.Helper()
	o, err := w.orders.Confirm(t.Context(), tb.who[0], tb.id)
	require.NoError(t, err)
	return o
}

func (w *world) look(t *testing.T, who account.ID, id room.ID) order.Order {
	t.Helper()
	o, err := w.orders.Get(t.Context(), who, id)
	require.NoError(t, err)
	return o
}

// reach takes a room through the phases up to one.
func (w *world) reach(t *testing.T, tb table, phases ...room.Phase) {
	t.Helper()
	for _, p := range phases {
		_, err := w.rooms.SetPhase(t.Context(), tb.who[0], tb.id, p, room.Expected{})
		require.NoError(t, err)
	}
}

// said returns the lines of a room after the first, which say that it was made and who joined.
func (w *world) said(t *testing.T, tb table) []room.Line {
	t.Helper()
	var rows []struct {
		Line room.Line `gorm:"serializer:json"`
	}
	err := w.db.WithContext(t.Context()).Table("messages").Where("room_id = ? AND seq > ?", tb.id, len(tb.who)).Order("seq").Scan(&rows).Error
	require.NoError(t, err)
	lines := make([]room.Line, len(rows))
	for i, r := range rows {
		lines[i] = r.Line
	}
	return lines
}

// told returns the changes that were published since it was last asked, and forgets the lines beside them.
func (w *world) told() (changes []room.Changed) {
	for _, event := range w.events.Take() {
		if c, ok := event.(room.Changed); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// complaints returns the fields that an error names, in one text.
func complaints(t *testing.T, err error) string {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.ErrorIs(t, err, fault.ErrInvalid)
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name+" "+field.Reason)
	}
	return strings.Join(list, ", ")
}

// counting is a logger that counts statements: gorm tells it about each.
type counting struct {
	logger.Interface
	n *atomic.Int64
}

func (c counting) Trace(context.Context, time.Time, func() (string, int64), error) { c.n.Add(1) }

// mute is an engine that reads nothing into anything.
type mute struct{}

func (mute) ReadAs(string, *emotion.Bias) emotion.Reading {
	return emotion.Reading{Label: emotion.Neutral}
}
