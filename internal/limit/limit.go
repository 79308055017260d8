// Package limit counts attempts in Redis, so that they count on every node alike, and refuses those that are too many.
package limit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/emosation/emosation/internal/fault"
)

// Rule allows Burst attempts at once and one more every Every.
type Rule struct {
	Name  string // of what is counted, unique in the program
	Burst int
	Every time.Duration
}

// What can go wrong.
var (
	ErrTooMany = fault.New(fault.TooMany, "request.too_many", "Too many attempts. Wait a little.")
	// ErrUnavailable means that Redis does not answer: nothing is allowed unseen.
	ErrUnavailable = fault.New(fault.Unavailable, "limit.unavailable", "This is not possible at this moment. Try again.").
			WithRetryAfter(5 * time.Second)
)

// patience bounds every wait for Redis: a person would rather hear soon that it does not work.
const patience = 3 * time.Second

// Limiter counts attempts.
type Limiter struct {
	redis    rueidis.Client
	on       bool
	refusals *Refusals
}

// New returns a limiter; one that is not on allows everything, for load and race tests.
func New(redis rueidis.Client, on bool) Limiter { return Limiter{redis: redis, on: on} }

// Counted returns a limiter that tells refusals of what it refuses.
func (l Limiter) Counted(refusals *Refusals) Limiter {
	l.refusals = refusals
	return l
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

// Allow counts an attempt of a subject, or returns ErrTooMany with the time to wait, or ErrUnavailable.
func (l Limiter) Allow(ctx context.Context, r Rule, subject string) error {
	if !l.on {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	every := strconv.FormatInt(r.Every.Milliseconds(), 10)
	wait, err := gcra.Exec(ctx, l.redis, []string{r.key(subject)}, []string{strconv.Itoa(r.Burst), every}).AsInt64()
	if err != nil {
		return fmt.Errorf("%w: limit %s: %w", ErrUnavailable, r.Name, err)
	}
	if wait > 0 {
		l.refusals.Count(r)
		return ErrTooMany.WithRetryAfter(time.Duration(wait) * time.Millisecond)
	}
	return nil
}

// Forget drops what was counted. It may fail: then the count wanes by itself.
func (l Limiter) Forget(ctx context.Context, r Rule, subject string) {
	if !l.on {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = l.redis.Do(ctx, l.redis.B().Del().Key(r.key(subject)).Build()).Error() // see above
}

// key hides the subject: Redis need not know who tries to sign in.
func (r Rule) key(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return "emosation:limit:" + r.Name + ":" + hex.EncodeToString(sum[:])
}

// Network is what an address counts as: a customer is given a whole /64 of IPv6.
func Network(address string) string {
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
