package booking_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
)

// entries returns what the audit holds, the latest first.
func (w world) entries() []audit.Entry {
	w.t.Helper()
	page, err := audit.NewService(w.db).List(w.t.Context(), w.admin, audit.Filter{Size: 100})
	require.NoError(w.t, err)
	return page.Entries
}

// said is a change in short: "field: before → after".
func said(changes []audit.Change) (list []string) {
	text := func(value *string) string {
		if value == nil {
			return "nothing"
		}
		return *value
	}
	for _, c := range changes {
		list = append(list, c.Field+": "+text(c.Before)+" → "+text(c.After))
	}
	return list
}

func TestEveryChangeOfAPlaceIsInTheAuditOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, box := t.Context(), w.store(), w.box()
		item := booking.Item{Store: store.ID, Section: "튀김", Name: "김말이", Price: 700, Active: true}
		var key string
		for _, c := range []struct {
			act    func() error
			action audit.Action
			target func() audit.Target
			said   []string
		}{
			{
				func() (err error) { store, _, err = w.CreateStore(ctx, w.by, store, ""); return err },
				audit.StoreCreated, func() audit.Target { return audit.Target{Type: audit.Store, ID: int64(store.ID)} },
				[]string{
					"category: nothing → snack", "name: nothing → 달빛분식", "address: nothing → 가온구 달빛로 12", "lat: nothing → 37.5",
					"lng: nothing → 127", "minOrder: nothing → 12000", "deliveryFee: nothing → 3000", "active: nothing → true",
				},
			},
			{
				func() error {
					store.Name, store.Lat, store.MinOrder = "별빛분식", -0.25, 0
					_, err := w.ReplaceStore(ctx, w.by, store)
					return err
				},
				audit.StoreReplaced, func() audit.Target { return audit.Target{Type: audit.Store, ID: int64(store.ID)} },
				[]string{"name: 달빛분식 → 별빛분식", "lat: 37.5 → -0.25", "minOrder: 12000 → 0"},
			},
			{
				func() error { _, err := w.ReplaceStore(ctx, w.by, store); return err },
				audit.StoreReplaced, func() audit.Target { return audit.Target{Type: audit.Store, ID: int64(store.ID)} }, nil,
			},
			{
				func() (err error) { item, _, err = w.CreateItem(ctx, w.by, item, ""); return err },
				audit.MenuItemCreated, func() audit.Target { return audit.Target{Type: audit.MenuItem, ID: int64(item.ID)} },
				[]string{"storeId: nothing → 1", "section: nothing → 튀김", "name: nothing → 김말이", "price: nothing → 700", "active: nothing → true"},
			},
			{
				func() error { item.Price = 800; _, err := w.ReplaceItem(ctx, w.by, item); return err },
				audit.MenuItemReplaced, func() audit.Target { return audit.Target{Type: audit.MenuItem, ID: int64(item.ID)} },
				[]string{"price: 700 → 800"},
			},
			{
				func() error { return w.DeleteItem(ctx, w.by, item.Store, item.ID) },
				audit.MenuItemDeleted, func() audit.Target { return audit.Target{Type: audit.MenuItem, ID: int64(item.ID)} },
				[]string{"active: true → false"},
			},
			{
				func() error { return w.DeleteStore(ctx, w.by, store.ID) },
				audit.StoreDeleted, func() audit.Target { return audit.Target{Type: audit.Store, ID: int64(store.ID)} },
				[]string{"active: true → false"},
			},
			{
				func() (err error) { box, _, err = w.CreateBox(ctx, w.by, box, ""); return err },
				audit.BoxCreated, func() audit.Target { return audit.Target{Type: audit.Box, ID: int64(box.ID)} },
				[]string{
					"name: nothing → 달빛공원 픽업함", "zip: nothing → 90101", "address: nothing → 가온구 달빛로 1", "lat: nothing → 37.5",
					"lng: nothing → 127", "condition: nothing → ok", "active: nothing → true",
				},
			},
			{
				func() (err error) { key, err = w.NewKey(ctx, w.by, box.ID); return err },
				audit.BoxKeyCreated, func() audit.Target { return audit.Target{Type: audit.Box, ID: int64(box.ID)} }, nil,
			},
			{
				func() error { box.Condition = booking.Broken; _, err := w.ReplaceBox(ctx, w.by, box); return err },
				audit.BoxReplaced, func() audit.Target { return audit.Target{Type: audit.Box, ID: int64(box.ID)} },
				[]string{"condition: ok → broken"},
			},
			{
				func() error { return w.DeleteBox(ctx, w.by, box.ID) },
				audit.BoxDeleted, func() audit.Target { return audit.Target{Type: audit.Box, ID: int64(box.ID)} },
				[]string{"active: true → false"},
			},
		} {
			before := len(w.entries())
			require.NoError(t, c.act(), c.action)
			entries := w.entries()
			require.Len(t, entries, before+1, c.action)
			require.Equal(t, c.action, entries[0].Action)
			require.Equal(t, c.target(), entries[0].Target, c.action)
			require.Equal(t, c.said, said(entries[0].Changes), c.action)
			require.Equal(t, w.admin, entries[0].Actor.ID)
			require.Equal(t, "192.0.2.7", entries[0].Address)
			require.Equal(t, noon, entries[0].At)
		}
		require.Zero(t, w.count("audit", "changes LIKE ? OR changes LIKE ?", "%"+key+"%", "%hash%"), "nothing that opens a box is told")
	})
}

func TestWhatIsRefusedIsNotInTheAudit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, box, room := t.Context(), w.store(), w.box(), w.room()
		require.NoError(t, w.book(store.ID, box.ID, room))
		before := len(w.entries())
		_, _, err := w.CreateStore(ctx, w.by, booking.Store{}, "")
		require.Error(t, err)
		_, err = w.ReplaceStore(ctx, audit.Actor{User: w.user("minji")}, store)
		require.Error(t, err)
		require.ErrorIs(t, w.DeleteBox(ctx, w.by, box.ID), booking.ErrBoxBooked)
		require.ErrorIs(t, w.DeleteStore(ctx, w.by, 999), booking.ErrNoStore)
		require.Len(t, w.entries(), before)
	})
}
