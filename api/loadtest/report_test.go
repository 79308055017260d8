package loadtest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func sampleReport() *report {
	o, err := Parse([]string{"-runs", "3"}, nil)
	if err != nil {
		panic(err)
	}
	r := newReport(World{DatabaseURL: "sqlite:///x", RedisURL: "embedded"}, o)
	rounds := func(verdict Verdict, values ...float64) (list []outcome) {
		for _, v := range values {
			list = append(list, outcome{figures: []figure{{"messages/s", v}}, verdict: verdict})
		}
		list[0].figures = append(list[0].figures, figure{"peak RSS MiB", values[0] / 3})
		return list
	}
	r.add(comparison{plan: o.Plans[0], columns: []column{
		{name: "floor", reference: true, rounds: rounds(Verdict{Deliveries: 10}, 5000, 9000, 4000)},
		{name: "emosation", rounds: rounds(Verdict{Deliveries: 20}, 2500, 4500, 2400)},
	}})
	return r
}

func TestTheReportPrintsMediansAndRatios(t *testing.T) {
	var text strings.Builder
	require.NoError(t, sampleReport().print(&text, false))
	require.Contains(t, text.String(), "sqlite, embedded Redis\n")
	require.Contains(t, text.String(), "W1: 50 rooms of 10, 1 sending in each, 1 unacknowledged, 100 bytes; 10s, median (min–max) of 3 runs, ratios by run\n")
	require.Regexp(t, `messages/s +5000 \(4000–9000\) +2500 \(2400–4500\) +0\.500 \(0\.500–0\.600\)\n`, text.String())
	require.Regexp(t, `peak RSS MiB +1667 +833 +0\.500\n`, text.String())
	require.Contains(t, text.String(), "floor: 30 deliveries checked (0 of the server itself): 0 lost")
	require.Contains(t, text.String(), "emosation: 60 deliveries checked")
}

func TestTheReportAsJSONHoldsEveryRound(t *testing.T) {
	var text strings.Builder
	require.NoError(t, sampleReport().print(&text, true))
	var doc jsonReport
	require.NoError(t, json.Unmarshal([]byte(text.String()), &doc))
	w1 := doc.Workloads[0]
	require.Equal(t, "W1", w1.Plan.Workload)
	require.InDelta(t, 10, w1.Seconds, 0)
	require.Equal(t, map[string]float64{"messages/s": 4500}, w1.Contenders[1].Rounds[1])
	require.InDelta(t, 2500, w1.Contenders[1].Medians["messages/s"], 0)
	require.InDelta(t, 0.5, w1.Ratios["emosation ÷ floor"]["messages/s"], 0)
}

func TestOneFaultInOneRoundMakesTheReportWrong(t *testing.T) {
	for _, fault := range []Verdict{{Lost: 1}, {Duplicated: 1}, {Disordered: 1}, {Misplaced: 1}, {Unanswered: 1}, {Refused: 1}, {Broken: 1}, {Failed: 1}} {
		r := sampleReport()
		require.False(t, r.wrong())
		r.parts[0].columns[0].rounds[2].verdict = fault
		r.parts[0].columns[0].rounds[2].note = "it fell over"
		require.True(t, r.wrong(), fault)
		var text strings.Builder
		require.NoError(t, r.print(&text, false))
		require.Contains(t, text.String(), "floor: first of all, it fell over\n")
	}
}

func TestNumbersAreShownWithThreeDigits(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 12345.6: "12346", 123.4: "123", 12.34: "12.3", 1.234: "1.23", 0.01234: "0.0123", 0.000012345: "0.00001"} {
		require.Equal(t, want, shown(value, true))
	}
	require.Equal(t, "–", shown(1, false))
	require.InDelta(t, 2, median([]float64{9, 1, 2}), 0)
	require.InDelta(t, 1.5, median([]float64{9, 1, 2, 0}), 0)
}
