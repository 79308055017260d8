package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/emosation/emosation/internal/emotion"
)

// spokenReading is a reading as read prints it, with every score beside its label.
type spokenReading struct {
	Label      emotion.Label             `json:"label"`
	Confidence float64                   `json:"confidence"`
	Intensity  float64                   `json:"intensity"`
	Unclear    bool                      `json:"unclear"`
	Labels     []emotion.Label           `json:"labels"`
	Fine       []string                  `json:"fine"`
	Scores     map[emotion.Label]float64 `json:"scores"`
	FineScores map[string]float64        `json:"fineScores"`
	Evidence   [][2]int                  `json:"evidence"`
}

// read lets anyone judge the engine on their own texts. It answers at once when nothing more waits to be read, so
// that it can be talked to by hand or through pipes.
func read(ctx context.Context, p program, _ []string) error {
	engine, err := emotion.NewEmbedded()
	if err != nil {
		return err
	}
	in, out := bufio.NewReader(p.in), bufio.NewWriter(p.out)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for ctx.Err() == nil {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return out.Flush()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err := encoder.Encode(spoken(engine.Read(strings.TrimRight(line, "\r\n")))); err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func spoken(r emotion.Reading) spokenReading {
	s := spokenReading{
		Label: r.Label, Confidence: r.Confidence, Intensity: r.Intensity, Unclear: r.Unclear,
		Labels: append([]emotion.Label{}, r.Labels...), // a list, even when it is empty
		Fine:   append([]string{}, r.Fine...),
		Scores: map[emotion.Label]float64{}, FineScores: map[string]float64{}, Evidence: [][2]int{},
	}
	for i, label := range emotion.Labels() {
		s.Scores[label] = r.Scores[i]
	}
	for i, label := range emotion.FineLabels() {
		s.FineScores[label] = r.FineScores[i]
	}
	for _, span := range r.Evidence {
		s.Evidence = append(s.Evidence, [2]int{span.Start, span.End})
	}
	return s
}
