package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/fault"
)

// maxQuery is the greatest length of what is looked for, in code points.
const maxQuery = 100

// Span is a half-open range of code points of a text.
type Span struct{ Start, End int }

// query is what is looked for: every one of its words.
type query struct {
	words [][]run // what was written between two spaces, each of one run or of several that follow each other
	bits  []int   // of all its tokens
	needs []token
}

// parse reads what somebody wants to find; nothing in it is an operator.
func parse(text string) (query, error) {
	if utf8.RuneCountInString(text) > maxQuery {
		return query{}, fault.ErrInvalid.WithField("query.q", "must be at most 100 characters long")
	}
	var q query
	seen := make(map[token]bool)
	for word := range strings.FieldsSeq(text) {
		runs := dissect(word, false)
		known := func(other []run) bool { return slices.EqualFunc(runs, other, run.equal) }
		if len(runs) == 0 || slices.ContainsFunc(q.words, known) {
			continue
		}
		q.words = append(q.words, runs)
		tokens(runs, func(t token) { t.bits(func(bit int) { q.bits = append(q.bits, bit) }) })
		needed(runs, func(t token) {
			if !seen[t] {
				seen[t] = true
				q.needs = append(q.needs, t)
			}
		})
	}
	slices.Sort(q.bits)
	q.bits = slices.Compact(q.bits)
	if len(q.words) == 0 {
		return query{}, fault.ErrInvalid.WithField("query.q", "holds nothing that can be searched for")
	}
	return q, nil
}

// matches tells whether a text holds every word of the query.
func (q query) matches(text string) bool { return q.in(dissect(text, false)) }

// in tells whether a text with these runs holds every word of the query.
func (q query) in(runs []run) bool {
	for _, word := range q.words {
		if !find(word, runs, func(place) bool { return false }) {
			return false
		}
	}
	return true
}

// marks returns where the words of the query stand in a text, in order and without overlap, or nothing when one of them
// is missing.
func (q query) marks(text string) []Span {
	runs := dissect(text, true)
	var spans []Span
	for _, word := range q.words {
		found := find(word, runs, func(p place) bool {
			spans = append(spans, Span{runs[p.run].from[p.at], runs[p.lastRun].to[p.end-1]})
			return true
		})
		if !found {
			return nil
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	joined := spans[:1]
	for _, s := range spans[1:] {
		last := &joined[len(joined)-1]
		if s.Start <= last.End {
			last.End = max(last.End, s.End)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// place is where a word was found: from byte at of one run to before byte end of the same or a later one.
type place struct{ run, at, lastRun, end int }

// find looks for a word in the runs of a text, and yields where it stands until it is told that this is enough. Within a
// word the runs follow each other; what stands between them does not matter, so that "e-mail" is found by "e mail".
func find(word, runs []run, yield func(place) bool) (found bool) {
	for i := range len(runs) - len(word) + 1 {
		at := 0
		for at >= 0 {
			if at = from(word, runs[i:], at); at < 0 {
				break
			}
			found = true
			last := len(word) - 1
			p := place{i, at, i + last, len(word[last].text)}
			if last == 0 {
				p.end += at
			}
			if !yield(p) {
				return true
			}
			_, size := utf8.DecodeRuneInString(runs[i].text[at:])
			at += size
		}
	}
	return found
}

// from returns where in the first run a word begins, at or after a byte of it, or -1: anywhere in a dense run, at the
// beginning of another. What comes before another run of the word reaches to the end of its own.
func from(word, runs []run, at int) int {
	first, last := word[0], len(word)-1
	if first.class != runs[0].class || at > len(runs[0].text) {
		return -1
	}
	if last == 0 {
		return first.start(runs[0], at)
	}
	if !slices.EqualFunc(word[1:last], runs[1:last], run.equal) {
		return -1
	}
	begin := len(runs[0].text) - len(first.text)
	fits := strings.HasSuffix(runs[0].text, first.text) && (first.class == dense || begin == 0) && begin >= at
	if fits && word[last].class == runs[last].class && strings.HasPrefix(runs[last].text, word[last].text) {
		return begin
	}
	return -1
}

func (r run) equal(other run) bool { return r.class == other.class && r.text == other.text }

// start returns where in a text's run of the same class the run r is found.
func (r run) start(in run, at int) int {
	if r.class == dense {
		if i := strings.Index(in.text[at:], r.text); i >= 0 {
			return at + i
		}
		return -1
	}
	if at == 0 && strings.HasPrefix(in.text, r.text) {
		return 0
	}
	return -1
}
