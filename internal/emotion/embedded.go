package emotion

import (
	_ "embed" // the model is part of the program
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

//go:embed model.bin
var modelFile []byte

// Embedded reads messages with the model inside the program. It needs no network and keeps nothing. Goroutines may share it.
type Embedded struct {
	model *linear.Model
	desks sync.Pool // of *desk
}

// desk is what one reading works on.
type desk struct {
	extractor feature.Extractor
	scratch   *linear.Scratch
	support   []float32
}

// NewEmbedded decodes the model that was built in, in two or three milliseconds. It errs only if the program was built with a broken one.
func NewEmbedded() (*Embedded, error) {
	model, err := linear.Decode(modelFile)
	if err != nil {
		return nil, fmt.Errorf("built-in emotion model: %w", err)
	}
	return NewEngine(model), nil
}

// NewEngine reads with another model than the built-in one; the trainer uses it to judge what it made.
func NewEngine(model *linear.Model) *Embedded {
	e := &Embedded{model: model}
	e.desks.New = func() any { return &desk{scratch: model.NewScratch()} }
	return e
}

// Version names the model.
func (e *Embedded) Version() string { return e.model.Version }

// Score returns what the model says before calibration and thresholds; the trainer fits those to it.
func (e *Embedded) Score(text string) linear.Scores {
	d := e.desks.Get().(*desk)
	defer e.desks.Put(d)
	scores, _ := e.score(d, text)
	return scores
}

// score also tells whether the message has a picture of the angry kind.
func (e *Embedded) score(d *desk, text string) (scores linear.Scores, cross bool) {
	d.extractor.Extract(text)
	nudge, cross := pictures(&d.extractor)
	return e.model.Score(&d.extractor, &nudge, d.scratch), cross
}

// Bias is how one author's words lean from what most people would mean by them: it is added to the log-odds of the seven labels, in
// the order of Labels, before the best is chosen.
type Bias [7]float64

// apply moves calibrated probabilities; a label without a bias keeps its very number.
func (b *Bias) apply(scores *[linear.LabelOutputs]float64) {
	for l, by := range b {
		if by != 0 {
			scores[l] = linear.Sigmoid(linear.Logit(scores[l]) + by)
		}
	}
}

// Read reads any text, empty, very long, or not even UTF-8, as anybody's.
func (e *Embedded) Read(text string) Reading { return e.ReadAs(text, nil) }

// ReadAs is Read for the words of the author that the bias belongs to; nil is nobody's.
func (e *Embedded) ReadAs(text string, bias *Bias) Reading {
	var r Reading
	e.ReadInto(&r, text, bias)
	return r
}

// ReadInto is ReadAs for a reading that is not needed any more: its slices are filled anew, so that nothing has to be allocated.
func (e *Embedded) ReadInto(r *Reading, text string, bias *Bias) {
	d := e.desks.Get().(*desk)
	defer e.desks.Put(d)
	e.readAt(d, r, text, bias)
}

func (e *Embedded) readAt(d *desk, r *Reading, text string, bias *Bias) {
	scores, cross := e.score(d, text)
	tuning := &e.model.Tuning[scores.Language]
	labels, cuts := e.model.Calibrate(&scores)
	if bias != nil {
		bias.apply(&labels)
	}
	best, lead := choose(labels, &cuts, tuning.Lean)
	if len(d.extractor.Tokens) == 0 {
		best = neutralIndex // nothing was said: no probability means anything
	}
	*r = Reading{
		Label: Labels()[best], Confidence: labels[best], Valence: scores.Valence,
		Love: best == joyIndex && scores.Love() >= float64(tuning.Love), Scores: labels, FineScores: scores.Fine,
		Labels: above(r.Labels[:0], labels[:], cuts[:], nil, labelNames),
		Fine:   above(r.Fine[:0], scores.Fine[:], tuning.FineCut[:], tuning.Folded[:], fineNames), Evidence: r.Evidence[:0],
		Engine: EmbeddedEngine, Version: e.model.Version,
	}
	if !slices.Contains(r.Labels, r.Label) {
		r.Labels = slices.Insert(r.Labels, 0, r.Label)
	}
	r.Fine = r.Fine[:min(mostFine, len(r.Fine))]
	r.Intensity = intensity(&d.extractor, r)
	// Glad words with rolling eyes: perhaps the opposite is meant, and that is not for us to decide.
	mixed := cross && best == joyIndex
	r.Unclear = mixed || len(d.extractor.Tokens) == 0 || lead < leastLead || r.Confidence < float64(tuning.Unclear)
	if best != neutralIndex {
		d.support = e.model.Support(d.support[:0], d.scratch, &scores, best, len(d.extractor.Tokens))
		r.Evidence = evidence(r.Evidence, &d.extractor, d.support, best)
	}
}

// fairness is how much of a label's threshold counts for it, in logits: without it the rare labels drown in the common ones.
const fairness = 0.5

// leastLead is how far, in logits, the best label has to be ahead of the next one: where it is not, a letter more or less decides.
const leastLead = 0.5

// choose returns the most probable, in fairness, of the labels that reach their thresholds, or of all where none does, and how far it is
// ahead of all others. Neutral is moved by the lean.
func choose(scores [linear.LabelOutputs]float64, cuts *[linear.LabelOutputs]float64, lean float32) (best int, lead float64) {
	if lean != 0 {
		scores[neutralIndex] = linear.Sigmoid(linear.Logit(scores[neutralIndex]) + float64(lean))
	}
	var fit [linear.LabelOutputs]float64
	best = -1
	for l, p := range scores {
		fit[l] = linear.Logit(p) - float64(fairness*linear.Logit(cuts[l]))
		if best < 0 {
			best = l
			continue
		}
		passes, passed := p >= cuts[l], scores[best] >= cuts[best]
		if passes && !passed || passes == passed && fit[l] > fit[best] {
			best = l
		}
	}
	lead = math.Inf(1)
	for l, f := range fit {
		if l != best {
			lead = min(lead, fit[best]-f)
		}
	}
	return best, lead
}

func labelNames(i int) Label { return Labels()[i] }

func fineNames(i int) string { return FineLabels()[i] }

// mostFine is how many fine labels a reading has at most: more would not be read.
const mostFine = 3

// above appends the names of the scores that reach their thresholds, the highest first, but for those that are left out.
func above[N ~string, C float32 | float64](names []N, scores []float64, cuts []C, out []bool, name func(int) N) []N {
	var passed [linear.FineOutputs]int
	found := passed[:0]
	for i, p := range scores {
		if p >= float64(cuts[i]) && (out == nil || !out[i]) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	names = slices.Grow(names, len(found))
	for _, f := range found {
		names = append(names, name(f))
	}
	return names
}
