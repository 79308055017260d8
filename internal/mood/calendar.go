package mood

import (
	"slices"
	"time"

	when "github.com/emosation/emosation/internal/calendar"
)

// Unit is a piece of a calendar.
type Unit string

// The units, each made of whole ones of the unit before it.
const (
	Hour Unit = "hour"
	Day  Unit = "day"
	Week Unit = "week" // from Monday
)

// span is a stretch of time without its end.
type span struct{ from, to time.Time }

func (s span) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// calendar is that of a time zone.
type calendar struct{ zone *time.Location }

// around returns the unit that a moment belongs to.
func (c calendar) around(u Unit, at time.Time) span {
	year, month, day := at.In(c.zone).Date()
	switch u {
	case Week:
		monday := day - int(at.In(c.zone).Weekday()+6)%7
		return span{c.midnight(year, month, monday), c.midnight(year, month, monday+7)}
	case Day:
		return span{c.midnight(year, month, day), c.midnight(year, month, day+1)}
	default:
		// Counted from midnight: clocks may be changed by half an hour, and there are no two hours with one beginning.
		whole := c.around(Day, at)
		from := whole.from.Add(at.Sub(whole.from).Truncate(time.Hour))
		to := from.Add(time.Hour)
		if to.After(whole.to) {
			to = whole.to
		}
		return span{from, to}
	}
}

// latest returns the last n units up to a moment, the oldest first.
func (c calendar) latest(u Unit, n int, at time.Time) []span {
	list := make([]span, n)
	for i := range slices.Backward(list) {
		list[i] = c.around(u, at)
		at = list[i].from.Add(-1)
	}
	return list
}

// midnight returns when a day begins.
func (c calendar) midnight(year int, month time.Month, day int) time.Time {
	return when.Midnight(c.zone, year, month, day)
}

// week returns a week by its number in ISO 8601, or not ok where a year has no such week.
func (c calendar) week(year, number int) (_ span, ok bool) {
	// The week with 4 January in it is the first one.
	s := c.around(Week, c.midnight(year, time.January, 4+7*(number-1)))
	y, n := s.from.In(c.zone).ISOWeek()
	return s, y == year && n == number
}
