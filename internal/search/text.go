package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// class says how the letters of a run are looked for.
type class int

const (
	apart  class = iota // between runs: spaces, punctuation
	hidden              // as if it were not there: joiners, variation selectors
	mark                // belongs to the letter before it
	dense               // written without spaces, or with endings grown on: any part of a run is found; emoji too
	letter              // of other scripts: found by the beginning of the word
	digit               // likewise
)

// run is a stretch of a text whose letters are of one class, in the form in which texts are compared.
type run struct {
	class class
	text  string
	// from and to say, for each byte of text, which code points of the original it stands for; nil when nobody asked.
	from, to []int
}

// dissect cuts a text into its runs. Mapped runs know where they come from.
func dissect(text string, mapped bool) []run {
	var k knife
	k.mapped = mapped
	return k.cut(text)
}

// knife cuts texts one after the other; what the next cut makes takes the place of what the last one made.
type knife struct {
	mapped   bool
	runs     []run
	begins   []int // of the runs in letters
	letters  []byte
	from, to []int
	open     class // of the run that the next letter may join
}

func (k *knife) cut(text string) []run {
	k.runs, k.begins, k.letters, k.open = k.runs[:0], k.begins[:0], k.letters[:0], apart
	k.from, k.to = nil, nil // whoever asked for them keeps them
	normalise(text, k.letter)
	all := string(k.letters)
	for i, begin := range k.begins {
		end := len(all)
		if i+1 < len(k.begins) {
			end = k.begins[i+1]
		}
		k.runs[i].text = all[begin:end]
		if k.mapped {
			k.runs[i].from, k.runs[i].to = k.from[begin:end], k.to[begin:end]
		}
	}
	return k.runs
}

func (k *knife) letter(r rune, start, end int) {
	c := classify(r)
	switch {
	case c == hidden:
		return
	case c == apart:
		k.open = apart
		return
	case c == mark && k.open != apart:
		c = k.open
	case c == mark:
		c = letter
	}
	if c != k.open {
		k.runs, k.begins = append(k.runs, run{class: c}), append(k.begins, len(k.letters))
		k.open = c
	}
	k.letters = utf8.AppendRune(k.letters, r)
	if k.mapped {
		for range len(k.letters) - len(k.from) {
			k.from, k.to = append(k.from, start), append(k.to, end)
		}
	}
}

// normalise yields a text without differences of case, width and composition (case folded NFKC), and for each of its
// characters which code points of the text it comes from.
func normalise(text string, yield func(r rune, from, to int)) {
	at := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if isPlain(r) && (len(text) == size || text[size] < utf8.RuneSelf || standsAlone(text[size:])) {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			yield(r, at, at+1)
			text, at = text[size:], at+1
			continue
		}
		size = max(size, norm.NFKC.NextBoundaryInString(text, true))
		points := utf8.RuneCountInString(text[:size])
		normal := norm.NFKC.String(text[:size])
		if strings.ContainsFunc(normal, hasCase) {
			normal = norm.NFKC.String(cases.Fold().String(normal))
		}
		for _, r := range normal {
			yield(r, at, at+points)
		}
		text, at = text[size:], at+points
	}
}

// standsAlone tells of a text that its first character changes none before it.
func standsAlone(text string) bool {
	const firstCombining = 0x300
	r, _ := utf8.DecodeRuneInString(text)
	return isPlain(r) || r < firstCombining
}

// hasCase finds characters that folding may change. The one that is no letter is an iota below another.
func hasCase(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) || r == 0x345 }

// isPlain finds characters that are their own normal form but for the case of ASCII: most of what is written here.
func isPlain(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return true
	case 0xAC00 <= r && r <= 0xD7A3: // Hangul syllables
		return true
	case 0x4E00 <= r && r <= 0x9FFF: // Han
		return true
	case 0x3041 <= r && r <= 0x3096 || 0x30A1 <= r && r <= 0x30FA: // kana
		return true
	}
	return false
}

func classify(r rune) class {
	switch {
	case 'a' <= r && r <= 'z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	case r < utf8.RuneSelf:
		return apart
	case 0xAC00 <= r && r <= 0xD7A3:
		return dense
	case r == utf8.RuneError: // what was written was no text
		return apart
	case isHidden(r):
		return hidden
	case unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.So) || r == longVowel:
		return dense
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	case unicode.IsMark(r):
		return mark
	}
	return apart
}

// longVowel lengthens a vowel in both kinds of kana and so belongs to no script.
const longVowel = 'ー'

// isHidden finds what does not count: format characters, variation selectors, the grapheme joiner, the fillers of
// Hangul, and the colours of skin.
func isHidden(r rune) bool {
	switch {
	case 0xFE00 <= r && r <= 0xFE0F, 0xE0100 <= r && r <= 0xE01EF, r == 0x34F:
		return true
	case r == 0x115F, r == 0x1160:
		return true
	case 0x1F3FB <= r && r <= 0x1F3FF:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}
