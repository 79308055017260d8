package main

import (
	"math"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// narrow is a second opinion on Korean: a few numbers for each n-gram, which all outputs have to share, so that what the stars of
// film reviews teach about a word helps to read labels. It is linear, too, and folds into the weights that fit learns.
type narrow struct {
	width                    int
	grams, heads             []float32 // width for each n-gram, and for each output
	gramSquares, headSquares []float32 // AdaGrad's sums
	bias                     *weights  // of sources and all; it has no n-grams
	passed                   []bool    // n-grams that are not Korean alone: they have to mean the same in both languages
	sum, back                []float32
}

// newNarrow begins with small random numbers.
func newNarrow(index *linear.Index, p *recipe) *narrow {
	n := &narrow{width: p.width, bias: &weights{}, passed: make([]bool, index.Len())}
	r := &random{state: p.seed}
	n.grams, n.gramSquares = scattered(index.Len()*n.width, n.width, r)
	n.heads, n.headSquares = scattered(linear.Outputs*n.width, n.width, r)
	size := (n.bias.all() + 1) * linear.Outputs
	n.bias.rows, n.bias.squares = make([]float32, size), make([]float32, size)
	n.sum, n.back = make([]float32, n.width), make([]float32, n.width)
	for f := range n.passed {
		n.passed[f] = !index.KoreanAlone(f)
	}
	return n
}

func scattered(size, width int, r *random) (values, squares []float32) {
	values, squares = make([]float32, size), make([]float32, size)
	small := 0.5 / math.Sqrt(float64(width))
	for i := range values {
		values[i] = float32(float64(float64(r.below(2001))/1000-1) * small)
	}
	return values, squares
}

func (n *narrow) gram(f int32) (value, square []float32) {
	at := int(f) * n.width
	return n.grams[at:][:n.width], n.gramSquares[at:][:n.width]
}

func (n *narrow) head(l int) (value, square []float32) {
	at := l * n.width
	return n.heads[at:][:n.width], n.headSquares[at:][:n.width]
}

// fitNarrow learns from the Korean rows.
func fitNarrow(rows []row, index *linear.Index, p *recipe) *narrow {
	var korean []row
	for _, r := range rows {
		if r.source == starred || isKorean(r.text) {
			korean = append(korean, r)
		}
	}
	c := vectors(korean, index)
	n := newNarrow(index, p)
	order := make([]int32, len(korean))
	for i := range order {
		order[i] = int32(i)
	}
	r := &random{state: p.seed}
	step, steps := 0, len(order)*p.narrowEpochs
	for range p.narrowEpochs {
		r.shuffle(order)
		for _, i := range order {
			n.learn(&c.rows[i], c.row(i), p, p.narrowRate*(1-float32(0.95*float32(step)/float32(steps))))
			step++
		}
	}
	return n
}

// learn takes one step down the slope of one row.
func (n *narrow) learn(r *row, cells []cell, p *recipe, rate float32) {
	first := p.first(r.source)
	clear(n.sum)
	clear(n.back)
	for _, e := range cells {
		if n.passed[e.feature] {
			continue
		}
		value, _ := n.gram(e.feature)
		for k, x := range value {
			n.sum[k] += float32(e.value * x)
		}
	}
	var slope [linear.Outputs]float32
	all, _ := n.bias.at(n.bias.all())
	habit, _ := n.bias.at(n.bias.source(r.source))
	for l := first; l < linear.Outputs; l++ {
		slope[l] = all[l] + float32(sourceValue*habit[l])
		value, _ := n.head(l)
		for k, x := range value {
			slope[l] += float32(n.sum[k] * x)
		}
	}
	residuals(slope[first:], r, p, first)
	for l := first; l < linear.Outputs; l++ {
		value, square := n.head(l)
		for k, x := range value {
			n.back[k] += float32(slope[l] * x)
		}
		descend(value, square, n.sum, slope[l], rate, 0)
	}
	for _, e := range cells {
		if !n.passed[e.feature] {
			value, square := n.gram(e.feature)
			descend(value, square, n.back, e.value, rate, p.narrowPull)
		}
	}
	value, square := n.bias.at(n.bias.source(r.source))
	descend(value[first:], square[first:], slope[first:], sourceValue, rate, 0)
	value, square = n.bias.at(n.bias.all())
	descend(value[first:], square[first:], slope[first:], 1, rate, 0)
}

// fold mixes the second opinion into the weights of the n-grams that Korean alone has, and into the biases that Korean is read with.
func (n *narrow) fold(w *weights, share float32) {
	mix := func(into *float32, other float32) { *into += float32(share * (other - *into)) }
	for f := range w.features {
		if n.passed[f] {
			continue
		}
		into, _ := w.at(f)
		gram, _ := n.gram(int32(f))
		for l := range into {
			sum := float32(0)
			head, _ := n.head(l)
			for k, x := range head {
				sum += float32(gram[k] * x)
			}
			mix(&into[l], sum)
		}
	}
	mine, _ := w.at(w.all())
	other, _ := n.bias.at(n.bias.all())
	for _, s := range []source{translated, kote} {
		into, _ := w.at(w.source(s))
		habit, _ := n.bias.at(n.bias.source(s))
		for l := range into {
			if l != linear.MannerOutput { // whose bias is the language's
				mix(&into[l], habit[l]+float32((other[l]-mine[l])/sourceValue))
			}
		}
	}
}
