package loadtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAQuantileIsAtMostOneBucketOff(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 20_000 {
		d := time.Duration(math.Exp(random.Float64() * 30)) // 1 ns to three hours
		all = append(all, d)
		h.record(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.001, 0.5, 0.95, 0.99, 0.999, 1} {
		want := float64(all[max(0, int(math.Ceil(q*float64(len(all))))-1)])
		require.InDelta(t, want, float64(h.quantile(q)), want/64+1, "%v", q)
	}
}

func TestBucketsFollowEachOtherWithoutGaps(t *testing.T) {
	for _, v := range []uint64{0, 1, 127, 128, 129, 130, 255, 256, 1 << 40, 1<<62 + 12345, math.MaxInt64} {
		b := bucketOf(v)
		require.Less(t, b, buckets)
		require.InDelta(t, float64(v), float64(middleOf(b)), float64(v)/64+0.5)
		require.Equal(t, b, bucketOf(middleOf(b)))
		if v > 0 {
			require.LessOrEqual(t, b-bucketOf(v-1), 1)
		}
	}
}

func TestAHistogramCountsForMany(t *testing.T) {
	var h histogram
	require.True(t, h.empty())
	require.Zero(t, h.quantile(0.5))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				h.record(time.Millisecond)
			}
		})
	}
	all.Wait()
	h.record(-time.Second) // a clock that was set back
	require.False(t, h.empty())
	require.InDelta(t, time.Millisecond, h.quantile(0.001), float64(time.Millisecond/64))
	require.Zero(t, h.quantile(1/8001.0))
}

func TestADrainedHistogramBeginsAfresh(t *testing.T) {
	var all, lately histogram
	for _, d := range []time.Duration{time.Millisecond, time.Second} {
		all.record(d)
	}
	all.drain(&lately)
	require.True(t, all.empty())
	require.EqualValues(t, 2, lately.count())
	require.InDelta(t, time.Second, lately.quantile(1), float64(time.Second/64))
	all.record(time.Minute)
	require.EqualValues(t, 1, all.count())
}
