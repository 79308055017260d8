package loadtest

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// A bucket is at most 1/64 as wide as the durations in it, so a quantile is at most that much off.
const (
	bucketBits = 6
	perOctave  = 1 << bucketBits
	buckets    = (64 - bucketBits) * perOctave
)

// histogram counts durations in buckets that grow with them, from 1 ns to what an int64 holds. It may be used by many
// goroutines at once; the zero value is empty.
type histogram struct {
	counts [buckets]atomic.Int64
}

func (h *histogram) record(d time.Duration) {
	h.counts[bucketOf(uint64(max(d, 0)))].Add(1)
}

// quantile returns the duration that a share q of all counted ones do not exceed, and 0 when nothing was counted.
func (h *histogram) quantile(q float64) time.Duration {
	rank := max(1, int64(math.Ceil(q*float64(h.count()))))
	for i := range h.counts {
		if rank -= h.counts[i].Load(); rank <= 0 {
			return time.Duration(middleOf(i))
		}
	}
	return 0
}

// drain moves what was counted into another one. What is recorded meanwhile is in either, and never in both.
func (h *histogram) drain(into *histogram) {
	for i := range h.counts {
		into.counts[i].Add(h.counts[i].Swap(0))
	}
}

func (h *histogram) count() (total int64) {
	for i := range h.counts {
		total += h.counts[i].Load()
	}
	return total
}

func (h *histogram) empty() bool {
	for i := range h.counts {
		if h.counts[i].Load() != 0 {
			return false
		}
	}
	return true
}

// bucketOf keeps the leading seven bits of a value; smaller values have a bucket each.
func bucketOf(v uint64) int {
	shift := max(0, bits.Len64(v)-bucketBits-1)
	return shift*perOctave + int(v>>shift)
}

func middleOf(bucket int) uint64 {
	if bucket < 2*perOctave {
		return uint64(bucket)
	}
	shift := bucket/perOctave - 1
	lowest := uint64(bucket-shift*perOctave) << shift
	return lowest + 1<<shift/2
}
