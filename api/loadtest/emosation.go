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
	rooms   map[string][]int64 // by workload
}

func (e *emosation) name() string { return "emosation" }

// start serves on as many nodes as the options want, or names the servers that run already.
func (e *emosation) start(ctx context.Context) (t *target, err error) {
	if len(e.options.URLs) > 0 {
		return &target{urls: e.options.URLs, measured: measured{
			server: e.options.PIDs, database: e.world.databasePIDs, redis: e.world.RedisPIDs,
		}}, nil
	}
	t = &target{measured: measured{database: e.world.databasePIDs, redis: e.world.RedisPIDs}}
	for range e.options.Nodes {
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
func (e *emosation) prepare(ctx context.Context, plan Plan) (err error) {
	t, err := e.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	if err := e.makeUsers(ctx, t, plan.users()); err != nil {
		return fmt.Errorf("make users: %w", err)
	}
	if err := e.makeRooms(ctx, t, plan); err != nil {
		return fmt.Errorf("make rooms: %w", err)
	}
	return nil
}

// makeUsers sees that there are at least want users.
func (e *emosation) makeUsers(ctx context.Context, t *target, want int) error {
	have := len(e.users)
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
	e.users = append(e.users, more...)
	return nil
}

// makeRooms gives each room of the plan members of its own.
func (e *emosation) makeRooms(ctx context.Context, t *target, plan Plan) error {
	if plan.Rooms == 0 {
		return nil
	}
	e.world.say("making %d rooms of %d", plan.Rooms, plan.Members)
	ids := make([]int64, plan.Rooms)
	e.rooms[plan.Workload] = ids
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
func (e *emosation) venue(ctx context.Context, t *target, plan Plan) (*venue, error) {
	v := &venue{rooms: make([]venueRoom, plan.Rooms), idle: make([]seat, plan.Sockets)}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for r, id := range e.rooms[plan.Workload] {
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
			g.Go(func() error { return e.seat(ctx, t, r*plan.Members+m, m, &v.rooms[r].seats[m]) })
		}
	}
	for i := range v.idle {
		g.Go(func() error { return e.seat(ctx, t, i/plan.PerUser, i, &v.idle[i]) })
	}
	return v, g.Wait()
}

func (e *emosation) seat(ctx context.Context, t *target, as, node int, at *seat) error {
	base := t.url(node)
	token, err := e.client.token(ctx, base, e.users[as], e.world.Now())
	*at = seat{url: socketURL(base), header: http.Header{"Authorization": {"Bearer " + token}}}
	return err
}
