package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/emotion"
)

// counted is the embedded engine that counts how often it is asked, so that anybody can see that it is not where nobody agreed, and
// how long it takes.
type counted struct {
	*emotion.Embedded
	asked   prometheus.Counter
	seconds prometheus.Histogram
}

func newCounted(metrics prometheus.Registerer) (counted, error) {
	engine, err := emotion.NewEmbedded()
	if err != nil {
		return counted{}, err
	}
	c := counted{engine, prometheus.NewCounter(prometheus.CounterOpts{
		Name: "emosation_emotion_embedded_reads_total", Help: "Texts that the embedded engine read.",
	}), prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "emosation_emotion_read_seconds", Help: "Time that the embedded engine took to read a text, in seconds.",
		Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .01, .1},
	})}
	return c, register(metrics, c.asked, c.seconds)
}

// ReadAs is the engine's, counted and timed.
func (c counted) ReadAs(text string, bias *emotion.Bias) emotion.Reading {
	begin := time.Now()
	reading := c.Embedded.ReadAs(text, bias)
	c.asked.Inc()
	c.seconds.Observe(time.Since(begin).Seconds())
	return reading
}
