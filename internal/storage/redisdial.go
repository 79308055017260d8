package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
)

// dialMeter is what an operator sees of the connections of this node to Redis. The client shares some between all commands and keeps
// more for those who need one alone; it tells nothing of either.
type dialMeter struct {
	open, alone prometheus.Gauge
	ok, failed  prometheus.Counter
	seconds     prometheus.Histogram
}

func newDialMeter() *dialMeter {
	dials := func(outcome string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name:        "emosation_redis_dials_total",
			Help:        "Connections to Redis and its sentinels that were asked for, by outcome: ok or failed. Nodes keep theirs: what goes on after a start are those that broke.",
			ConstLabels: prometheus.Labels{"outcome": outcome},
		})
	}
	return &dialMeter{
		ok: dials("ok"), failed: dials("failed"),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_redis_connections", Help: "Open connections of this node to Redis and its sentinels.",
		}),
		alone: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_redis_connections_dedicated", Help: "Connections to Redis that are nobody else's for the time being: subscriptions, and commands that wait for something.",
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_redis_dial_seconds", Help: "Time until a connection to Redis was open, TLS included, in seconds; without those that failed.",
			Buckets: []float64{.00025, .001, .0025, .005, .01, .025, .1, .5, 1, 5},
		}),
	}
}

// dialFunc makes a connection as rueidis wants it.
type dialFunc func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error)

// watch returns a dial that counts its connections until they are closed.
func (m *dialMeter) watch(dial dialFunc) dialFunc {
	if dial == nil {
		dial = dialTCP
	}
	return func(ctx context.Context, address string, dialer *net.Dialer, secure *tls.Config) (net.Conn, error) {
		begin := time.Now()
		conn, err := dial(ctx, address, dialer, secure)
		if err != nil {
			if !errors.Is(err, context.Canceled) { // the caller gave up, which says nothing of Redis
				m.failed.Inc()
			}
			return nil, err
		}
		m.seconds.Observe(time.Since(begin).Seconds())
		m.ok.Inc()
		m.open.Inc()
		return &countedConn{Conn: conn, open: m.open}, nil
	}
}

// dialTCP is what rueidis does by itself.
func dialTCP(ctx context.Context, address string, dialer *net.Dialer, secure *tls.Config) (net.Conn, error) {
	if secure == nil {
		return dialer.DialContext(ctx, "tcp", address)
	}
	return (&tls.Dialer{NetDialer: dialer, Config: secure}).DialContext(ctx, "tcp", address)
}

// countedConn is open until its first Close.
type countedConn struct {
	net.Conn
	open   prometheus.Gauge
	closed atomic.Bool
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.open.Dec()
	}
	return c.Conn.Close()
}

// Dedicated implements rueidis.Client.
func (m metered) Dedicated(fn func(rueidis.DedicatedClient) error) error {
	m.meter.dials.alone.Inc()
	defer m.meter.dials.alone.Dec()
	return m.Client.Dedicated(fn)
}

// Dedicate implements rueidis.Client.
func (m metered) Dedicate() (client rueidis.DedicatedClient, cancel func()) {
	client, release := m.Client.Dedicate()
	m.meter.dials.alone.Inc()
	var released atomic.Bool
	return client, func() {
		if !released.Swap(true) {
			m.meter.dials.alone.Dec()
		}
		release()
	}
}
