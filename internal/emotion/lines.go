package emotion

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// LongestLine is the longest line that ReadLines takes, in bytes.
const LongestLine = 1 << 20

// reader is an engine that reads one text at a time.
type reader interface {
	Read(text string) Reading
}

// line is a reading as ReadLines writes it.
type line struct {
	Label      Label              `json:"label"`
	Confidence float64            `json:"confidence"`
	Intensity  float64            `json:"intensity"`
	Valence    float64            `json:"valence"`
	Love       bool               `json:"love"`
	Unclear    bool               `json:"unclear"`
	Labels     []Label            `json:"labels"`
	Fine       []string           `json:"fine"`
	Scores     map[Label]float64  `json:"scores"`
	FineScores map[string]float64 `json:"fineScores"`
	Evidence   [][2]int           `json:"evidence"`
}

// ReadLines reads one text a line from in and writes one JSON object a line to out, at once, so that it can be talked to. An
// empty line is a text, too. It ends with in, or with an error when ctx ends or a line is longer than LongestLine.
func ReadLines(ctx context.Context, in io.Reader, out io.Writer, engine reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 4096), LongestLine+2) // and its line end
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	number := 0
	for lines.Scan() {
		number++
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := encoder.Encode(toLine(engine.Read(lines.Text()))); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", number+1, err)
	}
	return nil
}

func toLine(r Reading) line {
	l := line{
		Label:      r.Label,
		Confidence: rounded(r.Confidence),
		Intensity:  rounded(r.Intensity),
		Valence:    rounded(r.Valence),
		Love:       r.Love,
		Unclear:    r.Unclear,
		Labels:     append([]Label{}, r.Labels...),
		Fine:       append([]string{}, r.Fine...),
		Scores:     make(map[Label]float64, len(r.Scores)),
		FineScores: make(map[string]float64, len(r.FineScores)),
		Evidence:   make([][2]int, len(r.Evidence)),
	}
	for i, label := range Labels() {
		l.Scores[label] = rounded(r.Scores[i])
	}
	for i, name := range FineLabels() {
		l.FineScores[name] = rounded(r.FineScores[i])
	}
	for i, s := range r.Evidence {
		l.Evidence[i] = [2]int{s.Start, s.End}
	}
	return l
}

// rounded keeps six decimals: more is noise to whoever reads it.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
