package analysis

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/openai"
)

// outcome is what became of a message; the kinds of errors of the engine are outcomes, too.
type outcome string

const (
	improved outcome = "improved"
	outdated outcome = "outdated" // edited, taken back, or not to be read remotely any more
	// All others stay with their embedded readings.
	full    outcome = "full"     // too many waited
	lost    outcome = "lost"     // Redis did not take them
	givenUp outcome = "given_up" // too many workers did not come to an end with them
)

// Metrics count what becomes of messages.
type Metrics struct {
	messages  *prometheus.CounterVec
	fallbacks prometheus.Counter
	together  prometheus.Histogram
	waiting   prometheus.Gauge
}

// NewMetrics adds its metrics to a registry.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_analysis_messages_total", Help: "Messages that could be read remotely, by what became of them.",
		}, []string{"outcome"}),
		fallbacks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_emotion_fallbacks_total", Help: "Messages that were to be read remotely, and stay with their embedded readings.",
		}),
		together: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_analysis_batch_messages", Help: "Messages that the remote engine was asked about together.",
			Buckets: prometheus.LinearBuckets(1, 1, mostTogether),
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_analysis_waiting_messages", Help: "Messages of all nodes that wait for the remote engine.",
		}),
	}
	for _, c := range []prometheus.Collector{m.messages, m.fallbacks, m.together, m.waiting} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("metrics of the analysis: %w", err)
		}
	}
	for _, o := range []outcome{improved, outdated, full, lost, givenUp} {
		m.messages.WithLabelValues(string(o)) // so that a rate is known from the first one on
	}
	for _, k := range []openai.Kind{openai.Busy, openai.Permanent, openai.Refused, openai.Invalid, openai.Spent} {
		m.messages.WithLabelValues(string(k))
	}
	return m, nil
}

func (m *Metrics) count(o outcome, n int) { m.messages.WithLabelValues(string(o)).Add(float64(n)) }
