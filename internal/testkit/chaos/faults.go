package chaos

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/emosation/emosation/internal/pause"
)

// fault is one kind of trouble. It returns when all is well again.
type fault struct {
	name string
	bus  bool // nodes cannot tell each other, or cannot ask SQL, meanwhile
	do   func(ctx context.Context, chance *rand.Rand) error
}

// between returns a time from least to most.
func between(chance *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(chance.Int64N(int64(most-least)+1))
}

// lane is a sequence of faults that exclude each other; those of different lanes fall together as they may.
type lane struct {
	name   string
	faults []fault
}

// lanes are all faults. A long stall is only for those who have the time.
func (s *stage) lanes(long bool) []lane {
	stores := s.storeFaults()
	if long {
		stores = append(stores, fault{"MariaDB stands still for 10 s", true, func(ctx context.Context, _ *rand.Rand) error {
			return s.still(ctx, s.mariadb.Signal, 10*time.Second)
		}})
	}
	return []lane{{"nodes", s.nodeFaults()}, {"stores", stores}, {"network", s.networkFaults()}}
}

func (s *stage) nodeFaults() []fault {
	any := func(chance *rand.Rand) *node { return s.nodes[chance.IntN(len(s.nodes))] }
	return []fault{
		{"node killed", true, func(ctx context.Context, chance *rand.Rand) error {
			n := any(chance)
			if err := s.kill(n); err != nil {
				return err
			}
			pause.For(ctx, between(chance, 0, time.Second))
			return n.restart(ctx)
		}},
		{"node told to end", true, func(ctx context.Context, chance *rand.Rand) error {
			n := any(chance)
			if err := s.drain(ctx, n); err != nil {
				return err
			}
			return n.restart(ctx)
		}},
		{"node stands still", true, func(ctx context.Context, chance *rand.Rand) error {
			n := any(chance)
			return s.still(ctx, n.api.Signal, between(chance, 100*time.Millisecond, 3*time.Second))
		}},
	}
}

func (s *stage) still(ctx context.Context, signal func(os.Signal) error, d time.Duration) error {
	if err := signal(syscall.SIGSTOP); err != nil {
		return err
	}
	pause.For(ctx, d)
	return signal(syscall.SIGCONT)
}

func (s *stage) storeFaults() []fault {
	return []fault{
		{"MariaDB killed", true, func(ctx context.Context, chance *rand.Rand) error {
			if err := s.mariadb.Kill(context.WithoutCancel(ctx)); err != nil {
				return err
			}
			pause.For(ctx, between(chance, 0, time.Second))
			return s.mariadb.Restart(context.WithoutCancel(ctx))
		}},
		{"MariaDB stands still", true, func(ctx context.Context, chance *rand.Rand) error {
			return s.still(ctx, s.mariadb.Signal, between(chance, 100*time.Millisecond, 4*time.Second))
		}},
		{"Redis killed", true, func(ctx context.Context, chance *rand.Rand) error {
			return s.replaceRedis(ctx, between(chance, 0, 1500*time.Millisecond))
		}},
		{"Redis slow", true, func(ctx context.Context, chance *rand.Rand) error {
			d := between(chance, time.Second, 3*time.Second)
			s.redisWay.coverAll(weather{until: time.Now().Add(d), latency: between(chance, 10*time.Millisecond, 300*time.Millisecond)})
			pause.For(ctx, d)
			return nil
		}},
		{"Redis stands still", true, func(ctx context.Context, chance *rand.Rand) error {
			d := between(chance, 200*time.Millisecond, 4*time.Second)
			s.redisWay.coverAll(weather{until: time.Now().Add(d), stalled: true})
			pause.For(ctx, d)
			return nil
		}},
		{"Redis connections cut", true, func(_ context.Context, chance *rand.Rand) error {
			s.redisWay.Cut(0.3+0.7*chance.Float64(), chance)
			return nil
		}},
	}
}

func (s *stage) networkFaults() []fault {
	covered := func(name string, most time.Duration, w func(chance *rand.Rand) weather) fault {
		return fault{name, false, func(ctx context.Context, chance *rand.Rand) error {
			d := between(chance, 200*time.Millisecond, most)
			sky := w(chance)
			sky.until = time.Now().Add(d)
			for _, n := range s.nodes {
				n.way.cover(0.1+0.4*chance.Float64(), chance, sky)
			}
			pause.For(ctx, d)
			return nil
		}}
	}
	return []fault{
		{"connections cut", false, func(_ context.Context, chance *rand.Rand) error {
			for _, n := range s.nodes {
				n.way.Cut(0.1+0.5*chance.Float64(), chance)
			}
			return nil
		}},
		covered("network stands still", 4*time.Second, func(*rand.Rand) weather { return weather{stalled: true} }),
		covered("network slow", 3*time.Second, func(chance *rand.Rand) weather {
			return weather{latency: between(chance, 5*time.Millisecond, 250*time.Millisecond)}
		}),
		covered("bytes in pieces", 3*time.Second, func(*rand.Rand) weather { return weather{pieces: true} }),
		covered("answers lost, then cut", 2*time.Second, func(*rand.Rand) weather { return weather{mute: true} }),
	}
}

// troublemaker injects faults until it is enough, and counts them.
type troublemaker struct {
	bus      *disturbances
	progress io.Writer
	pause    time.Duration // between two faults of a lane, in the mean

	mu     sync.Mutex
	counts map[string]int
	total  int
	calm   time.Time // until then nothing is broken
	failed error
}

// run lets every lane go on until enough says so. Each lane has an order of its own by the seed, in which every kind comes once
// before any comes twice.
func (t *troublemaker) run(ctx context.Context, lanes []lane, seed uint64, enough func(total int) bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	for i, l := range lanes {
		work.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(i)))
			for {
				for _, j := range chance.Perm(len(l.faults)) {
					pause.For(ctx, between(chance, t.pause/4, 7*t.pause/4))
					pause.For(ctx, t.untilStorm())
					if ctx.Err() != nil || t.over(enough) {
						return
					}
					if err := t.inject(ctx, l.faults[j], chance); err != nil {
						t.fail(fmt.Errorf("%s: %w", l.faults[j].name, err))
						stop()
						return
					}
				}
			}
		})
	}
	work.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// In a calm spell what was decided in the storm must have come everywhere.
const (
	storm = 24 // faults
	calm  = recovery + 3*time.Second
)

func (t *troublemaker) untilStorm() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, time.Until(t.calm))
}

func (t *troublemaker) over(enough func(int) bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return enough(t.total)
}

func (t *troublemaker) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = err
	}
}

func (t *troublemaker) inject(ctx context.Context, f fault, chance *rand.Rand) error {
	began := time.Now()
	t.mu.Lock()
	t.total++
	t.counts[f.name]++
	number := t.total
	if number%storm == 0 {
		t.calm = began.Add(calm)
	}
	t.mu.Unlock()
	if f.bus {
		defer t.bus.begin()()
	}
	// What has begun is healed, also when everything ends.
	err := f.do(context.WithoutCancel(ctx), chance)
	fmt.Fprintf(t.progress, "%s fault %d: %s, %s\n", began.Format(clock), number, f.name, time.Since(began).Round(time.Millisecond))
	return err
}
