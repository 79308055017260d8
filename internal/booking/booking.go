// Package booking owns the places of pickup rooms: stores and their menus, neighbourhoods, and boxes, who holds them
// and what opens them.
package booking

import "github.com/emosation/emosation/internal/fault"

// StoreID names a store.
type StoreID int64

// ItemID names a dish on a menu.
type ItemID int64

// BoxID names a pickup box.
type BoxID int64

// RoomID names the room that holds a box.
type RoomID int64

// Category says what a store sells.
type Category string

// The categories of stores.
const (
	Korean        Category = "korean"
	Chinese       Category = "chinese"
	Japanese      Category = "japanese"
	Western       Category = "western"
	Chicken       Category = "chicken"
	Pizza         Category = "pizza"
	Jokbal        Category = "jokbal"
	Snack         Category = "snack"
	LateNight     Category = "late_night"
	SingleServing Category = "single_serving"
	Cafe          Category = "cafe"
	Franchise     Category = "franchise"
	Convenience   Category = "convenience"
)

// Valid tells whether it is one of the categories above.
func (c Category) Valid() bool {
	switch c {
	case Korean, Chinese, Japanese, Western, Chicken, Pizza, Jokbal, Snack, LateNight, SingleServing, Cafe, Franchise, Convenience:
		return true
	}
	return false
}

// Condition says whether a box works.
type Condition string

// The conditions of a box.
const (
	OK     Condition = "ok"
	Broken Condition = "broken"
	Repair Condition = "repair" // somebody is at it
)

// Valid tells whether it is one of the conditions above.
func (c Condition) Valid() bool { return c == OK || c == Broken || c == Repair }

// Store is where a group orders.
type Store struct {
	ID          StoreID
	Category    Category
	Name        string
	Address     string
	Lat, Lng    float64 // degrees
	MinOrder    int64   // won
	DeliveryFee int64   // won
	Active      bool    // whether it can be found and chosen
	Distance    *int    // metres from the place that was asked for
}

// Item is a dish on a store's menu.
type Item struct {
	ID      ItemID
	Store   StoreID
	Section string
	Name    string
	Price   int64 // won
	Active  bool  // whether it can be chosen
}

// Box is a pickup box in the street.
type Box struct {
	ID        BoxID
	Name      string
	Zip       string
	Address   string
	Lat, Lng  float64 // degrees
	Condition Condition
	Active    bool // whether it can be found and booked
	Booked    bool // whether a room holds it now
}

// Area is a neighbourhood with one of its zip codes. Names repeat across the country: only the three together name
// one place.
type Area struct {
	Zip           string
	Province      string
	District      string
	Neighbourhood string
}

// Pair is what a pickup room has chosen.
type Pair struct {
	Store StoreID
	Box   BoxID
}

// Place is a store and a box as people of a room see them.
type Place struct {
	Store Store
	Box   Box
}

// Code opens a booked box once.
type Code struct {
	Digits string // six of them
	Box    Box
}

// What can go wrong.
var (
	ErrNoStore   = fault.New(fault.NotFound, "store.not_found", "There is no such store.")
	ErrNoItem    = fault.New(fault.NotFound, "menu.not_found", "There is no such dish on this menu.")
	ErrNoBox     = fault.New(fault.NotFound, "box.not_found", "There is no such box.")
	ErrBoxBooked = fault.New(fault.Conflict, "box.booked", "Another room holds this box.")
	ErrBoxOut    = fault.New(fault.Conflict, "box.out_of_order", "This box does not work at the moment.")
	ErrNotBooked = fault.New(fault.Conflict, "box.not_booked", "No room holds this box.")
	ErrKey       = fault.New(fault.Unauthenticated, "box.key", "This is not the credential of this box.")
	ErrCode      = fault.New(fault.Forbidden, "box.wrong_code", "This code does not open the box.")
)
