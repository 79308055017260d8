// Package calendar knows when the days of a time zone begin.
package calendar

import (
	"sort"
	"time"
)

// Midnight returns when a day begins. That need not be at 0:00, where clocks are changed then. Days may be counted beyond the end
// of their month and before its beginning.
func Midnight(zone *time.Location, year int, month time.Month, day int) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	year, month, day = noon.Date()
	const step, back = 15 * time.Minute, 15 * time.Hour // clocks are changed at quarters of hours
	evening := noon.Add(-back)
	n := sort.Search(int(back/step), func(n int) bool {
		y, m, d := evening.Add(time.Duration(n) * step).Date()
		return y == year && m == month && d == day
	})
	return evening.Add(time.Duration(n) * step)
}

// Day is a day of a time zone, from its beginning to that of the next one.
type Day struct{ From, To time.Time }

// DayOf returns the day of a moment.
func DayOf(zone *time.Location, at time.Time) Day {
	year, month, day := at.In(zone).Date()
	return Day{Midnight(zone, year, month, day), Midnight(zone, year, month, day+1)}
}

// Before returns the day n days earlier.
func (d Day) Before(n int) Day {
	year, month, day := d.From.Date()
	zone := d.From.Location()
	return Day{Midnight(zone, year, month, day-n), Midnight(zone, year, month, day-n+1)}
}

// Holds tells whether a moment is in it.
func (d Day) Holds(at time.Time) bool { return !at.Before(d.From) && at.Before(d.To) }

// String returns its date as ISO 8601 writes it.
func (d Day) String() string { return d.From.Format(time.DateOnly) }
