package auth

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// rule allows burst attempts at once and one more every interval.
type rule struct {
	name  string
	burst int
	every time.Duration
}

// Addresses may stand for a whole school behind one router, so their rules stop floods, not people. Guessing is
// stopped by the rules per e-mail and per user; a success forgets what was counted there.
var (
	registerByAddress = rule{"register.address", 30, 20 * time.Second}
	loginByAddress    = rule{"login.address", 60, time.Second}
	loginByEmail      = rule{"login.email", 10, 15 * time.Second}
	refreshByAddress  = rule{"refresh.address", 120, 500 * time.Millisecond}
	passwordByUser    = rule{"password.user", 5, time.Minute}
)

// limiter counts attempts in Redis, so that they count on every node alike.
type limiter struct {
	redis rueidis.Client
	on    bool
}

// gcra is the generic cell rate algorithm. KEYS[1] holds the time at which the subject has used up nothing any more,
// in milliseconds. It returns 0, or how many milliseconds too early the attempt is.
var gcra = rueidis.NewLuaScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local burst, every = tonumber(ARGV[1]), tonumber(ARGV[2])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = free - (burst - 1) * every - now
if wait > 0 then
	return wait
end
redis.call('SET', KEYS[1], string.format('%.0f', free + every), 'PX', string.format('%.0f', free + every - now))
return 0
`)

// allow counts an attempt of a subject, or returns ErrTooMany with the time to wait.
func (l limiter) allow(ctx context.Context, r rule, subject string) error {
	if !l.on {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	every := strconv.FormatInt(r.every.Milliseconds(), 10)
	wait, err := gcra.Exec(ctx, l.redis, []string{r.key(subject)}, []string{strconv.Itoa(r.burst), every}).AsInt64()
	if err != nil {
		return fmt.Errorf("%w: limit %s: %w", ErrUnavailable, r.name, err)
	}
	if wait > 0 {
		return ErrTooMany.WithRetryAfter(time.Duration(wait) * time.Millisecond)
	}
	return nil
}

// forget drops what was counted. It may fail: then the count wanes by itself.
func (l limiter) forget(ctx context.Context, r rule, subject string) {
	if !l.on {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	_ = l.redis.Do(ctx, l.redis.B().Del().Key(r.key(subject)).Build()).Error() // see above
}

// key hides the subject: Redis need not know who tries to sign in.
func (r rule) key(subject string) string {
	return "emosation:auth:limit:" + r.name + ":" + digest(subject)
}

// network is what an address counts as: a customer is given a whole /64 of IPv6.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}
