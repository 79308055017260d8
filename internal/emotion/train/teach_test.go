package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// corpusOf is a small corpus and its translation, which lacks some rows.
func corpusOf(n int, lost ...int) (rows []row, english, korean []int) {
	missing := map[int]bool{}
	for _, i := range lost {
		missing[i] = true
	}
	for i := range n {
		english = append(english, len(rows))
		rows = append(rows, row{text: fmt.Sprint("this is sentence ", i, "?"), source: goEmotions, fine: 1 << (i % 5), weight: 1})
	}
	for i := range n {
		if !missing[i] {
			korean = append(korean, len(rows))
			rows = append(rows, row{text: fmt.Sprint("이것은 문장 ", i, "?"), source: translated, fine: 1 << (i % 5), weight: 1})
		}
	}
	return rows, english, korean
}

func TestTwinsAreFoundThoughSomeAreMissing(t *testing.T) {
	rows, english, korean := corpusOf(40, 0, 7, 8, 21, 39)
	pairs := twins(rows, english, korean)
	require.Len(t, pairs, len(korean))
	for k, i := range pairs {
		require.Equal(t, rows[i].fine, rows[korean[k]].fine)
		if k > 0 {
			require.Greater(t, i, pairs[k-1], "in order")
		}
	}
	require.Equal(t, 1, pairs[0])
	require.Equal(t, 38, pairs[len(pairs)-1])
	require.Nil(t, twins(rows, korean, english), "the longer one is no translation")
}

func TestTeachersNeverSawWhatTheyJudge(t *testing.T) {
	// A word that stands in one row alone can be told only by who has seen the row: teachers have not, so its label stays improbable.
	rows, _, _ := corpusOf(60)
	for i := range rows {
		rows[i].fine = 1 << 27
	}
	rows[10].text, rows[10].fine = "marvellous", 1<<0
	rows[70].text, rows[70].fine = "굉장하다", 1<<0
	p := tiny()
	p.folds, p.brief = 3, 20
	teach(rows, count(rows, 1), p)
	for _, i := range []int{10, 70} {
		require.Less(t, rows[i].soft[0], float32(0.3))
	}
	truth, _ := labelled(&rows[10], p, 0)
	taught, _ := target(&rows[10], p, 0)
	require.InDelta(t, 1, truth, 1e-9)
	require.InDelta(t, 0.6+0.4*rows[10].soft[0], taught, 1e-6)
}

func TestNobodyIsTaughtWithoutTrust(t *testing.T) {
	rows, _, _ := corpusOf(6)
	p := tiny()
	p.trust = 0
	teach(rows, count(rows, 1), p)
	for _, r := range rows {
		require.Nil(t, r.soft)
	}
}

func TestFoldedSecondOpinionSaysWhatItSaidApart(t *testing.T) {
	rows := []row{
		{text: "정말 최고다", source: starred, valence: 1, weight: 1}, {text: "정말 최악이다", source: starred, valence: 0, weight: 1},
		{text: "최고다", source: kote, labels: 1 << 3, valence: 1, weight: 1}, {text: "so good", source: goEmotions, fine: 1, labels: 1 << 3, weight: 1},
	}
	p := tiny()
	p.narrowEpochs = 30
	index := count(rows, 1)
	n := fitNarrow(rows, index, p)
	w := &weights{features: index.Len()}
	w.rows = make([]float32, (w.all()+1)*linear.Outputs)
	w.squares = make([]float32, len(w.rows))
	n.fold(w, 1)
	c := vectors(rows, index)
	says := func(i int32, l int) (folded, apart float32) {
		sum := make([]float32, n.width)
		for _, e := range c.row(i) {
			value, _ := w.at(int(e.feature))
			folded += e.value * value[l]
			gram, _ := n.gram(e.feature)
			for k, x := range gram {
				if !n.passed[e.feature] {
					sum[k] += e.value * x
				}
			}
		}
		head, _ := n.head(l)
		for k, x := range head {
			apart += sum[k] * x
		}
		return folded, apart
	}
	for i := range int32(3) {
		folded, apart := says(i, linear.ValenceOutput)
		require.InDelta(t, apart, folded, 1e-4)
	}
	good, _ := says(0, linear.ValenceOutput)
	bad, _ := says(1, linear.ValenceOutput)
	require.Greater(t, good, bad+0.5, "it learnt")
	english, _ := says(3, linear.ValenceOutput)
	require.Zero(t, english, "what English has keeps its weights")
}
