package openai

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what an operator sees of the remote engine on this node. No label has anything of a message or a person.
type Metrics struct {
	calls    *prometheus.CounterVec
	seconds  prometheus.Histogram
	tokens   *prometheus.CounterVec
	cost     prometheus.Counter
	messages *prometheus.CounterVec
	breaker  *prometheus.GaugeVec
}

// NewMetrics adds its metrics to registry. One per registry: a second one panics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_openai_calls_total", Help: "Calls of the remote engine, by outcome.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_openai_call_seconds", Help: "Time of a call of the remote engine, in seconds.",
			Buckets: []float64{.1, .25, .5, 1, 2, 4, 8, 16},
		}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_openai_tokens_total", Help: "Tokens that the remote engine says it took.",
		}, []string{"direction"}),
		cost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_openai_cost_total", Help: "Money spent on the remote engine, by the prices configured.",
		}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_openai_messages_total", Help: "Messages that were to be read remotely, by outcome.",
		}, []string{"outcome"}),
		breaker: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "emosation_openai_breaker", Help: "1 for the state that the breaker is in.",
		}, []string{"state"}),
	}
	registry.MustRegister(m.calls, m.seconds, m.tokens, m.cost, m.messages, m.breaker)
	for _, o := range outcomes() { // so that a rate is known from the first one on
		m.calls.WithLabelValues(o)
		m.messages.WithLabelValues(o)
	}
	for _, direction := range []string{"input", "output"} {
		m.tokens.WithLabelValues(direction)
	}
	m.turned(Closed)
	return m
}

// outcomeGood is the outcome of what worked; that of all else is the kind of its error.
const outcomeGood = "good"

func outcomes() []string {
	return []string{outcomeGood, string(Busy), string(Permanent), string(Refused), string(Invalid), string(Spent)}
}

func outcome(err *Error) string {
	if err == nil {
		return outcomeGood
	}
	return string(err.Kind)
}

func (m *Metrics) called(took time.Duration, err *Error) {
	m.calls.WithLabelValues(outcome(err)).Inc()
	m.seconds.Observe(took.Seconds())
}

func (m *Metrics) spent(s Usage, money int64) {
	m.tokens.WithLabelValues("input").Add(float64(s.Input))
	m.tokens.WithLabelValues("output").Add(float64(s.Output))
	m.cost.Add(float64(money) / billion)
}

func (m *Metrics) became(results []Result) {
	for i := range results {
		m.messages.WithLabelValues(outcome(results[i].Err)).Inc()
	}
}

func (m *Metrics) turned(state Breaker) {
	for _, s := range []Breaker{Closed, Open, HalfOpen} {
		value := 0.0
		if s == state {
			value = 1
		}
		m.breaker.WithLabelValues(string(s)).Set(value)
	}
}
