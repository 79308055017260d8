package room

import (
	"context"
	"errors"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
)

// Listing is what somebody who is not a member sees of an open group room.
type Listing struct {
	ID          ID
	Title       string
	Capacity    int
	Members     int // how many are joined now
	HasPassword bool
	Host        account.Person
	Phase       Phase          // of a pickup room
	Place       *booking.Place // the pickup's store and box; nil without one
	ClosesAt    *time.Time     // nil without a pickup
	CreatedAt   time.Time
	Joined      bool // whoever asks is a member
}

// Filter says which open rooms are wanted. What is zero does not matter.
type Filter struct {
	Zip        string // the box stands in a neighbourhood that has this zip code
	Text       string // part of the title or of the store's name
	Phase      Phase
	HasSeat    bool
	NoPassword bool
	Page       int // from 1
	Size       int
}

// ListingPage is one page of what a Filter found.
type ListingPage struct {
	Items []Listing
	Total int  // of all pages, counted up to 1000
	Exact bool // false when there are more than Total
}

// ListOpen returns open group rooms, the newest first, without those that the person was kicked out of.
func (s *Service) ListOpen(ctx context.Context, who account.ID, f Filter) (ListingPage, error) {
	return ListingPage{}, errors.ErrUnsupported
}
