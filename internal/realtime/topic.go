package realtime

import (
	"slices"
	"sync"
)

// mostHeld bounds what a room keeps back. Beyond it the changes of messages are let go of: the database has them.
const mostHeld = 256

// topic is a room with connections here. It lets the changes of the room's messages out in the order of their revs,
// each once and without gaps, whichever node they come from.
type topic struct {
	room  int64
	conns []*Conn // guarded by Hub.mu

	mu    sync.Mutex // whoever sends to the room holds it
	rev   int64      // of the change that went out last
	known int64      // the greatest rev that is known to exist
	held  []held     // what came before its turn, in the order in which it will go
	// version is the greatest that the database was seen to have, or unknown.
	version int64
}

// unknown is less than any version.
const unknown = -1

// held is a delivery that waits for the changes up to a rev.
type held struct {
	Delivery
	after int64
}

// take sends a delivery or keeps it back until it is its turn. It reports when the room begins to wait by that.
func (t *topic) take(d *Delivery) (late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case d.Rev != 0 && d.follows() == t.rev:
		t.rev = d.Rev
		t.send(d)
		t.release(0)
		return false
	case d.Rev == 0 && len(t.held) == 0:
		t.send(d)
		return false
	case d.Rev == 0: // it keeps its place behind what its node has said before
		t.hold(held{*d, t.held[len(t.held)-1].after})
		return false
	case d.Rev <= t.rev:
		return false
	}
	late = t.known <= t.rev
	t.known = max(t.known, d.Rev)
	t.hold(held{*d, d.follows()})
	return late
}

// learn notes that a rev exists. It reports when the room begins to wait by that.
func (t *topic) learn(rev int64) (late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	late = t.known <= t.rev && rev > t.rev
	t.known = max(t.known, rev)
	return late
}

// passes notes a version of the room, and tells whether an earlier one was known.
func (t *topic) passes(version int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.version
	t.version = max(before, version)
	return before != unknown && version > before
}

// waits tells what a room lacks: everything after one rev, up to another.
func (t *topic) waits() (after, upTo int64, late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rev, t.known, t.known > t.rev
}

// fill sends changes as the database has them now, in the order of rev; what is missing between them was overtaken by
// later changes of the same messages. They are all there are after since, up to the last of them or to upTo.
func (t *topic) fill(since int64, list []Delivery, upTo int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rev < since {
		return // it began anew meanwhile
	}
	for i := range list {
		if list[i].Rev > t.rev {
			t.rev = list[i].Rev
			t.send(&list[i])
		}
	}
	t.release(upTo)
	t.rev = max(t.rev, upTo)
	t.release(0)
}

func (t *topic) send(d *Delivery) {
	for _, c := range t.conns {
		c.send(d)
	}
}

// hold puts a delivery in its place among those that wait.
func (t *topic) hold(d held) {
	at := len(t.held)
	for at > 0 && t.held[at-1].after > d.after {
		at--
	}
	t.held = slices.Insert(t.held, at, d)
	if len(t.held) <= mostHeld {
		return
	}
	all := t.held
	t.held = nil
	for i := range all {
		if all[i].Rev == 0 {
			t.send(&all[i].Delivery)
		}
	}
}

// release sends those whose turn it is; up to a rev nothing else is to come.
func (t *topic) release(upTo int64) {
	for len(t.held) > 0 {
		first := &t.held[0]
		switch {
		case first.Rev == 0 || first.follows() == t.rev || first.Rev > t.rev && first.Rev <= upTo:
			t.rev = max(t.rev, first.Rev)
			t.send(&first.Delivery)
		case first.Rev > t.rev:
			return
		}
		*first = held{}
		if t.held = t.held[1:]; len(t.held) == 0 {
			t.held = nil
		}
	}
}
