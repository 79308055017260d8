package room_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

func eachTown(t *testing.T, test func(t *testing.T, w *town)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newTown(db)) })
}

func (w *town) open(t testing.TB, who account.ID, f room.Filter) room.ListingPage {
	t.Helper()
	if f.Page == 0 {
		f.Page = 1
	}
	if f.Size == 0 {
		f.Size = 20
	}
	page, err := w.rooms.ListOpen(t.Context(), who, f)
	require.NoError(t, err)
	return page
}

func ids(page room.ListingPage) []room.ID {
	ids := make([]room.ID, len(page.Items))
	for i, l := range page.Items {
		ids[i] = l.ID
	}
	return ids
}

func TestAStrangerSeesWhatARoomIsLike(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		p := w.people(t, 5)
		w.place(t, 7, "Golden Hen", "90101")
		w.add(t,
			group{title: "Quiet readers", capacity: 40, joined: p[:2], left: p[2:3]},
			group{title: "Chicken on Friday", password: true, joined: p[1:4], kicked: p[4:], phase: room.Created, place: 7},
		)
		closes := founded.Add(3 * time.Hour)
		require.Equal(t, room.ListingPage{Total: 2, Exact: true, Items: []room.Listing{
			{
				ID: 2, Title: "Chicken on Friday", Capacity: 4, Members: 3, HasPassword: true,
				Host: account.Person{ID: p[1], Nickname: "P2"}, Phase: room.Created, ClosesAt: &closes, CreatedAt: founded,
				Place: &booking.Place{
					Store: booking.Store{ID: 7, Name: "Golden Hen", Category: booking.Chicken},
					Box:   booking.Box{ID: 7, Name: "Box 7", Zip: "90101", Address: "Harbour 2", Lat: 37.6, Lng: 127.1},
				},
			},
			{
				ID: 1, Title: "Quiet readers", Capacity: 40, Members: 2, Joined: true,
				Host: account.Person{ID: p[0], Nickname: "P1"}, CreatedAt: founded,
			},
		}}, w.open(t, p[0], room.Filter{}))
	})
}

func TestEachFilterFindsItsRooms(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		p := w.people(t, 6)
		w.insert(t, "areas",
			row{"zip": "90101", "province": "Haneul-do", "district": "Dong-gu", "neighbourhood": "Sinan"},
			row{"zip": "90102", "province": "Haneul-do", "district": "Dong-gu", "neighbourhood": "Sinan"},
			row{"zip": "90102", "province": "Haneul-do", "district": "Dong-gu", "neighbourhood": "Upper"},
			// The same name elsewhere in the country is another place.
			row{"zip": "90501", "province": "Bada-do", "district": "Dong-gu", "neighbourhood": "Sinan"},
			row{"zip": "90601", "province": "Haneul-do", "district": "Seo-gu", "neighbourhood": "Sinan"},
		)
		w.place(t, 1, "Golden Hen", "90101")
		w.place(t, 2, "100% Rice", "90102")
		w.place(t, 3, "Noodle House", "90501")
		w.place(t, 4, "Pizza_Bella", "90601")
		w.place(t, 5, "Lone Tea", "90999")
		seen := w.add(t,
			group{title: "Plain talk", joined: p[:1]},
			group{title: "Hens unite", joined: p[:1], password: true, phase: room.Created, place: 1},
			group{title: "라면 먹자", joined: p[:4], phase: room.OrderStarted, place: 2},
			group{title: "Far away", joined: p[:3], left: p[3:], phase: room.Created, place: 3},
			group{title: "Other Sinan", joined: p[:2], phase: room.Delivered, place: 4},
			group{title: "Fifty % off_", joined: p[:5], capacity: 5},
			group{title: "On no map", joined: p[:5], capacity: 5, password: true, phase: room.OrderCompleted, place: 5},
			group{title: "Hens of yesterday", joined: p[:1], state: room.Closed, phase: room.Created, place: 1, released: true},
		)
		plain, hens, ramen, far, other, off, lone := seen[0], seen[1], seen[2], seen[3], seen[4], seen[5], seen[6]
		for name, c := range map[string]struct {
			filter room.Filter
			want   []room.ID
		}{
			"nothing asked":         {room.Filter{}, []room.ID{lone, off, other, far, ramen, hens, plain}},
			"zip":                   {room.Filter{Zip: "90101"}, []room.ID{ramen, hens}},
			"zip of two":            {room.Filter{Zip: "90102"}, []room.ID{ramen, hens}},
			"zip elsewhere":         {room.Filter{Zip: "90501"}, []room.ID{far}},
			"zip of no area":        {room.Filter{Zip: "90999"}, []room.ID{lone}},
			"zip unknown":           {room.Filter{Zip: "99999"}, []room.ID{}},
			"part of a title":       {room.Filter{Text: "INIO"}, []room.ID{}},
			"any case":              {room.Filter{Text: "hENS"}, []room.ID{hens}},
			"Korean":                {room.Filter{Text: "먹자"}, []room.ID{ramen}},
			"title or store":        {room.Filter{Text: "Hen"}, []room.ID{hens}},
			"store":                 {room.Filter{Text: "noodle"}, []room.ID{far}},
			"percent means itself":  {room.Filter{Text: "%"}, []room.ID{off, ramen}},
			"underscore as well":    {room.Filter{Text: "_"}, []room.ID{off, other}},
			"the escape as well":    {room.Filter{Text: "!"}, []room.ID{}},
			"backslash as well":     {room.Filter{Text: `\`}, []room.ID{}},
			"white space":           {room.Filter{Text: "  "}, []room.ID{lone, off, other, far, ramen, hens, plain}},
			"phase":                 {room.Filter{Phase: room.Created}, []room.ID{far, hens}},
			"has a seat":            {room.Filter{HasSeat: true}, []room.ID{other, far, hens, plain}},
			"without a password":    {room.Filter{NoPassword: true}, []room.ID{off, other, far, ramen, plain}},
			"all at once":           {room.Filter{Zip: "90102", Text: "hens", Phase: room.Created, HasSeat: true}, []room.ID{hens}},
			"all at once, and none": {room.Filter{Zip: "90102", Text: "hens", NoPassword: true}, []room.ID{}},
		} {
			page := w.open(t, p[5], c.filter)
			require.Equal(t, c.want, ids(page), name)
			require.Equal(t, len(c.want), page.Total, name)
			require.True(t, page.Exact, name)
		}
	})
}

func TestWhoWasKickedDoesNotSeeTheRoom(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		p := w.people(t, 3)
		w.add(t,
			group{title: "One", joined: p[:1], kicked: p[1:2], left: p[2:]},
			group{title: "Two", joined: p[:1], kicked: p[2:]},
			group{title: "Three", joined: p[:1]},
		)
		require.Equal(t, []room.ID{3, 2, 1}, ids(w.open(t, p[0], room.Filter{})))
		require.Equal(t, []room.ID{3, 2}, ids(w.open(t, p[1], room.Filter{})))
		require.Equal(t, []room.ID{3, 1}, ids(w.open(t, p[2], room.Filter{})))
		require.Equal(t, 2, w.open(t, p[2], room.Filter{}).Total)
	})
}

func TestPagesPartTheRoomsAndTheTotalIsCountedToAThousand(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		p := w.people(t, 1)
		fill := func(n int) {
			groups := make([]group, n)
			for i := range groups {
				groups[i] = group{title: fmt.Sprintf("Room %d of the %d", i, w.lastRoom), joined: p}
			}
			w.add(t, groups...)
		}
		require.Equal(t, room.ListingPage{Total: 0, Exact: true}, w.open(t, p[0], room.Filter{}))
		fill(7)
		var all []room.ID
		for n, want := range []int{3, 3, 1, 0, 0} {
			page := w.open(t, p[0], room.Filter{Page: n + 1, Size: 3})
			require.Len(t, page.Items, want)
			require.Equal(t, 7, page.Total, "on a page past the end too")
			require.True(t, page.Exact)
			all = append(all, ids(page)...)
		}
		require.Equal(t, []room.ID{7, 6, 5, 4, 3, 2, 1}, all)
		fill(993)
		exact := w.open(t, p[0], room.Filter{Size: 1})
		require.Equal(t, []any{1000, true}, []any{exact.Total, exact.Exact})
		fill(1)
		more := w.open(t, p[0], room.Filter{Size: 1})
		require.Equal(t, []any{1000, false}, []any{more.Total, more.Exact})
		require.Equal(t, []room.ID{1}, ids(w.open(t, p[0], room.Filter{Page: 1001, Size: 1})), "no room is out of reach")
	})
}

func TestOneStatementFindsAPageOfAnySize(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		p := w.people(t, 9)
		asked := func(n int) int64 {
			w.statements.n.Store(0)
			page := w.open(t, p[0], room.Filter{Text: "talk", HasSeat: true, NoPassword: true, Size: 100})
			require.Len(t, page.Items, n)
			return w.statements.n.Load()
		}
		for n := range 100 {
			w.place(t, int64(n+1), fmt.Sprintf("Store %d", n), "90101")
		}
		var groups []group
		for n := range 100 {
			groups = append(groups, group{title: fmt.Sprintf("Talk %d", n), joined: p[n%9:][:1], phase: room.Created, place: int64(n + 1)})
		}
		require.EqualValues(t, 1, asked(0))
		w.add(t, groups[:10]...)
		require.EqualValues(t, 1, asked(10))
		w.add(t, groups[10:]...)
		require.EqualValues(t, 1, asked(100))
	})
}

// Times depend on the machine; how many rows the database touches does not.
func TestTheFirstPageReadsNoMoreRowsInALargerTown(t *testing.T) {
	w := newTown(testkit.MariaDB(t))
	w.settle(t)
	touched := func(f room.Filter) (rows int64) {
		f.Page, f.Size = 1, 20
		err := w.db.WithContext(t.Context()).Connection(func(one *gorm.DB) error {
			require.NoError(t, one.Exec("FLUSH STATUS").Error)
			page, err := room.NewService(room.Deps{DB: one, Now: time.Now}).ListOpen(t.Context(), 1, f)
			require.NoError(t, err)
			require.NotEmpty(t, page.Items)
			var counters []struct {
				VariableName string
				Value        int64
			}
			require.NoError(t, one.Raw("SELECT variable_name, variable_value AS value FROM information_schema.session_status WHERE variable_name LIKE 'Handler_read%'").
				Scan(&counters).Error)
			for _, c := range counters {
				rows += c.Value
			}
			return nil
		})
		require.NoError(t, err)
		return rows
	}
	filters := map[string]room.Filter{"none": {}, "seat": {HasSeat: true}, "no password": {NoPassword: true}, "zip": {Zip: "90101"}, "phase": {Phase: room.Created}}
	before := map[string]int64{}
	w.grow(t, 2_000, room.Open)
	for name, f := range filters {
		before[name] = touched(f)
		require.Positive(t, before[name], name)
	}
	w.grow(t, 8_000, room.Open)
	w.grow(t, 20_000, room.Closed)
	for name, f := range filters {
		require.LessOrEqual(t, touched(f), 2*before[name], name)
	}
}
