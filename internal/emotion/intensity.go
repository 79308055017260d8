package emotion

import "github.com/emosation/emosation/internal/emotion/feature"

// intensity adds surface signs to how probable any emotion is. A heuristic: nobody has rated intensity in data that we may use.
func intensity(x *feature.Extractor, r *Reading) float64 {
	if len(x.Tokens) == 0 {
		return 0
	}
	strongest := 0.0
	for l, p := range r.Scores {
		if l != neutralIndex {
			strongest = max(strongest, p)
		}
	}
	c := &x.Cues
	signs := 0.08*float64(min(c.Exclamations+c.Interrobangs, 3)) +
		0.06*float64(min(c.Stretches, 2)) +
		0.04*float64(min(max(c.Laughs, c.Chuckles)/2, 4)) +
		0.05*float64(min(c.Cries, 4))
	if c.Capitals >= 2 && 10*c.Capitals > 6*c.LatinWords {
		signs += 0.15
	}
	pictures := 0
	if x.Has(feature.Emoji) {
		for _, t := range x.Tokens {
			if t.Kind == feature.Emoji {
				pictures++
			}
		}
	}
	signs += 0.05 * float64(min(pictures, 3))
	level := 0.1 + 0.5*strongest + signs
	if r.Label == Neutral {
		level /= 2
	}
	return min(1, level)
}
