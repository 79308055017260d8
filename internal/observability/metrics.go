package observability

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry that has what the Go runtime, the build and the process tell about themselves.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

// HTTPMetrics counts requests, their failures and their time by route. Its labels stay few whatever strangers send:
// a route is a pattern of the router, and methods that HTTP does not know count as one.
type HTTPMetrics struct {
	running  prometheus.Gauge
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// NewHTTPMetrics adds its metrics to registry. One per registry: a second one panics.
func NewHTTPMetrics(registry prometheus.Registerer) *HTTPMetrics {
	m := &HTTPMetrics{
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_http_requests_running", Help: "Requests being answered now. A socket is one until it is open.",
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "emosation_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "emosation_http_request_seconds", Help: "Time to answer a request, in seconds, without sockets.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
	}
	registry.MustRegister(m.running, m.requests, m.seconds)
	return m
}

// Begin counts a request as running until the returned function is called.
func (m *HTTPMetrics) Begin() (end func()) {
	m.running.Inc()
	return m.running.Dec
}

// Answered records one answer. Route is the router's pattern, empty when none matched; the time of a switch to
// another protocol is a connection's life and is left out.
func (m *HTTPMetrics) Answered(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "unmatched"
	}
	method = Method(method)
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	if status != http.StatusSwitchingProtocols {
		m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
	}
}

// Method returns the name of a method that HTTP knows; of others there is one.
func Method(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
