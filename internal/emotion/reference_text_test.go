package emotion_test

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/emotion/feature"
)

// This file and reference_test.go say again, plainly and slowly, what the engine computes. The engine is written for speed; it
// must agree with this to the last bit.

// refChar is a code point of the composed message and where it comes from.
type refChar struct {
	r          rune
	start, end int
}

type refToken struct {
	kind       feature.Kind
	text       []rune
	start, end int
}

// refGram is one n-gram of a message; token is -1 for a flag.
type refGram struct {
	hash       uint32
	token      int
	char, pair bool
}

type refText struct {
	korean bool
	chars  []refChar
	tokens []refToken
	cues   feature.Cues
	grams  []refGram
}

func readText(text string) *refText {
	x := &refText{}
	x.load(text)
	for i := 0; i < len(x.chars); {
		r := x.at(i)
		if unicode.IsSpace(r) || r == '\u200d' || r == '\ufe0f' {
			i++
			continue
		}
		kind, n := x.next(i)
		x.token(kind, x.chars[i:i+n])
		i += n
	}
	x.words()
	x.flags()
	return x
}

func (x *refText) load(text string) {
	position, composed := 0, norm.NFC.IsNormalString(text)
	for len(text) > 0 {
		_, n := utf8.DecodeRuneInString(text)
		if !composed {
			n = norm.NFC.NextBoundaryInString(text, true)
		}
		end := position + utf8.RuneCountInString(text[:n])
		for _, r := range norm.NFC.String(text[:n]) {
			x.keep(refChar{r, position, end})
		}
		text, position = text[n:], end
	}
}

func (x *refText) keep(c refChar) {
	switch {
	case strings.ContainsRune("\n\t\r", c.r):
	case c.r >= '가' && c.r <= '힣', refJamo(c.r):
		x.korean = true
	case c.r == '‘' || c.r == '’':
		c.r = '\''
	case c.r == '“' || c.r == '”':
		c.r = '"'
	case c.r >= '！' && c.r <= '～':
		c.r += '!' - '！'
	case c.r == '\u200d' || c.r == '\ufe0f':
	case unicode.In(c.r, unicode.Cf, unicode.Cc):
		return
	}
	x.chars = append(x.chars, c)
}

func refSyllable(r rune) bool { return r >= '가' && r <= '힣' }
func refJamo(r rune) bool     { return r >= 'ㄱ' && r <= 'ㆎ' || r >= 0x1100 && r <= 0x11ff }
func refDigit(r rune) bool    { return r >= '0' && r <= '9' }
func refLetter(r rune) bool {
	return !refSyllable(r) && !refJamo(r) && unicode.In(r, unicode.L, unicode.M) && r != '\ufe0f'
}
func refWordy(r rune) bool { return refLetter(r) || refDigit(r) || refSyllable(r) }
func refEmoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff || r == 0x203c || r == 0x2049
}

// at returns 0 outside of the message.
func (x *refText) at(i int) rune {
	if i < 0 || i >= len(x.chars) {
		return 0
	}
	return x.chars[i].r
}

func (x *refText) run(i int, in func(rune) bool) int {
	n := 0
	for i+n < len(x.chars) && in(x.at(i+n)) {
		n++
	}
	return n
}

func (x *refText) runOf(i int, of string) int {
	return x.run(i, func(r rune) bool { return strings.ContainsRune(of, r) })
}

func (x *refText) next(i int) (feature.Kind, int) {
	r := x.at(i)
	if n := x.face(i); n > 0 {
		return feature.Face, n
	}
	switch {
	case refLetter(r):
		if n := x.link(i); n > 0 {
			return feature.Link, n
		}
		n := x.run(i, refLetter)
		for x.at(i+n) == '\'' && x.run(i+n+1, refLetter) > 0 {
			n += 1 + x.run(i+n+1, refLetter)
		}
		return feature.Word, n
	case refSyllable(r):
		return feature.Hangul, x.run(i, refSyllable)
	case r == 'ㅋ':
		return feature.Laugh, x.runOf(i, "ㅋ")
	case r == 'ㅎ':
		return feature.Laugh, x.runOf(i, "ㅎ")
	case r == 'ㅠ' || r == 'ㅜ':
		return feature.Cry, x.runOf(i, "ㅠㅜ")
	case refJamo(r):
		return feature.Jamo, x.run(i, func(r rune) bool { return refJamo(r) && !strings.ContainsRune("ㅋㅎㅠㅜ", r) })
	case refDigit(r):
		return feature.Number, x.run(i, refDigit)
	case refEmoji(r):
		return feature.Emoji, x.picture(i)
	case r == '!' || r == '?':
		return feature.Mark, x.runOf(i, "!?")
	case r == '…' || r == '.' && x.at(i+1) == '.':
		return feature.Dots, x.runOf(i, ".…")
	case r == '~':
		return feature.Other, x.runOf(i, "~")
	case r == '[':
		if n := x.run(i+1, refLetter); n > 0 && x.at(i+1+n) == ']' {
			return feature.Slot, n + 2
		}
	}
	return feature.Other, 1
}

func (x *refText) face(i int) int {
	r := x.at(i)
	if r == '<' {
		if x.at(i+1) == '3' {
			return 2
		}
		return 0
	}
	if strings.ContainsRune(":;=(8xX", r) {
		if n := x.western(i); n > 0 {
			return n
		}
	}
	if n := x.eastern(i); n > 0 {
		return n
	}
	if strings.ContainsRune("^;ㅡ", r) {
		if n := x.runOf(i, string(r)); n > 1 {
			return n
		}
	}
	return 0
}

func (x *refText) western(i int) int {
	eyes := x.at(i)
	if eyes == '(' {
		if strings.ContainsRune(":;=", x.at(i+1)) && !refWordy(x.at(i+2)) {
			return 2
		}
		return 0
	}
	mouths := ")(][dDpP/\\|*oO3"
	if refWordy(eyes) {
		if refWordy(x.at(i - 1)) {
			return 0
		}
		mouths = ")D"
	}
	for nose := 1; nose >= 0; nose-- {
		if nose == 1 && !strings.ContainsRune("-o'^", x.at(i+1)) {
			continue
		}
		start := i + 1 + nose
		n := x.runOf(start, mouths)
		free := !refWordy(x.at(start)) || !refWordy(x.at(start+n)) && !refWordy(x.at(i-1))
		if n > 0 && free {
			return 1 + nose + n
		}
	}
	return 0
}

func (x *refText) eastern(i int) int {
	left, mouth, right := x.at(i), x.at(i+1), x.at(i+2)
	if left != right && (left != '>' || right != '<') {
		return 0
	}
	fits := false
	switch left {
	case '^', '>', 'ㅠ', 'ㅜ', '@', ';':
		fits = strings.ContainsRune("_.-ㅡㅁㅅ", mouth)
	case '-', 'ㅡ':
		fits = mouth == '_' || mouth == '.'
	case '=':
		fits = mouth == '_'
	case 'T', 't', 'o', 'O':
		fits = (mouth == '_' || mouth == '.') && !refWordy(x.at(i-1)) && !refWordy(x.at(i+3))
	}
	if fits {
		return 3
	}
	return 0
}

func (x *refText) link(i int) int {
	rest := ""
	for n := range 8 {
		rest += string(unicode.ToLower(x.at(i + n)))
	}
	if strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		return x.run(i, func(r rune) bool { return !unicode.IsSpace(r) })
	}
	return 0
}

func (x *refText) picture(i int) int {
	regional := func(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
	if regional(x.at(i)) && regional(x.at(i+1)) {
		return 2
	}
	for n := 1; ; {
		switch r, after := x.at(i+n), x.at(i+n+1); {
		case r == '\ufe0f' || r == '\u20e3' || r >= 0x1f3fb && r <= 0x1f3ff:
			n++
		case r == '\u200d' && (refEmoji(after) || after >= 0x2190 && after <= 0x21ff):
			n += 2
		default:
			return n
		}
	}
}

// token keeps a token in its normal form and counts its cues.
func (x *refText) token(kind feature.Kind, chars []refChar) {
	var runes []rune
	for _, c := range chars {
		runes = append(runes, c.r)
	}
	n, c := len(runes), &x.cues
	var text []rune
	switch kind {
	case feature.Link:
		text = []rune("url")
	case feature.Number:
		text = []rune("0")
	case feature.Dots:
		text = []rune("..")
	case feature.Mark:
		shouts, asks := slices.Contains(runes, '!'), slices.Contains(runes, '?')
		switch {
		case shouts && asks:
			text, c.Interrobangs = []rune("!?"), max(c.Interrobangs, n)
		case shouts:
			text, c.Exclamations = []rune("!"), max(c.Exclamations, n)
		default:
			text, c.Questions = []rune("?"), max(c.Questions, n)
		}
	case feature.Laugh, feature.Cry:
		letter := runes[0]
		switch letter {
		case 'ㅋ':
			c.Laughs = max(c.Laughs, n)
		case 'ㅎ':
			c.Chuckles = max(c.Chuckles, n)
		default:
			letter, c.Cries = 'ㅠ', max(c.Cries, n)
		}
		text = slices.Repeat([]rune{letter}, min(n, 2))
	case feature.Emoji:
		text = runes[:1]
		if n == 2 && runes[0] >= 0x1f1e6 && runes[0] <= 0x1f1ff {
			text = runes
		}
	default:
		text = x.spell(kind, runes)
	}
	x.tokens = append(x.tokens, refToken{kind, text, chars[0].start, chars[n-1].end})
}

func (x *refText) spell(kind feature.Kind, runes []rune) (text []rune) {
	letters, capitals, stretched := 0, 0, false
	var whole []rune // in lower case
	for _, r := range runes {
		if refLetter(r) {
			letters++
		}
		if r >= 'A' && r <= 'Z' {
			capitals++
		}
		r = unicode.ToLower(r)
		if kind == feature.Face && r == 'ㅜ' {
			r = 'ㅠ'
		}
		whole = append(whole, r)
	}
	for i, r := range whole {
		if i >= 2 && r == whole[i-1] && r == whole[i-2] {
			stretched = true
			continue
		}
		text = append(text, r)
	}
	if kind == feature.Word && letters >= 2 {
		x.cues.LatinWords++
		if capitals == letters {
			x.cues.Capitals++
		}
	}
	if stretched && (kind == feature.Word || kind == feature.Hangul) {
		x.cues.Stretches++
	}
	return text
}
