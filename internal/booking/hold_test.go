package booking_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/storage"
)

func TestOfAHundredRoomsOneGetsTheBox(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		const rivals = 100
		store, box := w.store(), w.box()
		var rooms [rivals]booking.RoomID
		for i := range rooms {
			rooms[i] = w.room()
		}
		got := outcomes(rivals, func(i int) error { return w.book(store.ID, box.ID, rooms[i]) })
		require.Equal(t, map[string]int{"<nil>": 1, booking.ErrBoxBooked.Error(): rivals - 1}, got)
		require.Equal(t, 1, w.count("bookings", "box_id = ?", box.ID))
	})
}

func TestTheTableAllowsOneLiveBookingOfABox(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, box := w.store(), w.box()
		require.NoError(t, w.book(store.ID, box.ID, w.room()))
		err := w.db.Exec("INSERT INTO bookings (box_id, live_box_id, room_id, created_at) VALUES (?, ?, ?, ?)",
			box.ID, box.ID, w.room(), noon).Error
		require.True(t, storage.IsDuplicate(err), "%v", err)
	})
}

func TestARoomHoldsOneBoxAtMost(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, room := w.store(), w.room()
		require.NoError(t, w.book(store.ID, w.box().ID, room))
		require.ErrorIs(t, w.book(store.ID, w.box().ID, room), booking.ErrBoxBooked)
	})
}

func TestWhatCannotBeBookedSaysWhy(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, box := w.store(), w.box()
		held := w.box()
		require.NoError(t, w.book(store.ID, held.ID, w.room()))
		for name, c := range map[string]struct {
			store booking.StoreID
			box   booking.BoxID
			want  error
		}{
			"unknown box":      {store.ID, 999, booking.ErrNoBox},
			"box out of use":   {store.ID, w.box(func(b *booking.Box) { b.Active = false }).ID, booking.ErrNoBox},
			"broken box":       {store.ID, w.box(func(b *booking.Box) { b.Condition = booking.Broken }).ID, booking.ErrBoxOut},
			"box in repair":    {store.ID, w.box(func(b *booking.Box) { b.Condition = booking.Repair }).ID, booking.ErrBoxOut},
			"booked box":       {store.ID, held.ID, booking.ErrBoxBooked},
			"unknown store":    {999, box.ID, booking.ErrNoStore},
			"store out of use": {w.store(func(s *booking.Store) { s.Active = false }).ID, box.ID, booking.ErrNoStore},
		} {
			t.Run(name, func(t *testing.T) {
				room := w.room()
				require.ErrorIs(t, w.book(c.store, c.box, room), c.want)
				require.ErrorIs(t, storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
					return booking.LockBox(tx, c.box, c.store)
				}), c.want)
				require.Zero(t, w.count("bookings", "room_id = ?", room))
			})
		}
	})
}

func TestReleaseFreesTheBoxAndVoidsItsCodes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, box, minji := w.store(), w.box(), w.user("minji")
		key := w.key(box.ID)
		room, next := w.room(minji), w.room()
		require.NoError(t, w.book(store.ID, box.ID, room))
		code := w.code(room, minji)
		require.True(t, code.Box.Booked)

		w.release(room)
		require.Zero(t, w.count("box_codes", "1 = 1"))
		_, _, err := w.Open(t.Context(), box.ID, key, code.Digits)
		require.ErrorIs(t, err, booking.ErrNotBooked)
		_, err = w.Booked(t.Context(), box.ID, key)
		require.ErrorIs(t, err, booking.ErrNotBooked)

		require.NoError(t, w.book(store.ID, box.ID, next))
		w.release(room) // again: it is not the first room's box any more
		holder, err := w.Booked(t.Context(), box.ID, key)
		require.NoError(t, err)
		require.Equal(t, next, holder)
		w.release(w.room()) // never had one
		require.Equal(t, 1, w.count("bookings", "live_box_id IS NOT NULL"))
		require.Equal(t, 1, w.count("bookings", "released_at IS NOT NULL"))
	})
}

func TestPlacesAreNamedByTheirPairs(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, closed := w.store(), w.store(func(s *booking.Store) { s.Active = false })
		box, held := w.box(), w.box()
		require.NoError(t, w.book(store.ID, held.ID, w.room()))
		held.Booked = true
		one, two := booking.Pair{Store: store.ID, Box: box.ID}, booking.Pair{Store: closed.ID, Box: held.ID}
		db := w.db.WithContext(t.Context())

		places, err := booking.Places(db, []booking.Pair{one, two, one, {Store: store.ID, Box: 999}, {Store: 999, Box: box.ID}})
		require.NoError(t, err)
		require.Equal(t, map[booking.Pair]booking.Place{one: {Store: store, Box: box}, two: {Store: closed, Box: held}}, places)

		places, err = booking.Places(db, nil)
		require.NoError(t, err)
		require.Empty(t, places)
	})
}
