package observability

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyTimeout is how long a part may take to answer before the program counts as not ready.
const readyTimeout = 2 * time.Second

// Check asks one part that the program needs whether it works.
type Check func(context.Context) error

// OpsHandler serves /healthz (the process runs), /readyz (every check passes), /metrics and /debug/pprof/. It tells
// much and asks nobody who they are: it belongs on a private listener.
func OpsHandler(metrics prometheus.Gatherer, checks map[string]Check) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		status, report := http.StatusOK, map[string]string{}
		for name, err := range runChecks(ctx, checks) {
			report[name] = "ok"
			if err != nil {
				status, report[name] = http.StatusServiceUnavailable, err.Error()
			}
		}
		answer(w, status, report)
	})
	mux.Handle("GET /metrics", metricsHandler(metrics, checks))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// metricsHandler serves the metrics and asks, whenever somebody looks, what /readyz would say.
func metricsHandler(metrics prometheus.Gatherer, checks map[string]Check) http.Handler {
	ready := prometheus.NewGauge(prometheus.GaugeOpts{Name: "emosation_ready", Help: "1 if this node is ready for requests at this moment, 0 if not."})
	own := prometheus.NewRegistry()
	own.MustRegister(ready)
	all := promhttp.HandlerFor(prometheus.Gatherers{metrics, own}, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		value := 1.0
		for _, err := range runChecks(ctx, checks) {
			if err != nil {
				value = 0
			}
		}
		ready.Set(value)
		all.ServeHTTP(w, r)
	})
}

// runChecks asks all parts at once, so that one that hangs does not use up the time of the others.
func runChecks(ctx context.Context, checks map[string]Check) map[string]error {
	results := make(map[string]error, len(checks))
	var (
		mu      sync.Mutex
		running sync.WaitGroup
	)
	for name, check := range checks {
		running.Go(func() {
			err := check(ctx)
			mu.Lock()
			defer mu.Unlock()
			results[name] = err
		})
	}
	running.Wait()
	return results
}

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the asker is gone: nobody is left to tell
}
