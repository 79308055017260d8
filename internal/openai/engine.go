package openai

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	sdk "github.com/openai/openai-go"
	"github.com/sony/gobreaker/v2"
)

// purse is what the engine asks of the budget.
type purse interface {
	Admit(ctx context.Context, person int64, n int) (granted int, back GiveBack, err error)
	Reserve(ctx context.Context, input, output int64) (Hold, error)
	Settle(ctx context.Context, h Hold, s Usage)
}

// When the engine asks again, and when it leaves the provider alone.
const (
	attempts     = 3
	firstBackoff = 500 * time.Millisecond
	lastBackoff  = 8 * time.Second
	// waitMost is the longest Retry-After that is waited for here; for a longer one the caller should come back.
	waitMost = 10 * time.Second
	// askMost bounds what the engine was asked to do, with all calls, attempts and waits.
	askMost = 30 * time.Second
	// tripAfter failures in a row, in calls about more than one person, open the breaker for openFor.
	tripAfter = 5
	openFor   = 30 * time.Second
	// busyFor is how long to wait where the provider does not say.
	busyFor = 15 * time.Second
)

// Engine asks a remote model. Many goroutines may use it.
type Engine struct {
	cfg       Config
	service   sdk.ChatCompletionService
	transport *http.Transport
	purse     purse
	metrics   *Metrics
	now       func() time.Time
	breaker   *gobreaker.TwoStepCircuitBreaker[struct{}]
	opened    atomic.Int64 // when the breaker did last, in nanoseconds of Unix time
	streak    streak
	latency   latency
}

// New errs if cfg is not right. The zero Timeout is DefaultTimeout. Nothing is sent before the first question.
func New(cfg Config, purse purse, metrics *Metrics, now func() time.Time) (*Engine, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	e := &Engine{cfg: cfg, purse: purse, metrics: metrics, now: now, transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment, // as the machine's other programs
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 5 * time.Second,
		DialContext:         cfg.Dial,
	}}
	e.service = newService(cfg, e.transport)
	e.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:     openFor,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= tripAfter && e.streak.several() },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNoMatter) },
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				e.opened.Store(now().UnixNano())
			}
			metrics.turned(stateOf(to))
		},
	})
	return e, nil
}

// Close ends connections that are not in use.
func (e *Engine) Close() { e.transport.CloseIdleConnections() }

// Breaker tells whether this node asks the provider.
func (e *Engine) Breaker() Breaker { return stateOf(e.breaker.State()) }

func stateOf(s gobreaker.State) Breaker {
	switch s {
	case gobreaker.StateOpen:
		return Open
	case gobreaker.StateHalfOpen:
		return HalfOpen
	}
	return Closed
}

// Latency is of this node's calls.
func (e *Engine) Latency() Latency { return e.latency.look() }

// errNoMatter is a failure that says nothing about the provider.
var errNoMatter = errors.New("no fault of the provider")

// ask puts a question, again where that may help and ctx, which has to have a deadline, leaves time for it. Its error is an *Error, or
// that of ctx.
func (e *Engine) ask(ctx context.Context, r *request) error {
	deadline, _ := ctx.Deadline()
	for attempt := 1; ; attempt++ {
		failure := e.attempt(ctx, r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failure == nil {
			return nil
		}
		wait, again := backoff(failure, attempt)
		if !again || e.now().Add(wait+e.cfg.Timeout).After(deadline) {
			return failure.advised()
		}
		if !rest(ctx, wait) {
			return ctx.Err()
		}
	}
}

// backoff tells whether to try again after a failed attempt, and when. Invalid answers get one more chance: the next may be better.
func backoff(failure *Error, attempt int) (wait time.Duration, again bool) {
	switch {
	case attempt >= attempts, failure.lasting:
		return 0, false
	case failure.Kind == Invalid:
		return 0, attempt == 1
	case failure.Kind != Busy, failure.After > waitMost:
		return 0, false
	}
	most := min(firstBackoff<<(attempt-1), lastBackoff)
	return failure.After + rand.N(most), true // the chance keeps the nodes from coming back all at once
}

// advised says when to come back where the provider did not.
func (e *Error) advised() *Error {
	if e.Kind == Busy && e.After == 0 {
		e.After = busyFor
	}
	return e
}

func rest(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// attempt makes one call, if the breaker and the budget let it.
func (e *Engine) attempt(ctx context.Context, r *request) *Error {
	done, err := e.breaker.Allow()
	if err != nil {
		return e.left(err)
	}
	verdict := errNoMatter
	defer func() { done(verdict) }()
	held, err := e.purse.Reserve(ctx, r.input(), r.output)
	if err != nil {
		return fixed(err)
	}
	begin := e.now()
	content, spent, failure := e.post(ctx, r)
	took := e.now().Sub(begin)
	if failure == nil {
		if spent.Readings, err = r.accept(content); err != nil {
			failure = nonsense(err.Error())
		}
	}
	spent.Failed = failure != nil
	e.purse.Settle(ctx, held, spent)
	e.latency.add(took)
	e.metrics.called(took, failure)
	e.metrics.spent(spent, held.charge(e.cfg, spent))
	switch {
	case failure == nil:
		verdict = nil
		e.streak.end()
	case ctx.Err() != nil, failure.ours(): // the caller went away, or nobody could answer this
	default:
		verdict = failure
		e.streak.add(r.author)
	}
	return failure
}

// streak is about whom the calls were that failed since the last that did not. A text may make a model so slow that no answer comes in
// time, however often it is asked; that must not keep it from being asked about others.
type streak struct {
	mu            sync.Mutex
	first, second int64
}

// add does nothing for 0, which is nobody.
func (s *streak) add(author int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.first == 0:
		s.first = author
	case author != 0 && author != s.first:
		s.second = author
	}
}

func (s *streak) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first, s.second = 0, 0
}

func (s *streak) several() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.second != 0
}

// left is the answer while the provider is left alone.
func (e *Engine) left(err error) *Error {
	after := e.cfg.Timeout // one call is finding out whether it is well again
	if errors.Is(err, gobreaker.ErrOpenState) {
		after = max(time.Second, openFor-e.now().Sub(time.Unix(0, e.opened.Load())))
	}
	return &Error{Kind: Busy, After: after, reason: "left alone after failures", lasting: true}
}

// fixed is a failure of our own side, which an attempt at once would not mend.
func fixed(err error) *Error {
	failure, ok := errors.AsType[*Error](err)
	if !ok {
		failure = &Error{Kind: Busy, After: busyFor, reason: "the budget gave no answer"}
	}
	own := *failure
	own.lasting = true
	return &own
}
