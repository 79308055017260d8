package linear

import "github.com/emosation/emosation/internal/emotion/feature"

// The outputs of the model, in this order: the 28 fine labels, the 7 labels, and the manner.
const (
	FineOutputs  = 28
	LabelOutputs = 7
	// MannerOutput tells how the message is worded: 0 like the comments and translations of GoEmotions, 1 like lines
	// that were spoken or written by Koreans for Koreans. Raters of the two kinds used the labels differently.
	MannerOutput = FineOutputs + LabelOutputs
	Outputs      = MannerOutput + 1
)

// Manner is one of the two kinds of sources that the biases are kept for.
type Manner int

// The manners.
const (
	Written Manner = iota
	Spoken
	Manners
)

// FineParents gives the label that each fine label belongs to (GoEmotions' own hierarchy).
func FineParents() [FineOutputs]int {
	return [FineOutputs]int{3, 3, 0, 0, 3, 3, 5, 5, 3, 4, 0, 1, 4, 3, 2, 3, 4, 3, 3, 2, 3, 3, 5, 3, 4, 4, 5, 6}
}

// ownShare is how much of a label's logit is its own output's; the rest is that of its fine labels taken together. Nearly all who
// labelled finely were of the written manner.
func ownShare(m Manner) float64 {
	if m == Written {
		return 0.4
	}
	return 0.85
}

// Line is a straight line: Slope × x + Offset.
type Line struct {
	Slope, Offset float32
}

// At evaluates the line.
func (l Line) At(x float64) float64 {
	return float64(float64(l.Slope)*x) + float64(l.Offset)
}

// Tuning is everything about one language that is fitted after the weights.
type Tuning struct {
	// Bias is added to the outputs, by manner; the manner's own bias stands in both rows.
	Bias [Manners][Outputs]float32
	// Calibration turns a label's logit into that of its probability, by manner.
	Calibration [Manners][LabelOutputs]Line
	// Cut is the probability from which a label counts as present; FineCut the same for fine labels.
	Cut     [Manners][LabelOutputs]float32
	FineCut [FineOutputs]float32
	// Unclear is the confidence under which a reading is not to be relied on.
	Unclear float32
}

// Model is a trained model. It is never written after it was made.
type Model struct {
	*Index
	Version string
	Tuning  [Languages]Tuning

	scales  []uint8 // per feature: weight = int8 × 2^(scale/8 - 32)
	weights []int8  // Outputs for each feature
	table   [256]float32
}

// Scores are what the weights say about a message, before calibration.
type Scores struct {
	Language Language
	// Share is how probable each manner is.
	Share [Manners]float64
	// Logits of the 7 labels, if the message is of that manner.
	Logits [Manners][LabelOutputs]float64
	// Fine holds probabilities.
	Fine [FineOutputs]float64
}

// Score weighs the message that m has read. Nudge is added to the outputs: what is known about it beside the n-grams.
func (m *Model) Score(x *feature.Extractor, nudge *[Outputs]float32, s *Scratch) Scores {
	s.Output = *nudge
	for _, e := range m.Vector(x, s) {
		v := e.Value * m.table[m.scales[e.Feature]]
		row := m.weights[int(e.Feature)*Outputs:][:Outputs]
		for l, w := range row {
			s.Output[l] += float32(v * float32(w))
		}
	}
	return m.mix(LanguageOf(x), &s.Output)
}

// mix adds the label habits of each manner to the outputs.
func (m *Model) mix(language Language, output *[Outputs]float32) Scores {
	tuning := &m.Tuning[language]
	scores := Scores{Language: language}
	spoken := Sigmoid(float64(output[MannerOutput] + tuning.Bias[Spoken][MannerOutput]))
	scores.Share = [Manners]float64{1 - spoken, spoken}
	for manner, share := range scores.Share {
		bias, own := &tuning.Bias[manner], ownShare(Manner(manner))
		none := [LabelOutputs]float64{1, 1, 1, 1, 1, 1, 1}
		for f, parent := range FineParents() {
			p := Sigmoid(float64(output[f] + bias[f]))
			scores.Fine[f] += float64(share * p)
			none[parent] *= 1 - p
		}
		for l := range none {
			whole := float64(output[FineOutputs+l] + bias[FineOutputs+l])
			scores.Logits[manner][l] = float64(own*whole) + float64((1-own)*Logit(1-none[l]))
		}
	}
	return scores
}

// Calibrate turns the scores into probabilities, and gives the threshold that each must reach in this message.
func (m *Model) Calibrate(s *Scores) (labels, cuts [LabelOutputs]float64) {
	tuning := &m.Tuning[s.Language]
	for manner, share := range s.Share {
		for l, logit := range s.Logits[manner] {
			labels[l] += float64(share * Sigmoid(tuning.Calibration[manner][l].At(logit)))
			cuts[l] += float64(share * float64(tuning.Cut[manner][l]))
		}
	}
	return labels, cuts
}
