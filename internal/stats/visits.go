package stats

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calendar"
)

const (
	// visitsPrefix is followed by a day; there Redis counts its different visitors in 12 KiB (HyperLogLog).
	visitsPrefix = "emosation:visitors:"
	visitsTTL    = (catchUpDays + 2) * 24 * time.Hour
	// maxSeen is how many visitors a node remembers, so that it need not name one again at their next request.
	maxSeen = 200_000
	// visitsAtOnce is how many one command names.
	visitsAtOnce = 1000
)

// visits counts the different people who use the server on a day, on all nodes.
type visits struct {
	redis rueidis.Client
	zone  *time.Location

	mu    sync.Mutex
	today calendar.Day
	seen  map[account.ID]struct{}
	fresh map[string][]string // by day: those that Redis was not told of
}

func newVisits(d Deps) *visits {
	return &visits{redis: d.Redis, zone: d.Zone, seen: make(map[account.ID]struct{}), fresh: make(map[string][]string)}
}

func (v *visits) saw(who account.ID, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.today.Holds(at) {
		v.today = calendar.DayOf(v.zone, at)
		clear(v.seen)
	}
	if _, ok := v.seen[who]; ok {
		return
	}
	if len(v.seen) >= maxSeen {
		clear(v.seen)
	}
	v.seen[who] = struct{}{}
	day := v.today.String()
	v.fresh[day] = append(v.fresh[day], strconv.FormatInt(int64(who), 10))
}

// flush tells Redis of those who came. Where that fails they are kept for the next time.
func (v *visits) flush(ctx context.Context) error {
	v.mu.Lock()
	fresh := v.fresh
	v.fresh = make(map[string][]string)
	v.mu.Unlock()
	var failure error
	for day, who := range fresh {
		if err := v.name(ctx, day, who); err != nil {
			failure = err
			v.mu.Lock()
			v.fresh[day] = append(v.fresh[day], who[:min(len(who), maxSeen)]...)
			v.mu.Unlock()
		}
	}
	return failure
}

func (v *visits) name(ctx context.Context, day string, who []string) error {
	var commands rueidis.Commands
	for some := range slices.Chunk(who, visitsAtOnce) {
		commands = append(commands, v.redis.B().Pfadd().Key(visitsPrefix+day).Element(some...).Build())
	}
	commands = append(commands, v.redis.B().Pexpire().Key(visitsPrefix+day).Milliseconds(visitsTTL.Milliseconds()).Build())
	for _, answer := range v.redis.DoMulti(ctx, commands...) {
		if err := answer.Error(); err != nil {
			return err
		}
	}
	return nil
}

// count returns how many came on a day, as far as Redis knows. Where that is clearly less than this node remembers, Redis has lost
// the day, and is told again.
func (v *visits) count(ctx context.Context, day calendar.Day) (int64, error) {
	n, err := v.redis.Do(ctx, v.redis.B().Pfcount().Key(visitsPrefix+day.String()).Build()).AsInt64()
	if err != nil {
		return 0, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	const doubt = 20 // Redis estimates to about a hundredth
	if known := len(v.seen); v.today == day && n < int64(known-known/doubt) && len(v.fresh[day.String()]) == 0 {
		for who := range v.seen {
			v.fresh[day.String()] = append(v.fresh[day.String()], strconv.FormatInt(int64(who), 10))
		}
	}
	return n, nil
}
