package mood

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
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
func (c *Counts) count(r reading) {
	if r.unclear {
		c.Unclear++
		return
	}
	labels := emotion.Labels()
	place := slices.Index(labels[:], r.label)
	if place < 0 {
		return
	}
	c.Labels[place]++
	c.valence += r.valence
	if r.love && r.label == emotion.Joy {
		c.Love++
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

	hour  span
	hours map[time.Time]*rest // by their beginning
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
func (t *tally) take(r reading) {
	if !t.hour.holds(r.at) {
		t.hour = t.calendar.around(Hour, r.at)
	}
	one := rest{people: []account.ID{r.author}}
	one.counts.count(r)
	t.join(t.hours, t.hour.from, one)
}

// join puts something to what is left over of the unit that begins then, and shows it all if it is of people enough.
func (t *tally) join(rests map[time.Time]*rest, from time.Time, more rest) {
	r := rests[from]
	if r == nil {
		r = &rest{}
		rests[from] = r
	}
	r.counts.add(more.counts)
	for _, who := range more.people {
		if !slices.Contains(r.people, who) {
			r.people = append(r.people, who)
		}
	}
	if len(r.people) < t.least {
		return
	}
	if i := slices.IndexFunc(t.buckets, func(s span) bool { return s.holds(from) }); i >= 0 {
		t.counts[i].add(r.counts)
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
			t.join(joined, t.calendar.around(larger, from).from, *rests[from])
		}
		rests, unit = joined, larger
	}
}
