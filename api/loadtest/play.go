package loadtest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// figure is one number of a result, by the name under which it is printed.
type figure struct {
	name  string
	value float64
}

// outcome is what one play of a plan with one contender came to.
type outcome struct {
	figures []figure
	verdict Verdict
	note    string // the first thing that went wrong, in words
}

func (o *outcome) add(name string, value float64) { o.figures = append(o.figures, figure{name, value}) }

func (o *outcome) addLatency(name string, h *histogram) {
	if h.empty() {
		return
	}
	for _, q := range []struct {
		name  string
		share float64
	}{{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}} {
		o.add(name+" "+q.name+" ms", float64(h.quantile(q.share))/float64(time.Millisecond))
	}
}

// addCPU adds what was used for every thousand of something: by server and database together, and by each part; besides, what
// neither they nor this tool have used, which tells how noisy the run was.
func (o *outcome) addCPU(m measured, s stopwatch, count int64, of string) {
	if len(m.server) == 0 || count == 0 {
		return
	}
	add := func(who string, d time.Duration) {
		o.add(who+" s per 1000 "+of, d.Seconds()*1000/float64(count))
	}
	add("CPU", s.used.server+s.used.database)
	if len(m.database) > 0 {
		add("server CPU", s.used.server)
		add("database CPU", s.used.database)
	}
	if len(m.redis) > 0 {
		add("Redis CPU", s.used.redis)
	}
	o.addOthers(s)
}

func (o *outcome) addOthers(s stopwatch) {
	o.add("cores used by others", max(0, s.used.others.Seconds()/s.took.Seconds())) // ticks are coarse
}

func (o *outcome) addMemory(t *target) error {
	if len(t.measured.server) == 0 {
		return nil
	}
	_, peak, err := t.measured.memory()
	o.add("peak RSS MiB", float64(peak)/1024)
	return err
}

// play carries out a plan with a contender that runs.
func (p Plan) play(ctx context.Context, t *target, v *venue, w World) (outcome, error) {
	switch p.kind {
	case idling:
		return p.idle(ctx, t, v, w)
	case reading:
		return p.read(ctx, t, v, w)
	case signingUp:
		return p.signUp(ctx, t, w)
	default:
		return p.talk(ctx, t, v, w)
	}
}

// stopwatch is the CPU time and the time of a stretch of a play.
type stopwatch struct {
	used    cpuTime
	took    time.Duration
	commits int64 // of a database server that is measured
}

// observe opens the window for the duration of the plan, or until ctx ends, and returns what was used meanwhile.
func (p Plan) observe(ctx context.Context, t *target, window *atomic.Bool, now func() time.Time) (s stopwatch, err error) {
	window.Store(true)
	defer window.Store(false)
	profiled := t.profileCPU(ctx, p.Duration)
	commits, err := t.measured.commits(ctx)
	if err != nil {
		return s, err
	}
	begin := now()
	before, err := t.measured.cpu()
	if err != nil {
		return s, err
	}
	if err := errors.Join(wait(ctx, p.Duration), profiled()); err != nil {
		return s, err
	}
	after, err := t.measured.cpu()
	s = stopwatch{used: after.minus(before), took: now().Sub(begin)}
	window.Store(false)
	if err != nil {
		return s, err
	}
	more, err := t.measured.commits(ctx)
	s.commits = more - commits
	return s, errors.Join(err, t.profileRest(ctx))
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// talk lets people talk: a while to warm up, then the time that counts, then until everything has arrived.
func (p Plan) talk(ctx context.Context, t *target, v *venue, w World) (o outcome, err error) {
	room, err := openTalk(ctx, v, p, w.Now)
	if err != nil {
		return o, err
	}
	var s stopwatch
	g, speaking := errgroup.WithContext(ctx)
	speaking, quiet := context.WithCancel(speaking)
	g.Go(func() error { return room.speak(speaking, 0) })
	g.Go(func() (err error) {
		defer quiet()
		if err := wait(speaking, p.Warmup); err != nil {
			return err
		}
		s, err = p.observe(speaking, t, &room.window, w.Now)
		return err
	})
	if err = g.Wait(); err == nil {
		room.settle(ctx)
	}
	memoryErr := o.addMemory(t)
	o.verdict = room.close()
	if said := room.failure.Load(); said != nil {
		o.note = *said
	}
	if err = errors.Join(err, memoryErr); err != nil {
		return o, fmt.Errorf("%w %s", err, o.note)
	}
	peak := o.figures
	o.figures = nil
	o.add("messages/s", float64(room.messages.Load())/s.took.Seconds())
	o.add("deliveries/s", float64(room.deliveries.Load())/s.took.Seconds())
	o.addLatency("ack", &room.ack)
	o.addLatency("delivery", &room.endToEnd)
	o.addLatency("last member", &room.last)
	if frames := room.frames.Load(); frames > 0 {
		o.add("envelopes a frame", float64(room.envelopes.Load())/float64(frames))
	}
	if s.commits > 0 {
		o.add("messages a commit", float64(room.messages.Load())/float64(s.commits))
	}
	o.addCPU(t.measured, s, room.deliveries.Load(), "deliveries")
	o.figures = append(o.figures, peak...)
	return o, nil
}
