package realtime

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
)

func TestDeliveriesAreTimedForTheLastAndSomeOfTheOthers(t *testing.T) {
	for sockets, times := range map[int]uint64{1: 1, sampleOf: 1, sampleOf + 1: 2, 10 * sampleOf: 10} {
		bus := &Bus{}
		bus.waker.meter = newMeter(time.Now, func() int { return 1 })
		queues := make([]*queue, sockets)
		for i := range queues {
			queues[i] = &queue{bus: bus}
		}
		queues[0].put() // of something else than a commit
		queues[0].eventually(t, 1)
		bus.Together(func() {
			for _, q := range queues {
				for range 250 { // three frames
					q.put()
				}
			}
		})
		require.Eventually(t, func() bool { return timed(t, bus) == times }, 10*time.Second, time.Millisecond,
			"%d sockets", sockets)
		for _, q := range queues[1:] {
			q.eventually(t, 250)
		}
		require.Equal(t, times, timed(t, bus), "once for all frames of a socket")
	}
}

func TestADeliveryTakesUntilItsLastFrameIsWritten(t *testing.T) {
	bus := &Bus{}
	clock := time.Now()
	bus.waker.meter = newMeter(func() time.Time { return clock }, func() int { return 1 })
	slow := &queue{bus: bus, block: make(chan struct{})}
	bus.Together(slow.put)
	clock = clock.Add(3 * time.Second)
	close(slow.block)
	require.Eventually(t, func() bool { return timed(t, bus) == 1 }, 10*time.Second, time.Millisecond)
	_, sum := deliveries(t, bus)
	require.InDelta(t, 3, sum, 0.001)
}

func timed(t *testing.T, bus *Bus) uint64 {
	n, _ := deliveries(t, bus)
	return n
}

func deliveries(t *testing.T, bus *Bus) (count uint64, seconds float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(bus.waker.meter.delivery)
	families, err := registry.Gather()
	require.NoError(t, err)
	h := families[0].GetMetric()[0].GetHistogram()
	return h.GetSampleCount(), h.GetSampleSum()
}
