package mood

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
)

// said is a message, and when it is there to be counted.
type said struct {
	reading
	stored time.Time
}

// answer is what somebody is shown at one moment: of each bucket, which messages it counts, by their places in the list as bits.
func answer(c calendar, days, least int, list []said, now time.Time) []int64 {
	unit, n, _ := unitFor(days)
	t := newTally(c, unit, c.latest(unit, n, now), least)
	for i, m := range list {
		if m.stored.After(now) {
			break
		}
		m.valence = 1 << i // of a sum of different powers of two one can tell what it is made of
		t.take(m.felt())
	}
	t.close(now)
	buckets := make([]int64, len(t.counts))
	for i, counts := range t.counts {
		buckets[i] = counts.valence
	}
	return buckets
}

// conversation draws messages of a few people, from moments to days apart, by nodes whose clocks differ a little.
func conversation(r *rapid.T, begin time.Time, people int) (list []said) {
	at, stored := begin, begin
	const shortBeforeTheHour = -1
	gaps := []time.Duration{0, time.Second, shortBeforeTheHour, time.Minute, 20 * time.Minute, time.Hour, 9 * time.Hour, 30 * time.Hour}
	for i := range rapid.IntRange(0, 35).Draw(r, "messages") {
		gap := rapid.SampledFrom(gaps).Draw(r, "gap")
		if gap == shortBeforeTheHour {
			gap = max(0, at.Truncate(time.Hour).Add(time.Hour-5*time.Second).Sub(at))
		}
		at = at.Add(gap)
		late := time.Duration(rapid.IntRange(0, 25).Draw(r, "late")) * time.Second
		skewed := at.Add(-time.Duration(rapid.IntRange(0, 25).Draw(r, "skew")) * time.Second)
		if stored.Before(at.Add(late)) {
			stored = at.Add(late)
		}
		author := account.ID(rapid.IntRange(1, people).Draw(r, "author"))
		list = append(list, said{reading{seq: int64(i + 1), at: skewed, author: author, there: true, label: emotion.Joy}, stored})
	}
	return list
}

// However long somebody collects answers about a conversation, for all stretches of days and at all times: what can be computed from
// them can be computed from the messages of at least three people taken together, never from those of fewer. That is so when messages
// that no answer tells apart are always of three people or more.
func TestNoAnswersTellApartWhatFewerThanThreePeopleWrote(t *testing.T) {
	Bound(t, "rapid.nofailfile", "true")
	Bound(t, "rapid.checks", "40") // each is hundreds of answers
	rapid.Check(t, func(r *rapid.T) {
		c := calendar{zone(t, rapid.SampledFrom([]string{"Asia/Seoul", "Europe/Berlin", "Australia/Lord_Howe"}).Draw(r, "zone"))}
		begin := time.Date(2026, 3, 27, rapid.IntRange(0, 71).Draw(r, "hour"), 0, 0, 0, c.zone)
		list := conversation(r, begin, rapid.IntRange(1, 6).Draw(r, "people"))
		before := make(map[Unit]map[time.Time]int64)
		answers := make(map[int64]bool)
		for _, now := range moments(r, list) {
			for _, days := range []int{1, 7, 30, 90} {
				unit, n, _ := unitFor(days)
				buckets := c.latest(unit, n, now)
				for i, shown := range answer(c, days, LeastPeople, list, now) {
					answers[shown] = true
					if before[unit] == nil {
						before[unit] = make(map[time.Time]int64)
					}
					from := buckets[i].from
					require.Equal(t, before[unit][from], before[unit][from]&shown, "what was shown stays")
					before[unit][from] = shown
				}
			}
		}
		for told, people := range toldApart(list, slices.Sorted(maps.Keys(answers))) {
			require.GreaterOrEqual(t, len(people), LeastPeople, "the answers tell apart what %v wrote: %v", people, told)
		}
	})
}

// moments are when somebody asks: whenever there is something new, and in between.
func moments(r *rapid.T, list []said) (times []time.Time) {
	for _, m := range list {
		times = append(times, m.stored, m.at.Truncate(time.Hour).Add(time.Hour), m.stored.Add(time.Duration(rapid.IntRange(0, 7200).Draw(r, "seconds later"))*time.Second))
	}
	if len(list) > 0 {
		end := list[len(list)-1].stored
		times = append(times, end.Add(time.Hour+settled), end.Add(24*time.Hour+settled), end.Add(7*24*time.Hour+settled))
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// toldApart returns whose messages are in each set of messages that all answers treat alike, by the answers that they are in. What is in
// none is left out.
func toldApart(list []said, answers []int64) map[string]map[account.ID]bool {
	sets := make(map[string]map[account.ID]bool)
	for i, m := range list {
		in := make([]byte, len(answers))
		shown := false
		for j, a := range answers {
			if a&(1<<i) != 0 {
				in[j], shown = 1, true
			}
		}
		if !shown {
			continue
		}
		if sets[string(in)] == nil {
			sets[string(in)] = make(map[account.ID]bool)
		}
		sets[string(in)][m.author] = true
	}
	return sets
}

// Where nothing has to be kept back, everything is counted at once, where it belongs.
func TestBetweenTwoPeopleEverythingIsShown(t *testing.T) {
	Bound(t, "rapid.nofailfile", "true")
	Bound(t, "rapid.checks", "20")
	rapid.Check(t, func(r *rapid.T) {
		c := calendar{zone(t, "Europe/Berlin")}
		list := conversation(r, time.Date(2026, 3, 27, 12, 0, 0, 0, c.zone), 2)
		for _, now := range moments(r, list) {
			days := rapid.SampledFrom([]int{1, 7, 30, 90}).Draw(r, "days")
			unit, n, _ := unitFor(days)
			shown := answer(c, days, 1, list, now)
			for i, s := range c.latest(unit, n, now) {
				var want int64
				for j, m := range list {
					if s.holds(m.at) && !m.stored.After(now) {
						want |= 1 << j
					}
				}
				require.Equal(t, want, shown[i])
			}
		}
	})
}

func TestABlockIsShownOnceItHasThreePeople(t *testing.T) {
	c := calendar{zone(t, "Asia/Seoul")}
	monday := time.Date(2026, 11, 16, 9, 0, 0, 0, c.zone)
	minutes := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Minute) }
	const hour, day = 60, 24 * 60
	type entry struct {
		minute int
		author account.ID
	}
	for name, test := range map[string]struct {
		list []entry
		now  int // minutes after Monday, 9:00
		// The last bucket of each view: which messages it shows.
		hour, day, week int64
	}{
		"two people":                         {[]entry{{0, 1}, {1, 2}, {2, 1}}, 3, 0, 0, 0},
		"the third one":                      {[]entry{{0, 1}, {1, 2}, {2, 1}, {3, 3}}, 3, 0b1111, 0b1111, 0b1111},
		"what comes after waits":             {[]entry{{0, 1}, {1, 2}, {2, 3}, {3, 3}, {4, 1}}, 5, 0b111, 0b111, 0b111},
		"until it is of three":               {[]entry{{0, 1}, {1, 2}, {2, 3}, {3, 3}, {4, 1}, {5, 4}}, 5, 0b111111, 0b111111, 0b111111},
		"not with the hour before":           {[]entry{{0, 1}, {1, 2}, {hour, 3}}, hour, 0, 0, 0},
		"when that is over":                  {[]entry{{0, 1}, {1, 2}, {hour, 3}}, 2*hour + 1, 0, 0b111, 0b111},
		"not with the day before":            {[]entry{{0, 1}, {1, 2}, {day, 3}}, day + 2*hour, 0, 0, 0},
		"when that is over too":              {[]entry{{0, 1}, {1, 2}, {day, 3}}, 2*day + hour, 0, 0, 0b111},
		"never with the week before":         {[]entry{{0, 1}, {1, 2}, {7 * day, 3}}, 8 * day, 0, 0, 0},
		"what is left of an hour with three": {[]entry{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {hour, 5}, {hour, 6}}, 2*hour + 1, 0, 0b111111, 0b111111},
	} {
		t.Run(name, func(t *testing.T) {
			var list []said
			for i, e := range test.list {
				at := minutes(e.minute)
				list = append(list, said{reading{seq: int64(i + 1), at: at, author: e.author, there: true, label: emotion.Joy}, at})
			}
			last := func(days int) int64 {
				buckets := answer(c, days, LeastPeople, list, minutes(test.now))
				return buckets[len(buckets)-1]
			}
			require.Equal(t, []int64{test.hour, test.day, test.day, test.week}, []int64{last(1), last(7), last(30), last(90)})
		})
	}
}

func TestAnHourIsOverWhenAllOfItIsStored(t *testing.T) {
	c := calendar{time.UTC}
	ten := time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)
	var list []said
	for i, m := range []struct{ sent, stored time.Duration }{
		{-80 * time.Minute, -80 * time.Minute}, {-79 * time.Minute, -79 * time.Minute}, {-10 * time.Minute, -10 * time.Minute},
		{-2 * time.Second, 20 * time.Second}, {-time.Second, 21 * time.Second},
	} {
		list = append(list, said{reading{at: ten.Add(m.sent), author: account.ID(i), there: true, label: emotion.Joy}, ten.Add(m.stored)})
	}
	today := func(after time.Duration) int64 {
		buckets := answer(c, 7, LeastPeople, list, ten.Add(after))
		return buckets[len(buckets)-1]
	}
	require.EqualValues(t, 0, today(10*time.Second), "who knows what else was said by ten o'clock")
	require.EqualValues(t, 0b11100, today(30*time.Second), "this was")
	require.EqualValues(t, 0b11100, today(2*time.Minute), "two are left over of the hour before")
}

func TestUnclearOnesCountForPeopleAndNotForFeelings(t *testing.T) {
	c := calendar{time.UTC}
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	tally := newTally(c, Hour, c.latest(Hour, 24, now), LeastPeople)
	for i, r := range []reading{
		{label: emotion.Joy, valence: 8000, love: true}, {label: emotion.Sadness, valence: -5000}, {unclear: true, label: emotion.Anger, valence: -9000, love: true},
	} {
		r.there, r.at, r.author = true, now, account.ID(i)
		tally.take(r.felt())
	}
	buckets := tally.timeline().Buckets
	counts := buckets[len(buckets)-1].Counts
	require.Equal(t, &Counts{Labels: [7]int{3: 1, 4: 1}, Love: 1, Unclear: 1, valence: 3000}, counts)
	require.InDelta(t, 0.15, counts.Valence(), 0)
	require.Nil(t, buckets[0].Counts)
}
