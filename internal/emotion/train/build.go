package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// build trains on everything, keeps the n-grams that matter, trains on those from zero with the help of teachers, and tunes on dev.
func build(rows, dev []row, p *recipe, out io.Writer) *linear.Model {
	labelled, stars := apartByStars(rows)
	worn := augment(labelled, p.seed)
	full := count(labelled, p.least)
	fmt.Fprintf(out, "%d rows (%d with worn copies), %d n-grams; %d with stars\n", len(labelled), len(worn), full.Len(), len(stars))
	first := fit(vectors(worn, full), p)
	index := selectBest(full, first, p.keep)
	fmt.Fprintf(out, "selected %d n-grams\n", index.Len())
	teach(labelled, index, p)
	worn = append(augment(labelled, p.seed), stars...)
	second := fit(vectors(worn, index), p)
	fitNarrow(worn, index, p).fold(second, p.fold)
	model := linear.Quantize(p.version, index, second.rows[:index.Len()*linear.Outputs], biases(second))
	tune(model, dev)
	return model
}

// apartByStars takes the rows that tell nothing but how pleasant they are out of the others. There are more than needed: every second
// one will do.
func apartByStars(rows []row) (labelled, stars []row) {
	for i, r := range rows {
		if r.source == starred {
			if i%2 == 0 {
				stars = append(stars, r)
			}
		} else {
			labelled = append(labelled, r)
		}
	}
	return labelled, stars
}

// selectBest keeps the n-grams with the largest weights × idf.
func selectBest(full *linear.Index, w *weights, keep int) *linear.Index {
	if keep > full.Len() {
		keep = full.Len()
	}
	size := make([]float64, full.Len())
	order := make([]int32, full.Len())
	for f := range size {
		value, _ := w.at(f)
		sum := 0.0
		for _, v := range value[:linear.MannerOutput] {
			sum += float64(float64(v) * float64(v))
		}
		size[f] = math.Sqrt(sum) * full.LeastIDF(f)
		order[f] = int32(f)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case size[a] > size[b]:
			return -1
		case size[a] < size[b]:
			return 1
		}
		return 0
	})
	return full.Subset(order[:keep])
}

// biases lays the learnt habits of the sources out by language and manner.
func biases(w *weights) (tuning [linear.Languages]linear.Tuning) {
	bias, _ := w.at(w.all())
	set := func(language linear.Language, manner linear.Manner, fine, labels source) {
		row := &tuning[language].Bias[manner]
		copy(row[:], bias)
		habit, _ := w.at(w.source(fine))
		for l := range linear.FineOutputs {
			row[l] += float32(sourceValue * habit[l])
		}
		habit, _ = w.at(w.source(labels))
		for l := linear.FineOutputs; l < linear.MannerOutput; l++ {
			row[l] += float32(sourceValue * habit[l])
		}
		habit, _ = w.at(w.source(fine)) // whose raters called most texts neither pleasant nor unpleasant
		row[linear.ValenceOutput] += float32(sourceValue * habit[linear.ValenceOutput])
		tongue, _ := w.at(w.language(labels))
		row[linear.MannerOutput] = tongue[linear.MannerOutput]
	}
	set(linear.English, linear.Written, goEmotions, goEmotions)
	set(linear.English, linear.Spoken, goEmotions, xed)
	set(linear.Korean, linear.Written, translated, translated)
	set(linear.Korean, linear.Spoken, translated, kote)
	return tuning
}
