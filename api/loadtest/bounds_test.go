package loadtest

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// judged is what a report says of W1 where Emosation on one and three nodes has used so much for a delivery, beside a floor
// that has used 1 in every run.
func judged(t *testing.T, one, three []float64) (report *report, text string) {
	o, err := Parse([]string{"-check"}, io.Discard)
	require.NoError(t, err)
	report = newReport(World{}, o)
	rounds := func(used []float64) (list []outcome) {
		for _, u := range used {
			list = append(list, outcome{figures: []figure{{"messages/s", 100}, {cpuPerDelivery, u}}})
		}
		return list
	}
	report.add(comparison{plan: o.Plans[0], columns: []column{
		{name: floorRows, reference: true, rounds: rounds([]float64{1, 1, 1})},
		{name: nodesName(1), rounds: rounds(one)}, {name: nodesName(3), rounds: rounds(three)},
	}})
	var out strings.Builder
	require.NoError(t, report.print(&out, false))
	return report, out.String()
}

func TestTheMedianOfTheRatiosIsHeldAgainstTheBound(t *testing.T) {
	r, text := judged(t, []float64{1.09, 4, 1}, []float64{1, 4, 1.7})
	require.False(t, r.broken())
	require.Regexp(t, `W1: CPU s per 1000 deliveries, emosation ÷ floor\+rows ≤ 1\.1 +1\.09 \(1\.00–4\.00\) +kept\n`, text)
	require.Regexp(t, `W1: messages/s, emosation ÷ floor\+rows ≥ 0\.75 +1\.00 +kept\n`, text)
	require.Regexp(t, `emosation×3 ÷ emosation×1 ≤ 1\.6 +1\.00 \(0\.917–1\.70\) +kept\n`, text)
	require.NotContains(t, text, "W2:")

	r, text = judged(t, []float64{1.11, 4, 1}, nil)
	require.True(t, r.broken())
	require.Regexp(t, `≤ 1\.1 +1\.11 \(1\.00–4\.00\) +NOT KEPT\n`, text)
	require.Regexp(t, `≤ 1\.6 +– +not measured\n`, text)
	require.Len(t, r.document().Bounds, 3)
	r.check = false
	require.False(t, r.broken(), "nobody asked")
}

func TestAPageTakesAsLongWhateverTheLength(t *testing.T) {
	o, err := Parse(strings.Fields("-check -workload W4"), io.Discard)
	require.NoError(t, err)
	require.Len(t, o.Plans, 3)
	slow := func(times ...float64) (parts []comparison) {
		for i, ms := range times {
			round := outcome{figures: []figure{{readP50, ms}}}
			parts = append(parts, comparison{plan: o.Plans[i], columns: []column{
				{name: floorRows, reference: true, rounds: []outcome{{figures: []figure{{readP50, 100 * ms}}}}},
				{name: entrantName, rounds: []outcome{round}},
			}})
		}
		return parts
	}
	require.True(t, judgeFlat(slow(1.2, 1, 1.25)).kept)
	require.False(t, judgeFlat(slow(1, 1.2, 1.31)).kept)
	require.InDelta(t, 1.31, judgeFlat(slow(1, 1.2, 1.31)).measured.median, 0.001)
	require.False(t, judgeFlat(slow(1)).measured.found)
}

func TestCheckMeasuresWhatTheBoundsAreAbout(t *testing.T) {
	o, err := Parse([]string{"-check"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, 3, o.Runs)
	for _, b := range bounds() {
		var found bool
		for _, p := range o.Plans {
			found = found || p.Workload == b.workload && (b.history == 0 || p.History == b.history)
			require.Equal(t, p.Workload == "W1", len(p.nodes) == 2, p)
		}
		require.True(t, found, b)
		require.NotEqual(t, b.most == 0, b.least == 0, b)
	}
	o, err = Parse(strings.Fields("-check -runs 5 -workload W2 -nodes 2"), io.Discard)
	require.NoError(t, err)
	require.Equal(t, 5, o.Runs)
	require.Len(t, o.Plans, 1)
	require.Equal(t, []int{2}, o.Plans[0].nodes)
}
