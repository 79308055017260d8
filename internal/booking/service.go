package booking

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/name"
	"gorm.io/gorm"
)

const (
	mostBoxes = 200 // of one neighbourhood, in one answer
	mostAreas = 50
	maxQuery  = 60 // code points
)

// Service holds what is done with places outside a room's own transactions. All methods may be called from many
// goroutines.
type Service struct {
	db     *gorm.DB
	limits limit.Limiter
	secret []byte
	now    func() time.Time
}

// NewService needs an open database whose schema is up to date, and the secret that codes are issued with.
func NewService(db *gorm.DB, limits limit.Limiter, secret []byte, now func() time.Time) *Service {
	return &Service{db: db, limits: limits, secret: secret, now: now}
}

// Store returns a store and what can be chosen there, by section and name, or ErrNoStore. A store out of use is
// returned too, for the rooms that chose it before.
func (s *Service) Store(ctx context.Context, id StoreID) (Store, []Item, error) {
	db := s.db.WithContext(ctx)
	return storeWith(db, id, db.Where("active = ?", true))
}

// storeWith returns a store and those dishes of it that a query finds.
func storeWith(db *gorm.DB, id StoreID, dishes *gorm.DB) (Store, []Item, error) {
	row, found, err := first[storeRow](db, "id = ?", id)
	if err != nil {
		return Store{}, nil, fmt.Errorf("store %d: %w", id, err)
	}
	if !found {
		return Store{}, nil, ErrNoStore
	}
	var rows []itemRow
	if err := dishes.Where("store_id = ?", id).Find(&rows).Error; err != nil {
		return Store{}, nil, fmt.Errorf("menu of store %d: %w", id, err)
	}
	menu := make([]Item, len(rows))
	for i, r := range rows {
		menu[i] = r.item()
	}
	slices.SortFunc(menu, func(a, b Item) int { // here, because databases differ in how they compare
		return cmp.Or(strings.Compare(a.Section, b.Section), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return row.store(), menu, nil
}

// Boxes returns the boxes in the neighbourhoods of a zip code, by name. A neighbourhood is one of (province, district,
// name): one of the same name elsewhere is another. For a zip code that is in no area these are the boxes with that
// zip code. With available, boxes that are booked or do not work are left out.
func (s *Service) Boxes(ctx context.Context, zip string, available bool) ([]Box, error) {
	if !zipCode.MatchString(zip) {
		return nil, fault.ErrInvalid.WithField("query.zip", wrongZip)
	}
	query := selectBoxes(s.db.WithContext(ctx)).
		Where("b.active = ?", true).
		Where(`b.zip = ? OR b.zip IN (
			SELECT near.zip FROM areas here JOIN areas near ON near.province = here.province
				AND near.district = here.district AND near.neighbourhood = here.neighbourhood
			WHERE here.zip = ?)`, zip, zip)
	if available {
		query = query.Where("b.`condition` = ? AND NOT "+isBooked, OK)
	}
	var rows []seenBox
	if err := query.Order("b.name_key, b.id").Limit(mostBoxes).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("boxes of %s: %w", zip, err)
	}
	return boxes(rows), nil
}

func isNumber(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func boxes(rows []seenBox) []Box {
	list := make([]Box, len(rows))
	for i, r := range rows {
		list[i] = r.box()
	}
	return list
}

// Areas finds areas by zip code, or by the words of their names: each word must begin the neighbourhood, the province
// or a word of the district. Beginnings suffice.
func (s *Service) Areas(ctx context.Context, q string) ([]Area, error) {
	q, wrong := name.Normal(q, maxQuery)
	if wrong != "" {
		return nil, fault.ErrInvalid.WithField("query.q", wrong)
	}
	query := s.db.WithContext(ctx)
	for _, word := range strings.Fields(q) {
		start := escape(word) + "%"
		if isNumber(word) { // MariaDB compares zip codes with nothing but ASCII
			query = query.Where("zip LIKE ?", start)
			continue
		}
		query = query.Where("neighbourhood LIKE ? ESCAPE '!' OR province LIKE ? ESCAPE '!' OR "+
			"district LIKE ? ESCAPE '!' OR district LIKE ? ESCAPE '!'", start, start, start, "% "+start)
	}
	var rows []areaRow
	if err := query.Order("neighbourhood, district, province, zip").Limit(mostAreas).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("find areas: %w", err)
	}
	areas := make([]Area, len(rows))
	for i, r := range rows {
		areas[i] = Area(r)
	}
	return areas, nil
}

// named narrows a query to rows whose name contains the text, in any case and width. Nothing contains everything.
func named(query *gorm.DB, text string) *gorm.DB {
	key := name.Key(text, maxName)
	if key == "" {
		return query
	}
	return query.Where("name_key LIKE ? ESCAPE '!'", "%"+escape(key)+"%")
}

// escape makes a text stand for itself in a LIKE whose escape character is the exclamation mark. (The backslash is
// not one in SQLite, and in MariaDB it depends on a setting.)
func escape(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}
