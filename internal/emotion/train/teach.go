package main

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// teach gives the rows of GoEmotions and of their translation what models make of them that were trained without them: raters err,
// and what others were told in like words corrects them. A text and its translation are two views of the same; neither is in the
// training of the models that judge them, and what both say is mixed.
func teach(rows []row, index *linear.Index, p *recipe) {
	if p.trust == 0 {
		return
	}
	twin := make([]int, len(rows)) // of a row, by place; -1 for none
	fold := make([]int, len(rows)) // -1 for rows that are in all trainings
	english, korean := placesOf(rows, goEmotions), placesOf(rows, translated)
	for i := range rows {
		twin[i], fold[i] = -1, -1
	}
	r := &random{state: p.seed}
	for _, i := range english {
		fold[i] = r.below(p.folds)
	}
	for k, t := range twins(rows, english, korean) {
		i := korean[k]
		twin[i], twin[t] = t, i
		fold[i] = fold[t]
	}
	logits := make([][linear.MannerOutput]float32, len(rows))
	for k := range p.folds {
		heldOut(rows, fold, k, index, p, logits)
	}
	for i := range rows {
		if fold[i] < 0 {
			continue
		}
		own := p.own
		if rows[i].source == translated {
			own = 1 - p.own
		}
		soft := new([linear.MannerOutput]float32)
		for l := range soft {
			x := float64(logits[i][l])
			if t := twin[i]; t >= 0 {
				x = float64(own*x) + float64((1-own)*float64(logits[t][l]))
			}
			soft[l] = float32(linear.Sigmoid(x))
		}
		rows[i].soft = soft
	}
}

func placesOf(rows []row, s source) []int {
	var places []int
	for i := range rows {
		if rows[i].source == s {
			places = append(places, i)
		}
	}
	return places
}

// heldOut trains a model without one fold and has it judge the rows of that fold.
func heldOut(rows []row, fold []int, k int, index *linear.Index, p *recipe, logits [][linear.MannerOutput]float32) {
	var with, without []row
	var places []int
	for i, r := range rows {
		if fold[i] == k {
			without, places = append(without, r), append(places, i)
		} else {
			with = append(with, r)
		}
	}
	quick := *p
	quick.epochs = p.brief
	w := fit(vectors(augment(with, p.seed), index), &quick)
	judged := vectors(without, index)
	for j, i := range places {
		out := &logits[i]
		bias, _ := w.at(w.all())
		habit, _ := w.at(w.source(rows[i].source))
		for l := range out {
			out[l] = bias[l] + float32(sourceValue*habit[l])
		}
		for _, c := range judged.row(int32(j)) {
			row, _ := w.at(int(c.feature))
			for l := range out {
				out[l] += float32(c.value * row[l])
			}
		}
	}
}

// twins finds, for each row of the translation, the row that it was translated from. Both files keep the order of the corpus, and
// each lacks some rows; a translation has the labels of its original, about its length and its marks. Of all ways to pair the
// two in order the one of the least differences is taken.
func twins(rows []row, english, korean []int) []int {
	width := len(english) - len(korean) + 1
	if width < 1 {
		return nil // not a file and its translation
	}
	least := make([]float32, (len(korean)+1)*width) // of the first k translations and the first k+o originals
	paired := make([]bool, len(least))
	for k := 1; k <= len(korean); k++ {
		for o := range width {
			at := k*width + o
			least[at] = least[at-width] + unlike(&rows[english[k+o-1]], &rows[korean[k-1]])
			paired[at] = true
			if o > 0 && least[at-1] < least[at] {
				least[at], paired[at] = least[at-1], false
			}
		}
	}
	pairs := make([]int, len(korean))
	for k, o := len(korean), width-1; k > 0; {
		if paired[k*width+o] {
			pairs[k-1] = english[k+o-1]
			k--
		} else {
			o--
		}
	}
	return pairs
}

// unlike is how little two rows look like a text and its translation.
func unlike(english, korean *row) float32 {
	if english.fine != korean.fine {
		return 50
	}
	const longer = 1.8 // how much longer English is
	length := func(text string, times float64) float64 {
		return linear.Log(float64(times*float64(utf8.RuneCountInString(text))) + 5)
	}
	sum := math.Abs(length(english.text, 1) - length(korean.text, longer))
	for _, mark := range []string{"?", "!", "[", "0", "1", "2"} {
		sum += 0.5 * math.Abs(float64(min(3, strings.Count(english.text, mark))-min(3, strings.Count(korean.text, mark))))
	}
	return float32(sum)
}
