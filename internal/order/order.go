// Package order owns what the members of a pickup room order together: what each chooses, the order their host
// confirms, each one's share of it, and who has received theirs.
package order

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
)

// Order is what a room orders from its store. Until it is confirmed it follows the menu and who is in the room; from
// then on it stands still.
type Order struct {
	Store       booking.Store
	Selections  []Selection  // in the order of joining
	Missing     []account.ID // members who have not chosen yet, in the order of joining
	DeliveryFee int64        // won
	ConfirmedAt *time.Time   // nil until the host fixed it
}

// ItemsTotal is what all dishes cost together, in won.
func (o Order) ItemsTotal() (won int64) {
	for _, s := range o.Selections {
		won += s.ItemsTotal()
	}
	return won
}

// Total is what the whole order costs, in won.
func (o Order) Total() int64 { return o.ItemsTotal() + o.DeliveryFee }

// shareDelivery divides the delivery fee among those who have chosen something.
func (o *Order) shareDelivery() {
	weights := make([]int64, len(o.Selections))
	for i, s := range o.Selections {
		if len(s.Items) > 0 {
			weights[i] = 1
		}
	}
	for i, share := range Split(o.DeliveryFee, weights) {
		o.Selections[i].DeliveryShare = share
	}
}

// ready says why an order cannot be confirmed yet.
func (o Order) ready() error {
	dishes, gone := 0, false
	for _, s := range o.Selections {
		for _, i := range s.Items {
			dishes++
			gone = gone || !i.Available
		}
	}
	switch {
	case len(o.Missing) > 0:
		return ErrIncomplete
	case dishes == 0:
		return ErrEmpty
	case gone:
		return ErrItemGone
	case o.ItemsTotal() < o.Store.MinOrder:
		return ErrBelowMinimum
	}
	return nil
}

// Selection is what one member chose.
type Selection struct {
	User          account.ID
	Done          bool // they have chosen; false while they still look
	Items         []Item
	DeliveryShare int64 // won; before the confirmation what it would be now
	ReceivedAt    *time.Time
}

// ItemsTotal is what their dishes cost, in won.
func (s Selection) ItemsTotal() (won int64) {
	for _, i := range s.Items {
		won += i.Price * int64(i.Quantity)
	}
	return won
}

// Total is what they pay, in won.
func (s Selection) Total() int64 { return s.ItemsTotal() + s.DeliveryShare }

// Item is a dish that somebody chose, with the name and the price that count.
type Item struct {
	ID        booking.ItemID
	Name      string
	Price     int64 // won for one
	Quantity  int
	Available bool // false when it left the menu after it was chosen, and before the order was confirmed
}

// Choice is a dish that a member wants. What it costs is not theirs to say.
type Choice struct {
	Item     booking.ItemID
	Quantity int
}

const (
	maxItems    = 50 // different dishes of one member
	maxQuantity = 99 // of one dish
)

// What can go wrong.
var (
	ErrConfirmed    = fault.New(fault.Conflict, "order.confirmed", "The order is confirmed; it stays as it is.")
	ErrTooLate      = fault.New(fault.Conflict, "order.too_late", "The order is completed.")
	ErrIncomplete   = fault.New(fault.Conflict, "order.incomplete", "Somebody has not chosen yet.")
	ErrEmpty        = fault.New(fault.Conflict, "order.empty", "Nobody has chosen a dish.")
	ErrBelowMinimum = fault.New(fault.Conflict, "order.below_minimum", "The store does not deliver so little.")
	ErrItemGone     = fault.New(fault.Conflict, "order.item_gone", "A chosen dish is not on the menu any more.")
	ErrNotDelivered = fault.New(fault.Conflict, "order.not_delivered", "The order has not been delivered yet.")
	ErrNothing      = fault.New(fault.Conflict, "order.nothing", "You have ordered nothing that you could receive.")
)
