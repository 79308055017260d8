package main

import (
	"strings"
	"unicode"
)

// augment adds worn copies of rows, as people type: with slips, without spaces, in one case. They weigh less than the originals.
func augment(rows []row, seed uint64) []row {
	r := &random{state: seed}
	all := rows[:len(rows):len(rows)]
	for _, original := range rows {
		spoil, weight, percent := wearEnglish, float32(0.4), 80
		switch original.source {
		case xed:
			continue
		case chat:
			if isKorean(original.text) {
				spoil = wearKorean
			}
			percent = 100
		case translated:
			spoil, weight = wearKorean, 0.3
		case kote:
			spoil, weight, percent = wearKorean, 0.6, 100
		case distant:
			spoil, weight = wearKorean, 0.25
		}
		if !r.chance(percent) {
			continue
		}
		worn := original
		worn.text = spoil(original.text, r)
		worn.weight = weight
		all = append(all, worn)
	}
	return all
}

func wearEnglish(text string, r *random) string {
	switch p := r.below(100); {
	case p < 55:
		return misspell(text, r)
	case p < 70:
		return joinWords(text, 15, r)
	case p < 90:
		return strings.ToLower(withoutMarks(text))
	}
	return strings.ToUpper(text)
}

func wearKorean(text string, r *random) string {
	switch p := r.below(100); {
	case p < 45:
		return joinWords(text, 100, r)
	case p < 70:
		return joinWords(text, 50, r)
	case p < 90:
		return slipJamo(text, r)
	}
	return withoutMarks(text)
}

// misspell gives one slip to a fifth of the words of four letters and more.
func misspell(text string, r *random) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		if len([]rune(w)) < 4 || !r.chance(30) {
			continue
		}
		words[i] = slipWord(w, r)
	}
	return strings.Join(words, " ")
}

// slipWord swaps two letters of a word, or loses, doubles or mistakes one: never the first.
func slipWord(word string, r *random) string {
	letters := []rune(word)
	at := 1 + r.below(len(letters)-2)
	switch r.below(4) {
	case 0:
		letters[at], letters[at+1] = letters[at+1], letters[at]
	case 1:
		letters = append(letters[:at], letters[at+1:]...)
	case 2:
		letters = append(letters[:at+1], letters[at:]...)
	default:
		letters[at] = rune('a' + r.below(26))
	}
	return string(letters)
}

func withoutMarks(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPunct(c) && c != '\'' && c != '’' && c != '[' && c != ']' {
			return -1
		}
		return c
	}, text)
}

func joinWords(text string, percent int, r *random) string {
	var b strings.Builder
	for _, c := range text {
		if c != ' ' || !r.chance(percent) {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// slipJamo changes one letter in a tenth of the syllables.
func slipJamo(text string, r *random) string {
	return strings.Map(func(c rune) rune {
		if !isSyllable(c) || !r.chance(10) {
			return c
		}
		return slipSyllable(c, r)
	}, text)
}

// slipSyllable changes one letter of a syllable.
func slipSyllable(c rune, r *random) rune {
	const (
		first  = '가'
		leads  = 19
		vowels = 21
		finals = 28
	)
	k := int(c - first)
	lead, vowel, final := k/(vowels*finals), k/finals%vowels, k%finals
	switch r.below(3) {
	case 0:
		lead = r.below(leads)
	case 1:
		vowel = r.below(vowels)
	default:
		final = r.below(finals)
	}
	return rune(first + (lead*vowels+vowel)*finals + final)
}

func isKorean(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Hangul, c) })
}
