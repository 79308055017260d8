package feature

import "unicode"

// emit appends the token of x.chars[from:to] in normalised form and counts its cues.
func (x *Extractor) emit(kind Kind, from, to int) {
	begin := int32(len(x.arena))
	x.arena = append(x.arena, '<')
	switch kind {
	case Link:
		x.arena = append(x.arena, 'u', 'r', 'l')
	case Number:
		x.arena = append(x.arena, '0')
	case Dots:
		x.arena = append(x.arena, '.', '.')
	case Mark:
		x.marks(from, to)
	case Laugh:
		x.repeat(x.chars[from].r, to-from)
		if x.chars[from].r == 'ㅋ' {
			x.Cues.Laughs = max(x.Cues.Laughs, to-from)
		} else {
			x.Cues.Chuckles = max(x.Cues.Chuckles, to-from)
		}
	case Cry:
		x.repeat('ㅠ', to-from)
		x.Cues.Cries = max(x.Cues.Cries, to-from)
	case Emoji:
		x.arena = append(x.arena, x.chars[from].r)
		if isRegional(x.chars[from].r) && to-from == 2 {
			x.arena = append(x.arena, x.chars[from+1].r)
		}
	default:
		x.spell(kind, from, to)
	}
	x.arena = append(x.arena, '>')
	x.kinds |= 1 << kind
	x.Tokens = append(x.Tokens, Token{
		Kind:  kind,
		Start: x.chars[from].start,
		End:   x.chars[to-1].end,
		from:  begin,
		to:    int32(len(x.arena)),
	})
}

// repeat writes r once or twice: the run's true length is a flag, not another word.
func (x *Extractor) repeat(r rune, n int) {
	x.arena = append(x.arena, r)
	if n > 1 {
		x.arena = append(x.arena, r)
	}
}

// marks reduces a run of ! and ? to which of them it has.
func (x *Extractor) marks(from, to int) {
	shouts, asks := false, false
	for _, c := range x.chars[from:to] {
		shouts = shouts || c.r == '!'
		asks = asks || c.r == '?'
	}
	n := to - from
	switch {
	case shouts && asks:
		x.arena = append(x.arena, '!', '?')
		x.Cues.Interrobangs = max(x.Cues.Interrobangs, n)
	case shouts:
		x.arena = append(x.arena, '!')
		x.Cues.Exclamations = max(x.Cues.Exclamations, n)
	default:
		x.arena = append(x.arena, '?')
		x.Cues.Questions = max(x.Cues.Questions, n)
	}
}

// spell writes the characters in lower case, at most two of the same in a row.
func (x *Extractor) spell(kind Kind, from, to int) {
	letters, capitals := 0, 0
	stretched := false
	last, before := rune(0), rune(0)
	text := x.arena
	for _, c := range x.chars[from:to] {
		r := c.r
		switch {
		case isSyllable(r):
		case r < 0x80:
			if isLatin(r) {
				letters++
				if r <= 'Z' {
					capitals++
					r += 'a' - 'A'
				}
			}
		default:
			if isForeign(r) {
				letters++
			}
			r = unicode.ToLower(r)
			if kind == Face && r == 'ㅜ' {
				r = 'ㅠ'
			}
		}
		if r == last && r == before {
			stretched = true
			continue
		}
		last, before = r, last
		text = append(text, r)
	}
	x.arena = text
	if kind == Word && letters >= 2 {
		x.Cues.LatinWords++
		if capitals == letters {
			x.Cues.Capitals++
		}
	}
	if stretched && (kind == Word || kind == Hangul) {
		x.Cues.Stretches++
	}
}

// turn is what a token does to a negation.
type turn uint8

const (
	carries turn = iota // it lies in its reach
	negates             // it begins one
	ends                // it is what none reaches across
)

// turnOf knows the words that turn what follows round, and what ends that.
func turnOf(kind Kind, text []rune) turn {
	switch kind {
	case Mark, Dots:
		return ends
	case Other:
		if r := text[0]; r == '.' || r == ',' || r == ';' || r == ':' {
			return ends
		}
	case Hangul:
		if len(text) == 1 && (text[0] == '안' || text[0] == '못') || len(text) > 1 && (text[0] == '않' || text[0] == '없') {
			return negates
		}
	case Word:
		if n := len(text); n > 3 && text[n-1] == 't' && text[n-2] == '\'' && text[n-3] == 'n' {
			return negates
		}
		return turnOfWord(text)
	}
	return carries
}

func turnOfWord(text []rune) turn {
	var word [7]byte
	if len(text) > len(word) {
		return carries
	}
	for i, r := range text {
		if r >= 0x80 {
			return carries
		}
		word[i] = byte(r)
	}
	switch string(word[:len(text)]) {
	case "not", "no", "never", "cannot", "nothing", "none", "nor", "neither", "without", "hardly", "barely",
		"dont", "cant", "wont", "isnt", "didnt", "doesnt", "wasnt", "aint":
		return negates
	case "but", "however", "though":
		return ends
	}
	return carries
}

// deniesBefore knows the Korean auxiliaries that turn round the word before them.
func deniesBefore(text []rune) bool {
	switch text[0] {
	case '않', '못', '없':
		return true
	case '안':
		return len(text) > 1 && text[1] != '녕' && text[1] != '에'
	case '아':
		return len(text) > 1 && text[1] == '니'
	}
	return false
}
