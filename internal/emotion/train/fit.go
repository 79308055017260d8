package main

import (
	"math"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// recipe holds the numbers of one training.
type recipe struct {
	version  string
	seed     uint64
	least    int32 // rows that an n-gram must occur in
	keep     int   // n-grams kept by the selection
	epochs   int
	from, to float32 // learning rate, falling in a line
	softness float32 // C: the larger, the weaker the pull of the weights to zero
	fine     [sources]float32
	labels   [sources]float32
	manner   [sources]float32
	valence  [sources]float32

	// The rows that models judge which have not seen them; see teach.
	trust float32 // how much of a row's targets is theirs
	folds int     // models, each without its share of the rows
	brief int     // epochs of each
	own   float64 // how much the English view counts of what they say

	// The second opinion on Korean; see narrow.
	width                  int
	narrowEpochs           int
	narrowRate, narrowPull float32
	fold                   float32 // its share in the weights
}

func shipped() *recipe {
	return &recipe{
		version:  "embedded-2",
		seed:     20261121,
		least:    3,
		keep:     46000,
		epochs:   8,
		from:     0.5,
		to:       0.02,
		softness: 2,
		fine:     [sources]float32{1, 1, 0.25, 0, 0, 0, 2},
		labels:   [sources]float32{1, 0.6, 5, 0.3, 0.6, 0, 2},
		manner:   [sources]float32{0.5, 0.5, 0.75, 0.35, 0.2, 0, 0},
		valence:  [sources]float32{1, 0.5, 2, 0.3, 0, 1, 1},
		trust:    0.4,
		folds:    4,
		brief:    5,
		own:      0.6,
		width:    64, narrowEpochs: 3, narrowRate: 0.15, narrowPull: 0.01, fold: 0.3,
	}
}

// sourceValue is the value of the indicator of a row's source.
const sourceValue = 2

// weights are what fit learns: a row of outputs for each n-gram, then one for each source, one for each language, one for all.
type weights struct {
	features int
	rows     []float32
	squares  []float32 // AdaGrad's sums
}

func (w *weights) at(i int) (value, square []float32) {
	return w.rows[i*linear.Outputs:][:linear.Outputs], w.squares[i*linear.Outputs:][:linear.Outputs]
}

func (w *weights) source(s source) int { return w.features + int(s) }

func (w *weights) language(s source) int {
	l := linear.Korean
	if s == goEmotions || s == xed {
		l = linear.English
	}
	return w.features + int(sources) + int(l)
}

func (w *weights) all() int { return w.features + int(sources) + int(linear.Languages) }

// spoken tells the manner of a source.
func spoken(s source) bool { return s != goEmotions && s != translated }

// fit trains logistic regressions for all outputs at once by AdaGrad, one row at a time, in an order that only the seed decides.
func fit(c *corpus, p *recipe) *weights {
	w := &weights{features: len(c.spread)}
	n := (w.all() + 1) * linear.Outputs
	w.rows, w.squares = make([]float32, n), make([]float32, n)
	pull := make([]float32, len(c.spread))
	for f, rows := range c.spread {
		pull[f] = 1 / (p.softness * float32(max(rows, 1)))
	}
	order := make([]int32, len(c.rows))
	for i := range order {
		order[i] = int32(i)
	}
	r := &random{state: p.seed}
	step, steps := 0, len(order)*p.epochs
	for range p.epochs {
		r.shuffle(order)
		for _, i := range order {
			rate := p.from + float32((p.to-p.from)*(float32(step)/float32(steps)))
			learn(w, c, i, p, rate, pull)
			step++
		}
	}
	return w
}

// learn takes one step down the slope of one row.
func learn(w *weights, c *corpus, i int32, p *recipe, rate float32, pull []float32) {
	r := &c.rows[i]
	cells := c.row(i)
	if len(cells) == 0 {
		return
	}
	first := p.first(r.source)
	var slope [linear.Outputs]float32
	bias, _ := w.at(w.all())
	habit, _ := w.at(w.source(r.source))
	tongue, _ := w.at(w.language(r.source))
	for l := first; l < linear.Outputs; l++ {
		slope[l] = bias[l] + float32(sourceValue*habit[l]) + tongue[l]
	}
	out := slope[first:]
	for _, e := range cells {
		row := w.rows[int(e.feature)*linear.Outputs+first:][:len(out)]
		for l, x := range row {
			out[l] += float32(e.value * x)
		}
	}
	residuals(out, r, p, first)
	for _, e := range cells {
		value, square := w.at(int(e.feature))
		descend(value[first:], square[first:], out, e.value, rate, pull[e.feature])
	}
	// The manner has a bias for each language, all others have one for each source and one for all.
	manner := [linear.Outputs]float32{linear.MannerOutput: slope[linear.MannerOutput]}
	slope[linear.MannerOutput] = 0
	value, square := w.at(w.source(r.source))
	descend(value[first:], square[first:], out, sourceValue, rate, 0)
	value, square = w.at(w.all())
	descend(value[first:], square[first:], out, 1, rate, 0)
	value, square = w.at(w.language(r.source))
	descend(value, square, manner[:], 1, rate, 0)
}

// first is the output from which on a source says something.
func (p *recipe) first(s source) int {
	switch {
	case p.fine[s] > 0:
		return 0
	case p.labels[s] > 0:
		return linear.FineOutputs
	}
	return linear.ValenceOutput
}

// residuals turns outputs from the first on into weighted errors.
func residuals(out []float32, r *row, p *recipe, first int) {
	for l := range out {
		truth, weight := target(r, p, first+l)
		out[l] = r.weight * weight * (float32(linear.Sigmoid(float64(out[l]))) - truth)
	}
}

// target is what a row says about an output, and how much that counts.
func target(r *row, p *recipe, l int) (truth, weight float32) {
	truth, weight = labelled(r, p, l)
	if r.soft != nil && l < linear.MannerOutput {
		truth += float32(p.trust * (r.soft[l] - truth))
	}
	return truth, weight
}

// labelled is what the labels of a row say about an output.
func labelled(r *row, p *recipe, l int) (truth, weight float32) {
	switch {
	case l == linear.ValenceOutput:
		return r.valence, p.valence[r.source]
	case l == linear.MannerOutput:
		if spoken(r.source) {
			truth = 1
		}
		return truth, p.manner[r.source]
	case l < linear.FineOutputs:
		return float32((r.fine | r.hints) >> l & 1), p.fine[r.source]
	case r.labels == 0: // labelled with what the seven do not have
		return 0, 0
	}
	l -= linear.FineOutputs
	truth = float32(r.labels >> l & 1)
	if truth == 0 && r.shades != nil {
		truth = r.shades[l] * r.shades[l] / 2
	}
	return truth, p.labels[r.source]
}

// descend is AdaGrad's step for one row of weights, with a pull to zero.
func descend(value, square, slope []float32, x, rate, pull float32) {
	value, square = value[:len(slope)], square[:len(slope)]
	for l, s := range slope {
		g := float32(s * x)
		q := square[l] + float32(g*g)
		square[l] = q
		step := rate / float32(math.Sqrt(float64(q+1e-6)))
		value[l] -= float32(step*g) + float32(min(step*pull, 0.5)*value[l])
	}
}
