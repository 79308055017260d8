package stats

import (
	"cmp"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calendar"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// What is counted. A name of readings ends with their engine.
const (
	visitorsName   = "visitors"
	newUsersName   = "new_users"
	messagesName   = "messages"
	costName       = "cost" // in billionths
	readingsPrefix = "readings:"
)

// entry is one number of one day.
type entry struct{ day, name string }

type row struct {
	Day   string `gorm:"primaryKey"`
	Name  string `gorm:"primaryKey"`
	Total int64
}

func (row) TableName() string { return "daily_counts" }

// add adds to what is written down; it does all of it or nothing.
func add(db *gorm.DB, counts map[entry]int64) error { return write(db, counts, "total + ?", 1) }

// raise replaces what is written down where it is less.
func raise(db *gorm.DB, reached map[entry]int64) error {
	return write(db, reached, "CASE WHEN total < ? THEN ? ELSE total END", 2)
}

// write upserts numbers; the total of a row that is there becomes what an expression says, in which the number stands so many times.
func write(db *gorm.DB, numbers map[entry]int64, expression string, times int) error {
	rows := make([]row, 0, len(numbers))
	for e, n := range numbers {
		rows = append(rows, row{Day: e.day, Name: e.name, Total: n})
	}
	// In one order, so that nodes do not wait for each other in a circle.
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Name, b.Name)) })
	return storage.Tx(db.Statement.Context, db, func(tx *gorm.DB) error {
		for _, r := range rows {
			upsert := clause.OnConflict{
				Columns:   []clause.Column{{Name: "day"}, {Name: "name"}},
				DoUpdates: clause.Assignments(map[string]any{"total": gorm.Expr(expression, slices.Repeat([]any{r.Total}, times)...)}),
			}
			if err := tx.Clauses(upsert).Create(&r).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// read returns what is written down of some days, both ends included.
func read(db *gorm.DB, from, to string) (map[entry]int64, error) {
	var rows []row
	if err := db.Where("day BETWEEN ? AND ?", from, to).Find(&rows).Error; err != nil {
		return nil, err
	}
	kept := make(map[entry]int64, len(rows))
	for _, r := range rows {
		kept[entry{r.Day, r.Name}] = r.Total
	}
	return kept, nil
}

func newUsers(db *gorm.DB, day calendar.Day) (n int64, err error) {
	err = db.Table("users").Where("created_at >= ? AND created_at < ?", day.From.UTC(), day.To.UTC()).Count(&n).Error
	return n, err
}

func countUsers(db *gorm.DB) (map[account.State]int64, error) {
	var rows []struct {
		State account.State
		N     int64
	}
	err := db.Table("users").Select("state, COUNT(*) AS n").Group("state").Find(&rows).Error
	users := make(map[account.State]int64, len(rows))
	for _, r := range rows {
		users[r.State] = r.N
	}
	return users, err
}

func countRooms(db *gorm.DB) (rooms []Rooms, err error) {
	err = db.Table("rooms").Select("kind, phase, COUNT(*) AS rooms").Where("state IN ?", []room.State{room.Open, room.ReadOnly}).
		Group("kind, phase").Order("kind, phase").Find(&rooms).Error
	return rooms, err
}
