// Package search owns what finds messages by their words: the index of what was said, and the looking up in it.
package search

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
)

// MaxPage is the greatest number of messages in one page.
const MaxPage = 50

// Query says what to find.
type Query struct {
	Text   string  // every word of it
	Room   room.ID // only there; 0 means in all rooms one is joined in
	Cursor string  // the Next of the page before; empty at first
	Limit  int     // 1 to MaxPage
}

// Place names a message.
type Place struct {
	Room room.ID
	Seq  int64
}

// Page is what was found, the newest first. Who shows it loads the messages anew, and leaves out what may not be seen
// any more or has no Marks any more.
type Page struct {
	Places []Place
	Next   string // the cursor of the page after this, which may be empty all the same; empty on the last one

	query query
}

// Marks returns where the words that were looked for stand in a text, in order and without overlap; nothing when the
// text does not hold all of them.
func (p Page) Marks(body string) []Span { return p.query.marks(body) }

// What can go wrong.
var (
	// ErrBehind means that more was said lately than can be searched before it is indexed.
	ErrBehind = fault.New(fault.Unavailable, "search.behind", "The search is still catching up. Try again.").WithRetryAfter(5 * time.Second)

	errCursor = fault.ErrInvalid.WithField("query.cursor", "is not one that was given out")
)

// rule is as fast as somebody types who wants to find something.
var rule = limit.Rule{Name: "search", Burst: 30, Every: 500 * time.Millisecond}

// Rules are those that attempts are counted by.
func Rules() []limit.Rule { return []limit.Rule{rule} }

const (
	// patience bounds a search.
	patience = 5 * time.Second
	// atOnce is how many searches of one process ask the database at a time, which has others to serve.
	atOnce = 4
)

// Service finds messages, and keeps the index that this takes.
type Service struct {
	db     *gorm.DB
	limits limit.Limiter
	now    func() time.Time
	log    *zap.Logger
	plan   plan
	memory *memory
	turns  *semaphore.Weighted
	jobs   struct{ indexing, filing *observability.Job }
	slow   chan struct{} // told that searches are, for what is not indexed
}

// NewService returns a service. What is new is found without Run, but ever more slowly.
func NewService(db *gorm.DB, limits limit.Limiter, now func() time.Time, log *zap.Logger) *Service {
	s := &Service{
		db: db, limits: limits, now: now, log: log, plan: plan{first: 60, many: 256}, memory: newMemory(mostRemembered),
		turns: semaphore.NewWeighted(atOnce), slow: make(chan struct{}, 1),
	}
	s.jobs.indexing, s.jobs.filing = observability.NewJob("search_index"), observability.NewJob("search_filing")
	return s
}

// Find returns where the words of a query were said in the rooms a person is joined in. Errors: room.ErrNotFound,
// limit.ErrTooMany, ErrBehind, fault.ErrInvalid.
func (s *Service) Find(ctx context.Context, who account.ID, q Query) (Page, error) {
	if q.Limit < 1 || q.Limit > MaxPage {
		return Page{}, fault.ErrInvalid.WithField("query.limit", fmt.Sprintf("must be between 1 and %d", MaxPage))
	}
	parsed, err := parse(q.Text)
	if err != nil {
		return Page{}, err
	}
	before, err := readCursor(q.Cursor)
	if err != nil {
		return Page{}, err
	}
	if err := s.limits.Allow(ctx, rule, strconv.FormatInt(int64(who), 10)); err != nil {
		return Page{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.turns.Acquire(ctx, 1); err != nil {
		return Page{}, fmt.Errorf("wait for a turn to search: %w", err)
	}
	defer s.turns.Release(1)
	w := walk{db: s.db.WithContext(ctx), memory: s.memory, who: who, room: q.Room, query: parsed, before: before, limit: q.Limit, plan: s.plan}
	page, err := w.run()
	if w.raw > slow {
		select {
		case s.slow <- struct{}{}:
		default: // it was told already
		}
	}
	if err != nil {
		return Page{}, fmt.Errorf("search for %d: %w", who, err)
	}
	return page, nil
}

// moment is when and where something was said: the order of what is found.
type moment struct {
	at int64 // microseconds since 1970
	Place
}

// end comes after everything that can be said.
var end = moment{math.MaxInt64, Place{math.MaxInt64, math.MaxInt64}}

func (m moment) compare(n moment) int {
	return cmp.Or(cmp.Compare(m.at, n.at), cmp.Compare(m.Room, n.Room), cmp.Compare(m.Seq, n.Seq))
}

// cursor writes a moment so that nobody is tempted to make one up.
func (m moment) cursor() string {
	var b []byte
	for _, n := range [...]int64{m.at, int64(m.Room), m.Seq} {
		b = binary.AppendVarint(b, n)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor returns the moment before which the next page begins.
func readCursor(text string) (moment, error) {
	if text == "" {
		return end, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return moment{}, errCursor
	}
	var numbers [3]int64
	for i := range numbers {
		n, size := binary.Varint(b)
		if size <= 0 {
			return moment{}, errCursor
		}
		numbers[i], b = n, b[size:]
	}
	if len(b) > 0 {
		return moment{}, errCursor
	}
	return moment{numbers[0], Place{room.ID(numbers[1]), numbers[2]}}, nil
}
