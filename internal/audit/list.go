package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
)

// Entry is one thing that was done.
type Entry struct {
	ID      int64
	At      time.Time
	Actor   *account.Person // nil: the server itself or its operator; without a nickname when they have left
	Action  Action
	Target  Target
	Changes []Change
	Address string
}

// Filter says which entries are wanted. What is zero does not matter.
type Filter struct {
	Actor    account.ID
	Action   Action
	Target   Target // its type, its id, or both
	From, To *time.Time
	Cursor   string // the Next of the page before
	Size     int
}

// Page is some entries, the latest first.
type Page struct {
	Entries []Entry
	Next    string // empty on the last page
}

// errCursor is a cursor that no page gave.
var errCursor = fault.ErrInvalid.WithField("query.cursor", "is not the next of a page of this list")

// Service shows the entries. All methods may be called from many goroutines.
type Service struct{ db *gorm.DB }

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB) *Service { return &Service{db: db} }

type seenRow struct {
	Row      row `gorm:"embedded"`
	Nickname *string
}

// List returns a page of entries, for admins only.
func (s *Service) List(ctx context.Context, who account.ID, f Filter) (Page, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return Page{}, err
	}
	query := f.narrow(db.Table("audit a").Joins("LEFT JOIN users u ON u.id = a.actor_id").Select("a.*, u.nickname"))
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return Page{}, err
		}
		// One bound that an index understands, and then which of that very moment.
		query = query.Where("a.created_at <= ? AND (a.created_at < ? OR a.id < ?)", at, at, id)
	}
	var rows []seenRow
	if err := query.Order("a.created_at DESC, a.id DESC").Limit(f.Size + 1).Scan(&rows).Error; err != nil {
		return Page{}, fmt.Errorf("list audit: %w", err)
	}
	var page Page
	if len(rows) > f.Size {
		rows = rows[:f.Size]
		last := rows[f.Size-1].Row
		page.Next = cursor(last.CreatedAt, last.ID)
	}
	for _, r := range rows {
		entry, err := r.entry()
		if err != nil {
			return Page{}, err
		}
		page.Entries = append(page.Entries, entry)
	}
	return page, nil
}

func (f Filter) narrow(query *gorm.DB) *gorm.DB {
	if f.Actor != 0 {
		query = query.Where("a.actor_id = ?", f.Actor)
	}
	if f.Action != "" {
		query = query.Where("a.action = ?", f.Action)
	}
	if f.Target.Type != "" {
		query = query.Where("a.target_type = ?", f.Target.Type)
	}
	if f.Target.ID != 0 {
		query = query.Where("a.target_id = ?", f.Target.ID)
	}
	if f.From != nil {
		query = query.Where("a.created_at >= ?", bound(*f.From))
	}
	if f.To != nil {
		query = query.Where("a.created_at < ?", bound(*f.To))
	}
	return query
}

// bound returns the first time not before t that SQL knows.
func bound(t time.Time) time.Time {
	first, last := time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	switch t = t.UTC().Add(time.Microsecond - 1).Truncate(time.Microsecond); {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

func (r seenRow) entry() (Entry, error) {
	e := Entry{ID: r.Row.ID, At: r.Row.CreatedAt.UTC(), Action: r.Row.Action, Target: Target{r.Row.TargetType, r.Row.TargetID}}
	if err := json.Unmarshal([]byte(r.Row.Changes), &e.Changes); err != nil {
		return Entry{}, fmt.Errorf("changes of audit entry %d: %w", r.Row.ID, err)
	}
	if r.Row.ActorID != nil {
		e.Actor = &account.Person{ID: *r.Row.ActorID}
		if r.Nickname != nil {
			e.Actor.Nickname = *r.Nickname
		}
	}
	if r.Row.Address != nil {
		e.Address = *r.Row.Address
	}
	return e, nil
}

// cursor names the last entry of a page: when it was, in microseconds, and which of that moment.
func cursor(at time.Time, id int64) string {
	return strconv.FormatInt(at.UnixMicro(), 36) + "." + strconv.FormatInt(id, 36)
}

func parseCursor(text string) (at time.Time, id int64, err error) {
	micros, number, _ := strings.Cut(text, ".")
	since, err := strconv.ParseInt(micros, 36, 64)
	if err == nil {
		id, err = strconv.ParseInt(number, 36, 64)
	}
	at = time.UnixMicro(since).UTC()
	if err != nil || cursor(at, id) != text || !at.Equal(bound(at)) {
		return time.Time{}, 0, errCursor
	}
	return at, id, nil
}

// stamp is a time as SQL keeps it.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
