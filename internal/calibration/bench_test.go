package calibration

import (
	"testing"

	"github.com/emosation/emosation/internal/emotion"
)

// BenchmarkFit learns from as many corrections as count.
func BenchmarkFit(b *testing.B) {
	examples := make([]example, mostCorrections)
	labels := emotion.Labels()
	for i := range examples {
		r := emotion.Reading{Label: labels[i%7]}
		for l := range r.Scores {
			r.Scores[l] = float64((i*7+l*13)%97+1) / 100
		}
		examples[i] = exampleOf(r, labels[(i*3+1)%7])
	}
	for b.Loop() {
		fit(examples)
	}
}
