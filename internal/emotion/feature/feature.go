// Package feature turns a chat message, Korean or English, into the hashed n-grams that the embedded emotion model weighs. The
// trainer and the server call the same code, so that what was learnt is what is looked up.
package feature

import "golang.org/x/text/unicode/norm"

// Feature is one occurrence of an n-gram or a flag in a message.
type Feature struct {
	// Hash identifies the n-gram; see hash.go for how it is made.
	Hash uint32
	// Token is the index of the (last) token that the n-gram comes from, or -1 for a flag, which belongs to the whole message.
	Token int32
	// Char tells a part of a word from whole words: the two groups are normalised apart.
	Char bool
	// Pair says that the n-gram spans the token before Token, too.
	Pair bool
}

// The kinds of features; each has its own hash space.
const (
	tagWord     = 'w'
	tagPair     = 'b'
	tagChar     = 'c'
	tagNegate   = 'N' // a word after a negator
	tagDeny     = 'K' // a Korean word before one
	tagDenyStem = 'k'
	tagFlag     = 'f'
)

// negationReach is how many tokens after a negator are marked.
const negationReach = 4

// Extractor reads messages one at a time and keeps its buffers. It must not be used by two goroutines at once. The fields are
// valid until the next call of Extract.
type Extractor struct {
	Tokens   []Token
	Features []Feature
	Cues     Cues
	// Korean is true when the message has any Hangul; everything else is read as English.
	Korean bool

	chars    []char    // the message, composed and cleaned
	arena    []rune    // the tokens' normalised texts, each between '<' and '>'
	kinds    uint16    // of the tokens, a bit each
	composer norm.Iter // for a message that is not composed
}

// Extract reads text, any string at all, and fills the extractor's fields.
func (x *Extractor) Extract(text string) {
	x.Tokens, x.Features = x.Tokens[:0], x.Features[:0]
	x.chars, x.arena = x.chars[:0], x.arena[:0]
	x.Cues, x.Korean, x.kinds = Cues{}, false, 0
	x.load(text)
	x.tokenize()
	x.words()
	x.flags()
}

// words emits the features of all tokens.
func (x *Extractor) words() {
	negated := 0
	previous := begin(tagPair).rune('^')
	for i := range x.Tokens {
		t := &x.Tokens[i]
		text := x.text(t)
		whole, pair, next := begin(tagWord), previous.rune(' '), begin(tagPair)
		for _, r := range text { // together, for none of the three waits for another
			whole, pair, next = whole.rune(r), pair.rune(r), next.rune(r)
		}
		x.add(whole, i, false)
		if negated > 0 && (t.Kind == Word || t.Kind == Hangul) {
			x.add(begin(tagNegate).runes(text), i, false)
		}
		if i > 0 && t.Kind == Hangul && deniesBefore(text) {
			x.denied(i - 1)
		}
		switch turnOf(t.Kind, text) {
		case ends:
			negated = 0
		case negates:
			negated = negationReach
		default:
			negated = max(0, negated-1)
		}
		x.add(pair, i, i > 0)
		previous = next
		x.parts(t, i)
	}
	if len(x.Tokens) > 0 {
		x.add(previous.rune(' ').rune('$'), len(x.Tokens)-1, false)
	}
}

// denied marks a Korean word that the one after it turns round (좋지 않아): as a whole and by its beginnings, which hold the stem.
func (x *Extractor) denied(index int) {
	t := &x.Tokens[index]
	if t.Kind != Hangul {
		return
	}
	text := x.text(t)
	x.add(begin(tagDeny).runes(text), index, false)
	stem := begin(tagDenyStem)
	for _, r := range text[:min(3, len(text))] {
		stem = stem.rune(r)
		x.add(stem, index, false)
	}
}

// parts emits the n-grams inside one word: three to five letters of a Latin word, one to three syllables of a Korean one. A guard
// alone says nothing.
func (x *Extractor) parts(t *Token, index int) {
	guarded, features := x.arena[t.from:t.to], x.Features
	part := func(h hash) Feature { return Feature{Hash: h.sum(), Token: int32(index), Char: true} }
	switch {
	case t.Kind == Hangul:
		for i, r := range guarded {
			h := begin(tagChar).rune(r)
			if i > 0 && i < len(guarded)-1 {
				features = append(features, part(h))
			}
			for _, r := range guarded[i+1 : min(i+3, len(guarded))] {
				h = h.rune(r)
				features = append(features, part(h))
			}
		}
	case t.Kind == Word && len(guarded) > 4: // more than two letters
		for i := range guarded[2:] {
			h := begin(tagChar).rune(guarded[i]).rune(guarded[i+1])
			for _, r := range guarded[i+2 : min(i+5, len(guarded))] {
				h = h.rune(r)
				features = append(features, part(h))
			}
		}
	}
	x.Features = features
}

func (x *Extractor) add(h hash, token int, pair bool) {
	x.Features = append(x.Features, Feature{Hash: h.sum(), Token: int32(token), Pair: pair})
}

func (x *Extractor) flag(name rune, level int) {
	x.add(begin(tagFlag).rune(name).rune(rune('0'+level)), -1, false)
}

// flags emits what is true of the whole message: shouting, runs of marks, stretched words, length.
func (x *Extractor) flags() {
	c := &x.Cues
	switch {
	case c.Capitals >= 2 && 10*c.Capitals > 6*c.LatinWords:
		x.flag('A', 2)
	case c.Capitals >= 1:
		x.flag('A', 1)
	}
	for _, run := range [...]struct {
		name   rune
		length int
		most   int
	}{{'!', c.Exclamations, 3}, {'?', c.Questions, 3}, {'&', c.Interrobangs, 3}, {'ㅋ', c.Laughs, 5}, {'ㅎ', c.Chuckles, 5}, {'ㅠ', c.Cries, 5}} {
		if run.length > 0 {
			x.flag(run.name, min(run.length, run.most))
		}
	}
	if c.Stretches > 0 {
		x.flag('E', 1)
	}
	length := 0
	for _, above := range [...]int{3, 6, 12, 25} {
		if len(x.Tokens) >= above {
			length++
		}
	}
	x.flag('L', length)
}
