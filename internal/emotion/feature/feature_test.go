package feature_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion/feature"
)

func texts(x *feature.Extractor) []string {
	all := []string{}
	for _, t := range x.Tokens {
		all = append(all, string(x.Text(t)))
	}
	return all
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{" \t\n", []string{}},
		{"Don’t you LOVE it?", []string{"don't", "you", "love", "it", "?"}},
		{"soooo gooood!!!", []string{"soo", "good", "!"}},
		{"what?!?!", []string{"what", "!?"}},
		{"wait... ok…", []string{"wait", "..", "ok", ".."}},
		{"at 10:30, see https://example.org/a?b=1 now", []string{"at", "0", ":", "0", ",", "see", "url", "now"}},
		{"[NAME] is here", []string{"[name]", "is", "here"}},
		{"진짜 좋아요ㅋㅋㅋㅋ", []string{"진짜", "좋아요", "ㅋㅋ"}},
		{"ㅋ ㅎㅎㅎ ㅜㅠㅜ", []string{"ㅋ", "ㅎㅎ", "ㅠㅠ"}},
		{"ㄷㄷㄷ ㅇㅇ", []string{"ㄷㄷ", "ㅇㅇ"}},
		{"와아아아", []string{"와아아"}},
		{":) :-( :D xD <3 ^^ T_T", []string{":)", ":-(", ":d", "xd", "<3", "^^", "t_t"}},
		{":pizza 8pm xpress", []string{":", "pizza", "0", "pm", "xpress"}},
		{"ㅠ.ㅠ >_< -_-", []string{"ㅠ.ㅠ", ">_<", "-_-"}},
		{"👍🏽 ❤️ 👩‍👩‍👧 🇰🇷 🤦‍♀️", []string{"👍", "❤", "👩", "🇰🇷", "🤦"}},
		{"ＯＫ！", []string{"ok", "!"}},
		{"a\u200bb\u00adc", []string{"abc"}},
		{"\xff\xfe", []string{"\ufffd", "\ufffd"}},
	} {
		t.Run(c.text, func(t *testing.T) {
			var x feature.Extractor
			x.Extract(c.text)
			require.Equal(t, c.want, texts(&x))
		})
	}
}

func TestSpansAreCodePointsOfTheOriginal(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       [][2]int32
	}{
		{"hangul", "나는 기뻐", [][2]int32{{0, 2}, {3, 5}}},
		{"decomposed hangul", norm.NFD.String("나는 각"), [][2]int32{{0, 5}, {6, 9}}},
		{"decomposed latin", "cafe\u0301 ok", [][2]int32{{0, 5}, {6, 8}}},
		{"joined emoji", "hi 👩‍👩‍👧!", [][2]int32{{0, 2}, {3, 8}, {8, 9}}},
		{"beyond the basic plane", "𝒜 😀 ok", [][2]int32{{0, 1}, {2, 3}, {4, 6}}},
		{"invalid bytes count one each", "\xff ok", [][2]int32{{0, 1}, {2, 4}}},
		{"invisible characters count", "\u200bok", [][2]int32{{1, 3}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var x feature.Extractor
			x.Extract(c.text)
			var got [][2]int32
			for _, tk := range x.Tokens {
				got = append(got, [2]int32{tk.Start, tk.End})
			}
			require.Equal(t, c.want, got)
		})
	}
}

func hashes(text string) []uint32 {
	var x feature.Extractor
	x.Extract(text)
	var all []uint32
	for _, f := range x.Features {
		all = append(all, f.Hash)
	}
	return all
}

func TestCompositionDoesNotMatter(t *testing.T) {
	for _, text := range []string{"정말 고마워요 ㅠㅠ", "déjà vu, naïve café", "각힣뷁"} {
		require.Equal(t, hashes(norm.NFC.String(text)), hashes(norm.NFD.String(text)))
	}
}

func TestCaseOnlySetsFlags(t *testing.T) {
	require.Equal(t, hashes("this is fine"), hashes("This is fine"))
	require.NotEqual(t, hashes("this is fine"), hashes("THIS IS FINE"))
}

func TestNegationMarksWhatItReaches(t *testing.T) {
	marked := func(text, plain string) int {
		return len(hashes(text)) - len(hashes(plain))
	}
	require.Positive(t, marked("not happy", "now happy"), "the word after a negator")
	require.Zero(t, marked("not. happy", "now. happy"), "a full stop ends it")
	require.Positive(t, marked("좋지 않아", "좋지 많아"), "the Korean word before one")
	require.Zero(t, marked("여기 안녕", "여기 은녕"), "a greeting is no negator")
}

func TestCues(t *testing.T) {
	var x feature.Extractor
	x.Extract("WOW THIS is sooo good!!! ㅋㅋㅋㅋㅋ ㅠㅠㅠ what?? ?!")
	require.Equal(t, feature.Cues{
		LatinWords: 6, Capitals: 2, Stretches: 1, Exclamations: 3, Questions: 2, Interrobangs: 2, Laughs: 5, Cries: 3,
	}, x.Cues)
	require.True(t, x.Korean)
}

func TestExtractTakesAnyString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := []rune("무\u110b\u116f\u1161\u11a8e\u0301\u0958\u2adc \u200d\ufe0f👩!:)") // what composes, joins and hides
		bytes := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom(odd)), bytes).Draw(t, "text")
		var x feature.Extractor
		x.Extract(text)
		length := int32(utf8.RuneCountInString(text))
		last := int32(0)
		for _, tk := range x.Tokens {
			require.LessOrEqual(t, last, tk.Start)
			require.Less(t, tk.Start, tk.End)
			require.LessOrEqual(t, tk.End, length)
			require.NotEmpty(t, x.Text(tk))
			last = tk.Start
		}
		for _, f := range x.Features {
			require.Less(t, int(f.Token), len(x.Tokens))
			require.False(t, f.Pair && f.Token < 1)
		}
	})
}

func TestExtractorCanBeReused(t *testing.T) {
	var used, fresh feature.Extractor
	used.Extract(strings.Repeat("무서워!! ㅠㅠ NOT ok 😡 ", 20))
	used.Extract("ok then")
	fresh.Extract("ok then")
	require.Equal(t, fresh.Features, used.Features)
	require.Equal(t, fresh.Cues, used.Cues)
	require.Equal(t, fresh.Korean, used.Korean)
}
