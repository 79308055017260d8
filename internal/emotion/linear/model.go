package linear

import "github.com/emosation/emosation/internal/emotion/feature"

// The outputs of the model, in this order: the 28 fine labels, the 7 labels, the manner and the valence.
const (
	FineOutputs  = 28
	LabelOutputs = 7
	// MannerOutput tells how the message is worded: 0 like the comments and translations of GoEmotions, 1 like lines
	// that were spoken or written by Koreans for Koreans. Raters of the two kinds used the labels differently.
	MannerOutput = FineOutputs + LabelOutputs
	// ValenceOutput tells how pleasant the words are: 0 not at all, 1 very.
	ValenceOutput = MannerOutput + 1
	Outputs       = ValenceOutput + 1
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
	// Bias is added to the outputs, by manner; those of the manner and the valence stand in both rows.
	Bias [Manners][Outputs]float32
	// Calibration turns a label's logit into that of its probability, by manner.
	Calibration [Manners][LabelOutputs]Line
	// Mended does the same again for the mixture of the manners.
	Mended [LabelOutputs]Line
	// Cut is the probability from which a label counts as present; FineCut the same for fine labels.
	Cut     [Manners][LabelOutputs]float32
	FineCut [FineOutputs]float32
	// Lean moves the log-odds of neutral before the best label is chosen, and nothing else: how often people mean nothing by what they
	// say is another matter in chats than in the corpora.
	Lean float32
	// Folded are the fine labels that are too seldom right to be told.
	Folded [FineOutputs]bool
	// Love is the probability of love or care, from which gladness has their colour.
	Love float32
	// Unclear is the confidence under which a reading is not to be relied on.
	Unclear float32
}

// Model is a trained model. It is never written after it was made.
type Model struct {
	*Index
	Version string
	Tuning  [Languages]Tuning

	rows    []row        // by feature
	steps   [256]float32 // what a scale stands for: 2^(scale/8 - 32)
	numbers [256]float32 // what a weight's byte stands for: a table is quicker than a conversion
}

// row is what one n-gram adds to each output: weight × step. It is as long as a line of the cache and so lies in one.
type row struct {
	weights [Outputs]byte // each an int8
	scale   uint8
	_       [64 - Outputs - 1]byte
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
	// Valence, -1 to 1, says how pleasant the words are.
	Valence float64
}

// Places of the fine labels that are a colour of gladness.
const (
	caring = 5
	love   = 18
)

// Love is how probable love or care is.
func (s *Scores) Love() float64 { return 1 - float64((1-s.Fine[caring])*(1-s.Fine[love])) }

// Score weighs the message that m has read. Nudge is added to the outputs: what is known about it beside the n-grams.
func (m *Model) Score(x *feature.Extractor, nudge *[Outputs]float32, s *Scratch) Scores {
	s.Output = *nudge
	m.weigh(m.Vector(x, s), &s.Output)
	return m.mix(LanguageOf(x), &s.Output)
}

// weigh adds the rows of the n-grams, four at a time; each output's sum is taken in the order of the n-grams all the same.
func (m *Model) weigh(entries []Entry, out *[Outputs]float32) {
	numbers := &m.numbers
	for ; len(entries) >= 4; entries = entries[4:] {
		a, b, c, d := &m.rows[entries[0].Feature], &m.rows[entries[1].Feature], &m.rows[entries[2].Feature], &m.rows[entries[3].Feature]
		va, vb := entries[0].Value*m.steps[a.scale], entries[1].Value*m.steps[b.scale]
		vc, vd := entries[2].Value*m.steps[c.scale], entries[3].Value*m.steps[d.scale]
		for l, sum := range out {
			sum += float32(va * numbers[a.weights[l]])
			sum += float32(vb * numbers[b.weights[l]])
			sum += float32(vc * numbers[c.weights[l]])
			sum += float32(vd * numbers[d.weights[l]])
			out[l] = sum
		}
	}
	for _, e := range entries {
		r := &m.rows[e.Feature]
		v := e.Value * m.steps[r.scale]
		for l, w := range r.weights {
			out[l] += float32(v * numbers[w])
		}
	}
}

// mix adds the label habits of each manner to the outputs.
func (m *Model) mix(language Language, output *[Outputs]float32) Scores {
	tuning := &m.Tuning[language]
	scores := Scores{Language: language}
	spoken := Sigmoid(float64(output[MannerOutput] + tuning.Bias[Spoken][MannerOutput]))
	scores.Share = [Manners]float64{1 - spoken, spoken}
	scores.Valence = float64(2*Sigmoid(float64(output[ValenceOutput]+tuning.Bias[Spoken][ValenceOutput]))) - 1
	var fine [FineOutputs]float64      // how probable each fine label is in the manner
	var together [LabelOutputs]float64 // the logit of a label by its fine labels
	for manner, share := range scores.Share {
		bias, own := &tuning.Bias[manner], ownShare(Manner(manner))
		// Nothing to do again where the manner makes no difference.
		if manner == 0 || !alike(bias, &tuning.Bias[manner-1]) {
			fine, together = families(output, bias)
		}
		for f, p := range fine {
			scores.Fine[f] += float64(share * p)
		}
		for l, logit := range together {
			whole := float64(output[FineOutputs+l] + bias[FineOutputs+l])
			scores.Logits[manner][l] = float64(own*whole) + float64((1-own)*logit)
		}
	}
	return scores
}

// alike is whether two manners do not differ in the fine labels.
func alike(a, b *[Outputs]float32) bool {
	return [FineOutputs]float32(a[:FineOutputs]) == [FineOutputs]float32(b[:FineOutputs])
}

// families gives the fine labels' probabilities, and for each label the logit that any of its fine labels holds.
func families(output, bias *[Outputs]float32) (fine [FineOutputs]float64, together [LabelOutputs]float64) {
	for f := range fine {
		fine[f] = float64(output[f] + bias[f])
	}
	sigmoids(fine[:])
	none := [LabelOutputs + 1]float64{1, 1, 1, 1, 1, 1, 1}
	for f, parent := range FineParents() {
		none[parent] *= 1 - fine[f]
	}
	for l := range none {
		none[l] = 1 - none[l]
	}
	logits(none[:])
	return fine, [LabelOutputs]float64(none[:LabelOutputs])
}

// Calibrate turns the scores into probabilities, and gives the threshold that each must reach in this message.
func (m *Model) Calibrate(s *Scores) (labels, cuts [LabelOutputs]float64) {
	tuning := &m.Tuning[s.Language]
	for manner, share := range s.Share {
		var p [LabelOutputs + 1]float64
		for l, logit := range s.Logits[manner] {
			p[l] = tuning.Calibration[manner][l].At(logit)
		}
		sigmoids(p[:])
		for l := range labels {
			labels[l] += float64(share * p[l])
			cuts[l] += float64(share * float64(tuning.Cut[manner][l]))
		}
	}
	return mend(labels, &tuning.Mended), cuts
}

// mend passes probabilities through lines in logits.
func mend(labels [LabelOutputs]float64, lines *[LabelOutputs]Line) [LabelOutputs]float64 {
	var p [LabelOutputs + 1]float64
	copy(p[:], labels[:])
	logits(p[:])
	for l := range labels {
		p[l] = lines[l].At(p[l])
	}
	sigmoids(p[:])
	return [LabelOutputs]float64(p[:LabelOutputs])
}
