package main

import (
	"fmt"
	"slices"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// sample is one score of a label with the truth about it.
type sample struct {
	x      float64
	truth  bool
	weight float64
}

// tune fits calibration, thresholds and the limit of clearness of each language on the dev rows, through the engine's own scoring.
func tune(model *linear.Model, dev []row) error {
	engine := emotion.NewEngine(model)
	for language := range linear.Languages {
		var labels [linear.LabelOutputs][]sample
		var fine [linear.FineOutputs][]sample
		for _, r := range dev {
			if languageOf(r.source) != language || r.labels == 0 || r.source == xed {
				continue
			}
			scores := engine.Score(r.text)
			for l, x := range scores.Logits {
				labels[l] = append(labels[l], sample{x, r.labels>>l&1 == 1, devWeight(r.source)})
			}
			if r.fine != 0 {
				for f, x := range scores.Fine {
					fine[f] = append(fine[f], sample{x, r.fine>>f&1 == 1, 1})
				}
			}
		}
		t := &model.Tuning[language]
		for l, s := range labels {
			if len(s) == 0 {
				return fmt.Errorf("no dev rows in language %d", language)
			}
			t.Calibration[l] = platt(s)
			for i := range s {
				s[i].x = linear.Sigmoid(t.Calibration[l].At(s[i].x))
			}
			t.Cut[l] = cut(s)
		}
		for f, s := range fine {
			t.FineCut[f] = cut(s)
		}
	}
	return nil
}

func languageOf(s source) linear.Language {
	if s == goEmotions || s == xed {
		return linear.English
	}
	return linear.Korean
}

// devWeight makes up for how few rows there are of real Korean.
func devWeight(s source) float64 {
	if s == kote {
		return 3
	}
	return 1
}

// platt fits the line that makes a logit the logit of a probability, by Newton's method on the log-loss.
func platt(samples []sample) linear.Line {
	slope, offset := 1.0, 0.0
	for range 50 {
		// Gradient and Hessian, with a weak pull towards the identity.
		const pull = 1.0
		g0, g1 := pull*(slope-1), pull*offset
		h00, h01, h11 := pull, 0.0, pull
		for _, s := range samples {
			p := linear.Sigmoid(float64(slope*s.x) + offset)
			e := p
			if s.truth {
				e--
			}
			e *= s.weight
			q := s.weight * p * (1 - p)
			g0 += float64(e * s.x)
			g1 += e
			h00 += float64(q * s.x * s.x)
			h01 += float64(q * s.x)
			h11 += q
		}
		det := float64(h00*h11) - float64(h01*h01)
		slope -= (float64(h11*g0) - float64(h01*g1)) / det
		offset -= (float64(h00*g1) - float64(h01*g0)) / det
	}
	return linear.Line{Slope: float32(slope), Offset: float32(offset)}
}

// plateau is how far below the best F1 a threshold may fall and still count as being on the plateau.
const plateau = 0.02

// cut finds the threshold in the middle of the plateau of the best F1.
func cut(samples []sample) float32 {
	sorted := slices.Clone(samples)
	slices.SortStableFunc(sorted, func(a, b sample) int {
		switch {
		case a.x > b.x:
			return -1
		case a.x < b.x:
			return 1
		}
		return 0
	})
	positive := 0.0
	for _, s := range sorted {
		if s.truth {
			positive += s.weight
		}
	}
	f1 := make([]float64, len(sorted))
	hits, taken, best := 0.0, 0.0, 0
	for i, s := range sorted {
		taken += s.weight
		if s.truth {
			hits += s.weight
		}
		f1[i] = 2 * hits / (taken + positive)
		if f1[i] > f1[best] {
			best = i
		}
	}
	if positive == 0 {
		return 0.5
	}
	from, to := best, best
	for from > 0 && f1[from-1] >= f1[best]-plateau {
		from--
	}
	for to < len(sorted)-1 && f1[to+1] >= f1[best]-plateau {
		to++
	}
	return float32((sorted[from].x + sorted[to].x) / 2)
}
