package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// tiny is a recipe for a handful of rows.
func tiny() *recipe {
	p := shipped()
	p.version, p.least, p.keep, p.epochs = "tiny-1", 1, 300, 3
	p.folds, p.brief, p.width, p.narrowEpochs = 2, 1, 4, 1
	return p
}

// few is a part of the phrases.
func few() []row {
	var rows []row
	for i, r := range chats() {
		if i%4 == 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

func TestTrainingTwiceGivesTheSameBytes(t *testing.T) {
	rows := append(few(),
		row{text: "정말 어이없네요", source: kote, labels: 1, hints: 1 << 3, shades: &[7]float32{1, 0.6}, weight: 1},
		row{text: "what a day", source: xed, labels: 1 << 3, weight: 1},
		row{text: "무서운 영화", source: distant, labels: 1 << 2, weight: 1},
		row{text: "thank you so much", source: goEmotions, fine: 1 << 15, labels: 1 << 3, weight: 1},
		row{text: "정말 감사합니다", source: translated, fine: 1 << 15, labels: 1 << 3, weight: 1},
		row{text: "최고의 영화", source: starred, valence: 1, weight: 1})
	var files [2][]byte
	for i := range files {
		model := build(rows, few(), tiny(), io.Discard)
		encoded, err := model.Encode()
		require.NoError(t, err)
		files[i] = encoded
		require.Equal(t, 300, model.Len())
	}
	require.True(t, bytes.Equal(files[0], files[1]))
}

func TestAnotherSeedGivesAnotherModel(t *testing.T) {
	p := tiny()
	first, err := build(few(), nil, p, io.Discard).Encode()
	require.NoError(t, err)
	p.seed++
	second, err := build(few(), nil, p, io.Discard).Encode()
	require.NoError(t, err)
	require.False(t, bytes.Equal(first, second))
}

func TestModelLearnsItsRows(t *testing.T) {
	p := tiny()
	p.epochs, p.keep = 20, 4000
	var rows []row
	for _, r := range few() {
		// As a corpus would have it, so that there is a bias to read with.
		r.source = goEmotions
		if isKorean(r.text) {
			r.source = translated
		}
		rows = append(rows, r)
	}
	p.trust = 0 // there is nothing like them to be told by
	res := judge(build(rows, rows, p, io.Discard), rows)
	require.Greater(t, float64(res.right)/float64(res.rows), 0.9)
	require.Greater(t, res.labels.macro(), 0.9)
}

// write makes a labelled file of lines in folder.
func write(t *testing.T, folder, name string, lines ...string) {
	t.Helper()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := io.WriteString(w, "text\tlabels\tlang\tsource\tcoarse\n"+strings.Join(lines, "\n")+"\n")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".tsv.gz"), zipped.Bytes(), 0o600))
}

func TestCommandsTrainAndJudge(t *testing.T) {
	folder := t.TempDir()
	english := "thank you\tgratitude\ten\tgoemotions\tjoy"
	for _, name := range append(trainFiles(), devFiles()...) {
		switch {
		case strings.Contains(name, "ko_mt"):
			write(t, folder, name, "감사합니다\tgratitude\tko\tgoemotions-ko\tjoy")
		case strings.Contains(name, "kote"):
			write(t, folder, name, "정말 슬프네요\tsorrow,compassion\tko\tkote\tsadness")
		case strings.Contains(name, "xed"):
			write(t, folder, name, "Get out!\tanger\ten\txed\tanger")
		case strings.Contains(name, "valence"):
			write(t, folder, name, "정말 재미있다\trating:10\tko\tnsmc-raw\tpos", "돈 아깝다\trating:1\tko\tnsmc-raw\tneg")
		case strings.Contains(name, "nsmc"):
			write(t, folder, name, "너무 무섭다\tfear\tko\tnsmc-distant\tfear")
		default:
			write(t, folder, name, english, english, english)
		}
	}
	file := filepath.Join(folder, "model.bin")
	var out bytes.Buffer
	require.NoError(t, run([]string{"train", "-data", folder, "-out", file, "-chat", chatFolder}, tiny(), &out))
	require.Contains(t, out.String(), "wrote "+file)
	out.Reset()
	require.NoError(t, run([]string{"eval", "-data", folder, "-model", file, "-chat", chatFolder}, tiny(), &out))
	for _, part := range []string{tiny().version, "GoEmotions: 3 rows", "KOTE: 1 rows", "28 labels: macro-F1", "class-wise ECE", "NSMC, film reviews with stars: 2 rows", "chat en: 284 messages"} {
		require.Contains(t, out.String(), part)
	}
}

func TestCommandsSayWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "train_goemotions_en", "too\tfew\tcolumns")
	broken := filepath.Join(folder, "broken.bin")
	require.NoError(t, os.WriteFile(broken, []byte("no model"), 0o600))
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "say train, eval or chat"},
		{[]string{"sing"}, `unknown command "sing"`},
		{[]string{"train"}, "-data is missing"},
		{[]string{"train", "-data", filepath.Join(folder, "nowhere")}, "no such file"},
		{[]string{"train", "-data", folder}, "row 2 has 3 columns, not 5"},
		{[]string{"eval", "-data", folder, "-model", broken}, "not a model file"},
	} {
		require.ErrorContains(t, run(c.args, tiny(), io.Discard), c.want)
	}
}

func TestParseRefusesUnknownNames(t *testing.T) {
	_, err := parse([]string{"hi", "joy", "en", "somewhere", "joy"})
	require.ErrorContains(t, err, "somewhere")
	_, err = parse([]string{"hi", "glee", "en", "goemotions", "joy"})
	require.ErrorContains(t, err, "glee")
	for _, stars := range []string{"rating:0", "rating:11", "rating:good", "pos"} {
		_, err = parse([]string{"좋아요", stars, "ko", "nsmc-raw", "pos"})
		require.ErrorContains(t, err, stars)
	}
}

func TestKoteLabelsWeighByTheRootOfTheirNumber(t *testing.T) {
	r, err := parse([]string{"징그럽고 화나", "disgust,pathetic,anger,resolute", "ko", "kote", "disgust"})
	require.NoError(t, err)
	require.Equal(t, 1, r.dominant, "two of three for disgust, one of eight for anger")
	require.InDelta(t, 1, r.shades[1], 1e-9)
	require.InDelta(t, 0.306, r.shades[0], 0.001)
	require.Zero(t, r.shades[3])
	require.EqualValues(t, 1<<2|1<<10|1<<11, r.hints)
	r, err = parse([]string{"지루해", "boredom", "ko", "kote", ""})
	require.NoError(t, err)
	require.Equal(t, -1, r.dominant)
}

func TestRandomIsTheSameEverywhere(t *testing.T) {
	r := &random{state: 1}
	require.Equal(t, uint64(0x910a2dec89025cc1), r.next())
	seen := map[int]bool{}
	for range 200 {
		n := r.below(5)
		require.True(t, n >= 0 && n < 5)
		seen[n] = true
	}
	require.Len(t, seen, 5)
}

func TestWornCopiesKeepTheirLabels(t *testing.T) {
	rows := chats()
	worn := augment(rows, 3)
	require.Equal(t, rows, worn[:len(rows)], "originals first, untouched")
	require.Len(t, worn, 2*len(rows), "each phrase once more")
	for i, copied := range worn[len(rows):] {
		require.Equal(t, rows[i].labels, copied.labels)
		require.Equal(t, rows[i].fine, copied.fine)
		require.Less(t, copied.weight, rows[i].weight)
	}
	require.Equal(t, worn, augment(rows, 3))
}

func TestWear(t *testing.T) {
	require.Equal(t, "정말고마워요", joinWords("정말 고마워 요", 100, &random{}))
	require.Equal(t, "정말 고마워 요", joinWords("정말 고마워 요", 0, &random{}))
	require.Equal(t, "don't [NAME] wait", withoutMarks("don't, [NAME]... wait!"))
	text := strings.Repeat("고마워 thanks ", 50)
	slipped := slipJamo(text, &random{state: 5})
	require.NotEqual(t, text, slipped)
	require.Len(t, []rune(slipped), len([]rune(text)))
	require.NotEqual(t, text, misspell(text, &random{state: 5}))
}

func TestPlattRecoversALine(t *testing.T) {
	r := &random{state: 9}
	var samples []sample
	for range 20000 {
		x := float64(r.below(8001))/1000 - 4
		p := linear.Sigmoid(0.7*x - 0.5)
		samples = append(samples, sample{x, float64(r.below(1e6))/1e6 < p})
	}
	line := platt(samples)
	require.InDelta(t, 0.7, line.Slope, 0.05)
	require.InDelta(t, -0.5, line.Offset, 0.06)
}

func TestCutStandsInTheMiddleOfThePlateau(t *testing.T) {
	var samples []sample
	for i := range 50 {
		samples = append(samples, sample{3 + float64(i)/50, true}, sample{-3 - float64(i)/50, false})
	}
	require.InDelta(t, 0.5, cut(samples), 0.3, "anywhere well between the two heaps")
	require.InDelta(t, 0.5, cut([]sample{{1, false}}), 1e-9, "nothing to go by")
}

func TestTableScores(t *testing.T) {
	scores := make(table, 2)
	scores.add(0b01, 0b01)
	scores.add(0b01, 0b10)
	scores.add(0b11, 0b11)
	require.InDelta(t, 0.8, scores[0].f1(), 1e-9)
	require.InDelta(t, 2./3, scores[1].f1(), 1e-9)
	require.InDelta(t, (0.8+2./3)/2, scores.macro(), 1e-9)
	require.InDelta(t, 0.75, scores.micro(), 1e-9)
	require.InDelta(t, (3*0.8+2./3)/4, scores.weighted(), 1e-9)
}
