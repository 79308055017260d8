package booking_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

var (
	noon   = time.Date(2026, 11, 22, 3, 0, 0, 123456000, time.UTC)
	secret = []byte("a secret of these tests")
)

// world is a database with people, rooms and places in it.
type world struct {
	*booking.Service
	t     *testing.T
	db    *gorm.DB
	admin account.ID
	by    audit.Actor // the admin at work
}

func newWorld(t *testing.T, db *gorm.DB) world { return newLimitedWorld(t, db, nil) }

// newLimitedWorld counts attempts in Redis; without one it lets everybody try.
func newLimitedWorld(t *testing.T, db *gorm.DB, redis rueidis.Client) world {
	t.Helper()
	limits := limit.New(redis, redis != nil)
	w := world{Service: booking.NewService(db, limits, secret, func() time.Time { return noon }), t: t, db: db}
	w.admin = w.user("admin")
	w.by = audit.Actor{User: w.admin, Address: "192.0.2.7"}
	require.NoError(t, account.SetRole(db.WithContext(t.Context()), w.admin, account.RoleAdmin, noon))
	return w
}

func (w world) user(nickname string) account.ID {
	w.t.Helper()
	u, err := account.Create(w.db.WithContext(w.t.Context()), account.New{
		Email: nickname + "@example.org", Nickname: nickname, PasswordHash: "-", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, noon)
	require.NoError(w.t, err)
	return u.ID
}

// room makes an open room with joined members, as far as this package sees one.
func (w world) room(members ...account.ID) booking.RoomID {
	w.t.Helper()
	room := struct {
		ID                 booking.RoomID
		Kind, State, Title string
		LastSeq, LastRev   int64
		CreatedAt          time.Time
	}{Kind: "group", State: "open", Title: "together", CreatedAt: noon}
	require.NoError(w.t, w.db.Table("rooms").Create(&room).Error)
	for _, m := range members {
		require.NoError(w.t, w.db.Exec("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) "+
			"VALUES (?, ?, 'joined', 0, 0, ?)", room.ID, m, noon).Error)
	}
	return room.ID
}

func (w world) store(change ...func(*booking.Store)) booking.Store {
	w.t.Helper()
	store := booking.Store{
		Category: booking.Snack, Name: "달빛분식", Address: "가온구 달빛로 12", Lat: 37.5, Lng: 127,
		MinOrder: 12000, DeliveryFee: 3000, Active: true,
	}
	for _, c := range change {
		c(&store)
	}
	store, _, err := w.CreateStore(w.t.Context(), w.by, store, "")
	require.NoError(w.t, err)
	return store
}

func (w world) box(change ...func(*booking.Box)) booking.Box {
	w.t.Helper()
	box := booking.Box{
		Name: "달빛공원 픽업함", Zip: "90101", Address: "가온구 달빛로 1", Lat: 37.5, Lng: 127, Condition: booking.OK, Active: true,
	}
	for _, c := range change {
		c(&box)
	}
	box, _, err := w.CreateBox(w.t.Context(), w.by, box, "")
	require.NoError(w.t, err)
	return box
}

func (w world) book(store booking.StoreID, box booking.BoxID, room booking.RoomID) error {
	return storage.Tx(w.t.Context(), w.db, func(tx *gorm.DB) error { return booking.Book(tx, store, box, room, noon) })
}

func (w world) release(room booking.RoomID) {
	w.t.Helper()
	require.NoError(w.t, storage.Tx(w.t.Context(), w.db, func(tx *gorm.DB) error { return booking.Release(tx, room, noon) }))
}

func (w world) code(room booking.RoomID, who account.ID) booking.Code {
	w.t.Helper()
	var code booking.Code
	require.NoError(w.t, storage.Tx(w.t.Context(), w.db, func(tx *gorm.DB) (err error) {
		code, err = booking.IssueCode(tx, secret, room, who, noon)
		return err
	}))
	return code
}

func (w world) key(box booking.BoxID) string {
	w.t.Helper()
	key, err := w.NewKey(w.t.Context(), w.by, box)
	require.NoError(w.t, err)
	return key
}

// count returns how many rows of a table fulfil a condition.
func (w world) count(table, where string, args ...any) int {
	w.t.Helper()
	var n int64
	require.NoError(w.t, w.db.Table(table).Where(where, args...).Count(&n).Error)
	return int(n)
}

// eachWorld runs a test on both databases.
func eachWorld(t *testing.T, test func(t *testing.T, w world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

// outcomes counts what n calls at the same time return.
func outcomes(n int, call func(i int) error) map[string]int {
	results := make(chan error)
	start := make(chan struct{})
	for i := range n {
		go func() {
			<-start
			results <- call(i)
		}()
	}
	close(start)
	counts := map[string]int{}
	for range n {
		counts[fmt.Sprint(<-results)]++
	}
	return counts
}
