// Package emotion reads how a short message was probably meant, in Korean or English, with a small model inside the program.
package emotion

// Label is one of the seven emotions that a message is read as.
type Label string

// The labels: the six basic emotions, and none of them.
const (
	Anger    Label = "anger"
	Disgust  Label = "disgust"
	Fear     Label = "fear"
	Joy      Label = "joy"
	Sadness  Label = "sadness"
	Surprise Label = "surprise"
	Neutral  Label = "neutral"
)

// Labels returns the labels in the order of Reading.Scores.
func Labels() [7]Label {
	return [7]Label{Anger, Disgust, Fear, Joy, Sadness, Surprise, Neutral}
}

// Places in Labels.
const (
	angerIndex    = 0
	joyIndex      = 3
	surpriseIndex = 5
	neutralIndex  = 6
)

// FineLabels returns the 28 finer labels of GoEmotions in the order of Reading.FineScores.
func FineLabels() [28]string {
	return [28]string{
		"admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
		"disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
		"love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
	}
}

// Span is a part of a message, half-open, in Unicode code points of the text as it was given.
type Span struct{ Start, End int }

// Reading is what an engine makes of one message. It is a guess about words, never a finding about a person.
type Reading struct {
	// Label is the most fitting label, and Confidence the probability that a rater would have given it.
	Label      Label
	Confidence float64
	// Intensity, 0 to 1, is a heuristic from surface signs (marks, capitals, stretched words, laughter) and the scores.
	Intensity float64
	// Valence, -1 to 1, says how pleasant the words are.
	Valence float64
	// Unclear is set when Confidence is too low to rely on.
	Unclear bool
	// Love is set for joy in the colour of affection or care.
	Love bool
	// Labels and Fine are those above their own thresholds, the most probable first; several or none may be.
	Labels []Label
	Fine   []string
	// Scores and FineScores are probabilities, each label by itself, in the order of Labels() and FineLabels().
	Scores     [7]float64
	FineScores [28]float64
	// Evidence marks the words that spoke most for Label, in order, apart from each other. Often no single word did.
	Evidence []Span
	// Said is the reading in a sentence, where the engine made one itself; otherwise Sentence makes it.
	Said Said
	// Engine and Version say what made the reading. A message's own author has no version.
	Engine, Version string
}

// Said is one sentence in the languages of readers.
type Said struct{ Korean, English string }

// What makes readings, as Reading.Engine names it.
const (
	EmbeddedEngine = "embedded"
	RemoteEngine   = "openai"
	AuthorEngine   = "author"
)
