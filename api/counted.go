package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/emotion"
)

// counted is the embedded engine that counts how often it is asked, so that anybody can see that it is not where nobody agreed.
type counted struct {
	*emotion.Embedded
	asked prometheus.Counter
}

func newCounted(metrics prometheus.Registerer) (counted, error) {
	engine, err := emotion.NewEmbedded()
	if err != nil {
		return counted{}, err
	}
	c := counted{engine, prometheus.NewCounter(prometheus.CounterOpts{
		Name: "emosation_emotion_embedded_reads_total", Help: "Texts that the embedded engine read.",
	})}
	return c, metrics.Register(c.asked)
}

// ReadAs is the engine's, counted.
func (c counted) ReadAs(text string, bias *emotion.Bias) emotion.Reading {
	c.asked.Inc()
	return c.Embedded.ReadAs(text, bias)
}
