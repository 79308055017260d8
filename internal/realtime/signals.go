package realtime

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/pause"
)

const (
	// signalWindow is the least time between two envelopes of a kind in a room.
	signalWindow = 250 * time.Millisecond
	signalTick   = 50 * time.Millisecond
	// typingTime is how long somebody counts as typing.
	typingTime = 5 * time.Second
)

// SignalKind says what somebody does, or did.
type SignalKind byte

// The kinds of signals.
const (
	Typing   SignalKind = iota + 1
	Looking             // at the room, from now on
	Away                // they look no more
	Reading             // up to a seq
	Choosing            // something to order; nobody is named
	Showing             // other readings than before; nobody is named
)

// Signal is what only matters for a moment. Signals of a room are joined, so that its connections are sent at most one
// envelope of a kind in each signalWindow, however many people and nodes there are. Nobody is told of their own
// typing and looking.
type Signal struct {
	Kind SignalKind
	Room int64
	Mark
	// Crowd marks a room with so many members that nobody is named there.
	Crowd bool
	// Envelope is what is sent of Choosing and Showing, the latest only.
	Envelope []byte
}

// ready tells whether signals of a family come with what is sent.
func (f family) ready() bool { return f == Choosing.family() || f == Showing.family() }

// Mark is a person and, when they are Reading, up to where.
type Mark struct{ User, Seq int64 }

// Tally is how many members have read up to a seq and no further.
type Tally struct{ Seq, Count int64 }

// Joined is what signals of one kind in one room have come to, ready to be encoded. In a crowd only counts are given, and
// of marks at most that of the reader.
type Joined struct {
	Kind  SignalKind
	Room  int64
	Marks []Mark
	Crowd bool
	Count int     // how many are typing, or looking
	Reads []Tally // of all members
}

// family is what signals are joined by: looking and looking away replace each other.
type family byte

func (k SignalKind) family() family {
	if k == Away {
		k = Looking
	}
	return family(k)
}

// signals are the signals of one family in one room on their way between nodes.
type signals struct {
	room     int64
	family   family
	crowd    bool
	marks    []mark
	envelope []byte
}

type mark struct {
	kind SignalKind
	Mark
}

type signalKey struct {
	room   int64
	family family
}

// window is a room's time of silence after an envelope of a family: what comes waits for its end.
type window struct {
	opened   time.Time
	crowd    bool
	waiting  map[int64]waiting // by user
	envelope []byte
	typists  map[int64]time.Time
}

// waiting is the latest that somebody did.
type waiting struct {
	mark
	ours bool // it was done on this node, and the others wait to hear of it
}

// joiner joins signals. What is first goes out at once; what follows within a window waits for its end.
type joiner struct {
	hub     *Hub
	encode  func(Joined) []byte
	reads   func(ctx context.Context, room int64) ([]Tally, error)
	viewers func(ctx context.Context, room int64) []int64
	forward func(signals)
	stale   func(room int64)
	now     func() time.Time
	log     *zap.Logger
	wake    chan struct{}

	mu      sync.Mutex
	windows map[signalKey]*window
}

func newJoiner(o Options, hub *Hub, viewers func(context.Context, int64) []int64, forward func(signals)) *joiner {
	return &joiner{
		hub: hub, encode: o.EncodeSignals, reads: o.Reads, viewers: viewers, forward: forward, stale: o.Stale, now: o.Now, log: o.Log,
		wake: make(chan struct{}, 1), windows: make(map[signalKey]*window),
	}
}

// Signal sends what somebody does (see Signal).
func (b *Bus) Signal(s Signal) {
	b.joiner.take(signals{
		room: s.Room, family: s.Kind.family(), crowd: s.Crowd, marks: []mark{{s.Kind, s.Mark}}, envelope: s.Envelope,
	}, true)
}

// take takes signals that were given on this node or on another.
func (j *joiner) take(s signals, ours bool) {
	key := signalKey{s.room, s.family}
	if s.family == Showing.family() {
		j.stale(s.room)
	}
	j.mu.Lock()
	defer j.mu.Unlock() // held while sending, so that the signals of a room cannot overtake each other
	w, open := j.windows[key]
	if !open {
		w = &window{opened: j.now(), crowd: s.crowd}
		j.windows[key] = w
		j.nudge()
		if !s.crowd {
			j.send(s)
			if ours {
				j.forward(s)
			}
			return
		}
		w.opened = w.opened.Add(-signalWindow) // what is counted is looked up, and nobody here waits for that
	}
	w.crowd = s.crowd
	w.keep(s, ours, j.now())
}

// keep lets signals wait for the end of the window, each person's latest one.
func (w *window) keep(s signals, ours bool, now time.Time) {
	if w.waiting == nil {
		w.waiting = make(map[int64]waiting)
	}
	for _, m := range s.marks {
		before := w.waiting[m.User]
		m.Seq = max(m.Seq, before.Seq)
		w.waiting[m.User] = waiting{m, ours || before.ours}
		if s.crowd && m.kind == Typing {
			if w.typists == nil {
				w.typists = make(map[int64]time.Time)
			}
			w.typists[m.User] = now
		}
	}
	if s.envelope != nil {
		w.envelope = s.envelope
	}
}

// drop forgets what waits in a room, of one user or, with 0, of everybody.
func (j *joiner) drop(room, user int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, kind := range []SignalKind{Typing, Looking, Reading, Choosing} {
		w := j.windows[signalKey{room, kind.family()}]
		switch {
		case w == nil:
		case user != 0:
			delete(w.waiting, user)
			delete(w.typists, user)
		default:
			w.waiting, w.typists, w.envelope = nil, nil, nil
		}
	}
}

func (j *joiner) nudge() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// run ends windows when it is time; while none is open it sleeps.
func (j *joiner) run(ctx context.Context) error {
	for ctx.Err() == nil {
		select {
		case <-j.wake:
		case <-ctx.Done():
		}
		for j.flush(ctx) {
			pause.For(ctx, signalTick)
		}
	}
	return nil
}

// flush ends the windows that are over: with something waiting a new one begins with it. It reports whether any is open.
func (j *joiner) flush(ctx context.Context) (open bool) {
	now := j.now()
	var crowds []signals
	j.mu.Lock()
	for key, w := range j.windows {
		if now.Sub(w.opened) < signalWindow {
			continue
		}
		maps.DeleteFunc(w.typists, func(_ int64, since time.Time) bool { return now.Sub(since) >= typingTime })
		if len(w.waiting) == 0 {
			if len(w.typists) == 0 {
				delete(j.windows, key)
			}
			continue
		}
		all, ours := w.end(key)
		w.opened = now
		if len(ours.marks) > 0 {
			j.forward(ours)
		}
		if all.crowd {
			crowds = append(crowds, all)
		} else {
			j.send(all)
		}
	}
	open = len(j.windows) > 0
	j.mu.Unlock()
	for _, s := range crowds {
		j.count(ctx, s)
	}
	return open && ctx.Err() == nil
}

// end takes what waits, in the order of users: all of it, and what was given on this node.
func (w *window) end(key signalKey) (all, ours signals) {
	all = signals{room: key.room, family: key.family, crowd: w.crowd, envelope: w.envelope}
	ours = all
	for _, one := range w.waiting {
		all.marks = append(all.marks, one.mark)
		if one.ours {
			ours.marks = append(ours.marks, one.mark)
		}
	}
	byUser := func(a, b mark) int { return cmp.Compare(a.User, b.User) }
	slices.SortFunc(all.marks, byUser)
	slices.SortFunc(ours.marks, byUser)
	w.waiting, w.envelope = nil, nil
	return all, ours
}

// send sends signals by name.
func (j *joiner) send(s signals) {
	if s.family.ready() {
		j.hub.signal(s.room, s.envelope, nil)
		return
	}
	byKind := make(map[SignalKind][]Mark, 1)
	for _, m := range s.marks {
		byKind[m.kind] = append(byKind[m.kind], m.Mark)
	}
	for _, kind := range []SignalKind{Typing, Looking, Away, Reading} {
		marks := byKind[kind]
		if len(marks) == 0 {
			continue
		}
		all := Joined{Kind: kind, Room: s.room, Marks: marks}
		if kind == Reading { // goes to one's own other connections as well
			j.hub.signal(s.room, j.encode(all), nil)
			continue
		}
		own := make(map[int64][]byte)
		for i, m := range marks {
			if !j.hub.hasUser(m.User) {
				continue
			}
			own[m.User] = nil
			if len(marks) > 1 {
				all.Marks = append(slices.Clone(marks[:i]), marks[i+1:]...)
				own[m.User] = j.encode(all)
			}
		}
		all.Marks = marks
		j.hub.signal(s.room, j.encode(all), own)
	}
}

// count sends what signals of a crowd have come to.
func (j *joiner) count(ctx context.Context, s signals) {
	if !j.hub.hasRoom(s.room) {
		return
	}
	all := Joined{Room: s.room, Crowd: true}
	own := make(map[int64][]byte)
	switch s.family {
	case Typing.family():
		all.Kind = Typing
		typists := j.typists(s.room)
		for _, user := range typists {
			if j.hub.hasUser(user) { // they are told of the others
				if all.Count = len(typists) - 1; all.Count > 0 {
					own[user] = j.encode(all)
				} else {
					own[user] = nil
				}
			}
		}
		if all.Count = len(typists); all.Count == 0 {
			return // dropped meanwhile
		}
	case Looking.family():
		all.Kind, all.Count = Looking, len(j.viewers(ctx, s.room))
	case Reading.family():
		all.Kind = Reading
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		var err error
		if all.Reads, err = j.reads(ctx, s.room); err != nil {
			j.log.Warn("how far a crowd has read could not be looked up", zap.Int64("room", s.room), zap.Error(err))
		}
		for _, m := range s.marks {
			if j.hub.hasUser(m.User) {
				all.Marks = []Mark{m.Mark}
				own[m.User] = j.encode(all)
			}
		}
		all.Marks = nil
	default:
		j.hub.signal(s.room, s.envelope, nil)
		return
	}
	j.hub.signal(s.room, j.encode(all), own)
}

// typists returns who is typing in a crowd.
func (j *joiner) typists(room int64) []int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	if w := j.windows[signalKey{room, Typing.family()}]; w != nil {
		return slices.Collect(maps.Keys(w.typists))
	}
	return nil
}
