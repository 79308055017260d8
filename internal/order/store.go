package order

import (
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// orderRow is there from the confirmation on.
type orderRow struct {
	RoomID      room.ID `gorm:"primaryKey;autoIncrement:false"`
	DeliveryFee int64
	ConfirmedAt time.Time
}

func (orderRow) TableName() string { return "orders" }

type selectionRow struct {
	RoomID        room.ID    `gorm:"primaryKey;autoIncrement:false"`
	UserID        account.ID `gorm:"primaryKey;autoIncrement:false"`
	Done          bool
	DeliveryShare *int64 // nil until the order is confirmed
	ReceivedAt    *time.Time
}

func (selectionRow) TableName() string { return "selections" }

type itemRow struct {
	RoomID   room.ID        `gorm:"primaryKey;autoIncrement:false"`
	UserID   account.ID     `gorm:"primaryKey;autoIncrement:false"`
	ItemID   booking.ItemID `gorm:"primaryKey;autoIncrement:false"`
	Quantity int
	Name     *string // nil until the order is confirmed, like the price
	Price    *int64
}

func (itemRow) TableName() string { return "selection_items" }

// seatRow is a member, or somebody with a share of the confirmed order who is out by now, and what is known of both.
type seatRow struct {
	UserID        account.ID
	Chose         bool // there is a selection
	Done          bool
	DeliveryShare int64
	ReceivedAt    *time.Time
	DeliveryFee   int64
	ConfirmedAt   *time.Time
}

// chosenRow is a dish with what counts for it: its present name and price, or those of the confirmation.
type chosenRow struct {
	UserID    account.ID
	ItemID    booking.ItemID
	Name      string
	Price     int64
	Quantity  int
	Available bool
}

// load reads an order in two statements.
func load(db *gorm.DB, id room.ID, store booking.Store) (Order, error) {
	var seats []seatRow
	err := db.Raw(`SELECT m.user_id, s.user_id IS NOT NULL AS chose, s.done, s.delivery_share, s.received_at, o.delivery_fee, o.confirmed_at
		FROM room_users m
		LEFT JOIN selections s ON s.room_id = m.room_id AND s.user_id = m.user_id
		LEFT JOIN orders o ON o.room_id = m.room_id
		WHERE m.room_id = ? AND (m.state = ? OR s.delivery_share IS NOT NULL)
		ORDER BY m.joined_at, m.user_id`, id, room.Joined).Scan(&seats).Error
	if err != nil {
		return Order{}, fmt.Errorf("read selections: %w", err)
	}
	var dishes []chosenRow
	err = db.Raw(`SELECT c.user_id, c.item_id, COALESCE(c.name, d.name) AS name, COALESCE(c.price, d.price) AS price, c.quantity,
			c.price IS NOT NULL OR d.active AS available
		FROM selection_items c JOIN menu_items d ON d.id = c.item_id
		WHERE c.room_id = ? ORDER BY c.user_id, c.item_id`, id).Scan(&dishes).Error
	if err != nil {
		return Order{}, fmt.Errorf("read chosen dishes: %w", err)
	}
	return assemble(store, seats, dishes), nil
}

// assemble puts an order together. Until it is confirmed the delivery costs what the store says, and is divided among
// those who have chosen something by now.
func assemble(store booking.Store, seats []seatRow, dishes []chosenRow) Order {
	o := Order{Store: store, DeliveryFee: store.DeliveryFee}
	items := make(map[account.ID][]Item)
	for _, d := range dishes {
		items[d.UserID] = append(items[d.UserID], Item{ID: d.ItemID, Name: d.Name, Price: d.Price, Quantity: d.Quantity, Available: d.Available})
	}
	for _, seat := range seats {
		if seat.ConfirmedAt != nil {
			o.ConfirmedAt, o.DeliveryFee = seat.ConfirmedAt, seat.DeliveryFee
		}
		if seat.Chose {
			o.Selections = append(o.Selections, Selection{
				User: seat.UserID, Done: seat.Done, Items: items[seat.UserID], DeliveryShare: seat.DeliveryShare, ReceivedAt: seat.ReceivedAt,
			})
		}
		if !seat.Done {
			o.Missing = append(o.Missing, seat.UserID)
		}
	}
	if o.ConfirmedAt == nil {
		o.shareDelivery()
	}
	return o
}

func isConfirmed(tx *gorm.DB, id room.ID) (bool, error) {
	var n int64
	err := tx.Model(&orderRow{}).Where("room_id = ?", id).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for the order: %w", err)
	}
	return n > 0, nil
}

// onMenu tells which of the choices a store offers now.
func onMenu(tx *gorm.DB, store booking.StoreID, items []Choice) (map[booking.ItemID]bool, error) {
	offered := make(map[booking.ItemID]bool, len(items))
	if len(items) == 0 {
		return offered, nil
	}
	wanted := make([]booking.ItemID, len(items))
	for i, c := range items {
		wanted[i] = c.Item
	}
	var ids []booking.ItemID
	err := tx.Table("menu_items").Where("id IN ? AND store_id = ? AND active = ?", wanted, store, true).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read the menu: %w", err)
	}
	for _, id := range ids {
		offered[id] = true
	}
	return offered, nil
}

// replace stores a selection in the place of the one before.
func replace(tx *gorm.DB, id room.ID, who account.ID, items []Choice, done bool) error {
	selection := selectionRow{RoomID: id, UserID: who, Done: done}
	upsert := clause.OnConflict{
		Columns: []clause.Column{{Name: "room_id"}, {Name: "user_id"}}, DoUpdates: clause.AssignmentColumns([]string{"done"}),
	}
	if err := tx.Clauses(upsert).Create(&selection).Error; err != nil {
		return fmt.Errorf("store selection: %w", err)
	}
	if err := tx.Where("room_id = ? AND user_id = ?", id, who).Delete(&itemRow{}).Error; err != nil {
		return fmt.Errorf("forget chosen dishes: %w", err)
	}
	if len(items) == 0 {
		return nil
	}
	rows := make([]itemRow, len(items))
	for i, c := range items {
		rows[i] = itemRow{RoomID: id, UserID: who, ItemID: c.Item, Quantity: c.Quantity}
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("store chosen dishes: %w", err)
	}
	return nil
}

// fix stores an order as it is. It writes the very prices that were added up, whatever the menu says a moment later.
func fix(tx *gorm.DB, id room.ID, o Order, now time.Time) error {
	if err := tx.Create(&orderRow{RoomID: id, DeliveryFee: o.DeliveryFee, ConfirmedAt: now}).Error; err != nil {
		return fmt.Errorf("store order: %w", err)
	}
	var selections []selectionRow
	var items []itemRow
	for _, s := range o.Selections {
		selections = append(selections, selectionRow{RoomID: id, UserID: s.User, Done: s.Done, DeliveryShare: &s.DeliveryShare})
		for _, i := range s.Items {
			items = append(items, itemRow{RoomID: id, UserID: s.User, ItemID: i.ID, Quantity: i.Quantity, Name: &i.Name, Price: &i.Price})
		}
	}
	seat := []clause.Column{{Name: "room_id"}, {Name: "user_id"}}
	share := clause.OnConflict{Columns: seat, DoUpdates: clause.AssignmentColumns([]string{"delivery_share"})}
	if err := tx.Clauses(share).Create(&selections).Error; err != nil {
		return fmt.Errorf("store shares: %w", err)
	}
	price := clause.OnConflict{
		Columns: append(seat, clause.Column{Name: "item_id"}), DoUpdates: clause.AssignmentColumns([]string{"name", "price"}),
	}
	if err := tx.Clauses(price).Create(&items).Error; err != nil {
		return fmt.Errorf("store prices: %w", err)
	}
	return nil
}

// hasReceived tells whether somebody has dishes of the confirmed order coming, and whether they have said that they are
// there.
func hasReceived(tx *gorm.DB, id room.ID, who account.ID) (ordered, received bool, err error) {
	var rows []struct{ Received bool }
	err = tx.Raw(`SELECT s.received_at IS NOT NULL AS received FROM selections s
		WHERE s.room_id = ? AND s.user_id = ? AND s.delivery_share IS NOT NULL
		AND EXISTS (SELECT 1 FROM selection_items c WHERE c.room_id = s.room_id AND c.user_id = s.user_id)`, id, who).Scan(&rows).Error
	if err != nil {
		return false, false, fmt.Errorf("look for the share of %d: %w", who, err)
	}
	if len(rows) == 0 {
		return false, false, nil
	}
	return true, rows[0].Received, nil
}

func markReceived(tx *gorm.DB, id room.ID, who account.ID, now time.Time) error {
	err := tx.Model(&selectionRow{}).Where("room_id = ? AND user_id = ?", id, who).Update("received_at", now).Error
	if err != nil {
		return fmt.Errorf("mark as received by %d: %w", who, err)
	}
	return nil
}

// Drop forgets what a member chose, unless the order is confirmed. Package room calls it in the transaction in which
// they leave.
func Drop(tx *gorm.DB, id room.ID, who account.ID) error {
	err := tx.Where("room_id = ? AND user_id = ? AND delivery_share IS NULL", id, who).Delete(&selectionRow{}).Error
	if err != nil {
		return fmt.Errorf("forget what %d chose: %w", who, err)
	}
	return nil
}
