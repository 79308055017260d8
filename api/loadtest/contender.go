package loadtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// contender is what is put under load: Emosation, or a floor to measure it by.
type contender interface {
	name() string
	// reference is true for what others are only measured by.
	reference() bool
	start(ctx context.Context) (*target, error)
	// venue says what the rooms of a plan are like at this moment, and how their members connect.
	venue(ctx context.Context, t *target, plan Plan) (*venue, error)
}

// target is one or more servers that run now.
type target struct {
	urls     []string
	measured measured
	ops      []string // where the processes that this tool started tell about themselves
	children []*process
	profiles string // the beginning of the names of files for profiles; empty: none are taken
}

func (t *target) add(p *process) {
	t.children = append(t.children, p)
	t.urls = append(t.urls, p.url)
	if p.ops != "" {
		t.ops = append(t.ops, p.ops)
	}
	t.measured.server = append(t.measured.server, p.pid())
}

// url spreads what is numbered over the nodes.
func (t *target) url(i int) string { return t.urls[i%len(t.urls)] }

// stop ends what this tool started.
func (t *target) stop() error {
	errs := make([]error, len(t.children))
	for i, p := range t.children {
		errs[i] = p.stop()
	}
	return errors.Join(errs...)
}

// venue is where a plan takes place.
type venue struct {
	rooms []venueRoom
	idle  []seat // of sockets that only stay open
	older bool   // pages from the middle of the history are read instead of the latest
}

type venueRoom struct {
	id      int64
	lastSeq int64
	seats   []seat // by member
}

// bareFloor is a contender that stores nothing, or only what was said.
type bareFloor struct {
	world World
	kind  string
}

// The names of the floors, as options and as columns.
const (
	floorMemory = "floor"
	floorNarrow = "floor+db"   // stores a narrow row of each message
	floorRows   = "floor+rows" // stores the rows that the product stores of a message
)

func floors() []string { return []string{floorMemory, floorNarrow, floorRows} }

func (b bareFloor) name() string { return b.kind }

func (b bareFloor) reference() bool { return true }

func (b bareFloor) stores() bool { return b.kind != floorMemory }

func (b bareFloor) start(ctx context.Context) (*target, error) {
	t := &target{}
	if b.stores() {
		t.measured.database, t.measured.databaseURL = b.world.databasePIDs, b.world.DatabaseURL
	}
	p, err := startProcess(ctx, b.world.Binary, b.world.Environ, "loadtest", "floor", "-kind", b.kind)
	if err != nil {
		return nil, err
	}
	t.add(p)
	return t, nil
}

func (b bareFloor) venue(_ context.Context, t *target, plan Plan) (*venue, error) {
	socket := func(room int) seat { return seat{url: fmt.Sprintf("%s?room=%d", socketURL(t.url(0)), room)} }
	v := &venue{rooms: make([]venueRoom, plan.Rooms), idle: make([]seat, plan.Sockets)}
	for r := range v.rooms {
		v.rooms[r] = venueRoom{id: int64(r + 1), seats: make([]seat, plan.Members)}
		for m := range v.rooms[r].seats {
			v.rooms[r].seats[m] = socket(r + 1)
		}
	}
	for i := range v.idle {
		v.idle[i] = socket(i + 1)
	}
	return v, nil
}

// contenders are those whom a plan is for: the floors that the options want, then Emosation, with as many nodes as the plan
// says, each number by itself.
func contenders(e *emosation, plan Plan) (list []contender) {
	w, o := e.world, e.options
	for _, kind := range o.Floors {
		floor := bareFloor{w, kind}
		switch {
		case !plan.suits(floor):
		case floor.stores() && len(o.URLs) > 0 && strings.HasPrefix(w.DatabaseURL, "sqlite://"):
			w.say("%s is left out: EMOSATION_DATABASE_URL does not tell the database of %s", kind, o.URLs[0])
		default:
			list = append(list, floor)
		}
	}
	if plan.kind == reading && plan.History >= olderFrom {
		list = append(list, entrant{emosation: e, label: entrantBySQL, nodes: 1, older: true})
	}
	for _, n := range plan.nodes {
		label := entrantName
		if len(plan.nodes) > 1 || n > 1 {
			label = nodesName(n)
		}
		list = append(list, entrant{emosation: e, label: label, nodes: n})
	}
	return list
}
