package booking_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/booking"
)

// imports are the four kinds of files, each with a good one of two rows.
func (w world) imports() map[string]struct {
	run  func(io.Reader) (int, error)
	good string
} {
	type kind = struct {
		run  func(io.Reader) (int, error)
		good string
	}
	ctx := w.t.Context()
	return map[string]kind{
		"areas": {
			func(in io.Reader) (int, error) { return w.ImportAreas(ctx, in) },
			"zip,province,district,neighbourhood\n90101,새벽도,가온구,달빛동\n90401,한마음시,,이슬동\n",
		},
		"stores": {
			func(in io.Reader) (int, error) { return w.ImportStores(ctx, in) },
			"name,category,address,lat,lng,minOrder,deliveryFee,active\n" +
				"달빛분식,snack,가온구 달빛로 12,37.5,127,12000,3000,\n\"별빛, 카페\",cafe,나래구 1,37.51,127.01,0,0,false\n",
		},
		"menu_items": {
			func(in io.Reader) (int, error) { return w.ImportMenu(ctx, in) },
			"price,name,section,store\n4500,국물 떡볶이,떡볶이,달빛분식\n700,김말이,튀김,달빛분식\n",
		},
		"boxes": {
			func(in io.Reader) (int, error) { return w.ImportBoxes(ctx, in) },
			"name,zip,address,lat,lng,condition\n달빛공원 픽업함,90101,가온구 달빛로 1,37.5,127,\n별빛역 픽업함,90102,가온구 별빛로 1,37.5,127,broken\n",
		},
	}
}

func TestGoodFilesAreStored(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		kinds := w.imports()
		for _, table := range []string{"areas", "stores", "menu_items", "boxes"} {
			n, err := kinds[table].run(strings.NewReader(kinds[table].good))
			require.NoError(t, err, table)
			require.Equal(t, 2, n, table)
			require.Equal(t, 2, w.count(table, "1 = 1"), table)
		}
		areas, err := w.Areas(t.Context(), "90401")
		require.NoError(t, err)
		require.Equal(t, []booking.Area{{Zip: "90401", Province: "한마음시", Neighbourhood: "이슬동"}}, areas)
		stores, err := w.AllStores(t.Context(), w.admin, "", 1, 10)
		require.NoError(t, err)
		require.Equal(t, []booking.Store{
			{ID: 1, Category: booking.Snack, Name: "달빛분식", Address: "가온구 달빛로 12", Lat: 37.5, Lng: 127, MinOrder: 12000, DeliveryFee: 3000, Active: true},
			{ID: 2, Category: booking.Cafe, Name: "별빛, 카페", Address: "나래구 1", Lat: 37.51, Lng: 127.01},
		}, stores.Items)
		_, menu, err := w.Store(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, booking.Item{ID: 1, Store: 1, Section: "떡볶이", Name: "국물 떡볶이", Price: 4500, Active: true}, menu[0])
		boxes, err := w.AllBoxes(t.Context(), w.admin, "", 1, 10)
		require.NoError(t, err)
		require.Equal(t, []booking.Box{
			{ID: 1, Name: "달빛공원 픽업함", Zip: "90101", Address: "가온구 달빛로 1", Lat: 37.5, Lng: 127, Condition: booking.OK, Active: true},
			{ID: 2, Name: "별빛역 픽업함", Zip: "90102", Address: "가온구 별빛로 1", Lat: 37.5, Lng: 127, Condition: booking.Broken, Active: true},
		}, boxes.Items)
	})
}

func TestFilesMayBeWrittenByOtherPrograms(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		n, err := w.ImportAreas(t.Context(), strings.NewReader(
			"\ufeffneighbourhood,zip,province,district\r\n\r\n 달빛동 ,90101,새벽도,\"가온구\"\r\n\u1103\u1161\u11af동,90102,새벽도,가온구"))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		areas, err := w.Areas(t.Context(), "새벽도")
		require.NoError(t, err)
		require.Equal(t, []booking.Area{
			{Zip: "90102", Province: "새벽도", District: "가온구", Neighbourhood: "달동"},
			{Zip: "90101", Province: "새벽도", District: "가온구", Neighbourhood: "달빛동"},
		}, areas)
		n, err = w.ImportAreas(t.Context(), strings.NewReader("zip,province,district,neighbourhood\n"))
		require.NoError(t, err, "a table may be empty")
		require.Zero(t, n)
	})
}

func TestAreasThatAreThereAreLeftAsTheyAre(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		file := "zip,province,district,neighbourhood\n90101,새벽도,가온구,달빛동\n90101,새벽도,가온구,달빛동\n90102,새벽도,가온구,달빛동\n"
		for _, want := range []int{2, 0} {
			n, err := w.ImportAreas(t.Context(), strings.NewReader(file))
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		n, err := w.ImportAreas(t.Context(), strings.NewReader(file+"90102,새벽도,나래구,달빛동\n"))
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

// mistakes returns where mistakes are, as "line column".
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	found, ok := errors.AsType[booking.Mistakes](err)
	require.True(t, ok, "%v", err)
	list := []string{}
	for _, m := range found {
		require.NotEmpty(t, m.Reason)
		require.Contains(t, err.Error(), m.Reason)
		list = append(list, strings.TrimSpace(fmt.Sprint(m.Line, " ", m.Column)))
	}
	return list
}

func TestEveryMistakeIsReportedAndNothingStored(t *testing.T) {
	const (
		storeHeader = "name,category,address,lat,lng,minOrder,deliveryFee,active\n"
		goodStore   = "하늘국수,korean,가온구 1,37.5,127,9000,2000,true\n"
		menuHeader  = "store,storeId,section,name,price\n"
	)
	eachWorld(t, func(t *testing.T, w world) {
		store := w.store()
		w.store(called("쌍둥이"))
		w.store(called("쌍둥이"))
		w.store(called("문 닫은 집"), func(s *booking.Store) { s.Active = false })
		for name, c := range map[string]struct {
			table, file string
			want        []string
		}{
			"all fields": {"stores", storeHeader + goodStore + ",sushi,,91,x,12.5,-1,yes\n" + goodStore,
				[]string{"3 lng", "3 minOrder", "3 active", "3 name", "3 address", "3 category", "3 lat", "3 deliveryFee"}},
			"several lines":           {"boxes", "name,zip,address,lat,lng\n가,9010,나,0,0\n가,90101,나,0,0\n가,90101,나,NaN,1e3\n", []string{"2 zip", "4 lat", "4 lng"}},
			"a field over two lines":  {"stores", storeHeader + "\"하늘\n국수\",korean,가온구 1,37.5,127,x,0,true\n", []string{"3 minOrder", "2 name"}},
			"fields missing and over": {"areas", "zip,province,district,neighbourhood\n90101,새벽도,가온구\n90101,새벽도,가온구,달빛동,1\n9,새벽도,가온구,\n", []string{"2", "3", "4 zip", "4 neighbourhood"}},
			"another encoding":        {"areas", "zip,province,district,neighbourhood\n90101,\xbb\xf5\xba\xae\xb5\xb5,가온구,\xb4\xde\xba\xfb\xb5\xbf\n9010,새벽도,가온구,달빛동\n", []string{"2 province", "2 neighbourhood", "3 zip"}},
			"no CSV":                  {"areas", "zip,province,district,neighbourhood\n9010,새벽도,가온구,달빛동\n90101,\"새벽\"도,가온구,달빛동\n", []string{"2 zip", "3"}},
			"no header":               {"areas", "90101,새벽도,가온구,달빛동\n", []string{"1 90101", "1 새벽도", "1 가온구", "1 달빛동", "1 zip", "1 province", "1 district", "1 neighbourhood"}},
			"columns":                 {"areas", "zip,zip,Province,district,neighbourhood\n", []string{"1 zip", "1 Province", "1 province"}},
			"nothing":                 {"areas", "", []string{"1"}},
			"byte order mark only":    {"areas", "\ufeff", []string{"1"}},
			"dishes without a store":  {"menu_items", "section,name,price\n튀김,김말이,700\n", []string{"2 store"}},
			"stores of dishes": {"menu_items", menuHeader +
				"쌍둥이,,튀김,김말이,700\n문 닫은 집,,튀김,김말이,700\n없는 집,,튀김,김말이,x\n달빛분식,1,튀김,김말이,700\n,999,튀김,김말이,700\n,0,튀김,김말이,700\n,하나,튀김,김말이,700\n달빛분식,,튀김,,700\n",
				[]string{"2 store", "3 store", "4 price", "4 store", "5 store", "6 storeId", "7 storeId", "8 storeId", "9 name"}},
		} {
			t.Run(name, func(t *testing.T) {
				before := w.count(c.table, "1 = 1")
				n, err := w.imports()[c.table].run(strings.NewReader(c.file))
				require.Equal(t, c.want, mistakes(t, err))
				require.Zero(t, n)
				require.Equal(t, before, w.count(c.table, "1 = 1"))
			})
		}
		n, err := w.ImportMenu(t.Context(), strings.NewReader(menuHeader+fmt.Sprintf(",%d,튀김,김말이,700\n", store.ID)))
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

func TestAFileThatCannotBeReadIsNoMistake(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		broken := errors.New("the disk is gone")
		for table, kind := range w.imports() {
			half := io.MultiReader(strings.NewReader(kind.good[:len(kind.good)-5]), iotest.ErrReader(broken))
			_, err := kind.run(half)
			require.ErrorIs(t, err, broken, table)
			_, err = kind.run(iotest.ErrReader(broken))
			require.ErrorIs(t, err, broken, table)
			require.Zero(t, w.count(table, "1 = 1"))
		}
	})
}

func TestAllAreasOfACountryAreImportedInSeconds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		const all = 42_000
		var file bytes.Buffer
		file.WriteString("zip,province,district,neighbourhood\n")
		for i := range all {
			fmt.Fprintf(&file, "%05d,새벽%d도,가온%d구,달빛%d동\n", i, i%17, i%250, i%5000)
		}
		start := time.Now()
		n, err := w.ImportAreas(t.Context(), &file)
		require.NoError(t, err)
		require.Equal(t, all, n)
		t.Log(time.Since(start))
		areas, err := w.Areas(t.Context(), "달빛4999동")
		require.NoError(t, err)
		require.Len(t, areas, 8)
	})
}

func TestTheFirstPlacesAreImportedOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		folder := fstest.MapFS{}
		for table, kind := range w.imports() {
			name := map[string]string{"menu_items": "menus"}[table]
			folder[cmp.Or(name, table)+".csv"] = &fstest.MapFile{Data: []byte(kind.good)}
		}
		bad := folder["menus.csv"].Data
		folder["menus.csv"].Data = []byte("store,section,name,price\n없는 집,튀김,김말이,700\n")
		_, err := w.ImportFirst(t.Context(), folder)
		require.Equal(t, []string{"2 store"}, mistakes(t, err))
		require.Contains(t, err.Error(), "menus.csv")
		require.Zero(t, w.count("areas", "1 = 1")+w.count("stores", "1 = 1")+w.count("boxes", "1 = 1"), "all or nothing")

		folder["menus.csv"].Data = bad
		for _, want := range []bool{true, false} {
			done, err := w.ImportFirst(t.Context(), folder)
			require.NoError(t, err)
			require.Equal(t, want, done)
		}
		require.Equal(t, 8, w.count("areas", "1 = 1")+w.count("stores", "1 = 1")+w.count("menu_items", "1 = 1")+w.count("boxes", "1 = 1"))

		delete(folder, "boxes.csv")
		_, err = w.ImportFirst(t.Context(), folder)
		require.ErrorContains(t, err, "boxes.csv")
	})
}

// FuzzImport feeds files of strangers to the readers: each is read in full or its mistakes lie within it, and what is
// accepted is in its normal form.
func FuzzImport(f *testing.F) {
	kinds := []string{"areas", "stores", "menus", "boxes"}
	for i, file := range []string{
		"zip,province,district,neighbourhood\n90101,새벽도,가온구,달빛동\n",
		"name,category,address,lat,lng,minOrder,deliveryFee,active\n하늘국수,korean,가온구 1,37.5,127,9000,2000,true\n",
		"store,storeId,section,name,price\n달빛분식,,튀김,김말이,700\n,7,튀김,김말이,700\n",
		"\ufeffname,zip,address,lat,lng,condition\n\"달빛\n공원\",90101,가온구,37.5,127,broken\n",
		"zip,province,district,neighbourhood\n\"90101,새벽도",
		"name,category\xff\n\x00,\n",
	} {
		f.Add(uint8(i), []byte(file))
	}
	f.Fuzz(func(t *testing.T, kind uint8, file []byte) {
		rows, found, err := booking.ReadSheet(kinds[int(kind)%len(kinds)], bytes.NewReader(file))
		require.NoError(t, err, "whatever it holds, it was read")
		lines := 1 + bytes.Count(file, []byte("\n")) + bytes.Count(file, []byte("\r"))
		require.LessOrEqual(t, rows, lines)
		for _, m := range found {
			require.NotEmpty(t, m.Reason)
			require.Positive(t, m.Line)
			require.LessOrEqual(t, m.Line, lines)
		}
	})
}
