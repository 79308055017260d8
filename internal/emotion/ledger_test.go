package emotion_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion"
)

// detail is what earlier versions marshalled, and what is read back.
type detail struct {
	Labels   []emotion.Label `json:"labels,omitempty"`
	Fine     []string        `json:"fine,omitempty"`
	Scores   [7]float64      `json:"scores"`
	Evidence [][2]int        `json:"evidence,omitempty"`
}

func TestDetailIsWrittenAsItWasMarshalled(t *testing.T) {
	labels, fine := emotion.Labels(), emotion.FineLabels()
	score := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 0.0001, 0.25, 0.9999, 1, 1e-7}))
	rapid.Check(t, func(t *rapid.T) {
		r := emotion.Reading{
			Label:  emotion.Joy,
			Labels: rapid.SliceOfN(rapid.SampledFrom(labels[:]), 0, 3).Draw(t, "labels"),
			Fine:   rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(fine[:]), rapid.String()), 0, 3).Draw(t, "fine"),
		}
		for i := range r.Scores {
			r.Scores[i] = score.Draw(t, "score")
		}
		for range rapid.IntRange(0, 3).Draw(t, "spans") {
			r.Evidence = append(r.Evidence, emotion.Span{Start: rapid.IntRange(0, 4000).Draw(t, "start"), End: rapid.IntRange(0, 4000).Draw(t, "end")})
		}
		d := detail{Labels: r.Labels, Fine: r.Fine, Scores: r.Scores}
		for _, s := range r.Evidence {
			d.Evidence = append(d.Evidence, [2]int{s.Start, s.End})
		}
		want, err := json.Marshal(d)
		require.NoError(t, err)
		at := time.Unix(1, 0).UTC()
		require.Equal(t, []any{"before", int64(7), int64(9), "joy", 0.0, 0.0, false, string(want), "", "", at},
			emotion.AppendArgs([]any{"before"}, &emotion.Entry{Room: 7, Seq: 9, Reading: r, At: at}))
	})
}

func BenchmarkAppendArgs(b *testing.B) {
	e := emotion.Entry{Room: 7, Seq: 9, Reading: engine(b).Read("오늘 정말 고마웠어 ㅠㅠ see you tomorrow, I am so glad about it!").Rounded(), At: time.Unix(1, 0)}
	b.ReportAllocs()
	var args []any
	for b.Loop() {
		args = emotion.AppendArgs(args[:0], &e)
	}
}
