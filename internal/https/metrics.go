package https

import (
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meter tells how the certificates are. The moment of expiry has no value before there is a certificate.
type meter struct {
	expiry   *prometheus.GaugeVec
	failures prometheus.Counter

	mu    sync.Mutex
	hosts map[string]time.Time // when the certificate of each expires
}

func newMeter(metrics prometheus.Registerer) (*meter, error) {
	m := &meter{
		expiry: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "emosation_tls_certificate_expiry_seconds",
			Help: "When the certificate that is shown expires, of several the first, in Unix time. Absent without TLS.",
		}, nil),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_tls_certificate_failures_total",
			Help: "New certificates that could not be taken from their files or were not issued.",
		}),
		hosts: make(map[string]time.Time),
	}
	return m, errors.Join(metrics.Register(m.expiry), metrics.Register(m.failures))
}

// shown notes the certificate of a host.
func (m *meter) shown(host string, expires time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hosts[host] = expires
	for _, other := range m.hosts {
		if other.Before(expires) {
			expires = other
		}
	}
	m.expiry.WithLabelValues().Set(float64(expires.Unix()))
}
