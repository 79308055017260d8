package loadtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// atOnce is how many requests the preparations make at once. A server hashes one password a core at a time, and joins of
// one room wait for each other.
const atOnce = 16

// emosation is the program itself, with the users and rooms that were made in it.
type emosation struct {
	world   World
	options Options
	client  *client
	users   []*user
	idlers  []*user            // in no room
	rooms   map[string][]int64 // by the key of the plan
}

// entrant is Emosation in one of the ways in which it is measured.
type entrant struct {
	*emosation
	label string
	nodes int
	older bool // pages from the middle of the history are read, which come from the database
}

const (
	entrantName  = "emosation"
	entrantBySQL = "emosation+sql"
)

func nodesName(n int) string { return fmt.Sprintf("%s×%d", entrantName, n) }

func (e entrant) name() string { return e.label }

func (e entrant) reference() bool { return e.older }

// start serves on so many nodes, or names the servers that run already.
func (e entrant) start(ctx context.Context) (t *target, err error) {
	if len(e.options.URLs) > 0 {
		return &target{urls: e.options.URLs, measured: measured{
			server: e.options.PIDs, database: e.world.databasePIDs, redis: e.world.RedisPIDs,
		}}, nil
	}
	t = &target{measured: measured{database: e.world.databasePIDs, redis: e.world.RedisPIDs, databaseURL: e.world.DatabaseURL}}
	for range e.nodes {
		p, err := startProcess(ctx, e.world.Binary, e.world.Environ, "serve")
		if err != nil {
			return nil, errors.Join(err, t.stop())
		}
		t.add(p)
	}
	return t, nil
}

// prepare makes the users and rooms of a plan. Servers of our own are started for it alone, so that what is measured
// later begins afresh: hashing a thousand passwords leaves a heap behind.
func (e *emosation) prepare(ctx context.Context, plan Plan) error {
	t, err := entrant{emosation: e, nodes: 1}.start(ctx)
	if err != nil {
		return err
	}
	people := &e.users
	if plan.kind == idling {
		people = &e.idlers
	}
	err = e.makeUsers(ctx, t, people, plan.users())
	if err == nil {
		err = e.makeRooms(ctx, t, plan)
	}
	if err := errors.Join(err, t.stop()); err != nil {
		return fmt.Errorf("make users and rooms: %w", err)
	}
	if plan.kind == reading && len(e.options.URLs) == 0 {
		return e.fill(ctx, plan)
	}
	return nil
}

// makeUsers sees that there are at least want people.
func (e *emosation) makeUsers(ctx context.Context, t *target, people *[]*user, want int) error {
	have := len(*people)
	if have >= want {
		return nil
	}
	e.world.say("making %d users", want-have)
	more := make([]*user, want-have)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range more {
		g.Go(func() (err error) {
			more[i], err = e.client.newUser(ctx, t.url(i), e.world.Now)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	*people = append(*people, more...)
	return nil
}

// makeRooms gives each room of the plan members of its own.
func (e *emosation) makeRooms(ctx context.Context, t *target, plan Plan) error {
	if plan.Rooms == 0 {
		return nil
	}
	e.world.say("making %d rooms of %d", plan.Rooms, plan.Members)
	ids := make([]int64, plan.Rooms)
	e.rooms[plan.key()] = ids
	creating, creatingCtx := errgroup.WithContext(ctx)
	creating.SetLimit(atOnce)
	for r := range ids {
		creating.Go(func() error {
			var room struct {
				ID int64 `json:"id"`
			}
			err := e.ask(creatingCtx, t, http.MethodPost, "/rooms", r*plan.Members, map[string]any{
				"kind": "group", "title": "Load " + strings.ToLower(rand.Text()), "capacity": plan.Members,
			}, &room)
			ids[r] = room.ID
			return err
		})
	}
	if err := creating.Wait(); err != nil {
		return err
	}
	joining, joiningCtx := errgroup.WithContext(ctx)
	joining.SetLimit(atOnce)
	// The rooms in turn: joins of the same room wait for each other.
	for m := 1; m < plan.Members; m++ {
		for r, id := range ids {
			joining.Go(func() error {
				return e.ask(joiningCtx, t, http.MethodPost, "/rooms/"+strconv.FormatInt(id, 10)+"/members", r*plan.Members+m, map[string]any{}, nil)
			})
		}
	}
	return joining.Wait()
}

// ask sends a request as one of the users.
func (e *emosation) ask(ctx context.Context, t *target, method, path string, as int, in, out any) error {
	base := t.url(as)
	token, err := e.client.token(ctx, base, e.users[as], e.world.Now())
	if err != nil {
		return err
	}
	return e.client.insist(ctx, method, base+apiPath+path, token, in, out)
}

// venue finds the rooms of a plan as they are now, with a seat for each member.
func (e entrant) venue(ctx context.Context, t *target, plan Plan) (*venue, error) {
	v := &venue{rooms: make([]venueRoom, plan.Rooms), idle: make([]seat, plan.Sockets), older: e.older}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for r, id := range e.rooms[plan.key()] {
		v.rooms[r] = venueRoom{id: id, seats: make([]seat, plan.Members)}
		g.Go(func() error {
			var room struct {
				LastSeq int64 `json:"lastSeq"`
			}
			err := e.ask(ctx, t, http.MethodGet, "/rooms/"+strconv.FormatInt(id, 10), r*plan.Members, nil, &room)
			v.rooms[r].lastSeq = room.LastSeq
			return err
		})
		for m := range plan.Members {
			g.Go(func() error { return e.seat(ctx, t, e.users[r*plan.Members+m], m, &v.rooms[r].seats[m]) })
		}
	}
	for i := range v.idle {
		g.Go(func() error { return e.seat(ctx, t, e.idlers[i/plan.PerUser], i, &v.idle[i]) })
	}
	return v, g.Wait()
}

func (e *emosation) seat(ctx context.Context, t *target, as *user, node int, at *seat) error {
	base := t.url(node)
	token, err := e.client.token(ctx, base, as, e.world.Now())
	*at = seat{url: socketURL(base), header: http.Header{"Authorization": {"Bearer " + token}}}
	return err
}
