package calibration

import (
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// example is a message as the engine reads it for everybody, and what its author says about it.
type example struct {
	odds  [7]float64 // log-odds of the labels
	guess int        // the label that the engine chose, by its place
	meant int        // the label that the author gave
}

const (
	// prior is how sure we are beforehand that nobody's words lean. A few corrections move little: n of them nothing by more than n/prior.
	prior = 6
	// mostBias bounds what any number of corrections can do. It is less than the log-odds of 0.9, so that a label above 0.9 with all
	// others below 0.1 stays the most probable whatever its author corrected elsewhere.
	mostBias = 1.5
	// rounds of descent bring the bias of the most corrections that count to within a thousandth.
	rounds = 150
)

// fit returns the most probable bias, given the prior and what the author meant by messages that the engine misread. They mostly
// correct nothing but that, so a correction says which of the other labels it was, and nothing of how often the engine's is right:
// without that condition every bias would turn against what the engine reads most.
func fit(examples []example) (bias emotion.Bias) {
	odds := make([][7]float64, len(examples))
	for i, e := range examples {
		for label, x := range e.odds {
			odds[i][label] = linear.Exp(x)
		}
		if e.guess != e.meant {
			odds[i][e.guess] = 0
		}
	}
	// The log-loss is convex, and nowhere steeper bent than this.
	step := 1 / (prior + float64(len(examples))/2)
	for range rounds {
		slope := slopeAt(&bias, examples, odds)
		for label := range bias {
			bias[label] = max(-mostBias, min(mostBias, bias[label]-step*slope[label]))
		}
	}
	return bias
}

// slopeAt returns the gradient of the log-loss with the prior.
func slopeAt(bias *emotion.Bias, examples []example, odds [][7]float64) (slope [7]float64) {
	var factor [7]float64
	for label, by := range bias {
		slope[label] = prior * by
		factor[label] = linear.Exp(by)
	}
	for i := range odds {
		sum := 0.0
		for label, x := range odds[i] {
			sum += x * factor[label]
		}
		for label, x := range odds[i] {
			slope[label] += x * factor[label] / sum
		}
		slope[examples[i].meant]--
	}
	return slope
}
