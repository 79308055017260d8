package realtime

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// sampleOf is of how many connections that are written to together the time is taken of one.
const sampleOf = 16

// meter is what an operator sees of the ways of deliveries. A nil one measures nothing.
type meter struct {
	clock          func() time.Time
	began          time.Time
	delivery       prometheus.Histogram
	sent, received prometheus.Counter
	nodes          prometheus.GaugeFunc
}

// moment is when something happened, since the meter began; 0 is nothing of interest.
type moment time.Duration

func newMeter(clock func() time.Time, nodes func() int) *meter {
	packets := func(direction string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_bus_packets_total", Help: "What nodes tell each other through Redis, by direction as this one sees it: sent or received.",
			ConstLabels: prometheus.Labels{"direction": direction},
		})
	}
	return &meter{
		clock: clock, began: clock(), sent: packets("sent"), received: packets("received"),
		delivery: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "emosation_message_delivery_seconds",
			Help:    "Time from the commit of messages on this node until the last byte of their frames was handed to the kernel for a socket of this node, in seconds. Of the sockets that a commit wakes it is taken for the last one and for one in 16 of the others.",
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}),
		nodes: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "emosation_bus_nodes", Help: "Nodes that this one hears of, itself included.",
		}, func() float64 { return float64(nodes()) }),
	}
}

// Metrics are what an operator sees of deliveries on this node.
func (b *Bus) Metrics() []prometheus.Collector {
	m := b.waker.meter
	return []prometheus.Collector{m.delivery, m.sent, m.received, m.nodes}
}

func (m *meter) now() moment {
	if m == nil {
		return 0
	}
	return moment(max(1, m.clock().Sub(m.began)))
}

// written notes that a connection has been written to, if that is of interest.
func (m *meter) written(since moment) {
	if m != nil && since != 0 {
		m.delivery.Observe(time.Duration(m.now() - since).Seconds())
	}
}

// Node names this node among all, anew at each start.
func (b *Bus) Node() string { return b.node.String() }
