package booking

import (
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// LockBox holds a box's row until tx ends and says why it cannot be booked for orders from the store: ErrNoBox,
// ErrBoxOut, ErrBoxBooked or ErrNoStore. It comes before the room is inserted: an insert that names the box takes a
// weaker lock on it, and two who both want to strengthen theirs are a deadlock.
func LockBox(tx *gorm.DB, box BoxID, store StoreID) error {
	row, found, err := first[boxRow](lock(tx), "id = ? AND active = ?", box, true)
	switch {
	case err != nil:
		return fmt.Errorf("lock box %d: %w", box, err)
	case !found:
		return ErrNoBox
	case row.Condition != OK:
		return ErrBoxOut
	}
	_, held, err := first[bookingRow](tx, "live_box_id = ?", box)
	switch {
	case err != nil:
		return fmt.Errorf("look who holds box %d: %w", box, err)
	case held:
		return ErrBoxBooked
	}
	_, found, err = first[storeRow](tx, "id = ? AND active = ?", store, true)
	switch {
	case err != nil:
		return fmt.Errorf("look for store %d: %w", store, err)
	case !found:
		return ErrNoStore
	}
	return nil
}

// Book gives a box to a room that orders from the store, or returns what LockBox would.
func Book(tx *gorm.DB, store StoreID, box BoxID, room RoomID, now time.Time) error {
	if err := LockBox(tx, box, store); err != nil {
		return err
	}
	err := tx.Create(&bookingRow{BoxID: box, LiveBoxID: &box, RoomID: room, CreatedAt: stamp(now)}).Error
	if storage.IsDuplicate(err) {
		return ErrBoxBooked
	}
	if err != nil {
		return fmt.Errorf("book box %d for room %d: %w", box, room, err)
	}
	return nil
}

// Release frees the box that a room holds and voids all codes for it. A room that holds none is left as it is.
func Release(tx *gorm.DB, room RoomID, now time.Time) error {
	held, found, err := first[bookingRow](lock(tx), "room_id = ? AND live_box_id IS NOT NULL", room)
	if err != nil {
		return fmt.Errorf("lock booking of room %d: %w", room, err)
	}
	if !found {
		return nil
	}
	if err := tx.Where("booking_id = ?", held.ID).Delete(&codeRow{}).Error; err != nil {
		return fmt.Errorf("void box codes of room %d: %w", room, err)
	}
	err = tx.Model(&bookingRow{}).Where("id = ?", held.ID).
		Updates(map[string]any{"live_box_id": nil, "released_at": stamp(now)}).Error
	if err != nil {
		return fmt.Errorf("release box of room %d: %w", room, err)
	}
	return nil
}

// Places returns what rooms show of their stores and boxes, those out of use too, in two queries. Pairs that name
// nothing are missing from the result.
func Places(db *gorm.DB, pairs []Pair) (map[Pair]Place, error) {
	places := make(map[Pair]Place, len(pairs))
	if len(pairs) == 0 {
		return places, nil
	}
	storeIDs, boxIDs := make([]StoreID, len(pairs)), make([]BoxID, len(pairs))
	for i, p := range pairs {
		storeIDs[i], boxIDs[i] = p.Store, p.Box
	}
	var storeRows []storeRow
	if err := db.Where("id IN ?", storeIDs).Find(&storeRows).Error; err != nil {
		return nil, fmt.Errorf("look up stores: %w", err)
	}
	var boxRows []seenBox
	if err := selectBoxes(db).Where("b.id IN ?", boxIDs).Scan(&boxRows).Error; err != nil {
		return nil, fmt.Errorf("look up boxes: %w", err)
	}
	stores, boxes := make(map[StoreID]Store, len(storeRows)), make(map[BoxID]Box, len(boxRows))
	for _, r := range storeRows {
		stores[r.ID] = r.store()
	}
	for _, r := range boxRows {
		boxes[r.Box.ID] = r.box()
	}
	for _, p := range pairs {
		store, hasStore := stores[p.Store]
		box, hasBox := boxes[p.Box]
		if hasStore && hasBox {
			places[p] = Place{Store: store, Box: box}
		}
	}
	return places, nil
}
