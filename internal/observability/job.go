package observability

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Job counts and times what the program does by itself now and again. It is a collector; its label is a constant one, so
// that whoever has such work needs no registry that is shared with others.
type Job struct {
	done, failed prometheus.Counter
	seconds      prometheus.Histogram
}

// NewJob names a piece of work, of which there is one in the program.
func NewJob(task string) *Job {
	count := func(outcome string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name: "emosation_jobs_total", Help: "Turns of work that the program does by itself, by outcome: done or failed. A failure is made good by a later turn.",
			ConstLabels: prometheus.Labels{"task": task, "outcome": outcome},
		})
	}
	return &Job{done: count("done"), failed: count("failed"), seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "emosation_job_seconds", Help: "Time of one turn of work that the program does by itself, in seconds.",
		Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10, 60, 300}, ConstLabels: prometheus.Labels{"task": task},
	})}
}

// Run does the work once and returns its error. A turn that fails because ctx has ended is no failure and is not counted.
func (j *Job) Run(ctx context.Context, work func(context.Context) error) error {
	begin := time.Now()
	err := work(ctx)
	if err != nil && ctx.Err() != nil {
		return err
	}
	j.seconds.Observe(time.Since(begin).Seconds())
	if err != nil {
		j.failed.Inc()
	} else {
		j.done.Inc()
	}
	return err
}

// Describe implements prometheus.Collector.
func (j *Job) Describe(to chan<- *prometheus.Desc) {
	j.done.Describe(to)
	j.failed.Describe(to)
	j.seconds.Describe(to)
}

// Collect implements prometheus.Collector.
func (j *Job) Collect(to chan<- prometheus.Metric) {
	j.done.Collect(to)
	j.failed.Collect(to)
	j.seconds.Collect(to)
}
