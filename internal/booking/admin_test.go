package booking_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
)

func TestOnlyAdminsManagePlaces(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, minji := t.Context(), w.user("minji")
		store, box := w.store(), w.box()
		item, _, err := w.CreateItem(ctx, w.by, booking.Item{Store: store.ID, Section: "떡볶이", Name: "국물 떡볶이", Price: 4500, Active: true}, "")
		require.NoError(t, err)
		by := func(who account.ID) audit.Actor { return audit.Actor{User: who} }
		acts := map[string]func(who account.ID) error{
			"AllStores":    func(who account.ID) error { _, err := w.AllStores(ctx, who, "", 1, 10); return err },
			"WholeStore":   func(who account.ID) error { _, _, err := w.WholeStore(ctx, who, store.ID); return err },
			"CreateStore":  func(who account.ID) error { _, _, err := w.CreateStore(ctx, by(who), store, ""); return err },
			"ReplaceStore": func(who account.ID) error { _, err := w.ReplaceStore(ctx, by(who), store); return err },
			"DeleteStore":  func(who account.ID) error { return w.DeleteStore(ctx, by(who), store.ID) },
			"CreateItem":   func(who account.ID) error { _, _, err := w.CreateItem(ctx, by(who), item, ""); return err },
			"ReplaceItem":  func(who account.ID) error { _, err := w.ReplaceItem(ctx, by(who), item); return err },
			"DeleteItem":   func(who account.ID) error { return w.DeleteItem(ctx, by(who), store.ID, item.ID) },
			"AllBoxes":     func(who account.ID) error { _, err := w.AllBoxes(ctx, who, "", 1, 10); return err },
			"CreateBox":    func(who account.ID) error { _, _, err := w.CreateBox(ctx, by(who), box, ""); return err },
			"ReplaceBox":   func(who account.ID) error { _, err := w.ReplaceBox(ctx, by(who), box); return err },
			"DeleteBox":    func(who account.ID) error { return w.DeleteBox(ctx, by(who), box.ID) },
			"NewKey":       func(who account.ID) error { _, err := w.NewKey(ctx, by(who), box.ID); return err },
		}
		service := reflect.TypeFor[*booking.Service]()
		for i := range service.NumMethod() {
			method := service.Method(i)
			if method.Type.NumIn() < 3 {
				continue
			}
			if who := method.Type.In(2); who == reflect.TypeFor[account.ID]() || who == reflect.TypeFor[audit.Actor]() {
				require.Contains(t, acts, method.Name, "is not held against this table")
			}
		}
		for name, act := range acts {
			for who, id := range map[string]account.ID{"a user": minji, "nobody": 0, "somebody unknown": 999} {
				require.ErrorIs(t, act(id), account.ErrAdminOnly, "%s by %s", name, who)
			}
		}
		for name, act := range acts {
			require.NoError(t, act(w.admin), name)
		}
		require.NoError(t, account.SetRole(w.db.WithContext(ctx), w.admin, account.RoleUser, noon))
		for name, act := range acts {
			require.ErrorIs(t, act(w.admin), account.ErrAdminOnly, "%s by a former admin", name)
		}
	})
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, box := t.Context(), w.store(), w.box()
		badStore := booking.Store{ID: store.ID, Name: " ", Category: "sushi", Address: strings.Repeat("가", 201), Lat: 91, Lng: math.NaN(), MinOrder: -1, DeliveryFee: 100_000_001}
		wrongStore := []string{"body.name", "body.address", "body.category", "body.lat", "body.lng", "body.minOrder", "body.deliveryFee"}
		_, _, err := w.CreateStore(ctx, w.by, badStore, "")
		require.Equal(t, wrongStore, fields(t, err))
		_, err = w.ReplaceStore(ctx, w.by, badStore)
		require.Equal(t, wrongStore, fields(t, err))

		item, _, err := w.CreateItem(ctx, w.by, booking.Item{Store: store.ID, Section: "튀김", Name: "김말이", Price: 700}, "")
		require.NoError(t, err)
		badItem := booking.Item{ID: item.ID, Store: store.ID, Section: "\n", Name: strings.Repeat("가", 81), Price: -1}
		wrongItem := []string{"body.section", "body.name", "body.price"}
		_, _, err = w.CreateItem(ctx, w.by, badItem, "")
		require.Equal(t, wrongItem, fields(t, err))
		_, err = w.ReplaceItem(ctx, w.by, badItem)
		require.Equal(t, wrongItem, fields(t, err))

		badBox := booking.Box{ID: box.ID, Name: "\u3164", Zip: "9010a", Address: "", Lat: -90.5, Lng: 181, Condition: "fine"}
		wrongBox := []string{"body.name", "body.zip", "body.address", "body.lat", "body.lng", "body.condition"}
		_, _, err = w.CreateBox(ctx, w.by, badBox, "")
		require.Equal(t, wrongBox, fields(t, err))
		_, err = w.ReplaceBox(ctx, w.by, badBox)
		require.Equal(t, wrongBox, fields(t, err))

		got, _, err := w.Store(ctx, store.ID)
		require.NoError(t, err)
		require.Equal(t, store, got, "nothing was changed")
		require.Equal(t, 1, w.count("stores", "1 = 1")*w.count("menu_items", "1 = 1")*w.count("boxes", "1 = 1"))
	})
}

func TestPlacesAreReplacedAsAWhole(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, box := t.Context(), w.store(), w.box()
		key := w.key(box.ID)
		want := booking.Store{ID: store.ID, Name: "별빛분식", Category: booking.Cafe, Address: "나래구 1", Lat: -1.5, Lng: -2.25}
		given := want
		given.Name = "  별빛분식 "
		got, err := w.ReplaceStore(ctx, w.by, given)
		require.NoError(t, err)
		require.Equal(t, want, got)
		for range 2 { // also when nothing is different
			_, err = w.ReplaceStore(ctx, w.by, want)
			require.NoError(t, err)
		}
		read, _, err := w.Store(ctx, store.ID)
		require.NoError(t, err)
		require.Equal(t, want, read)
		page, err := w.AllStores(ctx, w.admin, "별빛", 1, 10)
		require.NoError(t, err)
		require.Equal(t, booking.StorePage{Items: []booking.Store{want}, Total: 1}, page, "it is found by its new name")

		changed := box
		changed.Name, changed.Zip, changed.Condition, changed.Active = "별빛역 픽업함", "90102", booking.Repair, false
		got2, err := w.ReplaceBox(ctx, w.by, changed)
		require.NoError(t, err)
		require.Equal(t, changed, got2)
		boxes, err := w.AllBoxes(ctx, w.admin, "별빛", 1, 10)
		require.NoError(t, err)
		require.Equal(t, booking.BoxPage{Items: []booking.Box{changed}, Total: 1}, boxes)
		_, err = w.Booked(ctx, box.ID, key)
		require.ErrorIs(t, err, booking.ErrNotBooked, "its key is still good")
		require.Equal(t, 1, w.count("boxes", "created_at = ?", noon)*w.count("stores", "created_at = ?", noon))
	})
}

func TestTheLongestNamesFitTheirColumns(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		longest := strings.Repeat("\ufdfa", 80) // each is 18 code points in NFKC
		w.store(called(longest), func(s *booking.Store) { s.Address = strings.Repeat("🎉", 200) })
		w.box(func(b *booking.Box) { b.Name, b.Address = longest, strings.Repeat("🎉", 200) })
		page, err := w.Stores(t.Context(), booking.StoreQuery{Text: longest[:9], Page: 1, Size: 1})
		require.NoError(t, err)
		require.Equal(t, 1, page.Total)
	})
}

func TestWhatDoesNotExistCannotBeChanged(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, other, box := t.Context(), w.store(), w.store(), w.box()
		item, _, err := w.CreateItem(ctx, w.by, booking.Item{Store: store.ID, Section: "튀김", Name: "김말이", Price: 700, Active: true}, "")
		require.NoError(t, err)
		nowhere := item
		nowhere.Store = other.ID
		_, err = w.ReplaceItem(ctx, w.by, nowhere)
		require.ErrorIs(t, err, booking.ErrNoItem, "a dish of another store")
		require.ErrorIs(t, w.DeleteItem(ctx, w.by, other.ID, item.ID), booking.ErrNoItem)
		require.ErrorIs(t, w.DeleteItem(ctx, w.by, store.ID, 999), booking.ErrNoItem)
		nowhere.Store = 999
		_, _, err = w.CreateItem(ctx, w.by, nowhere, "")
		require.ErrorIs(t, err, booking.ErrNoStore)
		store.ID, box.ID = 999, 999
		_, err = w.ReplaceStore(ctx, w.by, store)
		require.ErrorIs(t, err, booking.ErrNoStore)
		require.ErrorIs(t, w.DeleteStore(ctx, w.by, 999), booking.ErrNoStore)
		_, err = w.ReplaceBox(ctx, w.by, box)
		require.ErrorIs(t, err, booking.ErrNoBox)
		require.ErrorIs(t, w.DeleteBox(ctx, w.by, 999), booking.ErrNoBox)
		_, err = w.NewKey(ctx, w.by, 999)
		require.ErrorIs(t, err, booking.ErrNoBox)
	})
}

func TestDeletedPlacesAreFoundByAdminsOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, store, box := t.Context(), w.store(), w.box()
		item, _, err := w.CreateItem(ctx, w.by, booking.Item{Store: store.ID, Section: "튀김", Name: "김말이", Price: 700, Active: true}, "")
		require.NoError(t, err)
		for range 2 { // deleting again is no mistake
			require.NoError(t, w.DeleteItem(ctx, w.by, store.ID, item.ID))
			require.NoError(t, w.DeleteStore(ctx, w.by, store.ID))
			require.NoError(t, w.DeleteBox(ctx, w.by, box.ID))
		}
		_, menu, err := w.Store(ctx, store.ID)
		require.NoError(t, err)
		require.Empty(t, menu)
		found, err := w.Stores(ctx, booking.StoreQuery{Page: 1, Size: 10})
		require.NoError(t, err)
		require.Equal(t, booking.StorePage{Items: []booking.Store{}}, found)
		boxes, err := w.Boxes(ctx, box.Zip, false)
		require.NoError(t, err)
		require.Empty(t, boxes)

		store.Active, box.Active = false, false
		stores, err := w.AllStores(ctx, w.admin, "", 1, 10)
		require.NoError(t, err)
		require.Equal(t, booking.StorePage{Items: []booking.Store{store}, Total: 1}, stores)
		all, err := w.AllBoxes(ctx, w.admin, "", 1, 10)
		require.NoError(t, err)
		require.Equal(t, booking.BoxPage{Items: []booking.Box{box}, Total: 1}, all)

		item.Active = false
		whole, menu, err := w.WholeStore(ctx, w.admin, store.ID)
		require.NoError(t, err)
		require.Equal(t, store, whole)
		require.Equal(t, []booking.Item{item}, menu)
		item.Active = true
		_, err = w.ReplaceItem(ctx, w.by, item)
		require.NoError(t, err)
		_, menu, err = w.Store(ctx, store.ID)
		require.NoError(t, err)
		require.Equal(t, []booking.Item{item}, menu, "it is back")
		_, _, err = w.WholeStore(ctx, w.admin, 999)
		require.ErrorIs(t, err, booking.ErrNoStore)
	})
}

func TestABookedBoxStaysInUse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx, box, room := t.Context(), w.box(), w.room()
		require.NoError(t, w.book(w.store().ID, box.ID, room))
		require.ErrorIs(t, w.DeleteBox(ctx, w.by, box.ID), booking.ErrBoxBooked)
		box.Active = false
		_, err := w.ReplaceBox(ctx, w.by, box)
		require.ErrorIs(t, err, booking.ErrBoxBooked)

		box.Active, box.Condition = true, booking.Broken
		got, err := w.ReplaceBox(ctx, w.by, box)
		require.NoError(t, err, "it may break at any time")
		require.True(t, got.Booked)
		w.release(room)
		require.NoError(t, w.DeleteBox(ctx, w.by, box.ID))
	})
}

func TestABoxIsDeletedOrBookedButNotBoth(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store := w.store()
		for range 10 {
			box, room := w.box(), w.room()
			got := outcomes(2, func(i int) error {
				if i == 0 {
					return w.book(store.ID, box.ID, room)
				}
				err := w.DeleteBox(t.Context(), w.by, box.ID)
				if errors.Is(err, booking.ErrBoxBooked) {
					return booking.ErrBoxBooked
				}
				return err
			})
			require.Equal(t, 1, got["<nil>"], got)
			require.Equal(t, 1, got[booking.ErrBoxBooked.Error()]+got[booking.ErrNoBox.Error()], got)
		}
	})
}

func TestPagesOfPlacesHaveTotals(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, name := range []string{"다", "가", "나", "Ba", "bA"} {
			w.store(called(name))
			w.box(func(b *booking.Box) { b.Name = name })
		}
		stores, err := w.AllStores(t.Context(), w.admin, "", 2, 2)
		require.NoError(t, err)
		require.Equal(t, []string{"가", "나"}, names(stores.Items))
		require.Equal(t, 5, stores.Total)
		boxes, err := w.AllBoxes(t.Context(), w.admin, "ｂａ", 1, 1)
		require.NoError(t, err)
		require.Equal(t, "Ba", boxes.Items[0].Name)
		require.Equal(t, 2, boxes.Total)
	})
}

func TestARepeatedKeyCreatesOnePlace(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, elsewhere := w.store(), w.store()
		boss := w.user("boss")
		require.NoError(t, account.SetRole(w.db.WithContext(t.Context()), boss, account.RoleAdmin, noon))
		nodes := []*booking.Service{w.Service, booking.NewService(w.db, limit.New(nil, false), secret, func() time.Time { return noon })}
		for table, create := range map[string]func(s *booking.Service, by audit.Actor, key string) (any, bool, error){
			"stores": func(s *booking.Service, by audit.Actor, key string) (any, bool, error) {
				return s.CreateStore(t.Context(), by, store, key)
			},
			"menu_items": func(s *booking.Service, by audit.Actor, key string) (any, bool, error) {
				return s.CreateItem(t.Context(), by, booking.Item{Store: store.ID, Section: "튀김", Name: "김말이", Price: 700}, key)
			},
			"boxes": func(s *booking.Service, by audit.Actor, key string) (any, bool, error) {
				return s.CreateBox(t.Context(), by, booking.Box{Name: "달빛", Zip: "90101", Address: "1", Condition: booking.OK}, key)
			},
		} {
			before, entries := w.count(table, "1 = 1"), w.count("audit", "1 = 1")
			const tries = 8
			made, created, failed := make([]any, tries), make([]bool, tries), make([]error, tries)
			var all sync.WaitGroup
			for i := range tries {
				all.Go(func() { made[i], created[i], failed[i] = create(nodes[i%2], w.by, "key") })
			}
			all.Wait()
			news := 0
			for i := range tries {
				require.NoError(t, failed[i])
				require.Equal(t, made[0], made[i])
				if created[i] {
					news++
				}
			}
			require.Equal(t, 1, news)
			require.Equal(t, before+1, w.count(table, "1 = 1"))
			require.Equal(t, entries+1, w.count("audit", "1 = 1"))

			for _, by := range []struct {
				audit.Actor
				key string
			}{{w.by, "another"}, {w.by, ""}, {w.by, ""}, {audit.Actor{User: boss}, "key"}} {
				_, fresh, err := create(w.Service, by.Actor, by.key)
				require.NoError(t, err)
				require.True(t, fresh, "the key %q of %d is another one", by.key, by.User)
			}
		}

		first, _, err := w.CreateStore(t.Context(), w.by, store, "key")
		require.NoError(t, err)
		first.Name = "별빛분식"
		_, err = w.ReplaceStore(t.Context(), w.by, first)
		require.NoError(t, err)
		again, created, err := w.CreateStore(t.Context(), w.by, booking.Store{}, "key")
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, first, again, "as it is now, whatever the repeat says")
		dish, created, err := w.CreateItem(t.Context(), w.by, booking.Item{Store: elsewhere.ID, Section: "튀김", Name: "김말이"}, "key")
		require.NoError(t, err)
		require.True(t, created, "on another menu it is another key")
		require.Equal(t, elsewhere.ID, dish.Store)

		bad := booking.Store{Name: "별빛분식"}
		_, created, err = w.CreateStore(t.Context(), w.by, bad, "later")
		require.ErrorIs(t, err, fault.ErrInvalid)
		require.False(t, created)
		_, created, err = w.CreateStore(t.Context(), w.by, store, "later")
		require.NoError(t, err)
		require.True(t, created, "what was refused has used up no key")
	})
}
