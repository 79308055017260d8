package limit

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/emosation/emosation/internal/memo"
)

// remembered is how many people a Local knows at once. Who has been forgotten for others may do everything anew.
const remembered = 20_000

// Local counts attempts on this node alone, for what goes on without Redis and must not wait for it.
type Local struct {
	rule     Rule
	now      func() time.Time
	refusals *Refusals
	known    *memo.Memo[int64, *rate.Limiter]
}

// Local returns a limit of each person, by their id, that counts refusals where l does. It is nil, which allows everything, if l
// is not on.
func (l Limiter) Local(r Rule, now func() time.Time) *Local {
	if !l.on {
		return nil
	}
	return &Local{rule: r, now: now, refusals: l.refusals, known: memo.New[int64, *rate.Limiter](remembered)}
}

// Allow counts an attempt, or returns ErrTooMany with the time to wait.
func (l *Local) Allow(id int64) error {
	if l == nil {
		return nil
	}
	limiter, ok := l.known.Get(id)
	if !ok { // two at once may make one each, which allows one attempt more
		limiter = rate.NewLimiter(rate.Every(l.rule.Every), l.rule.Burst)
		l.known.Put(id, limiter, 1)
	}
	now := l.now()
	if limiter.AllowN(now, 1) {
		return nil
	}
	l.refusals.Count(l.rule)
	missing := 1 - limiter.TokensAt(now)
	return ErrTooMany.WithRetryAfter(time.Duration(missing * float64(l.rule.Every)))
}
