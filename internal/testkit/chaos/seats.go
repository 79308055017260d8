package chaos

import (
	"sync"
	"time"
)

// seat is what is known for certain about one user's place in one room, by the answers that they and the host got.
type seat struct {
	joins, leaves, kicks int       // requests made, whatever became of them
	joining, leaving     int       // requests that are under way
	last                 string    // the last thing that was answered with yes: joined, left or kicked
	vague                bool      // a request of theirs was never answered and may still be carried out
	kicked               bool      // for ever
	ended                time.Time // when the end of access was answered; zero while access may last
}

// What becomes of a request about a seat.
type outcome int

const (
	nothing outcome = iota // no answer
	refused
	done
)

type place struct{ room, user int64 }

// seats is the memory of all memberships, shared by the clients and the judge.
type seats struct {
	mu  sync.Mutex
	all map[place]*seat
	bus *disturbances
}

func newSeats(bus *disturbances) *seats { return &seats{all: make(map[place]*seat), bus: bus} }

func (s *seats) change(p place, fn func(*seat)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[p] == nil {
		s.all[p] = &seat{}
	}
	fn(s.all[p])
}

func (s *seats) get(p place) (seat, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[p] == nil {
		return seat{}, false
	}
	return *s.all[p], true
}

// joined notes a membership from the beginning.
func (s *seats) joined(p place) { s.change(p, func(t *seat) { t.joins++; t.last = "joined" }) }

func (s *seats) join(p place) {
	s.change(p, func(t *seat) {
		t.joins++
		t.joining++
		if !t.kicked {
			t.ended = time.Time{}
		}
	})
}

func (s *seats) joinAnswered(p place, o outcome) {
	s.change(p, func(t *seat) {
		t.joining--
		switch {
		case o == nothing:
			t.vague = true
		case o == done && !t.kicked:
			t.last = "joined"
		case o == refused && t.last != "joined" && t.joining == 0 && t.ended.IsZero():
			t.ended = time.Now()
		}
	})
}

func (s *seats) leave(p place) {
	s.change(p, func(t *seat) {
		t.leaves++
		t.leaving++
	})
}

func (s *seats) leaveAnswered(p place, o outcome) {
	s.change(p, func(t *seat) {
		t.leaving--
		switch {
		case o == nothing:
			t.vague = true
		case !t.kicked:
			t.last, t.ended = "left", time.Now()
		}
	})
}

func (s *seats) kick(p place) { s.change(p, func(t *seat) { t.kicks++ }) }

func (s *seats) kickAnswered(p place, o outcome) {
	s.change(p, func(t *seat) {
		if o == done && !t.kicked {
			t.kicked, t.last, t.ended = true, "kicked", time.Now()
		}
	})
}

// gone tells whether the word that somebody is out, which has come, must be the last word. It may be an old one, which a
// later word has overtaken on its way between two nodes.
func (s *seats) gone(t seat) bool {
	switch {
	case t.vague || t.joining > 0:
		return false
	case t.last != "joined":
		return true
	default:
		return t.kicks > 0 || t.leaving > 0 && s.bus.none(time.Now().Add(-recovery))
	}
}

// access tells whether a user may be shown something of a room that happened at one moment and came at another. The answer is
// no only when there can be no doubt.
func (s *seats) access(p place, happened time.Time) bool {
	t, known := s.get(p)
	if !known || t.joins == 0 {
		return false
	}
	if t.ended.IsZero() || t.vague && !t.kicked {
		return true
	}
	return !s.bus.settled(t.ended, happened, within)
}

// disturbances are the times in which nodes could not tell each other, or could not ask the database.
type disturbances struct {
	mu  sync.Mutex
	all []*disturbance
}

type disturbance struct{ from, to time.Time } // to is zero while it lasts

// begin notes that one begins; what is returned notes its end.
func (d *disturbances) begin() (end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one := &disturbance{from: time.Now()}
	d.all = append(d.all, one)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		one.to = time.Now()
	}
}

// none and one tell whether there was no disturbance, or no more than one, since a moment.
func (d *disturbances) none(since time.Time) bool { return d.since(since) == 0 }
func (d *disturbances) one(since time.Time) bool  { return d.since(since) <= 1 }

func (d *disturbances) since(since time.Time) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.all {
		if one.to.IsZero() || one.to.After(since) {
			n++
		}
	}
	return n
}

const (
	// within is how long the end of an access may take to reach every node.
	within = time.Second
	// recovery is how long a node may take to find out that others are reachable again.
	recovery = 3 * time.Second
)

// settled tells whether what was decided at one moment must have reached every node by another: there was time enough
// without a disturbance.
func (d *disturbances) settled(decided, by time.Time, within time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	due := decided.Add(within)
	for moved := true; moved; {
		moved = false
		for _, one := range d.all {
			if one.to.IsZero() {
				if one.from.Before(due) {
					return false
				}
				continue
			}
			if healed := one.to.Add(recovery + within); one.from.Before(due) && healed.After(due) && one.to.Add(recovery).After(decided) {
				due, moved = healed, true
			}
		}
	}
	return by.After(due)
}
