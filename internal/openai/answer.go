package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

const (
	// maxText is the longest message there is.
	maxText = 4000
	// unclearUnder is the confidence from which a reading is worth showing as one.
	unclearUnder = 0.5
	maxQuotes    = 4
)

// item is one reading as the model writes it. Pointers tell what is not there.
type item struct {
	Number     *int      `json:"number"`
	Evidence   *[]string `json:"evidence"`
	Label      *string   `json:"label"`
	Fine       *string   `json:"fine"` // null where none fits
	Confidence *float64  `json:"confidence"`
	Intensity  *float64  `json:"intensity"`
	Valence    *float64  `json:"valence"`
	English    *string   `json:"english"`
	Korean     *string   `json:"korean"`
}

// Why an answer or a part of it is of no use.
var (
	errAnswer   = errors.New("the answer is not the JSON that was asked for")
	errNothing  = errors.New("the answer has no reading that can be used")
	errItem     = errors.New("a field is missing or of the wrong kind")
	errRange    = errors.New("a value is out of range")
	errQuote    = errors.New("a quote does not occur in the message")
	errSentence = errors.New("a sentence is not plain and short")
)

// accept checks an answer about lines that were numbered from 1. What is wrong with one reading makes that one invalid and no other. It
// errs if there is no good one.
func (e *Engine) accept(content []byte, lines []Line) (results []Result, good int, err error) {
	var answer struct {
		Readings *[]json.RawMessage `json:"readings"` // raw, so that nothing of one can be left over in another
	}
	if decode(content, &answer) != nil || answer.Readings == nil {
		return nil, 0, errAnswer
	}
	found := make(map[int][]json.RawMessage, len(lines))
	for _, raw := range *answer.Readings {
		var numbered struct{ Number int }
		if json.Unmarshal(raw, &numbered) == nil {
			found[numbered.Number] = append(found[numbered.Number], raw)
		}
	}
	results = make([]Result, len(lines))
	for i, line := range lines {
		results[i].Number = line.Number
		reading, err := e.reading(found[i+1], line.Text)
		if err != nil {
			results[i].Err = &Error{Kind: Invalid, reason: err.Error()}
			continue
		}
		results[i].Reading = reading
		good++
	}
	if good == 0 {
		return nil, 0, errNothing
	}
	return results, good, nil
}

// decode takes exactly one value of exactly the fields of target.
func decode(content []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return errAnswer
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errAnswer
	}
	return nil
}

// reading checks what was said of one message. Two readings of the same message are none.
func (e *Engine) reading(found []json.RawMessage, text string) (emotion.Reading, error) {
	if len(found) != 1 {
		return emotion.Reading{}, errors.New("not one reading for the message")
	}
	var it item
	if decode(found[0], &it) != nil || !it.complete() {
		return emotion.Reading{}, errItem
	}
	labels := emotion.Labels()
	label := slices.Index(labels[:], emotion.Label(*it.Label))
	if label < 0 {
		return emotion.Reading{}, errItem
	}
	if !within(*it.Confidence, 0, 1) || !within(*it.Intensity, 0, 1) || !within(*it.Valence, -1, 1) {
		return emotion.Reading{}, errRange
	}
	r := emotion.Reading{
		Label: labels[label], Confidence: *it.Confidence, Intensity: *it.Intensity, Valence: *it.Valence,
		Unclear: *it.Confidence < unclearUnder, Engine: emotion.RemoteEngine, Version: e.cfg.Model,
	}
	r.Scores[label] = r.Confidence
	if !r.Unclear {
		r.Labels = []emotion.Label{r.Label}
	}
	var err error
	if r.Fine, err = fine(it.Fine, label); err != nil {
		return emotion.Reading{}, err
	}
	r.Love = r.Label == emotion.Joy && len(r.Fine) > 0 && (r.Fine[0] == "love" || r.Fine[0] == "caring")
	if r.Evidence, err = quoted(*it.Evidence, text); err != nil {
		return emotion.Reading{}, err
	}
	if r.Said, err = said(*it.Korean, *it.English, text); err != nil {
		return emotion.Reading{}, err
	}
	return r.Rounded(), nil
}

func (it *item) complete() bool {
	return it.Number != nil && it.Evidence != nil && it.Label != nil && it.Confidence != nil && it.Intensity != nil && it.Valence != nil &&
		it.English != nil && it.Korean != nil
}

func within(x, least, most float64) bool { return x >= least && x <= most }

// fine leaves out a finer label that belongs to another label: the label is what readers rely on.
func fine(name *string, label int) ([]string, error) {
	if name == nil {
		return nil, nil
	}
	names := emotion.FineLabels()
	at := slices.Index(names[:], *name)
	switch {
	case at < 0:
		return nil, errItem
	case linear.FineParents()[at] != label:
		return nil, nil
	}
	return []string{*name}, nil
}
