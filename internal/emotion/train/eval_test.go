package main

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// builtIn is the engine that the server has, and the chat messages' texts: a small set that never changes unseen.
func builtIn(t *testing.T) (engine *emotion.Embedded, texts []string) {
	t.Helper()
	engine, err := emotion.NewEmbedded()
	require.NoError(t, err)
	for _, language := range chatLanguages() {
		messages, err := loadChat(chatFolder, language)
		require.NoError(t, err)
		for _, m := range messages {
			texts = append(texts, m.text)
		}
	}
	return engine, texts
}

func TestMarkedWordsMatterMoreThanRandomOnes(t *testing.T) {
	engine, texts := builtIn(t)
	r := &random{state: trialSeed}
	more, tested := 0, 0
	for _, text := range texts {
		if fell, ok := deletion(engine, text, r); ok {
			tested++
			if fell {
				more++
			}
		}
	}
	require.Greater(t, tested, 150)
	require.GreaterOrEqual(t, share(more, tested), 0.8)
}

func TestSmallChangesKeepTheLabelOfClearReadings(t *testing.T) {
	engine, texts := builtIn(t)
	for _, c := range changes() {
		same, changed := kept(engine, texts, c, trialSeed)
		require.Greater(t, changed, 10, c.name)
		require.GreaterOrEqual(t, share(same, changed), 0.95, "%s: %d of %d", c.name, same, changed)
	}
}

func TestDeletionTakesAsManyWordsAsAreMarked(t *testing.T) {
	points := []rune("하나 둘 셋셋셋  넷")
	words := wordsOf(points)
	require.Equal(t, []word{{0, 2}, {3, 4}, {5, 8}, {10, 11}}, words)
	require.Equal(t, "하나  셋셋셋  ", without(points, []word{words[1], words[3]}))
	r := &random{state: 1}
	for count := 1; count <= 4; count++ {
		drawn := alike(words, count, 3, r)
		require.Len(t, drawn, count)
		for i := 1; i < count; i++ {
			require.Less(t, drawn[i-1].start, drawn[i].start, "in order, each once")
		}
	}
	require.Equal(t, []word{words[2]}, alike(words, 1, 3, &random{state: 3}), "as long as what was marked")
}

func TestDeletionNeedsSomethingElseToDelete(t *testing.T) {
	engine, _ := builtIn(t)
	for _, text := range []string{"", "고마워", "\xff thank you", "the second floor"} {
		_, tested := deletion(engine, text, &random{})
		require.False(t, tested, text)
	}
}

func TestChangesChangeOnlyWhatTheySay(t *testing.T) {
	require.Equal(t, "하하 ㅋㅋㅋ 그래 ㅠㅠㅠㅠ", longerLetters("하하 ㅋ 그래 ㅠㅠ"))
	require.Equal(t, "plain", longerLetters("plain"))
	r := &random{state: 4}
	for range 50 {
		spaced := misspace("오늘 너무 웃겼어", r)
		require.NotEqual(t, "오늘 너무 웃겼어", spaced)
		require.Equal(t, "오늘너무웃겼어", strings.ReplaceAll(spaced, " ", ""))
		slipped := []rune(slipOnce("오늘 너무 웃겼어", r))
		require.Len(t, slipped, 9)
		differ := 0
		for i, c := range []rune("오늘 너무 웃겼어") {
			if slipped[i] != c {
				differ++
			}
		}
		require.LessOrEqual(t, differ, 1)
		require.True(t, utf8.ValidString(slipOnce("this is wonderful", r)))
	}
	require.Equal(t, "a b", slipOnce("a b", r), "no word is long enough")
	for _, c := range changes() {
		if c.name == "NFC or NFD" {
			require.Equal(t, norm.NFD.String("고마워"), c.apply("고마워", r))
			require.Equal(t, "고마워", c.apply(norm.NFD.String("고마워"), r))
		}
	}
}

func TestCalibrationErrorIsTheGapBetweenPromiseAndTruth(t *testing.T) {
	var honest, boastful []sample
	for i := range 1000 {
		honest = append(honest, sample{0.3, i%10 < 3})
		boastful = append(boastful, sample{0.9, i%10 < 3})
	}
	require.InDelta(t, 0, calibrationError(honest), 1e-9)
	require.InDelta(t, 0.6, calibrationError(boastful), 1e-9)
	require.InDelta(t, 0.3, calibrationError(append(honest, boastful...)), 1e-9)
	require.InDelta(t, 0, calibrationError([]sample{{1, true}}), 1e-9, "the last bin has its upper end")
}

func TestRiskIsTakenFromTheSurest(t *testing.T) {
	at, area := risks([]sample{{0.2, false}, {0.9, true}, {0.8, true}, {0.5, false}}, 1, 0.5, 0.25)
	require.Equal(t, []float64{0.5, 0, 0}, at)
	require.InDelta(t, (0+0+1./3+0.5)/4, area, 1e-9)
}

func TestUnclearFollowsTheRiskCurve(t *testing.T) {
	rows := few()
	model := build(rows, rows, tiny(), io.Discard)
	clearness(model, linear.English, rows)
	engine := emotion.NewEngine(model)
	wrong, clear := 0, 0
	for _, r := range rows {
		reading := engine.Read(r.text)
		if reading.Confidence >= float64(model.Tuning[linear.English].Unclear) {
			clear++
			if r.labels>>placeOf(reading.Label)&1 == 0 {
				wrong++
			}
		}
	}
	require.NotZero(t, clear)
	require.LessOrEqual(t, float64(wrong), riskTaken*float64(clear)+1)
	clearness(model, linear.Korean, nil)
	require.InDelta(t, 0.5, model.Tuning[linear.Korean].Unclear, 1e-9, "nothing to go by")
}

func TestFineLabelsThatAreSeldomRightAreFolded(t *testing.T) {
	var good, poor []sample
	for i := range 400 {
		truth := i%8 < 2 // both halves have some
		x := float64(i%13)/6 - 2
		poor = append(poor, sample{x, truth})
		if truth {
			x += 4
		}
		good = append(good, sample{x, truth})
	}
	require.Greater(t, unseenF1(good, 0), 0.95)
	require.Less(t, unseenF1(poor, 1), 0.5)
}

func TestCorrelation(t *testing.T) {
	require.InDelta(t, 1, correlation([]float64{1, 2, 3}, []float64{2, 4, 6}), 1e-9)
	require.InDelta(t, -1, correlation([]float64{1, 2, 3}, []float64{3, 2, 1}), 1e-9)
}

func TestPleasantnessIsTheMeanOfTheLabels(t *testing.T) {
	require.InDelta(t, 1, pleasantness(1<<3), 1e-9)
	require.InDelta(t, 0.5, pleasantness(1<<6), 1e-9)
	require.InDelta(t, 0.5, pleasantness(1<<3|1<<0), 1e-9)
	require.InDelta(t, 0, pleasantness(1<<1|1<<4), 1e-9)
	require.InDelta(t, 0.5, pleasantness(0), 1e-9)
}
