package mood

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// odd are zones that tell something apart: half hours, quarters, clocks that are changed by half an hour, at midnight, or not at all.
var odd = []string{
	"Asia/Seoul", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo",
	"America/Havana", "Asia/Beirut", "America/St_Johns", "America/Santiago",
}

func TestUnitsFollowEachOtherAndAreMadeOfOneAnother(t *testing.T) {
	Bound(t, "rapid.nofailfile", "true")
	rapid.Check(t, func(r *rapid.T) {
		c := calendar{zone(t, rapid.SampledFrom(odd).Draw(r, "zone"))}
		// Half of them within a day of a change of clocks, if there is one.
		at := time.Unix(rapid.Int64Range(1.76e9, 2.1e9).Draw(r, "second"), 0)
		if _, change := at.In(c.zone).ZoneBounds(); rapid.Bool().Draw(r, "change") && !change.IsZero() {
			at = change.Add(time.Duration(rapid.IntRange(-30*3600, 30*3600).Draw(r, "seconds from it")) * time.Second)
		}
		smaller := span{at, at.Add(1)}
		for _, u := range []Unit{Hour, Day, Week} {
			whole := c.around(u, at)
			require.True(t, whole.holds(at), "%s %v", u, whole)
			require.True(t, whole.holds(smaller.from) && !smaller.to.After(whole.to), "%s %v holds all of %v", u, whole, smaller)
			require.Equal(t, whole, c.around(u, whole.from))
			require.Equal(t, whole, c.around(u, whole.to.Add(-1)))
			require.True(t, whole.to.Equal(c.around(u, whole.to).from), "%s: what follows begins where it ends", u)
			smaller = whole
		}
		for i, s := range c.latest(Day, 30, at) {
			y, m, d := at.In(c.zone).Date()
			want := time.Date(y, m, d-29+i, 12, 0, 0, 0, c.zone)
			require.Equal(t, want.Format(time.DateOnly), s.from.Format(time.DateOnly))
			require.Equal(t, want.Format(time.DateOnly), s.to.Add(-1).Format(time.DateOnly))
			require.NotEqual(t, want.Format(time.DateOnly), s.from.Add(-1).Format(time.DateOnly))
		}
	})
}

func TestDaysAreAsLongAsTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		zone, at string
		hours    float64
		from     string
	}{
		"no change":            {"Asia/Seoul", "2026-03-29T12:00:00+09:00", 24, "2026-03-29T00:00:00+09:00"},
		"an hour less":         {"Europe/Berlin", "2026-03-29T12:00:00+02:00", 23, "2026-03-29T00:00:00+01:00"},
		"an hour more":         {"Europe/Berlin", "2026-10-25T12:00:00+01:00", 25, "2026-10-25T00:00:00+02:00"},
		"half an hour more":    {"Australia/Lord_Howe", "2026-04-05T12:00:00+10:30", 24.5, "2026-04-05T00:00:00+11:00"},
		"there is no midnight": {"Africa/Cairo", "2026-04-24T12:00:00+03:00", 23, "2026-04-24T01:00:00+03:00"},
		"there are two":        {"America/Havana", "2026-11-01T12:00:00-05:00", 25, "2026-11-01T00:00:00-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			require.NoError(t, err)
			day := calendar{zone(t, c.zone)}.around(Day, at)
			require.Equal(t, c.from, day.from.Format(time.RFC3339))
			require.InDelta(t, c.hours, day.to.Sub(day.from).Hours(), 0)
		})
	}
}

func TestWeeksAreThoseOfTheStandard(t *testing.T) {
	c := calendar{zone(t, "Asia/Seoul")}
	for text, want := range map[string]string{"2026-W01": "2025-12-29", "2026-W47": "2026-11-16", "2026-W53": "2026-12-28", "2025-W53": "", "2026-W00": "", "2026-W54": "", "0000-W01": "0000-01-03"} {
		s := Service{Deps: Deps{Now: func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }}, calendar: c}
		week, err := s.readWeek(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, week.from.Format(time.DateOnly), text)
		require.Equal(t, time.Monday, week.from.Weekday())
		require.Equal(t, 7*24*time.Hour, week.to.Sub(week.from))
	}
}
