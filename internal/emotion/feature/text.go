package feature

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// char is one code point of the composed message and the code points of the original that it stands for.
type char struct {
	r          rune // folded: composed, straight quotes, ASCII width; not lower case
	start, end int32
}

const (
	joiner    = '\u200d' // glues emoji together
	variation = '\ufe0f' // asks for the coloured form
	keycap    = '\u20e3'
)

// load fills x.chars with the message in composed form. Positions are counted in the original, where an invalid byte counts as
// one code point, as it does for Go and for JSON.
func (x *Extractor) load(text string) {
	position, letters := int32(0), 0
	for _, r := range text {
		switch {
		case r >= ' ' && r < 0x7f: // kept as it is, as most are
			letters = 0
			x.chars = append(x.chars, char{r, position, position + 1})
		case isSyllable(r):
			letters = 0
			x.Korean = true
			x.chars = append(x.chars, char{r, position, position + 1})
		default:
			if isJamo(r) {
				letters++
			} else {
				letters = 0
			}
			if !composed(r) || letters > mostLetters {
				x.chars, x.Korean = x.chars[:0], false
				x.compose(text)
				return
			}
			x.keep(r, position, position+1)
		}
		position++
	}
}

// mostLetters is how long a run of ㅠ or ㅋ is surely left alone: norm counts most such letters as marks, and breaks a run of thirty.
const mostLetters = 27

// composed knows, of what people mostly type, the code points that NFC leaves as they are whatever stands beside them;
// see mostLetters.
func composed(r rune) bool {
	switch {
	case r < 0x300, isSyllable(r), r >= 0x1f000 && r <= 0x1faff: // ASCII and most of Latin; Hangul; emoji
		return true
	case r < 0x3000:
		return r >= 0x200b && r <= 0x2027 || r >= 0x2600 && r <= 0x27bf // punctuation, old pictures
	}
	return r >= 'ㄱ' && r <= 'ㆎ' || r >= 0x3000 && r <= 0x3029 || r == variation
}

// compose is load for any text.
func (x *Extractor) compose(text string) {
	position := int32(0)
	if x.isComposed(text) {
		for _, r := range text {
			x.keep(r, position, position+1)
			position++
		}
		return
	}
	for len(text) > 0 {
		n := norm.NFC.NextBoundaryInString(text, true)
		if n <= 0 {
			n = len(text)
		}
		end := position + int32(utf8.RuneCountInString(text[:n]))
		for x.composer.InitString(norm.NFC, text[:n]); !x.composer.Done(); {
			for piece := x.composer.Next(); len(piece) > 0; {
				r, size := utf8.DecodeRune(piece)
				x.keep(r, position, end)
				piece = piece[size:]
			}
		}
		text, position = text[n:], end
	}
}

// isComposed is norm.NFC.IsNormalString without what that allocates.
func (x *Extractor) isComposed(text string) bool {
	if norm.NFC.QuickSpanString(text) == len(text) {
		return true
	}
	for x.composer.InitString(norm.NFC, text); !x.composer.Done(); {
		piece := x.composer.Next()
		if len(piece) > len(text) || string(piece) != text[:len(piece)] {
			return false
		}
		text = text[len(piece):]
	}
	return text == ""
}

// keep appends one code point unless it is invisible.
func (x *Extractor) keep(r rune, start, end int32) {
	switch {
	case r < 0x80:
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return
		}
	case isSyllable(r), isJamo(r):
		x.Korean = true
	case isEmoji(r):
	case r == '‘' || r == '’':
		r = '\''
	case r == '“' || r == '”':
		r = '"'
	case r >= 0xff01 && r <= 0xff5e: // full-width forms
		r -= 0xff01 - '!'
	case r == joiner || r == variation: // part of emoji, kept for the tokenizer
	case unicode.In(r, unicode.Cf, unicode.Cc):
		return
	}
	x.chars = append(x.chars, char{r, start, end})
}

func isSyllable(r rune) bool { return r >= '가' && r <= '힣' }

// isJamo knows the letters that people type alone (ㅋ, ㅠ) and the conjoining ones that did not compose.
func isJamo(r rune) bool { return r >= 'ㄱ' && r <= 'ㆎ' || r >= 0x1100 && r <= 0x11ff }

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

func isEmoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff || r == 0x203c || r == 0x2049
}

// isLetter is true of letters of any script but Hangul, which has its own tokens.
func isLetter(r rune) bool {
	if r < 0x80 {
		return isLatin(r)
	}
	return isForeign(r)
}

func isLatin(r rune) bool { return uint32(r|0x20-'a') < 26 }

// isForeign is isLetter beyond ASCII.
func isForeign(r rune) bool {
	return !isSyllable(r) && !isJamo(r) && !isEmoji(r) && r != variation && unicode.In(r, unicode.L, unicode.M)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isSpace(r rune) bool {
	if r < 0x80 {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r)
}

func lower(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case isSyllable(r):
		return r
	}
	return unicode.ToLower(r)
}
