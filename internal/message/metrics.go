package message

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/emotion"
)

// meter is what an operator sees of the messages of this node.
type meter struct {
	commit, batch                     prometheus.Histogram
	waiting                           prometheus.GaugeFunc
	stored, repeated, refused, failed prometheus.Counter
	resumed                           prometheus.Counter
	readings                          map[kind]prometheus.Counter
}

// kind is what readings are counted by.
type kind struct{ engine, label string }

// unclear stands for the label of a reading that nobody should rely on.
const unclear = "unclear"

func newMeter(queue <-chan job) *meter {
	m := &meter{
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_message_commit_seconds", Help: "Time from the moment that a message arrives to its commit, in seconds; reading it and waiting for the writer are part of it.",
			Buckets: []float64{.0005, .001, .002, .003, .005, .0075, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 5}, // 1 ms at rest, 8 to 25 at full load
		}),
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_message_batch_messages", Help: "Messages that one transaction took up, also those that turn out to be stored already or refused.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, maxBatch},
		}),
		waiting: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "emosation_message_waiting", Help: "Messages and changes that wait for the writer of this node.",
		}, func() float64 { return float64(len(queue)) }),
		resumed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_resume_rows_total", Help: "Messages that clients were given because they had been away while these were written or changed.",
		}),
		readings: make(map[kind]prometheus.Counter),
	}
	outcome := func(name string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name:        "emosation_messages_total",
			Help:        "Messages that people sent, by outcome: stored, repeated (it was stored before), refused with a reason, or failed (the database did not take it).",
			ConstLabels: prometheus.Labels{"outcome": name},
		})
	}
	m.stored, m.repeated, m.refused, m.failed = outcome("stored"), outcome("repeated"), outcome("refused"), outcome("failed")
	for _, engine := range []string{emotion.EmbeddedEngine, emotion.RemoteEngine} {
		add := func(label string) {
			m.readings[kind{engine, label}] = prometheus.NewCounter(prometheus.CounterOpts{
				Name:        "emosation_emotion_readings_total",
				Help:        "Readings of messages that were stored, by the engine that made them and by label; unclear is an engine that abstains.",
				ConstLabels: prometheus.Labels{"engine": engine, "label": label},
			})
		}
		for _, label := range emotion.Labels() {
			add(string(label))
		}
		add(unclear)
	}
	return m
}

// Metrics are what an operator sees of the messages of this node.
func (s *Service) Metrics() []prometheus.Collector {
	m := s.meter
	list := []prometheus.Collector{m.commit, m.batch, m.waiting, m.stored, m.repeated, m.refused, m.failed, m.resumed}
	for _, counter := range m.readings {
		list = append(list, counter)
	}
	return list
}

// sent counts what became of a batch that the database has taken, or has not for this reason, at a time.
func (m *meter) sent(batch []*sending, failure error, at time.Time) {
	m.batch.Observe(float64(len(batch)))
	for _, one := range batch {
		switch {
		case failure != nil:
			m.failed.Inc()
		case one.err != nil:
			m.refused.Inc()
		case one.sent.Repeat:
			m.repeated.Inc()
		default:
			m.stored.Inc()
			m.commit.Observe(at.Sub(one.arrived).Seconds())
			m.read(one.sent.Message.Reading)
		}
	}
}

// turnedAway counts a message that did not come as far as the writer.
func (m *meter) turnedAway(err error) {
	if errors.Is(err, ErrNotStored) {
		m.failed.Inc()
	} else {
		m.refused.Inc()
	}
}

// read counts a reading that an engine has made; of what authors say themselves there is none.
func (m *meter) read(r *emotion.Reading) {
	if r == nil {
		return
	}
	label := string(r.Label)
	if r.Unclear {
		label = unclear
	}
	if counter, ok := m.readings[kind{r.Engine, label}]; ok {
		counter.Inc()
	}
}
