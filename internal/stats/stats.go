// Package stats knows how the server is used: who is here now, and what each day of its calendar brought.
package stats

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calendar"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/room"
)

// Online is how many have an open connection at this moment, and on how many nodes.
type Online struct{ Users, Sessions, Nodes int }

// Day is what a calendar day brought.
type Day struct {
	Day      calendar.Day
	Visitors int64 // different people, to about 1 %
	NewUsers int64 // accounts that were made
	Messages int64 // that people wrote
	Readings map[string]int64
	Cost     float64 // of the remote engine
}

// Rooms is a kind of rooms that are not closed.
type Rooms struct {
	Kind  room.Kind
	Phase *room.Phase // nil without a pickup
	Rooms int64
}

// Stats is how the server is used.
type Stats struct {
	At     time.Time
	Zone   string
	Online Online
	Users  map[account.State]int64
	Rooms  []Rooms
	Days   []Day // the oldest first; the last is today so far
}

// Spent is what the remote engine did on a day. Money is in billionths.
type Spent struct{ Readings, Money int64 }

// Deps is what a Service needs.
type Deps struct {
	DB     *gorm.DB
	Redis  rueidis.Client
	Zone   *time.Location
	Online func(ctx context.Context) Online
	// Spent tells what the remote engine did on a day, which is named as ISO 8601 does; nil without one.
	Spent func(ctx context.Context, day string) (Spent, error)
	Now   func() time.Time
	Log   *zap.Logger
}

// Service counts, writes down what it counted, and tells it. All methods may be called from many goroutines.
type Service struct {
	Deps
	visits  *visits
	tally   *tally
	samples *samples

	mu     sync.Mutex // one answer is worked out at a time
	census census
}

// census is what takes a moment to count, and when that was done.
type census struct {
	at    time.Time
	users map[account.State]int64
	rooms []Rooms
}

const (
	// flushEvery is how often a node writes down what it counted: at most so much is missing of one that is killed.
	flushEvery = 2 * time.Second
	// rollEvery is how often the days are written down of which others keep count.
	rollEvery = time.Minute
	// catchUpDays are looked at again by a node that starts: nobody may have been there at midnight.
	catchUpDays = 7
	// censusTTL is how old the numbers of users and rooms may be.
	censusTTL = 15 * time.Second
	// patience bounds every use of the database and Redis by Run.
	patience = 10 * time.Second
)

// NewService returns a service that remembers what it counts, and writes it down while Run runs.
func NewService(d Deps) *Service {
	return &Service{Deps: d, visits: newVisits(d), tally: newTally(d.Zone), samples: newSamples()}
}

// Saw notes that somebody uses the server. It is cheap enough for every request.
func (s *Service) Saw(who account.ID) { s.visits.saw(who, s.Now()) }

// Run writes down what was counted until ctx ends, and then what is left. A failure is logged, and made good by a later turn.
func (s *Service) Run(ctx context.Context) error {
	flush, roll, online := time.NewTicker(flushEvery), time.NewTicker(rollEvery), time.NewTicker(onlineEvery)
	defer flush.Stop()
	defer roll.Stop()
	defer online.Stop()
	s.try(ctx, s.samples.rolling, func(ctx context.Context) error { return s.roll(ctx, catchUpDays) })
	s.sampleOnline(ctx)
	rooms := time.NewTimer(s.sampleRooms(ctx))
	defer rooms.Stop()
	for {
		select {
		case <-flush.C:
			s.try(ctx, s.samples.flushing, s.flush)
		case <-roll.C:
			s.try(ctx, s.samples.rolling, func(ctx context.Context) error { return s.roll(ctx, 2) })
		case <-online.C:
			s.sampleOnline(ctx)
		case <-rooms.C:
			rooms.Reset(s.sampleRooms(ctx))
		case <-ctx.Done():
			s.try(context.WithoutCancel(ctx), s.samples.flushing, s.flush)
			return nil
		}
	}
}

// try does a step within its time.
func (s *Service) try(ctx context.Context, job *observability.Job, step func(context.Context) error) {
	err := job.Run(ctx, func(ctx context.Context) error {
		bounded, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return step(bounded)
	})
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("statistics are written down later", zap.Error(err))
	}
}

// flush writes down what this node counted.
func (s *Service) flush(ctx context.Context) error {
	if err := s.tally.flush(func(counts map[entry]int64) error { return add(s.DB.WithContext(ctx), counts) }); err != nil {
		return fmt.Errorf("write down counts: %w", err)
	}
	return s.visits.flush(ctx)
}

// roll writes down, of the last n days, what Redis and other tables keep count of. It may be done by all nodes and any number of
// times: what is written down only grows, so that a lost Redis or a purged account takes nothing back.
func (s *Service) roll(ctx context.Context, n int) error {
	reached := make(map[entry]int64)
	for i := range n {
		day := calendar.DayOf(s.Zone, s.Now()).Before(i)
		visitors, err := s.visits.count(ctx, day)
		if err != nil {
			return fmt.Errorf("count the visitors of %s: %w", day, err)
		}
		reached[entry{day.String(), visitorsName}] = visitors
		users, err := newUsers(s.DB.WithContext(ctx), day)
		if err != nil {
			return fmt.Errorf("count the new users of %s: %w", day, err)
		}
		reached[entry{day.String(), newUsersName}] = users
		if s.Spent == nil {
			continue
		}
		spent, err := s.Spent(ctx, day.String())
		if err != nil {
			return fmt.Errorf("look up what was spent on %s: %w", day, err)
		}
		reached[entry{day.String(), readingsPrefix + emotion.RemoteEngine}] = spent.Readings
		reached[entry{day.String(), costName}] = spent.Money
	}
	return raise(s.DB.WithContext(ctx), reached)
}

// Stats tells how the server is used, with this many days up to today. What other nodes counted is at most a few seconds old.
// While Redis is away the visitors of today are as they were last written down.
func (s *Service) Stats(ctx context.Context, days int) (Stats, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.try(ctx, s.samples.flushing, s.flush)
	s.try(ctx, s.samples.rolling, func(ctx context.Context) error { return s.roll(ctx, 1) })
	db := s.DB.WithContext(ctx)
	if err := s.count(db); err != nil {
		return Stats{}, fmt.Errorf("count users and rooms: %w", err)
	}
	today := calendar.DayOf(s.Zone, s.Now())
	kept, err := read(db, today.Before(days-1).String(), today.String())
	if err != nil {
		return Stats{}, fmt.Errorf("read what the days brought: %w", err)
	}
	out := Stats{
		At: s.Now(), Zone: s.Zone.String(), Online: s.Online(ctx), Users: maps.Clone(s.census.users), Rooms: slices.Clone(s.census.rooms),
	}
	for i := range days {
		out.Days = append(out.Days, dayFrom(today.Before(days-1-i), kept))
	}
	return out, nil
}

// count looks users and rooms over, unless it did so a moment ago. The lock is held.
func (s *Service) count(db *gorm.DB) (err error) {
	if !s.census.at.IsZero() && s.Now().Sub(s.census.at) < censusTTL {
		return nil
	}
	fresh := census{at: s.Now()}
	if fresh.users, err = countUsers(db); err != nil {
		return err
	}
	if fresh.rooms, err = countRooms(db); err != nil {
		return err
	}
	s.census = fresh
	return nil
}

// billion is how many billionths there are: what was spent is kept in them.
const billion = 1e9

func dayFrom(day calendar.Day, kept map[entry]int64) Day {
	d := Day{
		Day: day, Visitors: kept[entry{day.String(), visitorsName}], NewUsers: kept[entry{day.String(), newUsersName}],
		Messages: kept[entry{day.String(), messagesName}], Cost: float64(kept[entry{day.String(), costName}]) / billion,
		Readings: make(map[string]int64),
	}
	for e, n := range kept {
		if engine, ok := strings.CutPrefix(e.name, readingsPrefix); ok && e.day == day.String() {
			d.Readings[engine] = n
		}
	}
	return d
}
