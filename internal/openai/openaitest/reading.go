package openaitest

import (
	"encoding/json"
	"strings"
)

// Reading is one entry of an answer.
type Reading struct {
	Number     int      `json:"number"`
	Evidence   []string `json:"evidence"`
	Label      string   `json:"label"`
	Fine       *string  `json:"fine"`
	Confidence float64  `json:"confidence"`
	Intensity  float64  `json:"intensity"`
	Valence    float64  `json:"valence"`
	English    string   `json:"english"`
	Korean     string   `json:"korean"`
}

// Read is a small mind of its own: it knows a few words of joy and of sadness, and reads the same text alike always.
func Read(line Line) Reading {
	r := Reading{
		Number: line.Number, Evidence: []string{}, Label: "neutral", Confidence: 0.7, Intensity: 0.1,
		English: "This seems matter-of-fact.", Korean: "담담하게 한 말인 듯해요.",
	}
	for _, word := range []string{"고마", "좋", "ㅋㅋ", "thank", "great", "🎉"} {
		if strings.Contains(line.Text, word) {
			r.Evidence, r.Label, r.Confidence, r.Intensity, r.Valence = []string{word}, "joy", 0.9, 0.6, 0.8
			r.English, r.Korean = "This sounds glad.", "기쁜 마음이 담긴 듯해요."
			return r
		}
	}
	for _, word := range []string{"슬프", "ㅠㅠ", "sad", "miss"} {
		if strings.Contains(line.Text, word) {
			r.Evidence, r.Label, r.Confidence, r.Intensity, r.Valence = []string{word}, "sadness", 0.8, 0.5, -0.7
			r.English, r.Korean = "This sounds sad.", "슬픈 마음이 담긴 듯해요."
			return r
		}
	}
	return r
}

// Readings is the content of an answer about lines.
func Readings(lines []Line, read func(Line) Reading) string {
	readings := make([]Reading, len(lines))
	for i, line := range lines {
		readings[i] = read(line)
	}
	raw, err := json.Marshal(map[string]any{"readings": readings})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(raw)
}
