// Package mood owns what is told of many readings at once: how a conversation felt over time, what somebody missed in it, and how
// one's own week was. It shows only what its reader may see in the conversations themselves.
package mood

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"
	"gorm.io/gorm"
)

// LeastPeople is how many people must have written what is shown of a group room, of each piece of it.
const LeastPeople = 3

// Deps is what a Service needs.
type Deps struct {
	DB        *gorm.DB
	Limits    limit.Limiter
	Mode      emotion.Mode
	Zone      *time.Location // whose calendar hours, days and weeks are of
	Summaries Summaries      // nil without a remote engine
	Now       func() time.Time
	Log       *zap.Logger
}

// Service tells of many readings at once. All methods may be called from many goroutines.
type Service struct {
	Deps
	calendar calendar
	turns    *semaphore.Weighted
	rolling  *observability.Job
}

const (
	// patience bounds the counting of a conversation.
	patience = 10 * time.Second
	// atOnce is how many conversations one process counts at a time: that is much to read, and others wait for the database.
	atOnce = 2
)

// NewService needs an open database whose schema is up to date.
func NewService(d Deps) *Service {
	return &Service{Deps: d, calendar: calendar{d.Zone}, turns: semaphore.NewWeighted(atOnce), rolling: observability.NewJob("mood_roll_up")}
}

// Timeline is how a conversation felt over time.
type Timeline struct {
	Unit        Unit
	LeastPeople int
	Buckets     []Bucket // without gaps in time; the last one has the present moment in it
}

// Bucket is a stretch of time without its end.
type Bucket struct {
	From, To time.Time
	Counts   *Counts // nil where there is nothing to show
}

// Of returns how a room of the reader's felt in the last days, of which there may be 1, 7, 30 or 90. In a group room it is counted
// in blocks of at least LeastPeople people. Errors: room.ErrNotFound, emotion.ErrOff, emotion.ErrHidden, fault.ErrInvalid.
func (s *Service) Of(ctx context.Context, reader account.User, id room.ID, days int) (Timeline, error) {
	unit, n, err := unitFor(days)
	if err != nil {
		return Timeline{}, err
	}
	at, err := s.enter(ctx, reader, id)
	if err != nil {
		return Timeline{}, err
	}
	if err := s.allow(ctx, reader); err != nil {
		return Timeline{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.turns.Acquire(ctx, 1); err != nil {
		return Timeline{}, fmt.Errorf("wait for a turn to count: %w", err)
	}
	defer s.turns.Release(1)
	db, now := s.DB.WithContext(ctx), s.Now()
	shares, err := loadShares(db, id)
	if err != nil {
		return Timeline{}, fmt.Errorf("look up what is shared in room %d: %w", id, err)
	}
	least := 1
	if at.Kind == room.Group {
		least = LeastPeople
	}
	t := newTally(s.calendar, unit, s.calendar.latest(unit, n, now), least)
	seen := func(author account.ID) bool { return s.sees(reader, at.Readings, shares[author], author) }
	err = eachSince(db, at.Room, t.buckets[0].from, seen, t.take)
	if err != nil {
		return Timeline{}, fmt.Errorf("count the readings of room %d: %w", id, err)
	}
	t.close(now)
	return t.timeline(), nil
}

// unitFor returns the unit in which so many days are shown, and how many of them make the days.
func unitFor(days int) (Unit, int, error) {
	switch days {
	case 1:
		return Hour, 24, nil
	case 7, 30:
		return Day, days, nil
	case 90:
		return Week, 13, nil
	default:
		return "", 0, fault.ErrInvalid.WithField("query.days", "must be 1, 7, 30 or 90")
	}
}

// rule is faster than anybody looks.
var rule = limit.Rule{Name: "mood", Burst: 30, Every: time.Second}

// Rules are those that attempts are counted by.
func Rules() []limit.Rule { return []limit.Rule{rule} }

func (s *Service) allow(ctx context.Context, reader account.User) error {
	return s.Limits.Allow(ctx, rule, strconv.FormatInt(int64(reader.ID), 10))
}

// enter returns a room of the reader's where there may be readings for them.
func (s *Service) enter(ctx context.Context, reader account.User, id room.ID) (room.Mine, error) {
	at, err := room.Find(s.DB.WithContext(ctx), reader.ID, id)
	switch {
	case err != nil:
		return room.Mine{}, err
	case emotion.RoomReach(s.Mode, at.Readings) == emotion.Nowhere:
		return room.Mine{}, emotion.ErrOff
	case !reader.ShowReadings:
		return room.Mine{}, emotion.ErrHidden
	}
	return at, nil
}

// sees tells whether the readings of an author who shares that are shown to somebody.
func (s *Service) sees(reader account.User, in room.Readings, share account.ShareReadings, author account.ID) bool {
	return emotion.Visible(emotion.Shared(s.Mode, in, share), author == reader.ID, reader.ShowReadings)
}

func (t *tally) timeline() Timeline {
	line := Timeline{Unit: t.unit, LeastPeople: t.least, Buckets: make([]Bucket, len(t.buckets))}
	for i, s := range t.buckets {
		line.Buckets[i] = Bucket{From: s.from, To: s.to}
		if t.counts[i] != (Counts{}) {
			line.Buckets[i].Counts = &t.counts[i]
		}
	}
	return line
}
