package openai

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// Budget keeps account of what the remote engine costs, in Redis, so that all nodes share it and it outlives them. What a call may
// cost at most is set aside before it and settled after it. What a node that died had set aside stays spent until midnight.
type Budget struct {
	redis  rueidis.Client
	cfg    Config
	now    func() time.Time
	limits []string // of money and of tokens, as the script takes them
}

// NewBudget counts by the prices and limits of cfg.
func NewBudget(redis rueidis.Client, cfg Config, now func() time.Time) *Budget {
	if cfg.Limits.Zone == nil {
		cfg.Limits.Zone = time.UTC
	}
	return &Budget{redis: redis, cfg: cfg, now: now, limits: []string{
		integer(int64(math.Round(cfg.Limits.Money * billion))), integer(cfg.Limits.Tokens),
	}}
}

// Money is counted in billionths, so that sums are exact.
const billion = 1e9

const (
	budgetPatience = 3 * time.Second
	// budgetKeep outlives the day in every time zone.
	budgetKeep = "259200" // seconds
	// budgetAway is how long to wait where Redis does not answer: nothing is spent unseen.
	budgetAway = 5 * time.Second
)

// Hold is what was set aside for one call.
type Hold struct {
	day    string
	money  int64
	tokens int64
}

// Usage is what a call took. Unknown says that nobody knows, because the answer never came: then all that was set aside is gone.
type Usage struct {
	Input, Output int64
	Unknown       bool
	Failed        bool
	Readings      int
}

// admit gives a person as many messages as are left of the day's. KEYS[1] has the count of each person.
var admit = rueidis.NewLuaScript(`
local have = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
local granted = math.min(tonumber(ARGV[2]), math.max(0, tonumber(ARGV[3]) - have))
if granted > 0 then
	redis.call('HINCRBY', KEYS[1], ARGV[1], granted)
	redis.call('EXPIRE', KEYS[1], ` + budgetKeep + `)
end
return granted
`)

// hold sets money and tokens aside unless that would exceed a limit other than 0. KEYS[1] is the account of the day.
var hold = rueidis.NewLuaScript(`
local names = {'money', 'tokens'}
for i, name in ipairs(names) do
	local limit = tonumber(ARGV[2 + i])
	if limit > 0 and tonumber(redis.call('HGET', KEYS[1], name) or 0) + tonumber(ARGV[i]) > limit then
		return 0
	end
end
for i, name in ipairs(names) do
	redis.call('HINCRBY', KEYS[1], name, ARGV[i])
end
redis.call('EXPIRE', KEYS[1], ` + budgetKeep + `)
return 1
`)

// count adds to fields of KEYS[1]: their names and what to add, in turn.
var count = rueidis.NewLuaScript(`
for i = 1, #ARGV, 2 do
	redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[1], ` + budgetKeep + `)
return 1
`)

// GiveBack gives messages back to the one who was granted them, because they were not read after all.
type GiveBack func(ctx context.Context, n int)

// Admit grants a person the first of n messages, as many as are left of the day's. Where those are not all, err says why.
func (b *Budget) Admit(ctx context.Context, person int64, n int) (granted int, back GiveBack, err error) {
	if b.cfg.Limits.Messages == 0 {
		return n, func(context.Context, int) {}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, budgetPatience)
	defer cancel()
	key := peopleKey(b.day())
	args := []string{integer(person), strconv.Itoa(n), integer(b.cfg.Limits.Messages)}
	got, err := admit.Exec(ctx, b.redis, []string{key}, args).AsInt64()
	if err != nil {
		return 0, func(context.Context, int) {}, outOfReach()
	}
	if int(got) < n {
		err = b.spent("this person's part of the day is used up")
	}
	return int(got), func(ctx context.Context, n int) {
		_ = b.add(ctx, key, integer(person), integer(-int64(n))) // where that fails they count as read
	}, err
}

// Reserve sets aside what a call may take at most, or returns an Error: Spent until the next day, or Busy without Redis.
func (b *Budget) Reserve(ctx context.Context, input, output int64) (Hold, error) {
	ctx, cancel := context.WithTimeout(ctx, budgetPatience)
	defer cancel()
	h := Hold{day: b.day(), money: b.cfg.price(input, output), tokens: input + output}
	args := append([]string{integer(h.money), integer(h.tokens)}, b.limits...)
	ok, err := hold.Exec(ctx, b.redis, []string{dayKey(h.day)}, args).AsBool()
	if err != nil {
		return Hold{}, outOfReach()
	}
	if !ok {
		return Hold{}, b.spent("the budget of the day is used up")
	}
	return h, nil
}

// Settle puts what was spent in the place of what was set aside. Where that fails, what was set aside stays spent.
func (b *Budget) Settle(ctx context.Context, h Hold, s Usage) {
	money, tokens := h.charge(b.cfg, s), s.Input+s.Output
	if s.Unknown {
		tokens = h.tokens
	}
	failed := int64(0)
	if s.Failed {
		failed = 1
	}
	_ = b.add(ctx, dayKey(h.day), // see above
		"money", integer(money-h.money), "tokens", integer(tokens-h.tokens), "cost", integer(money), "calls", "1", "failures", integer(failed),
		"input", integer(s.Input), "output", integer(s.Output), "readings", strconv.Itoa(s.Readings))
}

// Fell counts messages that stay with their embedded reading though they were to be read remotely.
func (b *Budget) Fell(ctx context.Context, n int) error {
	return b.add(ctx, dayKey(b.day()), "fallbacks", strconv.Itoa(n))
}

// add outlives the ctx of the call that it is about.
func (b *Budget) add(ctx context.Context, key string, fields ...string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budgetPatience)
	defer cancel()
	return count.Exec(ctx, b.redis, []string{key}, fields).Error()
}

// Today adds up what all nodes did since midnight.
func (b *Budget) Today(ctx context.Context) (Today, error) {
	ctx, cancel := context.WithTimeout(ctx, budgetPatience)
	defer cancel()
	account, err := b.redis.Do(ctx, b.redis.B().Hgetall().Key(dayKey(b.day())).Build()).AsIntMap()
	if err != nil {
		return Today{}, outOfReach()
	}
	left := 1.0
	for name, limit := range map[string]float64{"money": b.cfg.Limits.Money * billion, "tokens": float64(b.cfg.Limits.Tokens)} {
		if limit > 0 {
			left = min(left, max(0, 1-float64(account[name])/limit))
		}
	}
	return Today{
		Readings: account["readings"], Calls: account["calls"], Failures: account["failures"], Fallbacks: account["fallbacks"],
		InputTokens: account["input"], OutputTokens: account["output"], Cost: float64(account["cost"]) / billion, Left: left,
	}, nil
}

// Spent tells how many messages all nodes read on a day, by its date, and what that cost in billionths. Days are kept for three days.
func (b *Budget) Spent(ctx context.Context, day string) (readings, money int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, budgetPatience)
	defer cancel()
	account, err := b.redis.Do(ctx, b.redis.B().Hgetall().Key(dayKey(day)).Build()).AsIntMap()
	if err != nil {
		return 0, 0, outOfReach()
	}
	return account["readings"], account["cost"], nil
}

// price is in billionths, rounded up. The operator's prices are for a million tokens.
func (c Config) price(input, output int64) int64 {
	return int64(math.Ceil((float64(input)*c.InputPrice + float64(output)*c.OutputPrice) * (billion / 1e6)))
}

// charge is the money that a call cost, in billionths.
func (h Hold) charge(c Config, s Usage) int64 {
	if s.Unknown {
		return h.money
	}
	return c.price(s.Input, s.Output)
}

// spent leads to the next midnight.
func (b *Budget) spent(reason string) *Error {
	now := b.now().In(b.cfg.Limits.Zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, b.cfg.Limits.Zone)
	return &Error{Kind: Spent, After: midnight.Sub(now), reason: reason}
}

func (b *Budget) day() string { return b.now().In(b.cfg.Limits.Zone).Format(time.DateOnly) }

func dayKey(day string) string { return "emosation:openai:" + day }

func peopleKey(day string) string { return dayKey(day) + ":people" }

func integer(n int64) string { return strconv.FormatInt(n, 10) }

func outOfReach() *Error {
	return &Error{Kind: Busy, After: budgetAway, reason: "the account of the budget is out of reach"}
}
