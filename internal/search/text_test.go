package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

func TestWordsAreFoundAsPeopleWriteThem(t *testing.T) {
	decomposed := norm.NFD.String("회의실 Café")
	for name, c := range map[string]struct {
		text, query string
		marks       []Span // none: not found
	}{
		"one syllable":                 {"내일 회의실에서", "의", []Span{{4, 5}}},
		"two syllables":                {"내일 회의실에서", "의실", []Span{{4, 6}}},
		"a word with its particle":     {"내일 회의실에서", "회의실에서", []Span{{3, 8}}},
		"a word without its particle":  {"회의를 회의는", "회의", []Span{{0, 2}, {4, 6}}},
		"syllables in another order":   {"내일 회의실에서", "의회", nil},
		"over a space":                 {"내일 회의실에서", "일회", nil},
		"two words in any order":       {"내일 회의실에서", "회의 내일", []Span{{0, 2}, {3, 5}}},
		"one of two is missing":        {"내일 회의실에서", "회의 모레", nil},
		"the beginning of a word":      {"See you Tomorrow!", "tomor", []Span{{8, 13}}},
		"the middle of a word":         {"See you Tomorrow!", "morrow", nil},
		"one letter":                   {"a bat and a cat", "A", []Span{{0, 1}, {6, 7}, {10, 11}}},
		"mixed":                        {"tomorrow에 회의", "회의 tomorrow", []Span{{0, 8}, {10, 12}}},
		"mixed in one word":            {"tomorrow에 회의", "Tomorrow에", []Span{{0, 9}}},
		"mixed, and more of the first": {"tomorrows에", "tomorrow에", nil},
		"decomposed text":              {decomposed, "의실 café", []Span{{2, 7}, {8, 13}}},
		"decomposed query":             {"회의실 Café", decomposed, []Span{{0, 3}, {4, 8}}},
		"half a syllable is none":      {"각", "가", nil},
		"an accent counts":             {"Café", "cafe", nil},
		"full width":                   {"ＡＢＣ　１２３", "abc 123", []Span{{0, 3}, {4, 7}}},
		"half width kana":              {"ｶﾞｷﾞ", "ギ", []Span{{2, 4}}},
		"capitals that grow":           {"STRASSE Straße", "straße", []Span{{0, 7}, {8, 14}}},
		"a ligature":                   {"ﬁne", "fin", []Span{{0, 2}}},
		"another alphabet":             {"Привет, мир", "ПРИВ", []Span{{0, 4}}},
		"a final sigma":                {"ΟΔΟΣ", "οδος", []Span{{0, 4}}},
		"Han":                          {"明日は会議です", "会議", []Span{{3, 5}}},
		"Thai":                         {"สวัสดีครับ", "ครับ", []Span{{6, 10}}},
		"numbers":                      {"12:30 at iphone15, 3.14", "15", []Span{{15, 17}}},
		"a time":                       {"at 12:30 or 12, 31", "12:30", []Span{{3, 8}}},
		"what stands between":          {"mail e-mail e mail email", "e-mail", []Span{{5, 11}, {12, 18}}},
		"an apostrophe":                {"I don’t know, Don", "don't", []Span{{2, 7}}},
		"letters that laugh":           {"ㅋㅋㅋㅋ 네", "ㅋㅋ", []Span{{0, 4}}},
		"emoji":                        {"좋아👍🏽 👩‍👩‍👧", "👍", []Span{{2, 3}}},
		"joined emoji":                 {"👩‍👩‍👧", "👩‍👧", []Span{{2, 5}}},
		"a soft hyphen":                {"to\u00admor\u200brow", "tomorrow", []Span{{0, 10}}},
		"a query in quotes":            {"well said", `"well"`, []Span{{0, 4}}},
		"overlapping words":            {"회의실장", "회의실 의실장", []Span{{0, 4}}},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := parse(c.query)
			require.NoError(t, err)
			require.Equal(t, c.marks, q.marks(c.text))
			require.Equal(t, c.marks != nil, q.matches(c.text))
			checkAgrees(t, c.text, c.query)
		})
	}
}

func TestAPrefixOfAnyLengthHasATokenOfItsWord(t *testing.T) {
	for _, word := range []string{"a", "no", "the", "four", "fiver", "sixsix", "tomorrow", "회", "회의", "회의실에서", "привет", "1", "2026", "👍👍"} {
		var all []token
		tokens(dissect("and "+word+" so on", false), func(t token) { all = append(all, t) })
		for end := range word + " " {
			if end == 0 {
				continue
			}
			n := 0
			needed(dissect(word[:end], false), func(need token) {
				n++
				require.Contains(t, all, need, word[:end])
			})
			require.Positive(t, n, word[:end])
		}
	}
}

// checkAgrees holds the parts against each other: what is found has marks, marks are in order and inside, and what is
// found could be found by the index.
func checkAgrees(t *testing.T, body, text string) {
	q, err := parse(text)
	if err != nil {
		return
	}
	marks := q.marks(body)
	require.Equal(t, q.matches(body), len(marks) > 0)
	last := -1
	for _, m := range marks {
		require.Greater(t, m.Start, last)
		require.Greater(t, m.End, m.Start)
		last = m.End
	}
	require.LessOrEqual(t, last, utf8.RuneCountInString(body))
	if len(marks) == 0 {
		return
	}
	imprint := make([]byte, imprintSize)
	var all []token
	tokens(dissect(body, false), func(t token) {
		t.leave(imprint)
		all = append(all, t)
	})
	require.True(t, within(q.bits, imprint))
	for _, need := range q.needs {
		require.Contains(t, all, need)
	}
}

// FuzzMarks looks for parts of texts in them, and for anything in anything.
func FuzzMarks(f *testing.F) {
	for _, s := range []string{"내일 회의실에서 Tomorrow’s meeting", "ＡＢＣ ﬁ ß ㅋㅏ 각\u11a8", "👩‍👩‍👧👍🏽", "e\u0301\u0327 \u0327", "\xff\x00\u115f", "ㅋㅋ회의2024년"} {
		f.Add(s, "회의", 3, 9)
		f.Add(s, s, 0, len(s))
	}
	f.Fuzz(func(t *testing.T, body, query string, from, to int) {
		checkAgrees(t, body, query)
		for _, r := range dissect(body, true) {
			require.Len(t, r.from, len(r.text))
			require.Len(t, r.to, len(r.text))
		}
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			var plain, other strings.Builder
			normalise(body, func(r rune, _, _ int) { plain.WriteRune(r) })
			normalise(form.String(body), func(r rune, _, _ int) { other.WriteRune(r) })
			if utf8.ValidString(body) && !manyMarks(body) {
				require.Equal(t, norm.NFKD.String(plain.String()), norm.NFKD.String(other.String()))
			}
		}
		if 0 <= from && from < to && to <= len(body) && to-from < maxQuery {
			checkAgrees(t, body, body[from:to])
		}
		if words := strings.Fields(body); len(body) < maxQuery && slices.ContainsFunc(words, func(w string) bool { return len(dissect(w, false)) > 0 }) {
			q, err := parse(body)
			require.NoError(t, err)
			require.NotEmpty(t, q.marks(body), "a text is found by itself")
		}
	})
}

// manyMarks finds texts in which Unicode itself gives up: more than thirty marks on one letter.
func manyMarks(text string) bool {
	n := 0
	for _, r := range norm.NFKD.String(text) {
		if norm.NFKD.PropertiesString(string(r)).CCC() == 0 {
			n = 0
		} else if n++; n > 25 {
			return true
		}
	}
	return false
}

func TestNormaliseAgreesWithTheWholeText(t *testing.T) {
	for _, text := range []string{"내일 회의실 Tomorrow", "ＡＢＣ　ﬁ ß ΟΔΟΣ", "ㅋㅏ ㅠㅠ ㄱㅏㄴ", norm.NFD.String("각 회의 é"), "가\u11a8가", "カ\u3099ｶﾞ", "①② ½ ㎏", "İstanbul"} {
		var got strings.Builder
		last := 0
		normalise(text, func(r rune, from, to int) {
			got.WriteRune(r)
			require.LessOrEqual(t, last, to)
			require.Less(t, from, to)
			last = to
		})
		require.Equal(t, norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text))), got.String())
		require.Equal(t, utf8.RuneCountInString(text), last)
	}
}

func TestHostileTextsTakeNoLongerThanTheyAreLong(t *testing.T) {
	body := strings.Repeat("ㅋ", 4000)
	q, err := parse(strings.Repeat("ㅋ", 99) + "ㅎ")
	require.NoError(t, err)
	require.False(t, q.matches(body))
	q, err = parse(strings.Repeat("ㅋ", 100))
	require.NoError(t, err)
	require.Equal(t, []Span{{0, 4000}}, q.marks(body))
	q, err = parse(strings.TrimSpace(strings.Repeat("a ", 50)))
	require.NoError(t, err)
	require.Len(t, q.words, 1, "a word counts once")
	require.Len(t, q.marks(strings.Repeat("a ", 2000)), 2000)
}

func BenchmarkMatches(b *testing.B) {
	q, err := parse("회의 tomorrow")
	require.NoError(b, err)
	var k knife
	b.ReportAllocs()
	for b.Loop() {
		q.in(k.cut("오늘 저녁에 see you at the station 그리고 내일도 만나요 ㅋㅋ"))
	}
}

func BenchmarkTokens(b *testing.B) {
	var k knife
	imprint := make([]byte, imprintSize)
	b.ReportAllocs()
	for b.Loop() {
		tokens(k.cut("오늘 저녁에 see you at the station 그리고 내일도 만나요 ㅋㅋ"), func(t token) { t.leave(imprint) })
	}
}
