package booking_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
)

func at(lat, lng float64) func(*booking.Store) {
	return func(s *booking.Store) { s.Lat, s.Lng = lat, lng }
}

func called(name string) func(*booking.Store) { return func(s *booking.Store) { s.Name = name } }

func names(stores []booking.Store) []string {
	list := []string{}
	for _, s := range stores {
		list = append(list, s.Name)
	}
	return list
}

func fields(t *testing.T, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, fault.ErrInvalid)
	var invalid *fault.Error
	require.ErrorAs(t, err, &invalid)
	list := []string{}
	for _, f := range invalid.Fields {
		require.NotEmpty(t, f.Reason)
		list = append(list, f.Name)
	}
	return list
}

// The distances are along the ellipsoid WGS 84, by the lengths of its degrees.
func TestDistancesAreThoseOnEarth(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, c := range []struct {
			what                     string
			lat, lng, toLat, toLng   float64
			metres, allowedDeviation float64
		}{
			{"nowhere", 37.5, 127, 37.5, 127, 0, 0},
			{"a minute of latitude at 45° N", 44.991666666666667, 0, 45.008333333333333, 0, 1852.2, 0.006},
			{"a hundredth of a degree north of Seoul", 37.5, 127, 37.51, 127, 1109.9, 0.006},
			{"a hundredth of a degree east of Seoul", 37.5, 127, 37.5, 127.01, 884.1, 0.006},
			{"a hundredth of a degree east on the equator", 0, 9.99, 0, 10, 1113.2, 0.006},
			{"south and west of the origin", 0.005, 0.005, -0.005, -0.005, 1569.0, 0.006},
		} {
			square, err := booking.Near(w.db.WithContext(t.Context()), c.toLat, c.toLng, c.lat, c.lng)
			require.NoError(t, err)
			require.InDelta(t, c.metres, math.Sqrt(square), c.metres*c.allowedDeviation, c.what)
		}
	})
}

func TestTheErrorOfTheFlatEarthIsAsDocumented(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		const radius = 6371008.8
		rad := math.Pi / 180
		random := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			lat, lng := -66+132*random.Float64(), -170+340*random.Float64()
			metres, bearing := 100+19900*random.Float64(), 2*math.Pi*random.Float64()
			toLat := lat + metres/radius/rad*math.Cos(bearing)
			toLng := lng + metres/radius/rad*math.Sin(bearing)/math.Cos(lat*rad)
			h := math.Pow(math.Sin((toLat-lat)*rad/2), 2) +
				math.Cos(lat*rad)*math.Cos(toLat*rad)*math.Pow(math.Sin((toLng-lng)*rad/2), 2)
			globe := 2 * radius * math.Asin(math.Sqrt(h))
			square, err := booking.Near(w.db.WithContext(t.Context()), toLat, toLng, lat, lng)
			require.NoError(t, err)
			allowed := 0.002
			if metres <= 1500 {
				allowed = 0.0002
			}
			require.InEpsilon(t, globe, math.Sqrt(square), allowed, "%v m from %v, %v", metres, lat, lng)
		}
	})
}

func TestStoresAreFoundByDistanceTheNearestFirst(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.store(called("북쪽 1.1 km"), at(37.51, 127))
		w.store(called("동쪽 0.9 km"), at(37.5, 127.01))
		w.store(called("바로 여기"), at(37.5, 127))
		w.store(called("2.2 km"), at(37.52, 127))
		w.store(called("모서리"), at(37.511, 127.012)) // in the box around the circle, not in the circle
		w.store(called("문 닫은 집"), at(37.5, 127), func(s *booking.Store) { s.Active = false })
		near := booking.StoreQuery{Lat: new(37.5), Lng: new(127.0), Page: 1, Size: 10}

		page, err := w.Stores(t.Context(), near)
		require.NoError(t, err)
		require.Equal(t, []string{"바로 여기", "동쪽 0.9 km", "북쪽 1.1 km"}, names(page.Items))
		require.Equal(t, 3, page.Total)
		require.Zero(t, *page.Items[0].Distance)
		require.InDelta(t, 884, *page.Items[1].Distance, 6)
		require.InDelta(t, 1110, *page.Items[2].Distance, 7)

		for radius, want := range map[int]int{1: 1, 880: 1, 890: 2, 1110: 2, 1115: 3, 1700: 4, 20000: 5} {
			near.Radius = radius
			page, err = w.Stores(t.Context(), near)
			require.NoError(t, err)
			require.Len(t, page.Items, want, "%d m", radius)
			require.Equal(t, want, page.Total)
		}
	})
}

func TestStoresAreListedByNameWithoutAPlace(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, name := range []string{"하늘국수", "Blue", "가온김밥", "alpha", "나래치킨"} {
			w.store(called(name))
		}
		page, err := w.Stores(t.Context(), booking.StoreQuery{Page: 1, Size: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"alpha", "Blue", "가온김밥", "나래치킨", "하늘국수"}, names(page.Items))
		require.Nil(t, page.Items[0].Distance)
	})
}

func TestStoresAreFoundByCategoryAndText(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		pizza := func(s *booking.Store) { s.Category = booking.Pizza }
		w.store(called("화덕Pizza 100%"), pizza)
		w.store(called("달빛피자"), pizza)
		w.store(called("100 국밥"))
		w.store(called("50_50!"))
		for _, c := range []struct {
			category booking.Category
			text     string
			want     []string
		}{
			{"", "", []string{"100 국밥", "50_50!", "달빛피자", "화덕Pizza 100%"}},
			{booking.Pizza, "", []string{"달빛피자", "화덕Pizza 100%"}},
			{"", "100", []string{"100 국밥", "화덕Pizza 100%"}},
			{booking.Pizza, "100", []string{"화덕Pizza 100%"}},
			{"", "pIZZA", []string{"화덕Pizza 100%"}},
			{"", "ｐｉｚｚａ", []string{"화덕Pizza 100%"}},
			{"", "\u1111\u1175\u110c\u1161", []string{"달빛피자"}}, // 피자, as some keyboards send it
			{"", "%", []string{"화덕Pizza 100%"}},
			{"", "0_5", []string{"50_50!"}},
			{"", "0!", []string{"50_50!"}},
			{"", `\`, []string{}},
			{"", "'; --", []string{}},
			{"", " ", []string{"100 국밥", "50_50!", "달빛피자", "화덕Pizza 100%"}},
			{booking.Cafe, "", []string{}},
		} {
			page, err := w.Stores(t.Context(), booking.StoreQuery{Category: c.category, Text: c.text, Page: 1, Size: 10})
			require.NoError(t, err)
			require.Equal(t, c.want, names(page.Items), "%s %q", c.category, c.text)
			require.Equal(t, len(c.want), page.Total)
		}
	})
}

func TestPagesHaveAllStoresOnceAndTheTotal(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		const all = 23
		for i := range all {
			w.store(called(fmt.Sprintf("같은 곳 %02d", i%3))) // equal names and places: the order must still be one
		}
		for _, q := range []booking.StoreQuery{{}, {Lat: new(37.5), Lng: new(127.0)}} {
			seen := map[booking.StoreID]bool{}
			for q.Page, q.Size = 1, 5; q.Page <= 6; q.Page++ {
				page, err := w.Stores(t.Context(), q)
				require.NoError(t, err)
				require.Equal(t, all, page.Total)
				require.Len(t, page.Items, map[int]int{5: 3, 6: 0}[q.Page]+map[bool]int{true: 5}[q.Page < 5])
				for _, s := range page.Items {
					require.False(t, seen[s.ID])
					seen[s.ID] = true
				}
			}
			require.Len(t, seen, all)
		}
	})
}

func TestAPlaceThatIsNoneIsNamed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, c := range []struct {
			query booking.StoreQuery
			want  []string
		}{
			{booking.StoreQuery{Lat: new(37.5)}, []string{"query.lng"}},
			{booking.StoreQuery{Lng: new(127.0)}, []string{"query.lat"}},
			{booking.StoreQuery{Lat: new(math.NaN()), Lng: new(math.Inf(1)), Radius: 20001}, []string{"query.lat", "query.lng", "query.radius"}},
			{booking.StoreQuery{Lat: new(90.1), Lng: new(-180.1), Radius: -1}, []string{"query.lat", "query.lng", "query.radius"}},
		} {
			c.query.Page, c.query.Size = 1, 10
			_, err := w.Stores(t.Context(), c.query)
			require.Equal(t, c.want, fields(t, err))
		}
		for _, pole := range []float64{-90, 90} {
			_, err := w.Stores(t.Context(), booking.StoreQuery{Lat: new(pole), Lng: new(0.0), Page: 1, Size: 1})
			require.NoError(t, err)
		}
	})
}

func TestAStoreShowsWhatCanBeChosen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		store, other := w.store(), w.store()
		add := func(store booking.StoreID, section, name string, active bool) {
			_, _, err := w.CreateItem(t.Context(), w.by, booking.Item{Store: store, Section: section, Name: name, Price: 4500, Active: active}, "")
			require.NoError(t, err)
		}
		add(store.ID, "튀김", "김말이", true)
		add(store.ID, "떡볶이", "로제 떡볶이", true)
		add(store.ID, "떡볶이", "국물 떡볶이", true)
		add(store.ID, "떡볶이", "없어진 떡볶이", false)
		add(other.ID, "떡볶이", "남의 떡볶이", true)

		got, menu, err := w.Store(t.Context(), store.ID)
		require.NoError(t, err)
		require.Equal(t, store, got)
		var list []string
		for _, i := range menu {
			require.Equal(t, store.ID, i.Store)
			list = append(list, i.Section+"/"+i.Name)
		}
		require.Equal(t, []string{"떡볶이/국물 떡볶이", "떡볶이/로제 떡볶이", "튀김/김말이"}, list)

		require.NoError(t, w.DeleteStore(t.Context(), w.by, store.ID))
		got, _, err = w.Store(t.Context(), store.ID)
		require.NoError(t, err, "rooms that chose it keep it")
		require.False(t, got.Active)
		_, _, err = w.Store(t.Context(), 999)
		require.ErrorIs(t, err, booking.ErrNoStore)
	})
}

// Two districts have a 달빛동; 90101 belongs to that of 가온구 and to 별빛동, as one zip code may.
func (w world) areas() {
	w.t.Helper()
	for _, a := range []booking.Area{
		{Zip: "90101", Province: "새벽도", District: "가온구", Neighbourhood: "달빛동"},
		{Zip: "90102", Province: "새벽도", District: "가온구", Neighbourhood: "달빛동"},
		{Zip: "90101", Province: "새벽도", District: "가온구", Neighbourhood: "별빛동"},
		{Zip: "90103", Province: "새벽도", District: "가온구", Neighbourhood: "별빛동"},
		{Zip: "90201", Province: "새벽도", District: "나래구", Neighbourhood: "달빛동"},
		{Zip: "90301", Province: "노을도", District: "하늬시 가온구", Neighbourhood: "달빛동"},
		{Zip: "90401", Province: "한마음시", District: "", Neighbourhood: "이슬동"},
	} {
		require.NoError(w.t, w.db.Exec("INSERT INTO areas (zip, province, district, neighbourhood) VALUES (?, ?, ?, ?)",
			a.Zip, a.Province, a.District, a.Neighbourhood).Error)
	}
}

func TestBoxesAreFoundInTheNeighbourhoodAndNotInOneOfTheSameName(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.areas()
		for _, zip := range []string{"90101", "90102", "90103", "90201", "90301", "99999"} {
			w.box(func(b *booking.Box) { b.Zip, b.Name = zip, zip })
		}
		w.box(func(b *booking.Box) { b.Active = false })
		for zip, want := range map[string][]string{
			"90101": {"90101", "90102", "90103"}, // of both its neighbourhoods
			"90102": {"90101", "90102"},
			"90103": {"90101", "90103"},
			"90201": {"90201"},
			"90301": {"90301"},
			"99999": {"99999"}, // is in no area
			"90401": {},
		} {
			boxes, err := w.Boxes(t.Context(), zip, false)
			require.NoError(t, err)
			got := []string{}
			for _, b := range boxes {
				got = append(got, b.Name)
			}
			require.Equal(t, want, got, zip)
		}
	})
}

func TestWhatIsNoZipCodeOrCategoryIsNamed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, zip := range []string{"", "9010", "901010", "9010x", "９０１０１", "90101\n"} {
			_, err := w.Boxes(t.Context(), zip, false)
			require.Equal(t, []string{"query.zip"}, fields(t, err), "%q", zip)
		}
		for _, category := range []booking.Category{"sushi", "KOREAN", "한식"} {
			_, err := w.Stores(t.Context(), booking.StoreQuery{Category: category, Page: 1, Size: 1})
			require.Equal(t, []string{"query.category"}, fields(t, err), category)
		}
	})
}

func TestAvailableBoxesWorkAndAreFree(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		free, held := w.box(), w.box()
		broken := w.box(func(b *booking.Box) { b.Condition = booking.Broken })
		require.NoError(t, w.book(w.store().ID, held.ID, w.room()))
		held.Booked = true

		all, err := w.Boxes(t.Context(), "90101", false)
		require.NoError(t, err)
		require.Equal(t, []booking.Box{free, held, broken}, all)
		available, err := w.Boxes(t.Context(), "90101", true)
		require.NoError(t, err)
		require.Equal(t, []booking.Box{free}, available)
	})
}

func TestAreasAreFoundByTheBeginningsOfWordsOrByZipCode(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.areas()
		for q, want := range map[string]int{
			"달빛동": 4, "달": 4, "빛동": 0, "달빛동 나래구": 1, "나래구 달빛": 1, "가온구": 5, "하늬시": 1, "하늬시 가온구": 1, "노을도 달빛동": 1,
			"90101": 2, "901": 4, "00": 0, "90101 별빛동": 1, "\u1103\u1161\u11af": 4, "%": 0, "_빛동": 0, "!": 0, "이슬동": 1,
		} {
			areas, err := w.Areas(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, areas, want, q)
		}
		areas, err := w.Areas(t.Context(), "달빛동")
		require.NoError(t, err)
		require.Equal(t, booking.Area{Zip: "90101", Province: "새벽도", District: "가온구", Neighbourhood: "달빛동"}, areas[0])
		for _, q := range []string{"", " ", "a\x00", string(make([]rune, 61))} {
			_, err := w.Areas(t.Context(), q)
			require.Equal(t, []string{"query.q"}, fields(t, err), "%q", q)
		}
	})
}

func TestAreasAndBoxesEndSomewhere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for i := range 51 {
			require.NoError(t, w.db.Exec("INSERT INTO areas (zip, province, district, neighbourhood) VALUES (?, '새벽도', '가온구', '달빛동')",
				fmt.Sprint(91000+i)).Error)
		}
		areas, err := w.Areas(t.Context(), "달빛동")
		require.NoError(t, err)
		require.Len(t, areas, 50)
	})
}
