package limit

import "github.com/prometheus/client_golang/prometheus"

// Refusals count, by rule, what was too much. A nil one counts nothing. It is a collector.
type Refusals struct{ *prometheus.CounterVec }

// NewRefusals starts at zero for these rules.
func NewRefusals(rules ...[]Rule) *Refusals {
	r := &Refusals{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "emosation_rate_limited_total", Help: "Attempts that were refused because there were too many, by the rule that they broke.",
	}, []string{"rule"})}
	for _, some := range rules {
		for _, rule := range some {
			r.WithLabelValues(rule.Name)
		}
	}
	return r
}

// Count counts an attempt that a rule has refused.
func (r *Refusals) Count(rule Rule) {
	if r != nil {
		r.WithLabelValues(rule.Name).Inc()
	}
}
