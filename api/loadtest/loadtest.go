// Package loadtest puts Emosation under load as many foreign clients would, checks every delivery, and measures what it
// costs beside the bare floors: servers that do the least a chat can do with the same socket library and database.
package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// World is what the tool has of the machine it runs on.
type World struct {
	Binary      string   // of this program, which the servers are started from
	Environ     []string // of those servers
	DatabaseURL string   // as in Environ
	RedisURL    string   // as in Environ
	RedisPIDs   []int    // of a Redis beside the servers, for measuring
	Out         io.Writer
	Progress    io.Writer // what is being done at the moment
	Now         func() time.Time

	databasePIDs []int
}

// embedded is true where a second server cannot see what the first one does.
func (w World) embedded() bool {
	return strings.HasPrefix(w.DatabaseURL, "sqlite://") || w.RedisURL == "embedded"
}

func (w World) say(format string, args ...any) {
	fmt.Fprintf(w.Progress, "loadtest: "+format+"\n", args...)
}

// ErrWrong means that something was lost, doubled, out of order, refused or cut off; what it was, has been printed.
var ErrWrong = errors.New("the load was not carried as it should be")

// needed is how many files a server opens besides its sockets, generously.
const needed = 500

// Run carries out the plans one after the other and prints what they came to.
func Run(ctx context.Context, w World, o Options) (err error) {
	if !o.AllowRemote {
		err := errors.Join(checkServer("EMOSATION_DATABASE_URL", w.DatabaseURL), checkServer("EMOSATION_REDIS_URL", w.RedisURL))
		if err != nil {
			return err
		}
	}
	if o.severalNodes() && w.embedded() {
		return errors.New("several nodes need EMOSATION_DATABASE_URL and EMOSATION_REDIS_URL of servers that they share")
	}
	if o.Profiles != "" {
		if err := os.MkdirAll(o.Profiles, 0o700); err != nil {
			return err
		}
	}
	w.databasePIDs, err = databasePIDs(ctx, w.DatabaseURL)
	if err != nil {
		return err
	}
	if err := fitFiles(w, o.Plans); err != nil {
		return err
	}
	e := &emosation{world: w, options: o, client: newClient(atOnce), rooms: make(map[string][]int64)}
	defer e.client.close()
	r := newReport(w, o)
	for group := range sameWorkload(o.Plans) {
		parts, err := compare(ctx, w, o, e, group)
		r.add(parts...)
		if err != nil { // what has been measured before is shown nevertheless
			return errors.Join(fmt.Errorf("%s: %w", group[0].Workload, err), r.print(w.Out, o.JSON))
		}
	}
	if err := r.print(w.Out, o.JSON); err != nil {
		return err
	}
	if r.wrong() {
		return ErrWrong
	}
	if r.broken() {
		return ErrBound
	}
	return nil
}

// sameWorkload yields plans that follow each other and differ in their numbers only, together.
func sameWorkload(plans []Plan) iter.Seq[[]Plan] {
	return func(yield func([]Plan) bool) {
		for len(plans) > 0 {
			n := slices.IndexFunc(plans, func(p Plan) bool { return p.Workload != plans[0].Workload })
			if n < 0 {
				n = len(plans)
			}
			if !yield(plans[:n]) {
				return
			}
			plans = plans[n:]
		}
	}
}

// fitFiles raises the limit of open files. Where that is not allowed, fewer sockets stay idle, and a plan that needs
// more for talking is refused.
func fitFiles(w World, plans []Plan) error {
	most := 0
	for _, p := range plans {
		most = max(most, p.sockets())
	}
	limit, err := openFiles(uint64(most + needed))
	if err != nil {
		return err
	}
	for i := range plans {
		p := &plans[i]
		if uint64(p.sockets()+needed) <= limit {
			continue
		}
		if p.kind != idling || limit <= needed {
			return fmt.Errorf("%s: %d sockets are too many, as a process may open only %d files here", p.Workload, p.sockets(), limit)
		}
		w.say("%s: only %d of %d sockets, as a process may open only %d files here", p.Workload, limit-needed, p.Sockets, limit)
		p.Sockets = int(limit - needed)
	}
	return nil
}

// compare plays some plans with everybody, in turns, so that what else happens on the machine hits all of them. A play that
// fails is kept as what it is, and the others go on.
func compare(ctx context.Context, w World, o Options, e *emosation, plans []Plan) ([]comparison, error) {
	parts := make([]comparison, len(plans))
	for i, plan := range plans {
		parts[i].plan = plan
		for _, c := range contenders(e, plan) {
			parts[i].columns = append(parts[i].columns, column{contender: c, name: c.name(), reference: c.reference()})
		}
		if err := e.prepare(ctx, plan); err != nil {
			return nil, err
		}
	}
	for run := range o.Runs {
		for _, part := range parts {
			for i := range part.columns {
				c := &part.columns[i]
				w.say("%s, %s (%d of %d)", part.plan, c.name, run+1, o.Runs)
				profiles := ""
				if o.Profiles != "" {
					profiles = filepath.Join(o.Profiles, fmt.Sprintf("%s-%s-%d", part.plan.key(), c.name, run+1))
				}
				played, err := playOnce(ctx, w, c.contender, part.plan, profiles)
				if ctx.Err() != nil {
					return parts, context.Cause(ctx)
				}
				if err != nil {
					played = outcome{verdict: Verdict{Failed: 1}, note: err.Error()}
				}
				c.rounds = append(c.rounds, played)
			}
		}
	}
	return parts, nil
}

func playOnce(ctx context.Context, w World, c contender, plan Plan, profiles string) (o outcome, err error) {
	t, err := c.start(ctx)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	t.profiles = profiles
	v, err := c.venue(ctx, t, plan)
	if err != nil {
		return o, err
	}
	return plan.play(ctx, t, v, w)
}

// median is the middle of what was measured, or between the two that are in the middle.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
