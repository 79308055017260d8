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

// evidence appends the tokens that spoke most for the label and joins those that stand next to each other.
func evidence(spans []Span, x *feature.Extractor, support []float32, label int) []Span {
	var top [evidenceMost]float32
	for i := range x.Tokens {
		t := &x.Tokens[i]
		if isPicture(t.Kind) {
			if fine, ok := meaning(t.Kind, x.Text(*t), false); ok && linear.FineParents()[fine] == label {
				support[i] += pictureHint
			}
		}
		if !markable(t.Kind) {
			support[i] = 0
		}
		s := support[i]
		for at := 0; s > top[evidenceMost-1]; at++ {
			if s > top[at] {
				s, top[at] = top[at], s
			}
		}
	}
	// The fourth strongest sets the bar when more pass.
	least := max(evidenceLeast, evidenceShare*top[0], top[evidenceMost-1])
	last := -2
	for i, s := range support {
		if s < least {
			continue
		}
		if cap(spans) == 0 {
			spans = make([]Span, 0, evidenceMost) // more only where some are as strong as each other
		}
		t := &x.Tokens[i]
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
