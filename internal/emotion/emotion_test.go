package emotion_test

import (
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion"
)

func engine(t testing.TB) *emotion.Embedded {
	t.Helper()
	e, err := emotion.NewEmbedded()
	require.NoError(t, err)
	return e
}

func TestPlainSentencesAreReadAsPeopleWould(t *testing.T) {
	e := engine(t)
	for label, texts := range map[emotion.Label][]string{
		emotion.Joy: {
			"I love this so much, thank you!", "That's awesome, congratulations!", "haha that was hilarious",
			"정말 고마워요!", "너무 재밌다 ㅋㅋㅋㅋ", "오늘 진짜 행복했어", "사랑해", "와 최고예요!!", "❤️", "😂😂", ":)",
		},
		emotion.Sadness: {
			"I'm so sad, I miss him every day", "I'm sorry for your loss", "너무 슬퍼 ㅠㅠ", "외롭고 우울해", "눈물이 나요", "😭😭", "ㅠㅠ",
		},
		emotion.Anger: {
			"I hate you, you stupid idiot", "This is so annoying, shut up", "짜증나 진짜 왜 그래", "아 열받아", "화가 나서 미치겠네", "😡",
		},
		emotion.Fear: {
			"I'm scared of the dark", "That is terrifying", "무서워서 잠을 못 자겠어", "너무 불안하고 걱정돼요", "😱",
		},
		emotion.Surprise: {
			"Wow, I did not expect that!", "What? Why would they do this?", "헐 진짜 놀랐어", "와 깜짝이야", "😮",
		},
		emotion.Disgust: {
			"That's disgusting, gross", "This is so gross 🤢", "역겹다 진짜", "으 징그러워", "🤮",
		},
		emotion.Neutral: {
			"The meeting is on the second floor.", "He works at the office on Monday.", "내일 회의는 10시에 시작합니다.", "나 지금 집에 가는 중",
		},
	} {
		for _, text := range texts {
			r := e.Read(text)
			require.Equal(t, label, r.Label, "%q: %v", text, r.Scores)
		}
	}
}

func TestReadingIsWhole(t *testing.T) {
	e := engine(t)
	r := e.Read("Thank you so much, you are wonderful! 정말 고마워요")
	require.Equal(t, emotion.EmbeddedEngine, r.Engine)
	require.Equal(t, e.Version(), r.Version)
	require.NotEmpty(t, r.Version)
	require.Contains(t, r.Labels, r.Label)
	require.Contains(t, r.Fine, "gratitude")
	require.False(t, r.Unclear)
	require.Greater(t, r.Confidence, 0.8)
	require.NotEmpty(t, r.Evidence)
}

func TestTextWithoutWordsIsUnclear(t *testing.T) {
	e := engine(t)
	for _, text := range []string{"", "   ", "\n\t", "\u200b"} {
		r := e.Read(text)
		require.Equal(t, emotion.Neutral, r.Label)
		require.True(t, r.Unclear)
		require.Zero(t, r.Intensity)
		require.Empty(t, r.Evidence)
	}
}

func TestGladWordsWithRollingEyesAreUnclear(t *testing.T) {
	e := engine(t)
	require.False(t, e.Read("great, what a wonderful idea").Unclear)
	require.True(t, e.Read("great, what a wonderful idea 🙄").Unclear)
	require.True(t, e.Read("와 정말 좋은 생각이네요 ㅡㅡ").Unclear)
}

// marked returns the parts of text that a reading's evidence names.
func marked(text string, r emotion.Reading) []string {
	points := []rune(text)
	var parts []string
	for _, s := range r.Evidence {
		parts = append(parts, string(points[s.Start:s.End]))
	}
	return parts
}

func TestEvidenceNamesTheWordsThatCarryIt(t *testing.T) {
	e := engine(t)
	for _, c := range []struct{ text, want string }{
		{"On Monday we met there and I was terrified of the dog", "terrified"},
		{"어제 거기에서 우리는 너무 무서웠어", "무서웠어"},
		{norm.NFD.String("어제 거기에서 우리는 너무 무서웠어"), norm.NFD.String("무서웠어")},
		{"👩‍👩‍👧 𝒜 then I said: this is disgusting", "disgusting"},
		{"We met at noon 👩‍👩‍👧 😡", "😡"},
	} {
		require.Contains(t, strings.Join(marked(c.text, e.Read(c.text)), "|"), c.want)
	}
}

func TestMarkedWordsMatterMoreThanOthers(t *testing.T) {
	e := engine(t)
	for _, text := range []string{
		"I am really happy that we met at the station yesterday",
		"the report about the budget was disgusting to read this morning",
		"어제 친구랑 영화를 봤는데 정말 무서웠어요",
		"회사에서 돌아오는 길에 너무 슬퍼서 울었어요",
	} {
		r := e.Read(text)
		require.NotEmpty(t, r.Evidence, text)
		index := 0
		for i, l := range emotion.Labels() {
			if l == r.Label {
				index = i
			}
		}
		points := []rune(text)
		without := func(s emotion.Span) float64 {
			return e.Read(string(points[:s.Start]) + string(points[s.End:])).Scores[index]
		}
		s := r.Evidence[0]
		left := without(s)
		require.Less(t, left, r.Scores[index], text)
		if s.Start >= s.End-s.Start {
			require.Less(t, left, without(emotion.Span{Start: 0, End: s.End - s.Start}), text)
		}
	}
}

func TestSmallChangesKeepTheLabel(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name, text, changed string
	}{
		{"more laughing", "오늘 너무 웃겼어 ㅋㅋ", "오늘 너무 웃겼어 ㅋㅋㅋㅋㅋㅋㅋㅋ"},
		{"more crying", "보고 싶다 ㅠㅠ", "보고 싶다 ㅠㅠㅠㅠㅠㅠ"},
		{"ㅜ for ㅠ", "보고 싶다 ㅠㅠ", "보고 싶다 ㅜㅜ"},
		{"capitals", "this is terrifying", "THIS IS TERRIFYING"},
		{"decomposed", "정말 고마워요", norm.NFD.String("정말 고마워요")},
		{"no spaces", "정말 너무 고마워요", "정말너무고마워요"},
		{"stretched", "I'm so happy", "I'm soooooo happyyyy"},
		{"curly quotes", "I'm so happy", "I’m so happy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, e.Read(c.text).Label, e.Read(c.changed).Label)
		})
	}
}

func TestNegationIsNotReadAsItsOpposite(t *testing.T) {
	e := engine(t)
	for _, text := range []string{"기쁘지 않아", "I am not happy about this"} {
		with := e.Read(text).Scores[3]
		without := e.Read(strings.NewReplacer("기쁘지 않아", "기뻐", " not", "").Replace(text)).Scores[3]
		require.Less(t, with, without, text)
	}
}

func TestIntensityFollowsTheSigns(t *testing.T) {
	e := engine(t)
	for _, pair := range [][2]string{
		{"thank you", "THANK YOU SO MUCH!!!"},
		{"고마워", "고마워!!! ㅋㅋㅋㅋㅋㅋ"},
		{"i am sad", "i am sooo sad!!! 😭😭😭"},
	} {
		require.Less(t, e.Read(pair[0]).Intensity, e.Read(pair[1]).Intensity, pair[1])
	}
}

func checkReading(t require.TestingT, text string, r emotion.Reading) {
	require.Contains(t, emotion.Labels(), r.Label)
	require.True(t, r.Confidence >= 0 && r.Confidence <= 1)
	require.True(t, r.Intensity >= 0 && r.Intensity <= 1)
	require.True(t, r.Valence >= -1 && r.Valence <= 1)
	require.LessOrEqual(t, len(r.Fine), 3)
	for _, p := range append(r.Scores[:], r.FineScores[:]...) {
		require.True(t, p >= 0 && p <= 1.000001, "%v", p)
	}
	length, last := utf8.RuneCountInString(text), -1
	for _, s := range r.Evidence {
		require.Greater(t, s.Start, last, "spans are apart and in order")
		require.Less(t, s.Start, s.End)
		require.LessOrEqual(t, s.End, length)
		last = s.End
	}
	for _, locale := range []string{"ko", "en"} {
		require.NotEmpty(t, emotion.Sentence(r, locale))
	}
}

func TestAnyTextHasAReading(t *testing.T) {
	e := engine(t)
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"무서워", "ㅋㅋㅋ", "👩‍👩‍👧", norm.NFD.String("고마워"), " ", "\xff", "𝒜", "hate", "not", "ᄒ", "ᅡ", "😡", "\u200d", "\ufe0f", "🇰", ":)"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "")
		checkReading(t, text, e.Read(text))
	})
}

func TestSpansOfSharedCodePointsAreJoined(t *testing.T) {
	text := "무서워" + norm.NFD.String("고마워") + "\u1161무서워"
	checkReading(t, text, engine(t).Read(text))
}

func TestAReadingThatIsUsedAgainAllocatesNothing(t *testing.T) {
	e := engine(t)
	read, bias := e.Desk(), &emotion.Bias{0: 0.5}
	var r emotion.Reading
	for _, kind := range texts() {
		for _, text := range []string{kind[1], norm.NFD.String(kind[1])} {
			read(&r, text, bias) // once, so that there is room
			require.Equal(t, e.ReadAs(text, bias).Label, r.Label)
			require.Zero(t, testing.AllocsPerRun(20, func() { read(&r, text, bias) }), kind[0])
		}
	}
}

func TestNothingOfAnEarlierReadingIsLeft(t *testing.T) {
	e := engine(t)
	var r emotion.Reading
	for _, text := range []string{"사랑해 정말 고마워요 ❤️", "I hate you!!! 😡", "", "see you at 7", "I love you"} {
		e.ReadInto(&r, text, nil)
		want := e.Read(text)
		require.ElementsMatch(t, want.Labels, r.Labels)
		require.ElementsMatch(t, want.Fine, r.Fine)
		require.ElementsMatch(t, want.Evidence, r.Evidence)
		r.Labels, r.Fine, r.Evidence = want.Labels, want.Fine, want.Evidence
		require.Equal(t, want, r)
	}
}

func TestValenceTellsPleasantFromUnpleasant(t *testing.T) {
	e := engine(t)
	for _, triple := range [][3]string{
		{"what a wonderful day, thank you so much", "the meeting is on the second floor", "this is terrible, I hate it"},
		{"정말 재미있고 최고예요", "내일 회의는 10시에 시작합니다", "최악이에요 돈이 아깝다"},
		{"🥰", "📦", "🤮"},
		{":)", "ok", ":("},
	} {
		good, plain, bad := e.Read(triple[0]).Valence, e.Read(triple[1]).Valence, e.Read(triple[2]).Valence
		require.Greater(t, good, plain, triple[0])
		require.Greater(t, plain, bad, triple[2])
		require.Greater(t, good, 0.2, triple[0])
		require.Less(t, bad, -0.2, triple[2])
	}
}

func TestLoveIsAColourOfJoy(t *testing.T) {
	e := engine(t)
	for _, text := range []string{"I love you so much", "사랑해", "❤️❤️"} {
		require.True(t, e.Read(text).Love, text)
	}
	for _, text := range []string{"the bus is here", "haha that was hilarious", "개웃겨 ㅋㅋㅋㅋ", "I hate you"} {
		require.False(t, e.Read(text).Love, text)
	}
}

func FuzzRead(f *testing.F) {
	e := engine(f)
	for _, seed := range []string{"", "무서워 ㅠㅠ", norm.NFD.String("고마워요"), "👩‍👩‍👧!!", "\xff\xfe", "so happy :)", "e\u0301\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkReading(t, text, e.Read(text))
	})
}

func TestReadingsDoNotDependOnEachOther(t *testing.T) {
	e := engine(t)
	texts := []string{"I hate this", "고마워요", "", "무서워 😱", "see you at 7"}
	var want []emotion.Reading
	for _, text := range texts {
		want = append(want, engine(t).Read(text))
	}
	done := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 500 {
				if got := e.Read(texts[i%len(texts)]); got.Confidence != want[i%len(texts)].Confidence {
					t.Errorf("%q: %v, alone %v", texts[i%len(texts)], got, want[i%len(texts)])
				}
			}
		}()
	}
	for range 4 {
		<-done
	}
}

func TestBuiltInModelIsSmallAndNamed(t *testing.T) {
	file, err := os.Stat("model.bin")
	require.NoError(t, err)
	require.LessOrEqual(t, file.Size(), int64(4<<20))
	require.Regexp(t, `^embedded-\d+$`, engine(t).Version())
	page, err := os.ReadFile("MODEL.md")
	require.NoError(t, err)
	require.Contains(t, string(page), "`"+engine(t).Version()+"`", "the page tells of this model")
}

func TestBiasMovesOnlyItsAuthorsReadings(t *testing.T) {
	e := engine(t)
	for _, text := range []string{"what a day", "오늘 회의 진짜 길었다", "my cat chased the neighbour", ""} {
		plain := e.Read(text)
		require.Equal(t, plain, e.ReadAs(text, nil))
		require.Equal(t, plain, e.ReadAs(text, &emotion.Bias{}), "no bias at all")
		biased := e.ReadAs(text, &emotion.Bias{0: 9, 3: -1})
		odds := func(p float64) float64 { return math.Log(p / (1 - p)) }
		require.InDelta(t, odds(plain.Scores[0])+9, odds(biased.Scores[0]), 1e-6)
		require.InDelta(t, odds(plain.Scores[3])-1, odds(biased.Scores[3]), 1e-6)
		require.InDelta(t, plain.Scores[6], biased.Scores[6], 0)
		if text != "" {
			require.Equal(t, emotion.Anger, biased.Label)
			require.Contains(t, biased.Labels, emotion.Anger)
			require.InDelta(t, biased.Scores[0], biased.Confidence, 0)
		}
		require.Equal(t, plain, e.Read(text), "nothing is left behind")
	}
}

func TestLongTextIsFine(t *testing.T) {
	e := engine(t)
	text := strings.Repeat("나는 정말 so happy 😡 today!! ", 160)
	checkReading(t, text, e.Read(text))
}

func BenchmarkNewEmbedded(b *testing.B) {
	for b.Loop() {
		engine(b)
	}
}
