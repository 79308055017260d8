// Package loadtest puts Emosation under load as many foreign clients would, checks every delivery, and measures what it
// costs beside the bare floors: servers that do the least a chat can do with the same socket library and database.
package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	if o.Nodes > 1 && (strings.HasPrefix(w.DatabaseURL, "sqlite://") || w.RedisURL == "embedded") {
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
	for _, plan := range o.Plans {
		part, err := compare(ctx, w, o, e, plan)
		if err != nil {
			return fmt.Errorf("%s: %w", plan.Workload, err)
		}
		r.add(part)
	}
	if err := r.print(w.Out, o.JSON); err != nil {
		return err
	}
	if r.wrong() {
		return ErrWrong
	}
	return nil
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

// compare plays one plan with everybody, in turns, so that what else happens on the machine hits all of them.
func compare(ctx context.Context, w World, o Options, e *emosation, plan Plan) (comparison, error) {
	all := slices.DeleteFunc(contenders(e), func(c contender) bool {
		floor, isFloor := c.(bareFloor)
		return isFloor && !plan.suits(floor)
	})
	c := comparison{plan: plan}
	for _, contender := range all {
		c.columns = append(c.columns, column{name: contender.name()})
	}
	if err := e.prepare(ctx, plan); err != nil {
		return c, err
	}
	for run := range o.Runs {
		for i, contender := range all {
			w.say("%s, %s (%d of %d)", plan.Workload, contender.name(), run+1, o.Runs)
			profiles := ""
			if o.Profiles != "" {
				profiles = filepath.Join(o.Profiles, fmt.Sprintf("%s-%s-%d", plan.Workload, contender.name(), run+1))
			}
			outcome, err := playOnce(ctx, w, contender, plan, profiles)
			if err != nil {
				return c, fmt.Errorf("%s: %w", contender.name(), err)
			}
			c.columns[i].rounds = append(c.columns[i].rounds, outcome)
		}
	}
	return c, nil
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
