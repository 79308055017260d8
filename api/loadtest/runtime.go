package loadtest

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// goRuntime is what the Go runtime of some processes tells of itself, in all of them together.
type goRuntime struct {
	goroutines, heapInUse, heapObjects, stacks float64 // the last three in bytes
}

func (g goRuntime) minus(h goRuntime) goRuntime {
	return goRuntime{g.goroutines - h.goroutines, g.heapInUse - h.heapInUse, g.heapObjects - h.heapObjects, g.stacks - h.stacks}
}

// runtime asks the processes that this tool has started.
func (t *target) runtime(ctx context.Context) (sum goRuntime, err error) {
	for _, ops := range t.ops {
		text, err := fetch(ctx, ops+"/metrics")
		if err != nil {
			return sum, err
		}
		for name, to := range map[string]*float64{
			"go_goroutines": &sum.goroutines, "go_memstats_heap_inuse_bytes": &sum.heapInUse,
			"go_memstats_heap_alloc_bytes": &sum.heapObjects, "go_memstats_stack_inuse_bytes": &sum.stacks,
		} {
			value, err := parseMetric(text, name)
			if err != nil {
				return sum, err
			}
			*to += value
		}
	}
	return sum, nil
}

// parseMetric finds the value of a metric without labels.
func parseMetric(text []byte, name string) (float64, error) {
	for line := range bytes.Lines(text) {
		if value, found := strings.CutPrefix(string(line), name+" "); found {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no %s among the metrics", name)
}

// addRuntime divides what a process has grown by among its sockets. The parts add up to the whole: the heap, of which
// objects are only what lives or is not yet collected, the stacks, and what the runtime keeps besides.
func (o *outcome) addRuntime(grown goRuntime, whole, sockets float64) {
	const kib = 1024
	heap, stacks := grown.heapInUse/kib, grown.stacks/kib
	o.add("- heap KiB", heap/sockets)
	o.add("  - objects KiB", grown.heapObjects/kib/sockets)
	o.add("- stacks KiB", stacks/sockets)
	o.add("- the rest KiB", (whole-heap-stacks)/sockets)
	o.add("goroutines per socket", grown.goroutines/sockets)
}
