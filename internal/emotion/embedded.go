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

// EngineName is Reading.Engine of this engine.
const EngineName = "embedded"

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

// NewEmbedded decodes the model that was built in, in about a millisecond. It errs only if the program was built with a broken one.
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
	return e.score(d, text)
}

func (e *Embedded) score(d *desk, text string) linear.Scores {
	d.extractor.Extract(text)
	nudge := pictures(&d.extractor)
	return e.model.Score(&d.extractor, &nudge, d.scratch)
}

// Read reads any text: empty, very long, or not even UTF-8.
func (e *Embedded) Read(text string) Reading {
	d := e.desks.Get().(*desk)
	defer e.desks.Put(d)
	scores := e.score(d, text)
	tuning := &e.model.Tuning[scores.Language]
	reading := Reading{FineScores: scores.Fine, Engine: EngineName, Version: e.model.Version}
	for l, logit := range scores.Logits {
		reading.Scores[l] = linear.Sigmoid(tuning.Calibration[l].At(logit))
	}
	best := choose(&reading.Scores, &tuning.Cut)
	reading.Label = Labels()[best]
	reading.Confidence = reading.Scores[best]
	reading.Labels = above(reading.Scores[:], tuning.Cut[:], labelNames)
	reading.Fine = above(reading.FineScores[:], tuning.FineCut[:], fineNames)
	reading.Intensity = intensity(&d.extractor, &reading)
	if len(d.extractor.Tokens) == 0 {
		// Nothing was said: no probability means anything.
		reading.Unclear = true
		return reading
	}
	reading.Unclear = reading.Confidence < float64(tuning.Unclear)
	if best != neutralIndex {
		d.support = e.model.Support(d.support[:0], d.scratch, scores, best, len(d.extractor.Tokens))
		reading.Evidence = evidence(&d.extractor, d.support, best)
	}
	return reading
}

// choose returns the label that is furthest over its threshold, or nearest to it where none is over.
func choose(scores *[7]float64, cut *[linear.LabelOutputs]float32) int {
	best, most := neutralIndex, -1.0
	for l, p := range scores {
		if ratio := p / float64(cut[l]); ratio > most {
			best, most = l, ratio
		}
	}
	return best
}

func labelNames(i int) Label { return Labels()[i] }

func fineNames(i int) string { return FineLabels()[i] }

// above names the scores that reach their thresholds, the highest first.
func above[N ~string](scores []float64, cut []float32, name func(int) N) []N {
	var passed [linear.FineOutputs]int
	found := passed[:0]
	for i, p := range scores {
		if p >= float64(cut[i]) {
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
