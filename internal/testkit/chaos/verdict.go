package chaos

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// The kinds of violations. Each is a promise broken.
const (
	lost         = "acknowledged and not stored"
	elsewhere    = "not where its acknowledgement said"
	doubled      = "stored or acknowledged twice"
	foreign      = "stored and never sent"
	gap          = "seq or rev with a gap or a double"
	unequal      = "a client does not show what is stored"
	behind       = "a client was not told of what happened"
	falselySent  = "shown as sent and not stored"
	disorder     = "out of order or twice on one connection"
	afterEnd     = "after access ended"
	trespass     = "got what they had no access to"
	undone       = "an acknowledged change is not stored"
	membership   = "an acknowledged membership is not stored"
	unanswered   = "not acknowledged although all is well"
	misbehaviour = "a server did what it must not"
	noticed      = "people noticed more than a good-bye"
)

// Violation is one broken promise.
type Violation struct{ Kind, Detail string }

// kept bounds the details of one kind: after the first few they say the same.
const kept = 12

// clock is how progress tells the time.
const clock = "15:04:05.000"

// findings collects violations while the clients run and when they are judged.
type findings struct {
	progress io.Writer

	mu     sync.Mutex
	counts map[string]int
	list   []Violation
}

func newFindings(progress io.Writer) *findings {
	return &findings{progress: progress, counts: make(map[string]int)}
}

func (f *findings) add(kind, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[kind]++
	if f.counts[kind] <= kept {
		v := Violation{kind, fmt.Sprintf(format, args...)}
		f.list = append(f.list, v)
		fmt.Fprintf(f.progress, "%s VIOLATION %s: %s\n", time.Now().Format(clock), v.Kind, v.Detail)
	}
}

func (f *findings) total() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, count := range f.counts {
		n += count
	}
	return n
}

// Report is what one run came to.
type Report struct {
	Seed         uint64
	Duration     time.Duration
	Faults       map[string]int // by kind
	Clients      int
	Rooms        int
	Sent         int // messages written by people
	Sendings     int // of them over all attempts, repeats included
	Acknowledged int
	Stored       int // rows in SQL
	Compared     int // rows of clients held against SQL
	Deliveries   int // envelopes with messages
	Changes      int // edits, deletions and reactions acknowledged
	Moves        int // joins, leaves and kicks answered
	Trespasses   int // attempts without access, all of which must fail
	Reconnects   int
	GoodByes     int // of nodes that were told to end
	CaughtUp     int // gaps that clients closed by rev
	Overtaken    int // words that somebody is out, which came after the word that they are back
	Counts       map[string]int
	Violations   []Violation // the first few of each kind
}

// Total is how many promises were broken.
func (r Report) Total() (n int) {
	for _, count := range r.Counts {
		n += count
	}
	return n
}

// FaultCount is how many faults were injected.
func (r Report) FaultCount() (n int) {
	for _, count := range r.Faults {
		n += count
	}
	return n
}

// Print writes the report for people.
func (r Report) Print(out io.Writer) {
	fmt.Fprintf(out, "seed %d, %s, %d clients in %d rooms\n", r.Seed, r.Duration.Round(time.Second), r.Clients, r.Rooms)
	fmt.Fprintf(out, "faults injected %d\n", r.FaultCount())
	for _, kind := range slices.Sorted(maps.Keys(r.Faults)) {
		fmt.Fprintf(out, "  %4d %s\n", r.Faults[kind], kind)
	}
	for _, figure := range []struct {
		name  string
		count int
	}{
		{"messages sent", r.Sent}, {"sendings, with repeats", r.Sendings}, {"messages acknowledged", r.Acknowledged},
		{"rows stored, each checked", r.Stored}, {"rows of clients compared", r.Compared}, {"messages delivered live", r.Deliveries},
		{"edits, deletions, reactions", r.Changes}, {"joins, leaves, kicks", r.Moves}, {"attempts without access", r.Trespasses},
		{"reconnects", r.Reconnects}, {"good-byes of nodes", r.GoodByes}, {"gaps closed by rev", r.CaughtUp},
		{"words of leaving, overtaken", r.Overtaken}, {"violations", r.Total()},
	} {
		fmt.Fprintf(out, "%-28s %8d\n", figure.name, figure.count)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(out, "  %6d %s\n", r.Counts[kind], kind)
	}
}
