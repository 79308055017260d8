package mood

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
)

// Reflection is a week of somebody's own messages.
type Reflection struct {
	Week      string // as in 2026-W47
	From, To  time.Time
	Messages  int // all of them, read or not
	Counts    Counts
	Days      [7]ReflectedDay // from Monday
	Corrected int             // how many of them the author said themselves how they meant
}

// ReflectedDay is a day of it.
type ReflectedDay struct {
	From     time.Time // when it begins, in the zone of the server
	Messages int
	Counts   Counts
}

// Reflect returns a week of the reader's own messages in all rooms they are or were in; the present one if none is named. Errors:
// emotion.ErrOff, emotion.ErrHidden, limit.ErrTooMany, fault.ErrInvalid.
func (s *Service) Reflect(ctx context.Context, reader account.User, week string) (Reflection, error) {
	in, err := s.readWeek(week)
	if err != nil {
		return Reflection{}, err
	}
	switch {
	case emotion.Allowed(s.Mode, room.ReadingsOn, reader.ShareReadings) == emotion.Nowhere:
		return Reflection{}, emotion.ErrOff
	case !reader.ShowReadings:
		return Reflection{}, emotion.ErrHidden
	}
	if err := s.allow(ctx, reader); err != nil {
		return Reflection{}, err
	}
	year, number := in.from.ISOWeek()
	reflection := Reflection{Week: fmt.Sprintf("%04d-W%02d", year, number), From: in.from, To: in.to}
	days := s.calendar.latest(Day, len(reflection.Days), in.to.Add(-1))
	for i, d := range days {
		reflection.Days[i].From = d.from
	}
	err = eachOfMine(s.DB.WithContext(ctx), reader.ID, in, func(r reading, readings room.Readings) {
		day := &reflection.Days[slices.IndexFunc(days, func(d span) bool { return d.holds(r.at) })]
		reflection.Messages++
		day.Messages++
		if !r.there || !s.sees(reader, readings, reader.ShareReadings, r.author) {
			return
		}
		reflection.Counts.count(r.felt().mark)
		day.Counts.count(r.felt().mark)
		if r.corrected {
			reflection.Corrected++
		}
	})
	if err != nil {
		return Reflection{}, fmt.Errorf("look up the week of %d: %w", reader.ID, err)
	}
	return reflection, nil
}

var weekForm = regexp.MustCompile(`^([0-9]{4})-W([0-9]{2})$`)

// readWeek returns a week that has begun.
func (s *Service) readWeek(text string) (span, error) {
	now := s.Now()
	if text == "" {
		return s.calendar.around(Week, now), nil
	}
	parts := weekForm.FindStringSubmatch(text)
	if parts == nil {
		return span{}, fault.ErrInvalid.WithField("query.week", "must be of the form 2026-W47")
	}
	year, _ := strconv.Atoi(parts[1]) // digits, as is the other
	number, _ := strconv.Atoi(parts[2])
	week, ok := s.calendar.week(year, number)
	switch {
	case !ok:
		return span{}, fault.ErrInvalid.WithField("query.week", "is no week of that year")
	case week.from.After(now):
		return span{}, fault.ErrInvalid.WithField("query.week", "is still to come")
	}
	return week, nil
}
