package room

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/name"
	"gorm.io/gorm"
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
	Place       *booking.Place // what a stranger needs of the pickup's store and box; nil without one
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

const maxText = 60 // code points of a search

// maxTotal is how far rooms are counted. Nobody turns so many pages, and counting on would cost more than the page.
const maxTotal = 1000

// ListOpen returns open group rooms, the newest first, without those that the person was kicked out of. It is one
// statement, whatever it finds.
func (s *Service) ListOpen(ctx context.Context, who account.ID, f Filter) (ListingPage, error) {
	rows, err := selectListings(s.db.WithContext(ctx), who, f.conditions(), f.Size, f.Size*(f.Page-1))
	if err != nil {
		return ListingPage{}, fmt.Errorf("list open rooms: %w", err)
	}
	page := ListingPage{Total: min(rows[0].Total, maxTotal), Exact: rows[0].Total <= maxTotal}
	for _, row := range rows {
		if row.ID != 0 {
			page.Items = append(page.Items, row.listing())
		}
	}
	return page, nil
}

// conditions are parts of a WHERE about an open room o, and about its row r.
type conditions struct {
	sql  []string
	args []any
	row  bool // r is needed
}

// id adds a condition that an index on open rooms answers by itself.
func (c *conditions) id(sql string, args ...any) {
	c.sql = append(c.sql, sql)
	c.args = append(c.args, args...)
}

// column adds a condition for which each room has to be looked up.
func (c *conditions) column(sql string, args ...any) {
	c.id(sql, args...)
	c.row = true
}

func (f Filter) conditions() conditions {
	var c conditions
	if f.Zip != "" {
		// From the boxes of the neighbourhood to who holds them now: however many rooms there are, it is at most one a box.
		// A zip code that is in no area has boxes too.
		c.id(`o.id IN (SELECT k.room_id FROM (
				SELECT near.zip FROM areas here JOIN areas near ON near.neighbourhood = here.neighbourhood
					AND near.district = here.district AND near.province = here.province WHERE here.zip = ?
				UNION SELECT zip FROM boxes WHERE zip = ?) a
			JOIN boxes b ON b.zip = a.zip JOIN bookings k ON k.live_box_id = b.id)`, f.Zip, f.Zip)
	}
	if f.Phase != "" {
		c.id("o.phase = ?", f.Phase)
	}
	if key := name.Key(f.Text, maxText); key != "" {
		pattern := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(key) + "%"
		c.column(`(r.open_title LIKE ? ESCAPE '!' OR
			r.store_id IN (SELECT t.id FROM stores t WHERE t.name_key LIKE ? ESCAPE '!'))`, pattern, pattern)
	}
	if f.HasSeat {
		c.column("r.capacity > (SELECT COUNT(*) FROM room_users c WHERE c.room_id = r.id AND (c.state = 'joined' OR c.suspended))")
	}
	if f.NoPassword {
		c.column("r.password_hash IS NULL")
	}
	return c
}

// found is a query for the ids of the open group rooms that the person was not kicked out of and that fit. Its rooms
// come from an index that holds nothing else, in their order: the rooms of the past, which are many more, cost nothing.
func (c conditions) found(who account.ID) (sql string, args []any) {
	from := "rooms o"
	if c.row {
		from += " JOIN rooms r ON r.id = o.id" // so that no database prefers to read all rows in the order of their ids
	}
	c.id("o.state = ? AND o.kind = ?", Open, Group)
	c.id("o.id NOT IN (SELECT x.room_id FROM room_users x WHERE x.user_id = ? AND x.state = ?)", who, Kicked)
	return "SELECT o.id FROM " + from + " WHERE " + strings.Join(c.sql, " AND "), c.args
}

// listingRow is the number of all rooms found and one of them, or only the number: its ID is 0 then.
type listingRow struct {
	Total       int
	ID          ID
	Title       string
	Capacity    int
	Members     int
	HasPassword bool
	HostID      account.ID
	Nickname    string
	Phase       Phase
	ClosesAt    *time.Time
	CreatedAt   time.Time
	InviteEpoch int64
	Joined      bool

	StoreID    booking.StoreID
	StoreName  string
	Category   booking.Category
	BoxID      booking.BoxID
	BoxName    string
	BoxZip     string
	BoxAddress string
	BoxLat     float64
	BoxLng     float64
}

func (r listingRow) listing() Listing {
	l := Listing{
		ID: r.ID, Title: r.Title, Capacity: r.Capacity, Members: r.Members, HasPassword: r.HasPassword,
		Host:  account.Person{ID: r.HostID, Nickname: r.Nickname},
		Phase: r.Phase, ClosesAt: r.ClosesAt, CreatedAt: r.CreatedAt, Joined: r.Joined,
	}
	if r.StoreID != 0 {
		l.Place = &booking.Place{
			Store: booking.Store{ID: r.StoreID, Name: r.StoreName, Category: r.Category},
			Box:   booking.Box{ID: r.BoxID, Name: r.BoxName, Zip: r.BoxZip, Address: r.BoxAddress, Lat: r.BoxLat, Lng: r.BoxLng},
		}
	}
	return l
}

// selectListings returns rooms as found, the newest first, in one statement. It returns at least one row, so that the
// number of all is known beyond the last page too. Counting ends one past maxTotal. Only what is on the page is looked
// up whole.
func selectListings(db *gorm.DB, who account.ID, c conditions, limit, offset int) ([]listingRow, error) {
	found, args := c.found(who)
	query := `SELECT n.total, r.id, r.title, r.capacity, r.password_hash IS NOT NULL AS has_password, r.phase, r.closes_at, r.created_at,
			r.invite_epoch, h.id AS host_id, h.nickname, s.id AS store_id, s.name AS store_name, s.category,
			b.id AS box_id, b.name AS box_name, b.zip AS box_zip, b.address AS box_address, b.lat AS box_lat, b.lng AS box_lng,
			` + headCount + ` AS members,
			EXISTS (SELECT 1 FROM room_users i WHERE i.room_id = r.id AND i.user_id = ? AND i.state = ?) AS joined
		FROM (SELECT COUNT(*) AS total FROM (` + found + ` LIMIT ?) f) n
		LEFT JOIN (` + found + ` ORDER BY o.id DESC LIMIT ? OFFSET ?) p ON TRUE
		LEFT JOIN rooms r ON r.id = p.id
		LEFT JOIN users h ON h.id = r.host_id
		LEFT JOIN stores s ON s.id = r.store_id
		LEFT JOIN boxes b ON b.id = r.box_id
		ORDER BY r.id DESC`
	var rows []listingRow
	err := db.Raw(query, slices.Concat([]any{who, Joined}, args, []any{maxTotal + 1}, args, []any{limit, offset})...).Scan(&rows).Error
	return rows, err
}
