package feature

// Kind says what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Word   Kind = iota // letters of a script other than Hangul
	Hangul             // Korean syllables up to the next space or mark
	Jamo               // Korean letters typed alone, other than laughing and crying
	Laugh              // ㅋㅋ, ㅎㅎ
	Cry                // ㅠㅠ, ㅜㅜ
	Face               // :) ^^ T_T <3
	Emoji              // one picture, however many code points it takes
	Number
	Mark // a run of ! and ?
	Dots // .. or …
	Link // a web address
	Slot // a placeholder such as [NAME]
	Other
)

// Token is a piece of the message. Start and End are code points of the original text, half-open. Tokens come in order; two of them
// overlap only where code points that compose together end up in both (a vowel jamo behind a decomposed syllable).
type Token struct {
	Kind       Kind
	Start, End int32

	from, to int32 // in the arena, guards included
}

// Cues are the surface signs of a message: longest runs, and how many words are shouted or stretched.
type Cues struct {
	LatinWords   int // of at least two letters
	Capitals     int // of those, written in capitals throughout
	Stretches    int // words with a letter three times or more in a row
	Exclamations int // longest run of ! alone
	Questions    int // longest run of ? alone
	Interrobangs int // longest run of both
	Laughs       int // longest run of ㅋ
	Chuckles     int // longest run of ㅎ
	Cries        int // longest run of ㅠ or ㅜ
}

// Text returns the token's normalised form. For one emoji it is the base picture, without skin tone or gender.
func (x *Extractor) Text(t Token) []rune { return x.text(&t) }

// Has is whether any token is of that kind.
func (x *Extractor) Has(k Kind) bool { return x.kinds>>k&1 != 0 }

func (x *Extractor) text(t *Token) []rune { return x.arena[t.from+1 : t.to-1] }

// tokenize cuts x.chars into tokens, left to right; at each place the first rule that fits wins.
func (x *Extractor) tokenize() {
	for i := 0; i < len(x.chars); {
		r := x.chars[i].r
		if isSpace(r) || r == joiner || r == variation {
			i++
			continue
		}
		kind, n := x.next(i)
		x.emit(kind, i, i+n)
		i += n
	}
}

// next tells the kind and the length of the token that starts at i.
func (x *Extractor) next(i int) (Kind, int) {
	r := x.chars[i].r
	if isSyllable(r) { // with which no face begins
		return Hangul, x.syllables(i)
	}
	if n := x.face(i); n > 0 {
		return Face, n
	}
	switch {
	case isLetter(r):
		if r|0x20 == 'h' {
			if n := x.link(i); n > 0 {
				return Link, n
			}
		}
		return Word, x.wordLength(i)
	case r == 'ㅋ':
		return Laugh, x.run(i, func(r rune) bool { return r == 'ㅋ' })
	case r == 'ㅎ':
		return Laugh, x.run(i, func(r rune) bool { return r == 'ㅎ' })
	case r == 'ㅠ' || r == 'ㅜ':
		return Cry, x.run(i, func(r rune) bool { return r == 'ㅠ' || r == 'ㅜ' })
	case isJamo(r):
		return Jamo, x.run(i, func(r rune) bool {
			return isJamo(r) && r != 'ㅋ' && r != 'ㅎ' && r != 'ㅠ' && r != 'ㅜ'
		})
	case isDigit(r):
		return Number, x.run(i, isDigit)
	case isEmoji(r):
		return Emoji, x.emojiLength(i)
	case r == '!' || r == '?':
		return Mark, x.run(i, func(r rune) bool { return r == '!' || r == '?' })
	case r == '…' || r == '.' && x.at(i+1) == '.':
		return Dots, x.run(i, func(r rune) bool { return r == '.' || r == '…' })
	case r == '~':
		return Other, x.run(i, func(r rune) bool { return r == '~' })
	case r == '[':
		if n := x.run(i+1, isLetter); n > 0 && x.at(i+1+n) == ']' {
			return Slot, n + 2
		}
	}
	return Other, 1
}

// at returns the code point at i, or 0 outside of the message.
func (x *Extractor) at(i int) rune {
	if i < 0 || i >= len(x.chars) {
		return 0
	}
	return x.chars[i].r
}

func (x *Extractor) run(i int, in func(rune) bool) int {
	n := 0
	for i+n < len(x.chars) && in(x.chars[i+n].r) {
		n++
	}
	return n
}

func (x *Extractor) syllables(i int) int {
	n := 0
	for _, c := range x.chars[i:] {
		if !isSyllable(c.r) {
			break
		}
		n++
	}
	return n
}

// wordLength takes letters, and apostrophes between letters.
func (x *Extractor) wordLength(i int) int {
	n := 0
	for at, c := range x.chars[i:] {
		switch {
		case isLetter(c.r):
			n = at + 1
		case c.r != '\'' || n != at:
			return n
		}
	}
	return n
}

// link recognises a web address by its scheme.
func (x *Extractor) link(i int) int {
	if x.startsWith(i, "http") == 0 {
		return 0
	}
	n := 4
	if lower(x.at(i+n)) == 's' {
		n++
	}
	if x.startsWith(i+n, "://") == 0 {
		return 0
	}
	return x.run(i, func(r rune) bool { return !isSpace(r) })
}

func (x *Extractor) startsWith(i int, lowered string) int {
	n := 0
	for _, r := range lowered {
		if lower(x.at(i+n)) != r {
			return 0
		}
		n++
	}
	return n
}

// emojiLength takes one picture: flags of two letters, skin tones, and pictures joined into one.
func (x *Extractor) emojiLength(i int) int {
	n := 1
	if isRegional(x.at(i)) && isRegional(x.at(i+1)) {
		return 2
	}
	for {
		switch r := x.at(i + n); {
		case r == variation || r == keycap || isSkinTone(r):
			n++
		case r == joiner && isPicture(x.at(i+n+1)):
			n += 2
		default:
			return n
		}
	}
}

// isPicture is what may follow a joiner: an emoji, or one of the old signs for man and woman among them.
func isPicture(r rune) bool { return isEmoji(r) || r >= 0x2190 && r <= 0x21ff }
