package openai

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/emotion"
)

// gist is all that a call about one person's messages is told of a line of somebody else's: a number and words from the short lists
// below. It has no place for anything that was written, so nobody can speak to the model that reads what others wrote, in whatever
// words; and what two texts of the same gist do to the calls about others is the same, to the byte.
type gist struct {
	Speaker int    `json:"speaker"`
	Pause   string `json:"pause,omitempty"`
	Feeling string `json:"feeling"`
	Asks    bool   `json:"asks"`
	Length  string `json:"length"`
}

// unclear is the feeling of a line that was read as nothing in particular, or was not to be.
const unclear = "unclear"

// Up to how many code points a text is of a length.
const (
	fewWords    = 12
	oneSentence = 60
)

func (l *Line) gist(pause string) gist {
	return gist{Speaker: l.Speaker, Pause: pause, Feeling: feelingOf(l.Feeling), Asks: strings.ContainsAny(l.Text, "?？"), Length: lengthOf(l.Text)}
}

// feelingOf is one of the labels, or unclear for whatever else the caller says.
func feelingOf(label emotion.Label) string {
	labels := emotion.Labels()
	if slices.Contains(labels[:], label) {
		return string(label)
	}
	return unclear
}

func lengthOf(text string) string {
	switch points := utf8.RuneCountInString(text); {
	case points <= fewWords:
		return "words"
	case points <= oneSentence:
		return "sentence"
	}
	return "paragraph"
}

// pauseBetween says how much later something was said than what was said before it, or nothing where either time is not known.
func pauseBetween(before, after time.Time) string {
	if before.IsZero() || after.IsZero() {
		return ""
	}
	switch d := after.Sub(before); {
	case d < 2*time.Minute:
		return "moments"
	case d < time.Hour:
		return "minutes"
	case d < 24*time.Hour:
		return "hours"
	}
	return "days"
}
