package ws

import "time"

const (
	pingEvery = 25 * time.Second
	// wheelSlots spreads the pings of all connections over pingEvery.
	wheelSlots = 100
)

// wheel holds the open sessions in slots that are visited in turn, each once in pingEvery. One ticker for all of them takes the
// place of a timer and a goroutine for each.
type wheel struct {
	slots [wheelSlots][]*session
	fill  int // the slot that the next session comes to
	turn  int // the slot that is visited next
	count int
}

// seat is where a session is on the wheel; the slot is notSeated for one that is not.
type seat struct{ slot, at int }

const notSeated = -1

func (w *wheel) add(s *session) {
	s.seat = seat{w.fill, len(w.slots[w.fill])}
	w.slots[w.fill] = append(w.slots[w.fill], s)
	w.fill = (w.fill + 1) % wheelSlots
	w.count++
}

// remove fills the gap with the last session of the slot.
func (w *wheel) remove(s *session) {
	slot := w.slots[s.seat.slot]
	last := slot[len(slot)-1]
	slot[s.seat.at], last.seat.at = last, s.seat.at
	slot[len(slot)-1] = nil
	w.slots[s.seat.slot] = slot[:len(slot)-1]
	s.seat.slot = notSeated
	w.count--
}

// next returns the sessions of the slot whose turn it is.
func (w *wheel) next() []*session {
	slot := append([]*session(nil), w.slots[w.turn]...)
	w.turn = (w.turn + 1) % wheelSlots
	return slot
}

func (w *wheel) all() []*session {
	list := make([]*session, 0, w.count)
	for _, slot := range w.slots {
		list = append(list, slot...)
	}
	return list
}
