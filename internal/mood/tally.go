package mood

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
)

// Counts are readings that somebody may see, counted.
type Counts struct {
	Labels  [7]int // the clear ones, in the order of emotion.Labels
	Love    int    // how many of the glad ones are affectionate
	Unclear int

	valence int64 // the sum of that of the clear ones, in 1/10000
}

// Clear returns how many clear ones there are.
func (c Counts) Clear() (n int) {
	for _, count := range c.Labels {
		n += count
	}
	return n
}

// Valence returns the mean of the clear ones, with four decimals. It means nothing without any.
func (c Counts) Valence() float64 { return math.Round(float64(c.valence)/float64(c.Clear())) / 1e4 }

func (c *Counts) add(d Counts) {
	for i, count := range d.Labels {
		c.Labels[i] += count
	}
	c.Love += d.Love
	c.Unclear += d.Unclear
	c.valence += d.valence
}

// count adds a reading.
func (c *Counts) count(m mark) {
	switch {
	case m.kind == unclear:
		c.Unclear++
	case m.kind >= firstLabel:
		c.Labels[m.kind-firstLabel]++
		c.valence += m.valence
		if m.love {
			c.Love++
		}
	}
}

// tally counts the readings of a room by time. So that nobody can find out from it how few people felt, it counts them in
// blocks: a block is shown as a whole when it has messages of at least `least` people, and until then not at all. Every answer
// is a sum of such blocks, and so is what remains when one answer is taken from another, however long one has collected them.
//
// A block holds messages of one hour, in their order, and ends as soon as it has people enough. What is left over of an hour joins what is
// left over of the other hours of its day, and so on with days and weeks, as soon as the hour is over; it then is part of the day
// and not of any hour. What is left over of a week is never shown. Nothing of this depends on when one asks, nor on the unit
// that one asks for, except that what is not yet known is not yet counted.
//
// What changes afterwards shows as itself: who sees a message vanish from the history, or its author's readings, may as well see them
// vanish from here.
type tally struct {
	calendar calendar
	unit     Unit
	buckets  []span
	counts   []Counts // of each bucket
	least    int

	hours map[time.Time]*rest // by their beginning

	// Of the message before.
	quarter int64
	hour    span
	rest    *rest // of that hour; nil before the first message
	bucket  int
}

// rest is what is not shown yet.
type rest struct {
	counts Counts
	people []account.ID
}

func newTally(c calendar, u Unit, buckets []span, least int) *tally {
	return &tally{calendar: c, unit: u, buckets: buckets, counts: make([]Counts, len(buckets)), least: least, hours: make(map[time.Time]*rest)}
}

// take counts a reading. Those of one room come in the order of their messages.
func (t *tally) take(f felt) {
	if t.rest == nil || f.quarter != t.quarter {
		t.turn(f.quarter)
	}
	t.rest.counts.count(f.mark)
	t.rest.meet(f.author)
	t.show(t.rest, t.bucket)
}

// turn goes to the hour of another quarter.
func (t *tally) turn(quarter int64) {
	t.quarter = quarter
	at := beginOf(quarter)
	if t.rest != nil && t.hour.holds(at) {
		return
	}
	t.hour = t.calendar.around(Hour, at)
	t.rest, t.bucket = restAt(t.hours, t.hour.from), t.bucketOf(t.hour.from)
}

func restAt(rests map[time.Time]*rest, from time.Time) *rest {
	if rests[from] == nil {
		rests[from] = &rest{}
	}
	return rests[from]
}

// bucketOf returns the place of the bucket that a moment belongs to, or -1.
func (t *tally) bucketOf(at time.Time) int {
	return slices.IndexFunc(t.buckets, func(s span) bool { return s.holds(at) })
}

// meet notes that somebody wrote a part of a rest.
func (r *rest) meet(who account.ID) {
	if !slices.Contains(r.people, who) {
		r.people = append(r.people, who)
	}
}

// show puts a rest that is of people enough into a bucket, if there is one for it.
func (t *tally) show(r *rest, bucket int) {
	if len(r.people) < t.least {
		return
	}
	if bucket >= 0 {
		t.counts[bucket].add(r.counts)
	}
	*r = rest{people: r.people[:0]}
}

// settled is how long after its end an hour is over: all that was said in it is stored by then, even by a node whose clock is late.
const settled = time.Minute

// close puts together what is left over of the units that are over.
func (t *tally) close(now time.Time) {
	rests, unit := t.hours, Hour
	for _, larger := range []Unit{Day, Week} {
		if unit == t.unit {
			return
		}
		joined := make(map[time.Time]*rest)
		for _, from := range slices.SortedFunc(maps.Keys(rests), time.Time.Compare) {
			if now.Before(t.calendar.around(unit, from).to.Add(settled)) {
				continue
			}
			begin := t.calendar.around(larger, from).from
			whole := restAt(joined, begin)
			whole.counts.add(rests[from].counts)
			for _, who := range rests[from].people {
				whole.meet(who)
			}
			t.show(whole, t.bucketOf(begin))
		}
		rests, unit = joined, larger
	}
}
