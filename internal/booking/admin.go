package booking

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/once"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// The methods of this file are for admins: everybody else is answered account.ErrAdminOnly. Wrong fields are all named
// in one fault.ErrInvalid. Whatever changes something leaves one entry in the audit. Whatever creates something takes a key
// and tells whether it did: the same key of the same admin returns what was created before, as it is now; "" is no key.

// BoxPage is one page of boxes and how many there are on all pages.
type BoxPage struct {
	Items []Box
	Total int
}

// act is what an admin did to a place.
type act struct {
	action        audit.Action // empty: nothing
	target        audit.Target
	before, after []audit.Fact // what can be known of the place; no before: it is new
}

// admin runs fn in a transaction if the person is an admin, and notes there what fn did.
func (s *Service) admin(ctx context.Context, by audit.Actor, fn func(tx *gorm.DB) (act, error)) error {
	return storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return err
		}
		did, err := fn(tx)
		if err != nil || did.action == "" {
			return err
		}
		return audit.Write(tx, by, did.action, did.target, s.now(), audit.Between(did.before, did.after)...)
	})
}

// create runs add as admin does, or load with the id of what the key has created before, and tells whether it was add.
func (s *Service) create(
	ctx context.Context, by audit.Actor, key once.Key, add func(tx *gorm.DB) (act, error), load func(tx *gorm.DB, id int64) error,
) (created bool, err error) {
	try := func() error {
		return s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
			var id int64
			known, err := key.Made(tx, &id)
			created = !known
			if err != nil {
				return act{}, err
			}
			if known {
				return act{}, load(tx, id)
			}
			did, err := add(tx)
			if err != nil {
				return act{}, err
			}
			return did, key.Note(tx, did.target.ID)
		})
	}
	if err = try(); storage.IsDuplicate(err) { // the same request has come through another node at this moment
		err = try()
	}
	return created && err == nil, err
}

// AllStores returns a page (from 1) of the stores whose names contain the text, by name, with those out of use.
func (s *Service) AllStores(ctx context.Context, who account.ID, text string, page, size int) (StorePage, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return StorePage{}, err
	}
	query := named(db.Table("stores"), text)
	return storePage(query, query.Session(&gorm.Session{}).Order("name_key, id"), page, size)
}

// WholeStore returns a store with its whole menu, by section and name: also the dishes that are off it. ErrNoStore.
func (s *Service) WholeStore(ctx context.Context, who account.ID, id StoreID) (Store, []Item, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return Store{}, nil, err
	}
	return storeWith(db, id, db)
}

// CreateStore adds a store; the ID is given here.
func (s *Service) CreateStore(ctx context.Context, by audit.Actor, store Store, key string) (Store, bool, error) {
	wrong := newInvalid()
	store = store.normal(wrong.complain)
	asked := once.Key{Who: by.User, What: "store", Name: key}
	created, err := s.create(ctx, by, asked, func(tx *gorm.DB) (act, error) {
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		row := newStoreRow(store, s.now())
		row.ID = 0
		err := tx.Create(&row).Error
		store = row.store()
		return act{audit.StoreCreated, row.target(), nil, row.facts()}, err
	}, func(tx *gorm.DB, id int64) error {
		before, err := lockedStore(tx, StoreID(id))
		store = before.store()
		return err
	})
	if err != nil {
		return Store{}, false, fmt.Errorf("create store: %w", err)
	}
	return store, created, nil
}

// ReplaceStore changes all of a store but its menu. ErrNoStore.
func (s *Service) ReplaceStore(ctx context.Context, by audit.Actor, store Store) (Store, error) {
	wrong := newInvalid()
	store = store.normal(wrong.complain)
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedStore(tx, store.ID)
		if err != nil {
			return act{}, err
		}
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		row := newStoreRow(store, before.CreatedAt)
		err = tx.Select("*").Updates(&row).Error
		return act{audit.StoreReplaced, row.target(), before.facts(), row.facts()}, err
	})
	if err != nil {
		return Store{}, fmt.Errorf("replace store %d: %w", store.ID, err)
	}
	store.Distance = nil
	return store, nil
}

// DeleteStore takes a store out of use: nobody finds it any more, and rooms that chose it keep it. ErrNoStore.
func (s *Service) DeleteStore(ctx context.Context, by audit.Actor, id StoreID) error {
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedStore(tx, id)
		if err != nil {
			return act{}, err
		}
		row := before
		row.Active = false
		err = tx.Model(&storeRow{}).Where("id = ?", id).Update("active", false).Error
		return act{audit.StoreDeleted, row.target(), before.facts(), row.facts()}, err
	})
	if err != nil {
		return fmt.Errorf("delete store %d: %w", id, err)
	}
	return nil
}

// CreateItem adds a dish to the menu of item.Store; the ID is given here. ErrNoStore.
func (s *Service) CreateItem(ctx context.Context, by audit.Actor, item Item, key string) (Item, bool, error) {
	wrong := newInvalid()
	item = item.normal(wrong.complain)
	asked := once.Key{Who: by.User, What: fmt.Sprintf("menu/%d", item.Store), Name: key}
	created, err := s.create(ctx, by, asked, func(tx *gorm.DB) (act, error) {
		if _, err := lockedStore(tx, item.Store); err != nil {
			return act{}, err
		}
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		row := newItemRow(item)
		row.ID = 0
		err := tx.Create(&row).Error
		item = row.item()
		return act{audit.MenuItemCreated, row.target(), nil, row.facts()}, err
	}, func(tx *gorm.DB, id int64) error {
		before, err := lockedItem(tx, item.Store, ItemID(id))
		item = before.item()
		return err
	})
	if err != nil {
		return Item{}, false, fmt.Errorf("add to the menu of store %d: %w", item.Store, err)
	}
	return item, created, nil
}

// ReplaceItem changes a dish of item.Store. Orders that are confirmed keep its old name and price. ErrNoItem.
func (s *Service) ReplaceItem(ctx context.Context, by audit.Actor, item Item) (Item, error) {
	wrong := newInvalid()
	item = item.normal(wrong.complain)
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedItem(tx, item.Store, item.ID)
		if err != nil {
			return act{}, err
		}
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		row := newItemRow(item)
		err = tx.Select("*").Updates(&row).Error
		return act{audit.MenuItemReplaced, row.target(), before.facts(), row.facts()}, err
	})
	if err != nil {
		return Item{}, fmt.Errorf("replace dish %d: %w", item.ID, err)
	}
	return item, nil
}

// DeleteItem takes a dish off a menu. ErrNoItem.
func (s *Service) DeleteItem(ctx context.Context, by audit.Actor, store StoreID, id ItemID) error {
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedItem(tx, store, id)
		if err != nil {
			return act{}, err
		}
		row := before
		row.Active = false
		err = tx.Model(&itemRow{}).Where("id = ?", id).Update("active", false).Error
		return act{audit.MenuItemDeleted, row.target(), before.facts(), row.facts()}, err
	})
	if err != nil {
		return fmt.Errorf("delete dish %d: %w", id, err)
	}
	return nil
}

// AllBoxes returns a page (from 1) of the boxes whose names contain the text, by name, with those out of use.
func (s *Service) AllBoxes(ctx context.Context, who account.ID, text string, page, size int) (BoxPage, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return BoxPage{}, err
	}
	var total int64
	if err := named(db.Table("boxes"), text).Count(&total).Error; err != nil {
		return BoxPage{}, fmt.Errorf("count boxes: %w", err)
	}
	var rows []seenBox
	err := named(selectBoxes(db), text).Order("b.name_key, b.id").Offset((page - 1) * size).Limit(size).Scan(&rows).Error
	if err != nil {
		return BoxPage{}, fmt.Errorf("list boxes: %w", err)
	}
	return BoxPage{Items: boxes(rows), Total: int(total)}, nil
}

// CreateBox adds a box; the ID is given here. It has no key yet.
func (s *Service) CreateBox(ctx context.Context, by audit.Actor, box Box, key string) (Box, bool, error) {
	wrong := newInvalid()
	box = box.normal(wrong.complain)
	asked := once.Key{Who: by.User, What: "box", Name: key}
	created, err := s.create(ctx, by, asked, func(tx *gorm.DB) (act, error) {
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		row := newBoxRow(box, s.now())
		row.ID = 0
		err := tx.Create(&row).Error
		box = seenBox{Box: row}.box()
		return act{audit.BoxCreated, row.target(), nil, row.facts()}, err
	}, func(tx *gorm.DB, id int64) error {
		before, err := lockedBox(tx, BoxID(id))
		box = before.box()
		return err
	})
	if err != nil {
		return Box{}, false, fmt.Errorf("create box: %w", err)
	}
	return box, created, nil
}

// ReplaceBox changes all of a box but its key. ErrNoBox; ErrBoxBooked when it would go out of use while a room holds
// it. That it breaks can be said at any time.
func (s *Service) ReplaceBox(ctx context.Context, by audit.Actor, box Box) (Box, error) {
	wrong := newInvalid()
	box = box.normal(wrong.complain)
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedBox(tx, box.ID)
		if err != nil {
			return act{}, err
		}
		if err := wrong.err(); err != nil {
			return act{}, err
		}
		if before.Booked && !box.Active {
			return act{}, ErrBoxBooked
		}
		row := newBoxRow(box, before.Box.CreatedAt)
		row.KeyHash = before.Box.KeyHash
		box = seenBox{Box: row, Booked: before.Booked}.box()
		err = tx.Select("*").Updates(&row).Error
		return act{audit.BoxReplaced, row.target(), before.Box.facts(), row.facts()}, err
	})
	if err != nil {
		return Box{}, fmt.Errorf("replace box %d: %w", box.ID, err)
	}
	return box, nil
}

// DeleteBox takes a box out of use: nobody finds it any more. ErrNoBox; ErrBoxBooked while a room holds it.
func (s *Service) DeleteBox(ctx context.Context, by audit.Actor, id BoxID) error {
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		before, err := lockedBox(tx, id)
		if err != nil {
			return act{}, err
		}
		if before.Booked {
			return act{}, ErrBoxBooked
		}
		row := before.Box
		row.Active = false
		err = tx.Model(&boxRow{}).Where("id = ?", id).Update("active", false).Error
		return act{audit.BoxDeleted, row.target(), before.Box.facts(), row.facts()}, err
	})
	if err != nil {
		return fmt.Errorf("delete box %d: %w", id, err)
	}
	return nil
}

// lockedStore returns a store whose row is held until tx ends.
func lockedStore(tx *gorm.DB, id StoreID) (storeRow, error) {
	row, found, err := first[storeRow](lock(tx), "id = ?", id)
	if err == nil && !found {
		err = ErrNoStore
	}
	return row, err
}

// lockedItem returns a dish whose row is held until tx ends.
func lockedItem(tx *gorm.DB, store StoreID, id ItemID) (itemRow, error) {
	row, found, err := first[itemRow](lock(tx), "id = ? AND store_id = ?", id, store)
	if err == nil && !found {
		err = ErrNoItem
	}
	return row, err
}

// lockedBox returns a box whose row is held until tx ends. Who books it waits for that too.
func lockedBox(tx *gorm.DB, id BoxID) (seenBox, error) {
	row, found, err := first[boxRow](lock(tx), "id = ?", id)
	if err == nil && !found {
		err = ErrNoBox
	}
	if err != nil {
		return seenBox{}, err
	}
	_, booked, err := first[bookingRow](tx, "live_box_id = ?", id)
	return seenBox{Box: row, Booked: booked}, err
}
