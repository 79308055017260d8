package storage

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
)

// metered is a client that counts what it asks Redis. Subscriptions, which wait for others, are left out.
type metered struct {
	rueidis.Client
	meter *redisMeter
}

// Do implements rueidis.Client.
func (m metered) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	waits, begin := cmd.IsBlock(), time.Now() // the command is somebody else's once it is sent
	if waits {
		m.meter.dials.alone.Inc()
		defer m.meter.dials.alone.Dec()
	}
	ctx, span := askRedis(ctx, cmd.Commands())
	answer := m.Client.Do(ctx, cmd)
	answered(span, answer.Error())
	m.meter.answered(answer.Error())
	if !waits {
		m.meter.seconds.Observe(time.Since(begin).Seconds())
	}
	return answer
}

// DoMulti implements rueidis.Client.
func (m metered) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	begin := time.Now()
	ctx, span := askRedis(ctx, []string{"PIPELINE"})
	answers := m.Client.DoMulti(ctx, multi...)
	answered(span, nil)
	for i := range answers {
		m.meter.answered(answers[i].Error())
	}
	m.meter.seconds.Observe(time.Since(begin).Seconds())
	return answers
}

// DoCache implements rueidis.Client. What this process had already was not asked.
func (m metered) DoCache(ctx context.Context, cmd rueidis.Cacheable, ttl time.Duration) rueidis.RedisResult {
	begin := time.Now()
	ctx, span := askRedis(ctx, cmd.Commands())
	answer := m.Client.DoCache(ctx, cmd, ttl)
	answered(span, answer.Error())
	if !answer.IsCacheHit() {
		m.meter.answered(answer.Error())
		m.meter.seconds.Observe(time.Since(begin).Seconds())
	}
	return answer
}

// redisMeter is what an operator sees of the commands of this node.
type redisMeter struct {
	ok, refused, failed prometheus.Counter
	seconds             prometheus.Histogram
	up                  prometheus.Gauge
	dials               *dialMeter
}

func newRedisMeter() *redisMeter {
	count := func(outcome string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name:        "emosation_redis_commands_total",
			Help:        "Commands that Redis was asked to carry out, by outcome: ok, refused by it, or failed because it did not answer in time.",
			ConstLabels: prometheus.Labels{"outcome": outcome},
		})
	}
	m := &redisMeter{
		ok: count("ok"), refused: count("refused"), failed: count("failed"), dials: newDialMeter(),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "emosation_redis_command_seconds", Help: "Time until Redis answered, in seconds. Commands that are sent together are one, and those that wait for something are left out.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5},
		}),
		up: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "emosation_redis_up", Help: "1 if Redis answered the latest command, 0 if not. This node asks it every few seconds.",
		}),
	}
	return m
}

// answered counts a command. What its caller gave up says nothing of Redis, and that it does not know a script yet is part of telling it.
func (m *redisMeter) answered(err error) {
	refusal, refused := rueidis.IsRedisErr(err)
	switch {
	case refused && !refusal.IsNoScript():
		m.refused.Inc()
	case err == nil, refused, rueidis.IsRedisNil(err):
		m.ok.Inc()
	case errors.Is(err, context.Canceled):
		return
	default:
		m.failed.Inc()
		m.up.Set(0)
		return
	}
	m.up.Set(1)
}

// RedisMetrics are those of a client that OpenRedis has opened.
func RedisMetrics(client rueidis.Client) []prometheus.Collector {
	metered, ok := client.(metered)
	if !ok {
		return nil
	}
	m, d := metered.meter, metered.meter.dials
	return []prometheus.Collector{m.ok, m.refused, m.failed, m.seconds, m.up, d.open, d.alone, d.ok, d.failed, d.seconds}
}
