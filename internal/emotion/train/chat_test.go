package main

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// chatFolder is defaultChat as seen from here.
const chatFolder = "../testdata"

func TestChatMessagesAreEnoughOfEveryKind(t *testing.T) {
	kinds := []string{"apology", "comfort", "disgust", "emoji", "everyday", "irony", "joke", "mixed", "news", "order", "plan", "quarrel", "question",
		"short", "thanks", "worry"}
	for _, language := range chatLanguages() {
		messages, err := loadChat(chatFolder, language)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(messages), 200, language)
		labels, scenes := map[int]int{}, map[string]int{}
		for _, m := range messages {
			labels[m.first]++
			scenes[m.scene]++
		}
		for l, label := range emotion.Labels() {
			require.GreaterOrEqual(t, labels[l], 18, "%s %s", language, label)
		}
		share := float64(labels[placeOf(emotion.Neutral)]) / float64(len(messages))
		require.InDelta(t, 0.3, share, 0.05, language)
		require.Equal(t, kinds, slices.Sorted(maps.Keys(scenes)), language)
	}
}

func TestChatMessagesAreUniqueAndTrainedOnByNobody(t *testing.T) {
	trained := map[string]bool{}
	for _, r := range chats() {
		trained[bare(r.text)] = true
	}
	seen := map[string]string{}
	for _, language := range chatLanguages() {
		messages, err := loadChat(chatFolder, language)
		require.NoError(t, err)
		for _, m := range messages {
			require.Equal(t, strings.TrimSpace(m.text), m.text, m.id)
			require.NotEmpty(t, m.text, m.id)
			require.False(t, trained[bare(m.text)], "%s is a phrase of the training: %s", m.id, m.text)
			require.Empty(t, seen[m.text], "%s says the same", m.id)
			seen[m.text] = m.id
		}
	}
}

func TestRowsThatAreChatMessagesAreNotTrainedOn(t *testing.T) {
	rows := []row{{text: "Love it!!"}, {text: "i love it"}, {text: "ㄷ ㄷㄷ"}, {text: "😡"}, {text: "😡😡"}}
	kept, err := apart(rows, chatFolder)
	require.NoError(t, err)
	require.Equal(t, []row{{text: "i love it"}, {text: "😡"}}, kept)
	_, err = apart(rows, t.TempDir())
	require.ErrorContains(t, err, "no such file")
}

// talk writes both files of chat messages, the same lines in each, with ids put before them.
func talk(t *testing.T, lines ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, language := range chatLanguages() {
		text := "id\ttext\tscene\tfirst\talso\tsecond\n"
		for i, line := range lines {
			text += language + "00" + string(rune('1'+i)) + "\t" + line + "\n"
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, "chat_"+language+".tsv"), []byte(text), 0o600))
	}
	return folder
}

func TestLoaderReadsBothPasses(t *testing.T) {
	messages, err := loadChat(talk(t, "hm\tshort\tneutral\tsadness,fear\tneutral", "yay\tshort\tjoy\t\tsurprise"), "en")
	require.NoError(t, err)
	require.Equal(t, []message{
		{id: "en001", text: "hm", scene: "short", first: 6, second: 6, right: 1<<6 | 1<<4 | 1<<2},
		{id: "en002", text: "yay", scene: "short", first: 3, second: 5, right: 1<<3 | 1<<5, half: 1},
	}, messages)
	require.True(t, messages[0].gold())
	require.True(t, messages[0].accepts(2))
	require.False(t, messages[0].accepts(3))
	require.False(t, messages[1].gold())
}

func TestLoaderSaysWhatIsWrong(t *testing.T) {
	for line, want := range map[string]string{
		"hm\tshort\tneutral\t\t":                    `row 2: unknown label ""`,
		"hm\tshort\tglee\t\tjoy":                    `row 2: unknown label "glee"`,
		"hm\tshort\tjoy\tjoy,\tjoy":                 `row 2: unknown label ""`,
		"hm\tshort\tjoy":                            "row 2: 4 columns, not 6",
		"a\tb\tjoy\t\tjoy\nen009\ta\tb\tjoy\t\tjoy": `row 3 is called "en009", not "en002"`,
	} {
		_, err := loadChat(talk(t, line), "en")
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, run([]string{"chat", "-model", "../model.bin", "-chat", talk(t, "a\tb\tjoy\t\tjoy")}, tiny(), io.Discard), "cannot be halved")
}

func TestAgreementDiscountsChance(t *testing.T) {
	pairs := func(firsts, seconds string) (all []message) {
		for i := range firsts {
			all = append(all, message{first: int(firsts[i] - '0'), second: int(seconds[i] - '0')})
		}
		return all
	}
	// 20 judgements of which 15 agree; chance: 0.5 × 0.65 + 0.5 × 0.35.
	same, kappa := agreement(pairs("33333333336666666666", "33333333336666633333"))
	require.InDelta(t, 0.75, same, 1e-9)
	require.InDelta(t, 0.5, kappa, 1e-9)
	same, kappa = agreement(pairs("333", "333"))
	require.InDelta(t, 1, same, 1e-9)
	require.InDelta(t, 1, kappa, 1e-9)
}

func TestGradeTakesTheMeanOfTheHalves(t *testing.T) {
	joy, neutral := uint32(1<<3), uint32(1<<6)
	g := gradeOf([]answer{
		{message: message{first: 3, second: 3, right: joy}, label: 3, clear: true},
		{message: message{first: 3, second: 3, right: joy}, label: 6},
		{message: message{first: 6, second: 3, right: joy | neutral, half: 1}, label: 3, clear: true},
		{message: message{first: 6, second: 6, right: neutral, half: 1}, label: 6, clear: true},
		{message: message{first: 6, second: 6, right: neutral, half: 1}, label: 0, clear: true},
		{message: message{first: 6, second: 6, right: neutral, half: 1}, label: 6},
	})
	require.InDelta(t, (0.5+0.75)/2, g.top, 1e-9)
	require.InDelta(t, (0.5+2./3)/2, g.gold, 1e-9)
	require.InDelta(t, (0.5+0.75)/2, g.coverage, 1e-9)
	require.InDelta(t, (1+2./3)/2, g.clear, 1e-9)
	require.Equal(t, 1, g.confusion[3][6])
	require.Equal(t, 2, g.confusion[6][6])
	require.Zero(t, g.confusion[6][3], "the passes disagreed on that one")
}

func TestBreakEvenLiesBetweenRightAndWrong(t *testing.T) {
	var samples []sample
	for i := range 100 {
		samples = append(samples, sample{2 + float64(i)/100, true}, sample{-1 - float64(i)/100, false})
	}
	require.InDelta(t, 0.6, breakEven(samples), 0.2)
}

// scale reads numbers: joy, unless the bias of neutral reaches the number.
func scale(text string, bias *emotion.Bias) emotion.Reading {
	over, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	if bias != nil {
		over -= bias[placeOf(emotion.Neutral)]
	}
	r := emotion.Reading{Label: emotion.Joy, Confidence: linear.Sigmoid(over)}
	if over <= 0 {
		r.Label, r.Confidence = emotion.Neutral, 1-r.Confidence
	}
	return r
}

func numbered(half int, label emotion.Label, texts ...string) (all []message) {
	place := placeOf(label)
	for _, text := range texts {
		all = append(all, message{text: text, first: place, second: place, right: 1 << place, half: half})
	}
	return all
}

func TestLeanIsTheMiddleOfTheBestStretch(t *testing.T) {
	messages := append(numbered(0, emotion.Joy, "1.25", "2.25"), numbered(0, emotion.Neutral, "-1", "0.25")...)
	require.InDelta(t, 0.75, lean(scale, messages), 1e-9)
	require.InDelta(t, 0, lean(scale, numbered(0, emotion.Joy, "9")), 1e-9, "nothing to choose by")
}

func TestHalvesAreJudgedWithEachOthersThresholds(t *testing.T) {
	messages := slices.Concat(
		numbered(0, emotion.Neutral, "0.25"), numbered(0, emotion.Joy, "1.25"),
		// Never right, and never sure with the lean of this half; always right, and always sure.
		numbered(0, emotion.Anger, slices.Repeat([]string{"0.7", "0.8"}, 10)...),
		numbered(0, emotion.Neutral, slices.Repeat([]string{"-2"}, 10)...), numbered(0, emotion.Joy, slices.Repeat([]string{"3.5"}, 10)...),
		numbered(1, emotion.Neutral, "-1.75"), numbered(1, emotion.Joy, "-0.75", "0.72"))
	all, leans, limits := crossed(scale, messages)
	require.InDelta(t, 0.75, leans[0], 1e-9)
	require.InDelta(t, -1.25, leans[1], 1e-9)
	require.Len(t, all, len(messages))
	unclear := map[string]bool{}
	for _, a := range all {
		unclear[a.text] = !a.clear
		bias := towardsNeutral(leans[1-a.half])
		reading := scale(a.text, &bias)
		require.Equal(t, placeOf(reading.Label), a.label, a.text)
		require.Equal(t, reading.Confidence >= limits[1-a.half], a.clear, a.text)
	}
	require.True(t, unclear["0.72"], "by the limit of half 0")
	require.False(t, unclear["-1.75"])
	require.InDelta(t, (1./2+1./3)/2, gradeOf(all).top, 1e-9, "each half has what ruins the other")
	own := towardsNeutral(leans[0])
	for _, a := range answers(scale, messages[:2], &own) {
		require.True(t, a.right(), a.text)
	}
}

func TestChatCommandNeedsNoOutsideData(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"chat", "-model", "../model.bin", "-chat", chatFolder}, tiny(), &out))
	for _, part := range []string{"chat ko: 286 messages; the passes agree on 97.9%, Cohen's kappa 0.975", "chat en: 284 messages", "chat top-1, as built: 0.",
		"chat top-1, thresholds of the other half: 0.", "wrong among the surest: 100% 0.", "meant\\read", "right by scene: apology "} {
		require.Contains(t, out.String(), part)
	}
	require.NotContains(t, out.String(), "dev_")
}
