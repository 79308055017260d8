package emotion

import (
	_ "embed" // the model is part of the program
	"fmt"
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
	d := e.desks.Get().(*desk)
	defer e.desks.Put(d)
	scores, cross := e.score(d, text)
	tuning := &e.model.Tuning[scores.Language]
	reading := Reading{FineScores: scores.Fine, Engine: EmbeddedEngine, Version: e.model.Version}
	labels, cuts := e.model.Calibrate(&scores)
	if bias != nil {
		bias.apply(&labels)
	}
	reading.Scores = labels
	best := choose(&labels, &cuts)
	if len(d.extractor.Tokens) == 0 {
		best = neutralIndex // nothing was said: no probability means anything
	}
	reading.Label = Labels()[best]
	reading.Confidence = reading.Scores[best]
	reading.Labels = above(labels[:], cuts[:], labelNames)
	reading.Fine = above(scores.Fine[:], tuning.FineCut[:], fineNames)
	reading.Intensity = intensity(&d.extractor, &reading)
	// Glad words with rolling eyes: perhaps the opposite is meant, and that is not for us to decide.
	mixed := cross && best == joyIndex
	reading.Unclear = mixed || len(d.extractor.Tokens) == 0 || reading.Confidence < float64(tuning.Unclear)
	if best != neutralIndex {
		d.support = e.model.Support(d.support[:0], d.scratch, &scores, best, len(d.extractor.Tokens))
		reading.Evidence = evidence(&d.extractor, d.support, best)
	}
	return reading
}

// choose returns the most probable of the labels that reach their thresholds, or of all where none does.
func choose(scores, cuts *[linear.LabelOutputs]float64) int {
	best, most, passed := neutralIndex, -1.0, false
	for l, p := range scores {
		passes := p >= cuts[l]
		if passes && !passed || passes == passed && p > most {
			best, most, passed = l, p, passes
		}
	}
	return best
}

func labelNames(i int) Label { return Labels()[i] }

func fineNames(i int) string { return FineLabels()[i] }

// above names the scores that reach their thresholds, the highest first.
func above[N ~string, C float32 | float64](scores []float64, cuts []C, name func(int) N) []N {
	var passed [linear.FineOutputs]int
	found := passed[:0]
	for i, p := range scores {
		if p >= float64(cuts[i]) {
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
	names := make([]N, len(found))
	for i, f := range found {
		names[i] = name(f)
	}
	return names
}
