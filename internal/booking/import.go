package booking

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ImportAreas adds the areas of a CSV file and returns how many are new. Everything that is wrong with the file is
// returned as Mistakes, and then nothing is stored; so it is with the other imports.
func (s *Service) ImportAreas(ctx context.Context, in io.Reader) (int, error) {
	return s.load(ctx, in, readAreas)
}

// ImportStores adds the stores of a CSV file and returns how many. It does not look for stores that are there already.
func (s *Service) ImportStores(ctx context.Context, in io.Reader) (int, error) {
	return s.load(ctx, in, readStores)
}

// ImportMenu adds the dishes of a CSV file and returns how many. It names their stores by storeId, or by the exact name
// of a store that is in use.
func (s *Service) ImportMenu(ctx context.Context, in io.Reader) (int, error) {
	return s.load(ctx, in, readMenu)
}

// ImportBoxes adds the boxes of a CSV file and returns how many. They have no keys yet.
func (s *Service) ImportBoxes(ctx context.Context, in io.Reader) (int, error) {
	return s.load(ctx, in, readBoxes)
}

// ImportFirst adds the places of a folder (areas.csv, boxes.csv, stores.csv, menus.csv) unless there is a store
// already, and tells whether it did.
func (s *Service) ImportFirst(ctx context.Context, folder fs.FS) (done bool, err error) {
	var loads []loader
	for _, file := range []struct {
		name string
		read func(io.Reader) (loader, error)
	}{{"areas.csv", readAreas}, {"boxes.csv", readBoxes}, {"stores.csv", readStores}, {"menus.csv", readMenu}} {
		load, err := readFile(folder, file.name, file.read)
		if err != nil {
			return false, fmt.Errorf("%s: %w", file.name, err)
		}
		loads = append(loads, func(tx *gorm.DB, now time.Time) (int, error) {
			n, err := load(tx, now)
			if err != nil {
				err = fmt.Errorf("%s: %w", file.name, err)
			}
			return n, err
		})
	}
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		_, found, err := first[storeRow](tx, "id > ?", 0)
		done = !found && err == nil
		if !done {
			return err
		}
		for _, load := range loads {
			if _, err := load(tx, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
	return done && err == nil, err
}

func readFile(folder fs.FS, name string, read func(io.Reader) (loader, error)) (loader, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file)
}

// loader stores what was read from a file and returns how many rows that were, or returns the file's Mistakes.
type loader func(tx *gorm.DB, now time.Time) (int, error)

// load reads before the transaction begins, which may have to be run again.
func (s *Service) load(ctx context.Context, in io.Reader, read func(io.Reader) (loader, error)) (n int, err error) {
	load, err := read(in)
	if err != nil {
		return 0, err
	}
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		n, err = load(tx, s.now())
		return err
	})
	return n, err
}

func readAreas(in io.Reader) (loader, error) {
	areas, mistakes, err := areaSheet.read(in)
	return func(tx *gorm.DB, _ time.Time) (int, error) {
		if len(mistakes) > 0 {
			return 0, mistakes
		}
		rows := make([]areaRow, len(areas))
		for i, a := range areas {
			rows[i] = areaRow(a)
		}
		return insert(tx.Clauses(clause.OnConflict{DoNothing: true}), rows)
	}, err
}

func readStores(in io.Reader) (loader, error) {
	stores, mistakes, err := storeSheet.read(in)
	return func(tx *gorm.DB, now time.Time) (int, error) {
		if len(mistakes) > 0 {
			return 0, mistakes
		}
		rows := make([]storeRow, len(stores))
		for i, s := range stores {
			rows[i] = newStoreRow(s, now)
		}
		return insert(tx, rows)
	}, err
}

func readBoxes(in io.Reader) (loader, error) {
	boxes, mistakes, err := boxSheet.read(in)
	return func(tx *gorm.DB, now time.Time) (int, error) {
		if len(mistakes) > 0 {
			return 0, mistakes
		}
		rows := make([]boxRow, len(boxes))
		for i, b := range boxes {
			rows[i] = newBoxRow(b, now)
		}
		return insert(tx, rows)
	}, err
}

func readMenu(in io.Reader) (loader, error) {
	dishes, wrong, err := dishSheet.read(in)
	return func(tx *gorm.DB, _ time.Time) (int, error) {
		known, err := newDirectory(tx)
		if err != nil {
			return 0, err
		}
		mistakes := slices.Clone(wrong)
		rows := make([]itemRow, len(dishes))
		for i, d := range dishes {
			item, mistake := known.item(d)
			if mistake != nil {
				mistakes = append(mistakes, *mistake)
			}
			rows[i] = newItemRow(item)
		}
		if len(mistakes) > 0 {
			slices.SortStableFunc(mistakes, func(a, b Mistake) int { return a.Line - b.Line })
			return 0, mistakes
		}
		return insert(tx, rows)
	}, err
}

var areaSheet = sheet[Area]{
	required: []string{"zip", "province", "district", "neighbourhood"},
	row: func(r *record) Area {
		return Area{
			Zip: r.text("zip"), Province: r.text("province"), District: r.text("district"), Neighbourhood: r.text("neighbourhood"),
		}.normal(r.wrong)
	},
}

var storeSheet = sheet[Store]{
	required: []string{"name", "category", "address", "lat", "lng", "minOrder", "deliveryFee"},
	optional: []string{"active"},
	row: func(r *record) Store {
		return Store{
			Name: r.text("name"), Category: Category(r.text("category")), Address: r.text("address"),
			Lat: r.degrees("lat"), Lng: r.degrees("lng"),
			MinOrder: r.integer("minOrder"), DeliveryFee: r.integer("deliveryFee"), Active: r.active(),
		}.normal(r.wrong)
	},
}

var boxSheet = sheet[Box]{
	required: []string{"name", "zip", "address", "lat", "lng"},
	optional: []string{"condition", "active"},
	row: func(r *record) Box {
		condition := Condition(r.text("condition"))
		if condition == "" {
			condition = OK
		}
		return Box{
			Name: r.text("name"), Zip: r.text("zip"), Address: r.text("address"), Lat: r.degrees("lat"), Lng: r.degrees("lng"),
			Condition: condition, Active: r.active(),
		}.normal(r.wrong)
	},
}

var dishSheet = sheet[dish]{
	required: []string{"section", "name", "price"},
	optional: []string{"store", "storeId", "active"},
	row:      newDish,
}

// dish is a line of a menu file: an item whose store is still to be looked up. Neither is named when the line has been
// complained of.
type dish struct {
	item  Item   // with its store when the line gives the id
	store string // the store's name when the line gives that
	line  int
}

func newDish(r *record) dish {
	d := dish{line: r.line("store")}
	d.item = Item{Section: r.text("section"), Name: r.text("name"), Price: r.integer("price"), Active: r.active()}.normal(r.wrong)
	store, id := r.text("store"), r.text("storeId")
	switch {
	case (store == "") == (id == ""):
		r.wrong("store", "or storeId must say which store it is, and only one of them")
	case id != "":
		d.item.Store = r.storeID(id)
	default:
		d.store = normalName("store", store, maxName, r.wrong)
	}
	return d
}

// storeID returns 0 after a complaint.
func (r *record) storeID(text string) StoreID {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		r.wrong("storeId", "must be the id of a store")
		return 0
	}
	return StoreID(id)
}

// directory finds stores as menu files name them.
type directory struct {
	ids   map[StoreID]bool
	named map[string][]StoreID // those in use
}

func newDirectory(tx *gorm.DB) (directory, error) {
	var rows []storeRow
	if err := tx.Select("id", "name", "active").Find(&rows).Error; err != nil {
		return directory{}, fmt.Errorf("look up stores: %w", err)
	}
	d := directory{ids: make(map[StoreID]bool, len(rows)), named: make(map[string][]StoreID, len(rows))}
	for _, r := range rows {
		d.ids[r.ID] = true
		if r.Active {
			d.named[r.Name] = append(d.named[r.Name], r.ID)
		}
	}
	return d, nil
}

// item returns a dish with its store, or what is wrong.
func (d directory) item(dish dish) (item Item, wrong *Mistake) {
	item = dish.item
	switch ids := d.named[dish.store]; {
	case dish.store != "" && len(ids) == 0:
		return item, &Mistake{Line: dish.line, Column: "store", Reason: "names no store in use"}
	case len(ids) > 1:
		return item, &Mistake{Line: dish.line, Column: "store", Reason: "names several stores; give the storeId instead"}
	case len(ids) == 1:
		item.Store = ids[0]
	case item.Store != 0 && !d.ids[item.Store]:
		return item, &Mistake{Line: dish.line, Column: "storeId", Reason: "names no store"}
	}
	return item, nil
}

// insert adds rows, some at a time, and returns how many of them are new.
func insert[R any](tx *gorm.DB, rows []R) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	const batch = 100 // for each parameter of a statement SQLite's driver looks at all of them
	created := tx.CreateInBatches(&rows, batch)
	return int(created.RowsAffected), created.Error
}
