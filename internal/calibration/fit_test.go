package calibration

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// sayings are everyday messages as the engine reads them.
func sayings(t *testing.T) (all []emotion.Reading) {
	t.Helper()
	engine, err := emotion.NewEmbedded()
	require.NoError(t, err)
	for _, language := range []string{"en", "ko"} {
		file, err := os.Open("../emotion/testdata/chat_" + language + ".tsv")
		require.NoError(t, err)
		defer file.Close()
		table := csv.NewReader(file)
		table.Comma, table.LazyQuotes, table.FieldsPerRecord = '\t', true, -1
		rows, err := table.ReadAll()
		require.NoError(t, err)
		text := slices.Index(rows[0], "text")
		for _, row := range rows[1:] {
			all = append(all, engine.ReadAs(row[text], nil))
		}
	}
	require.Greater(t, len(all), 300)
	return all
}

// author means by their messages what the engine would find likely if it knew their lean.
type author struct {
	lean   emotion.Bias
	random *rand.Rand
}

func newAuthor(seed uint64, lean float64) author {
	a := author{random: rand.New(rand.NewPCG(seed, 7))}
	a.lean[a.random.IntN(7)] += lean
	a.lean[a.random.IntN(7)] -= lean
	return a
}

func (a author) meant(r emotion.Reading) int {
	var weights [7]float64
	sum := 0.0
	for l, score := range r.Scores {
		weights[l] = math.Exp(linear.Logit(score) + a.lean[l])
		sum += weights[l]
	}
	at := a.random.Float64() * sum
	for l, w := range weights {
		if at -= w; at < 0 {
			return l
		}
	}
	return len(weights) - 1
}

// life is what an author writes: they correct what was misread, as often as they care to, and go on writing.
func (a author) life(written []emotion.Reading, corrections int) (bias emotion.Bias, before, after float64) {
	var examples []example
	labels := emotion.Labels()
	order := a.random.Perm(len(written))
	half := len(order) / 2
	for _, i := range order[:half] {
		meant := labels[a.meant(written[i])]
		if meant != written[i].Label && len(examples) < corrections {
			examples = append(examples, exampleOf(written[i], meant))
		}
	}
	bias = fit(examples)
	for _, i := range order[half:] {
		meant := a.meant(written[i])
		before += loss(written[i], emotion.Bias{}, meant)
		after += loss(written[i], bias, meant)
	}
	return bias, before, after
}

// loss is how much the probabilities of the labels are at odds with what was meant.
func loss(r emotion.Reading, bias emotion.Bias, meant int) (sum float64) {
	for l, score := range r.Scores {
		p := linear.Sigmoid(linear.Logit(score) + bias[l])
		if l != meant {
			p = 1 - p
		}
		sum -= math.Log(p)
	}
	return sum
}

func TestCorrectionsLowerTheLossOfLaterMessages(t *testing.T) {
	written := sayings(t)
	const authors = 40
	ratio := func(lean float64, corrections int) (ratio float64, better int) {
		var before, after float64
		for seed := range uint64(authors) {
			_, b, a := newAuthor(seed, lean).life(written, corrections)
			before, after = before+b, after+a
			if a < b {
				better++
			}
		}
		t.Logf("lean %.0f, %d corrections: loss ×%.3f, better for %d of %d", lean, corrections, after/before, better, authors)
		return after / before, better
	}
	last := 1.0
	for _, corrections := range []int{3, 10, 40} {
		now, better := ratio(3, corrections)
		require.Less(t, now, last)
		require.Greater(t, better, authors*2/3)
		last = now
		even, _ := ratio(0, corrections)
		require.Less(t, even, 1.015, "who means what everybody does loses next to nothing")
	}
	require.Less(t, last, 0.92)
}

func TestNoCorrectionsOverturnStrongEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.IntRange(0, 6)
		examples := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) example {
			e := example{guess: label.Draw(t, "guess"), meant: label.Draw(t, "meant")}
			for l := range e.odds {
				e.odds[l] = linear.Logit(rapid.Float64Range(0, 1).Draw(t, "score"))
			}
			return e
		}), 0, 60).Draw(t, "examples")
		bias := fit(examples)
		require.Equal(t, bias, fit(examples), "the same corrections teach the same")
		for l, by := range bias {
			require.LessOrEqual(t, math.Abs(by), mostBias+1e-9)
			require.LessOrEqual(t, math.Abs(by), float64(len(examples))/prior+1e-9, "label %d", l)
			for other, of := range bias {
				if other != l {
					require.Greater(t, linear.Logit(0.9)+by, linear.Logit(0.1)+of)
				}
			}
		}
		if len(examples) == 0 {
			require.Equal(t, emotion.Bias{}, bias)
		}
	})
}

func TestACorrectionDrawsLaterMessagesToItsLabel(t *testing.T) {
	var even [7]float64
	bias := fit([]example{{odds: even, guess: 0, meant: 3}, {odds: even, guess: 0, meant: 3}})
	for l, by := range bias {
		if l != 3 {
			require.Greater(t, bias[3], by)
		}
	}
	require.Zero(t, bias[0], "what was misread is not held against the engine")
}
