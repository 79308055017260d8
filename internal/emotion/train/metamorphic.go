package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/emotion"
)

// change is a way to write the same message otherwise; it gives the text back where it has nothing to change.
type change struct {
	name  string
	apply func(text string, r *random) string
}

// changes must leave the label of a clear reading as it is.
func changes() []change {
	return []change{
		{"longer ㅋ ㅎ ㅠ", func(text string, _ *random) string { return longerLetters(text) }},
		{"a spacing error", misspace},
		{"NFC or NFD", func(text string, _ *random) string {
			if norm.NFC.IsNormalString(text) {
				return norm.NFD.String(text)
			}
			return norm.NFC.String(text)
		}},
		{"case", func(text string, r *random) string {
			if r.chance(50) {
				return strings.ToUpper(text)
			}
			return strings.ToLower(text)
		}},
		{"one typing slip", slipOnce},
	}
}

// leastWords is how many words a text has whose label has to survive any change: of one or two, a slip may spoil the only one that counts.
const leastWords = 3

// kept counts the texts with a clear reading that a change alters, and how many of those keep their label.
func kept(engine *emotion.Embedded, texts []string, c change, seed uint64) (same, changed int) {
	r := &random{state: seed}
	for _, text := range texts {
		other := c.apply(text, r)
		if other == text || len(wordsOf([]rune(text))) < leastWords {
			continue
		}
		reading := engine.Read(text)
		if reading.Unclear {
			continue
		}
		changed++
		if engine.Read(other).Label == reading.Label {
			same++
		}
	}
	return same, changed
}

// longerLetters makes of each run of laughing or crying letters one that is two longer.
func longerLetters(text string) string {
	var b strings.Builder
	last := rune(0)
	end := func() {
		if strings.ContainsRune("ㅋㅎㅠㅜ", last) {
			b.WriteString(strings.Repeat(string(last), 2))
		}
	}
	for _, c := range text {
		if c != last && last != 0 {
			end()
		}
		b.WriteRune(c)
		last = c
	}
	if last != 0 {
		end()
	}
	return b.String()
}

// misspace loses one space or, half of the time, puts one into a Korean word.
func misspace(text string, r *random) string {
	points := []rune(text)
	var spaces, seams []int
	for i, c := range points {
		switch {
		case c == ' ':
			spaces = append(spaces, i)
		case i > 0 && isSyllable(c) && isSyllable(points[i-1]):
			seams = append(seams, i)
		}
	}
	switch {
	case len(seams) > 0 && (len(spaces) == 0 || r.chance(50)):
		at := seams[r.below(len(seams))]
		return string(points[:at]) + " " + string(points[at:])
	case len(spaces) > 0:
		at := spaces[r.below(len(spaces))]
		return string(points[:at]) + string(points[at+1:])
	}
	return text
}

func isSyllable(c rune) bool { return c >= '가' && c <= '힣' }

// slipOnce changes one letter of a Korean syllable, or one of an English word of four letters or more.
func slipOnce(text string, r *random) string {
	points := []rune(text)
	var syllables []int
	for i, c := range points {
		if isSyllable(c) {
			syllables = append(syllables, i)
		}
	}
	if len(syllables) > 0 {
		at := syllables[r.below(len(syllables))]
		points[at] = slipSyllable(points[at], r)
		return string(points)
	}
	words := strings.Split(text, " ")
	var long []int
	for i, w := range words {
		if len([]rune(w)) >= 4 && !strings.ContainsFunc(w, func(c rune) bool { return !unicode.IsLetter(c) }) {
			long = append(long, i)
		}
	}
	if len(long) == 0 {
		return text
	}
	at := long[r.below(len(long))]
	words[at] = slipWord(words[at], r)
	return strings.Join(words, " ")
}
