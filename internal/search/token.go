package search

import (
	"strconv"
	"unicode/utf8"
)

// token stands for something that can be looked for: a letter of a dense run, two neighbours in one, or the first 1, 2, 3
// or 5 letters of a word. So whatever is looked for is a token or contains some, and nothing is looked up by a beginning.
// It is a hash: two may be the same by chance, so what has the tokens of a query is still compared with its text.
type token uint64

// starts are the numbers of letters of a word's beginning that are tokens, the greatest last.
var starts = [...]int{1, 2, 3, 5}

// tokens yields all tokens of some runs, some of them several times.
func tokens(runs []run, yield func(token)) {
	for _, r := range runs {
		if r.class == dense {
			before := token(0)
			for _, c := range r.text {
				single := token(dense).and(c)
				yield(single)
				if before != 0 {
					yield(before.and(c))
				}
				before = single
			}
			continue
		}
		word, n := token(letter), 0
		for _, c := range r.text {
			word = word.and(c)
			n++
			if isStart(n) {
				yield(word)
			}
			if n == starts[len(starts)-1] {
				break
			}
		}
	}
}

func isStart(n int) bool {
	for _, s := range starts {
		if s == n {
			return true
		}
	}
	return false
}

// needed yields the fewest tokens that only texts with these runs have all of: those that no other implies.
func needed(runs []run, yield func(token)) {
	for _, r := range runs {
		letters := utf8.RuneCountInString(r.text)
		n := 0
		tokens([]run{r}, func(t token) {
			n++
			switch {
			case r.class == dense: // single, then of each further letter itself and its pair
				if letters == 1 || n > 1 && n%2 == 1 {
					yield(t)
				}
			case n == len(starts) || letters < starts[n]: // the last one
				yield(t)
			}
		})
	}
}

// and returns the token of what t stands for followed by a letter.
func (t token) and(c rune) token {
	const odd = 0x9E3779B97F4A7C15
	h := (uint64(t)+uint64(c)+1)*odd ^ uint64(t)>>29
	return token(h ^ h>>32)
}

// word writes a token as an index of words takes it: ASCII letters and digits alone, so that no database reads an
// operator in it or knows more about letters than we do; longer than the three characters that InnoDB asks for; and
// none of its stop words.
func (t token) word() string {
	const bits = 36
	return "z" + strconv.FormatUint(uint64(t)&(1<<bits-1)|1<<bits, 36)
}

// imprintSize is how many bytes the imprint of a message has: what its tokens leave behind, a few bits each. A message
// that has all tokens of a query has all their bits; few others do.
const imprintSize = 30

// bits yields the bits of a token in an imprint.
func (t token) bits(yield func(bit int)) {
	for range 3 {
		yield(int((t >> 8) % (8 * imprintSize)))
		t = t<<19 | t>>45
	}
}

// leave adds a token to an imprint.
func (t token) leave(imprint []byte) {
	t.bits(func(bit int) { imprint[bit/8] |= 1 << (bit % 8) })
}

// within tells whether an imprint has all of these bits.
func within(bits []int, imprint []byte) bool {
	for _, bit := range bits {
		if imprint[bit/8]>>(bit%8)&1 == 0 {
			return false
		}
	}
	return true
}
