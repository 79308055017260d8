package ws

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// meter is what an operator sees of the sockets of this node.
type meter struct {
	open         prometheus.Gauge
	framesIn     prometheus.Counter
	framesOut    prometheus.Counter
	envelopesOut prometheus.Counter
	closed       *prometheus.CounterVec
}

func newMeter(registry prometheus.Registerer) (*meter, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &meter{
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_sockets_open", Help: "Open connections of this node.",
		}),
		framesIn:     counter("emosation_socket_frames_received_total", "Frames that clients sent."),
		framesOut:    counter("emosation_socket_frames_sent_total", "Frames sent to clients."),
		envelopesOut: counter("emosation_socket_envelopes_sent_total", "Envelopes in the frames sent to clients."),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_sockets_closed_total", Help: "Connections that ended, by cause.",
		}, []string{"cause"}),
	}
	for _, cause := range []error{nil, errSlow, errEnded, errShutdown, errSilent, errBinary} {
		m.closed.WithLabelValues(label(cause)) // so that a rate can be told from the first one on
	}
	for _, c := range []prometheus.Collector{m.open, m.framesIn, m.framesOut, m.envelopesOut, m.closed} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *meter) ended(cause error) { m.closed.WithLabelValues(label(cause)).Inc() }

// label names a cause. All those that are not ours are one: the client left, or the network did.
func label(cause error) string {
	switch {
	case errors.Is(cause, errSlow):
		return "slow"
	case errors.Is(cause, errEnded):
		return "session_ended"
	case errors.Is(cause, errShutdown):
		return "shutdown"
	case errors.Is(cause, errSilent):
		return "silent"
	case errors.Is(cause, errBinary):
		return "binary"
	default:
		return "gone"
	}
}
