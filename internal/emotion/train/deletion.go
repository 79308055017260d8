package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/emotion"
)

// word is a word of a text between its spaces, in code points.
type word struct{ start, end int }

func wordsOf(text []rune) []word {
	var words []word
	start := -1
	for i, c := range append(text[:len(text):len(text)], ' ') {
		switch space := unicode.IsSpace(c); {
		case !space && start < 0:
			start = i
		case space && start >= 0:
			words = append(words, word{start, i})
			start = -1
		}
	}
	return words
}

// without returns the text without some of its words.
func without(text []rune, words []word) string {
	var b strings.Builder
	at := 0
	for _, w := range words {
		b.WriteString(string(text[at:w.start]))
		at = w.end
	}
	b.WriteString(string(text[at:]))
	return b.String()
}

// draws is how many random sets of other words are looked at to find one that is as long as the marked words.
const draws = 8

// deletion takes the words out of a text that its evidence marks, and as many others, at random and about as long. It tells
// whether the label's score falls more without the marked ones; tested is false where a text has too few words, or no evidence.
func deletion(engine *emotion.Embedded, text string, r *random) (more, tested bool) {
	reading := engine.Read(text)
	points := []rune(text)
	var marked, others []word
	for _, w := range wordsOf(points) {
		if slices.ContainsFunc(reading.Evidence, func(s emotion.Span) bool { return s.Start < w.end && w.start < s.End }) {
			marked = append(marked, w)
		} else {
			others = append(others, w)
		}
	}
	if len(marked) == 0 || len(others) < len(marked) || !utf8.ValidString(text) {
		return false, false
	}
	labels := emotion.Labels()
	label := slices.Index(labels[:], reading.Label)
	left := engine.Read(without(points, marked)).Scores[label]
	other := engine.Read(without(points, alike(others, len(marked), lengthOf(marked), r))).Scores[label]
	return left < other, true
}

func lengthOf(words []word) int {
	n := 0
	for _, w := range words {
		n += w.end - w.start
	}
	return n
}

// alike draws some words whose lengths together are near to a length.
func alike(words []word, count, length int, r *random) []word {
	var best []word
	away := 0
	for range draws {
		pool := slices.Clone(words)
		for i := range count {
			j := i + r.below(len(pool)-i)
			pool[i], pool[j] = pool[j], pool[i]
		}
		drawn := pool[:count]
		if off := max(lengthOf(drawn)-length, length-lengthOf(drawn)); best == nil || off < away {
			best, away = drawn, off
		}
	}
	slices.SortFunc(best, func(a, b word) int { return a.start - b.start })
	return best
}
