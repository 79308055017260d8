package emotion

import (
	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// What makes a word worth marking: its own support for the label, and that it is not small beside the strongest word's.
const (
	evidenceLeast = 0.25
	evidenceShare = 0.4
	evidenceMost  = 4
)

// evidence picks the tokens that spoke most for the label and joins those that stand next to each other.
func evidence(x *feature.Extractor, support []float32, label int) []Span {
	strongest := float32(0)
	for i, t := range x.Tokens {
		if fine, ok := meaning(t.Kind, x.Text(t), false); ok {
			if linear.FineParents()[fine] == label {
				support[i] += pictureHint
			}
		}
		if !markable(t.Kind) {
			support[i] = 0
		}
		strongest = max(strongest, support[i])
	}
	least := max(evidenceLeast, evidenceShare*strongest)
	// The fourth strongest sets the bar when more pass.
	var top [evidenceMost]float32
	for _, s := range support {
		for i := range top {
			if s > top[i] {
				s, top[i] = top[i], s
			}
		}
	}
	least = max(least, top[evidenceMost-1])
	var spans []Span
	last := -2
	for i, t := range x.Tokens {
		if support[i] < least {
			continue
		}
		// Two tokens share code points where they compose only together.
		if last == i-1 || last >= 0 && int(t.Start) <= spans[len(spans)-1].End {
			end := &spans[len(spans)-1].End
			*end = max(*end, int(t.End))
		} else {
			spans = append(spans, Span{int(t.Start), int(t.End)})
		}
		last = i
	}
	return spans
}

// markable leaves out what a reader would not call a word.
func markable(k feature.Kind) bool {
	switch k {
	case feature.Number, feature.Dots, feature.Link, feature.Slot, feature.Other:
		return false
	}
	return true
}
