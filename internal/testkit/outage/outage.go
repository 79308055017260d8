// Package outage lets the provider of remote readings be down, slow and lying for minutes while people chat, and holds the program to
// its promise that they do not notice: beside it a server that reads with the embedded engine alone carries the same load.
//
// Tests only.
package outage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/pause"
)

// Options say how much trouble is wanted.
type Options struct {
	Seed     uint64        // decides about the order of the troubles
	Trouble  time.Duration // of all kinds together, one after the other
	Calm     time.Duration // before it, and again after it
	Troubles []string      // some of Troubles, or nil for all
	Crowd    loadtest.Plan // on each of the two servers
	Progress io.Writer
}

// Stretch is a while in which the provider behaved alike.
type Stretch struct {
	Manner           string
	Took             time.Duration
	Trouble          bool
	Embedded, Remote Measure
}

// Report is what a run came to.
type Report struct {
	Seed      uint64
	Stretches []Stretch
	// Asked is how often the provider was asked, and AtOnce by how many at the same time at most.
	Asked, AtOnce    int64
	Embedded, Remote Summary
	// Broken promises, each in a line.
	Broken []Finding
}

// Summary is what is to be said of one server in the end.
type Summary struct {
	Verdict      loadtest.Verdict
	Note         string // the first thing that went wrong, in words
	Acknowledged int64
	Decided      int // messages of which it is known whether they are read remotely; of the remote server
	// Before anybody talked and after everything had come to rest.
	Before, After Measure
	Readings      Readings
}

// Readings are those of the messages of all rooms, as members find them.
type Readings struct {
	Messages, Missing, Unclear, Remote, Lies int
	Gaps                                     int // in the numbers of messages
	// LateRemote of Late messages, those after the provider was well again, have remote readings.
	Late, LateRemote int
}

// How long it may take until a provider that is well again is asked again, and until all is done when nobody talks any more. The breaker
// leaves it alone for half a minute.
const (
	backWithin = 3 * time.Minute
	doneWithin = 3 * time.Minute
)

// Watch lets people talk on two servers that differ in their engines alone while the provider of the second one is in trouble, and judges.
func Watch(ctx context.Context, o Options, provider *Provider, embedded, remote Server) (r Report, err error) {
	w := &watch{Options: o, provider: provider, sides: []*side{{Server: embedded, name: "embedded"}, {Server: remote, name: "remote"}}}
	list, err := w.chosen()
	if err != nil {
		return r, err
	}
	lives, end := context.WithCancel(ctx)
	defer end()
	if err := w.gather(lives); err != nil {
		return r, err
	}
	w.report.Seed = o.Seed
	if err := w.run(ctx, list); err != nil {
		for _, s := range w.sides {
			s.crowd.Close()
		}
		return w.report, err
	}
	return w.report, w.judge(ctx)
}

// watch is one run.
type watch struct {
	Options
	provider *Provider
	sides    []*side // embedded and remote
	report   Report
	mark     []int64 // how far the rooms of the second had come when its provider was well again
}

// chosen are the troubles in the order of the seed.
func (w *watch) chosen() ([]manner, error) {
	list := troubles()
	for _, name := range w.Troubles {
		if !slices.Contains(Troubles(), name) {
			return nil, fmt.Errorf("there is no trouble %q; there are %q", name, Troubles())
		}
	}
	if len(w.Troubles) > 0 {
		list = slices.DeleteFunc(list, func(m manner) bool { return !slices.Contains(w.Troubles, m.name) })
	}
	order := rand.New(rand.NewPCG(w.Seed, 0))
	order.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list, nil
}

func (w *watch) say(format string, args ...any) {
	fmt.Fprintf(w.Progress, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (w *watch) gather(ctx context.Context) error {
	w.say("%d rooms of %d on each server", w.Crowd.Rooms, w.Crowd.Members)
	var g errgroup.Group
	for _, s := range w.sides {
		s.http = &http.Client{Transport: &http.Transport{}}
		g.Go(func() (err error) {
			s.crowd, err = loadtest.Gather(ctx, s.URL, w.Crowd, time.Now)
			return err
		})
	}
	return g.Wait()
}

// run is everything while people talk, and until all has come to rest.
func (w *watch) run(ctx context.Context, list []manner) error {
	without, with := &w.report.Embedded, &w.report.Remote
	if err := w.rest(ctx, &without.Before, &with.Before); err != nil {
		return err
	}
	for _, s := range w.sides {
		s.first = s.moment()
	}
	talking, quiet := context.WithCancel(ctx)
	defer quiet()
	g, all := errgroup.WithContext(ctx)
	for _, s := range w.sides {
		g.Go(func() error { return s.crowd.Talk(talking) })
		g.Go(func() error { return w.look(all, s, talking.Done()) })
	}
	g.Go(func() error {
		defer quiet()
		return w.play(all, list)
	})
	if err := g.Wait(); err != nil {
		return err
	}
	without.Acknowledged, with.Acknowledged = w.sides[0].crowd.Acknowledged(), w.sides[1].crowd.Acknowledged()
	if err := w.finish(ctx); err != nil {
		return err
	}
	with.Decided = w.sides[1].moment().decided - w.sides[1].first.decided
	return w.rest(ctx, &without.After, &with.After)
}

// play is what happens to the provider.
func (w *watch) play(ctx context.Context, list []manner) error {
	if err := w.stretch(ctx, "", false, w.Calm/4); err != nil { // to warm up
		return err
	}
	w.report.Stretches = nil
	if err := w.stretch(ctx, well.name, false, w.Calm); err != nil {
		return err
	}
	if w.report.Stretches[0].Remote.Better == 0 {
		return errors.New("the provider is well, and no message was read remotely")
	}
	for _, m := range list {
		if err := w.provider.behave(ctx, m); err != nil {
			return err
		}
		if err := w.stretch(ctx, m.name, true, w.Trouble/time.Duration(len(list))); err != nil {
			return err
		}
	}
	if err := w.provider.behave(ctx, well); err != nil {
		return err
	}
	if err := w.recover(ctx); err != nil {
		return err
	}
	w.mark = w.sides[1].crowd.Place()
	return w.stretch(ctx, "well again", false, w.Calm)
}

// stretch lets people talk for a while and keeps what was measured.
func (w *watch) stretch(ctx context.Context, name string, trouble bool, length time.Duration) error {
	pause.For(ctx, length)
	return w.keep(ctx, Stretch{Manner: name, Trouble: trouble, Took: length})
}

func (w *watch) keep(ctx context.Context, s Stretch) (err error) {
	if s.Embedded, err = w.sides[0].take(ctx); err != nil {
		return err
	}
	if s.Remote, err = w.sides[1].take(ctx); err != nil {
		return err
	}
	w.report.Stretches = append(w.report.Stretches, s)
	w.say("%-20s delivered %d | %d, p50 %v | %v, goroutines %d | %d, waiting %d, better %d, fell back %d", s.Manner, s.Embedded.Deliveries, s.Remote.Deliveries,
		s.Embedded.P50.Round(10*time.Microsecond), s.Remote.P50.Round(10*time.Microsecond), s.Embedded.MostGoroutines, s.Remote.MostGoroutines,
		s.Remote.MostWaiting, s.Remote.Better, s.Remote.FellBack)
	return nil
}

// recover waits until the provider is asked again and messages are read remotely. That it takes too long is for the judge.
func (w *watch) recover(ctx context.Context) error {
	began, before := time.Now(), w.sides[1].moment().better
	for time.Since(began) < backWithin && ctx.Err() == nil {
		now := w.sides[1].moment()
		if !now.open && now.better > before && now.waiting < w.Crowd.Rooms {
			break
		}
		pause.For(ctx, w.glance())
	}
	return w.keep(ctx, Stretch{Manner: "coming back", Took: time.Since(began)})
}

// finish waits until nothing waits for the provider any more.
func (w *watch) finish(ctx context.Context) error {
	began, remote := time.Now(), w.sides[1]
	for time.Since(began) < doneWithin {
		now, err := remote.sample(ctx)
		if err != nil {
			return err
		}
		if now.waiting == 0 && now.decided-remote.first.decided >= int(w.report.Remote.Acknowledged) {
			break
		}
		pause.For(ctx, w.glance())
	}
	return ctx.Err()
}

// glance is how often the servers are looked at.
func (w *watch) glance() time.Duration { return min(250*time.Millisecond, w.Calm/8) }

// look looks at a server until it is told that people are quiet.
func (w *watch) look(ctx context.Context, s *side, quiet <-chan struct{}) error {
	ticker := time.NewTicker(w.glance())
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-quiet:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		if _, err := s.sample(ctx); err != nil {
			return err
		}
	}
}

// rest measures the two servers while nobody talks.
func (w *watch) rest(ctx context.Context, measures ...*Measure) error {
	var g errgroup.Group
	for i, m := range measures {
		g.Go(func() (err error) {
			*m, err = w.sides[i].rest(ctx, w.glance())
			return err
		})
	}
	return g.Wait()
}
