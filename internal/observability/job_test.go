package observability_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/observability"
)

func TestJobsAreCountedByOutcome(t *testing.T) {
	registry := prometheus.NewRegistry()
	sweep, purge := observability.NewJob("sweep"), observability.NewJob("purge")
	registry.MustRegister(sweep, purge)
	failure := errors.New("no")
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, sweep.Run(ctx, func(context.Context) error { return nil }))
	require.ErrorIs(t, sweep.Run(ctx, func(context.Context) error { return failure }), failure)
	require.NoError(t, sweep.Run(ctx, func(context.Context) error { return nil }))
	cancel()
	require.ErrorIs(t, sweep.Run(ctx, func(ctx context.Context) error { return ctx.Err() }), context.Canceled)
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_jobs_total Turns of work that the program does by itself, by outcome: done or failed. A failure is made good by a later turn.
# TYPE emosation_jobs_total counter
emosation_jobs_total{outcome="done",task="purge"} 0
emosation_jobs_total{outcome="done",task="sweep"} 2
emosation_jobs_total{outcome="failed",task="purge"} 0
emosation_jobs_total{outcome="failed",task="sweep"} 1
`), "emosation_jobs_total"))
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() == "emosation_job_seconds" {
			require.EqualValues(t, 3, family.GetMetric()[1].GetHistogram().GetSampleCount(), "what was stopped is left out")
			return
		}
	}
	t.Fatal("the time of jobs is not told")
}
