package booking

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/name"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type storeRow struct {
	ID          StoreID `gorm:"primaryKey"`
	Category    Category
	Name        string
	NameKey     string
	Address     string
	Lat         float64
	Lng         float64
	MinOrder    int64
	DeliveryFee int64
	Active      bool
	CreatedAt   time.Time
}

func (storeRow) TableName() string { return "stores" }

func (r storeRow) store() Store {
	return Store{
		ID: r.ID, Category: r.Category, Name: r.Name, Address: r.Address, Lat: r.Lat, Lng: r.Lng,
		MinOrder: r.MinOrder, DeliveryFee: r.DeliveryFee, Active: r.Active,
	}
}

func newStoreRow(s Store, created time.Time) storeRow {
	return storeRow{
		ID: s.ID, Category: s.Category, Name: s.Name, NameKey: name.Key(s.Name, maxName), Address: s.Address,
		Lat: s.Lat, Lng: s.Lng, MinOrder: s.MinOrder, DeliveryFee: s.DeliveryFee, Active: s.Active, CreatedAt: stamp(created),
	}
}

type itemRow struct {
	ID      ItemID `gorm:"primaryKey"`
	StoreID StoreID
	Section string
	Name    string
	Price   int64
	Active  bool
}

func (itemRow) TableName() string { return "menu_items" }

func (r itemRow) item() Item {
	return Item{ID: r.ID, Store: r.StoreID, Section: r.Section, Name: r.Name, Price: r.Price, Active: r.Active}
}

func newItemRow(i Item) itemRow {
	return itemRow{ID: i.ID, StoreID: i.Store, Section: i.Section, Name: i.Name, Price: i.Price, Active: i.Active}
}

type boxRow struct {
	ID        BoxID `gorm:"primaryKey"`
	Name      string
	NameKey   string
	Zip       string
	Address   string
	Lat       float64
	Lng       float64
	Condition Condition
	Active    bool
	KeyHash   *string
	CreatedAt time.Time
}

func (boxRow) TableName() string { return "boxes" }

func newBoxRow(b Box, created time.Time) boxRow {
	return boxRow{
		ID: b.ID, Name: b.Name, NameKey: name.Key(b.Name, maxName), Zip: b.Zip, Address: b.Address,
		Lat: b.Lat, Lng: b.Lng, Condition: b.Condition, Active: b.Active, CreatedAt: stamp(created),
	}
}

// seenBox is a box and whether a room holds it. (gorm passes over embedded structs whose type is not exported, so the
// field has a name.)
type seenBox struct {
	Box    boxRow `gorm:"embedded"`
	Booked bool
}

func (r seenBox) box() Box {
	return Box{
		ID: r.Box.ID, Name: r.Box.Name, Zip: r.Box.Zip, Address: r.Box.Address, Lat: r.Box.Lat, Lng: r.Box.Lng,
		Condition: r.Box.Condition, Active: r.Box.Active, Booked: r.Booked,
	}
}

const isBooked = "EXISTS (SELECT 1 FROM bookings k WHERE k.live_box_id = b.id)"

// selectBoxes reads boxes as b, each with whether it is booked; add conditions to it.
func selectBoxes(db *gorm.DB) *gorm.DB {
	return db.Table("boxes AS b").Select("b.*, " + isBooked + " AS booked")
}

type areaRow struct {
	Zip           string `gorm:"primaryKey"`
	Province      string `gorm:"primaryKey"`
	District      string `gorm:"primaryKey"`
	Neighbourhood string `gorm:"primaryKey"`
}

func (areaRow) TableName() string { return "areas" }

type bookingRow struct {
	ID         int64 `gorm:"primaryKey"`
	BoxID      BoxID
	LiveBoxID  *BoxID // the box while the booking lasts, then nil
	RoomID     RoomID
	CreatedAt  time.Time
	ReleasedAt *time.Time
}

func (bookingRow) TableName() string { return "bookings" }

type codeRow struct {
	BookingID int64      `gorm:"primaryKey"`
	UserID    account.ID `gorm:"primaryKey"`
	CodeHash  string
	CreatedAt time.Time
}

func (codeRow) TableName() string { return "box_codes" }

// first returns the one row that matches, or nothing. Unlike gorm's First it makes no error of an absence.
func first[T any](tx *gorm.DB, where string, args ...any) (row T, found bool, err error) {
	var rows []T
	err = tx.Where(where, args...).Limit(1).Find(&rows).Error
	if len(rows) > 0 {
		row, found = rows[0], true
	}
	return row, found, err
}

func lock(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

// stamp is a time as SQL keeps it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
