package emotion_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// refHash is FNV-1a over the code points of all parts, spread over 32 bits.
func refHash(tag rune, parts ...string) uint32 {
	h := uint64(14695981039346656037)
	for _, r := range string(tag) + strings.Join(parts, "") {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return uint32((h ^ h>>32) * 0x9E3779B97F4A7C15 >> 32)
}

func (x *refText) gram(token int, tag rune, parts ...string) {
	x.grams = append(x.grams, refGram{hash: refHash(tag, parts...), token: token, char: tag == 'c'})
}

func (x *refText) words() {
	reach, before := 0, "^"
	for i, t := range x.tokens {
		text := string(t.text)
		x.gram(i, 'w', text)
		if reach > 0 && (t.kind == feature.Word || t.kind == feature.Hangul) {
			x.gram(i, 'N', text)
		}
		if i > 0 && t.kind == feature.Hangul && x.tokens[i-1].kind == feature.Hangul && refDenies(text) {
			denied := x.tokens[i-1].text
			x.gram(i-1, 'K', string(denied))
			for n := 1; n <= min(3, len(denied)); n++ {
				x.gram(i-1, 'k', string(denied[:n]))
			}
		}
		switch {
		case refEndsClause(t):
			reach = 0
		case refNegates(t):
			reach = 4
		case reach > 0:
			reach--
		}
		x.gram(i, 'b', before, " ", text)
		x.grams[len(x.grams)-1].pair = i > 0
		before = text
		x.parts(i)
	}
	if last := len(x.tokens) - 1; last >= 0 {
		x.gram(last, 'b', before, " ", "$")
	}
}

// parts are the n-grams of letters inside one word.
func (x *refText) parts(i int) {
	t := x.tokens[i]
	shortest, longest := 3, 5
	switch {
	case t.kind == feature.Hangul:
		shortest, longest = 1, 3
	case t.kind != feature.Word || len(t.text) <= 2:
		return
	}
	guarded := []rune("<" + string(t.text) + ">")
	for start := range guarded {
		for n := shortest; n <= longest && start+n <= len(guarded); n++ {
			if part := string(guarded[start : start+n]); part != "<" && part != ">" {
				x.gram(i, 'c', part)
			}
		}
	}
}

func (x *refText) flags() {
	flag := func(name rune, level int) { x.gram(-1, 'f', string(name), string(rune('0'+level))) }
	c := x.cues
	switch {
	case c.Capitals >= 2 && 10*c.Capitals > 6*c.LatinWords:
		flag('A', 2)
	case c.Capitals >= 1:
		flag('A', 1)
	}
	for i, n := range []int{c.Exclamations, c.Questions, c.Interrobangs, c.Laughs, c.Chuckles, c.Cries} {
		if n > 0 {
			flag([]rune("!?&ㅋㅎㅠ")[i], min(n, []int{3, 3, 3, 5, 5, 5}[i]))
		}
	}
	if c.Stretches > 0 {
		flag('E', 1)
	}
	above := 0
	for _, length := range []int{3, 6, 12, 25} {
		if len(x.tokens) >= length {
			above++
		}
	}
	flag('L', above)
}

func refNegates(t refToken) bool {
	text := string(t.text)
	switch t.kind {
	case feature.Hangul:
		return text == "안" || text == "못" || len(t.text) > 1 && (t.text[0] == '않' || t.text[0] == '없')
	case feature.Word:
		return len(t.text) > 3 && strings.HasSuffix(text, "n't") || slices.Contains(strings.Fields(
			"not no never cannot nothing none nor neither without hardly barely dont cant wont isnt didnt doesnt wasnt aint"), text)
	}
	return false
}

func refDenies(text string) bool {
	for _, beginning := range []string{"않", "못", "없", "아니"} {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	return strings.HasPrefix(text, "안") && text != "안" && !strings.HasPrefix(text, "안녕") && !strings.HasPrefix(text, "안에")
}

func refEndsClause(t refToken) bool {
	text := string(t.text)
	switch t.kind {
	case feature.Mark, feature.Dots:
		return true
	case feature.Other:
		return strings.ContainsRune(".,;:", t.text[0])
	case feature.Word:
		return text == "but" || text == "however" || text == "though"
	}
	return false
}

// refModel is the model file as it lies on disk.
type refModel struct {
	Version string
	Tuning  [linear.Languages]linear.Tuning
	place   map[uint32]int
	rarity  [][]byte
	scale   []float32
	weights [][]int8
}

func loadModel(t testing.TB) *refModel {
	data, err := os.ReadFile("model.bin")
	require.NoError(t, err)
	data = data[8:]
	size := binary.LittleEndian.Uint32(data)
	m := &refModel{place: map[uint32]int{}}
	require.NoError(t, json.Unmarshal(data[4:4+size], m))
	data = data[4+size:]
	n := len(data) / (4 + 2 + 1 + linear.Outputs)
	for i := range n {
		m.place[binary.LittleEndian.Uint32(data[4*i:])] = i
		m.rarity = append(m.rarity, data[4*n+2*i:][:2])
		step := int(data[6*n+i])
		eighth := 1.0
		for range step % 8 {
			eighth *= math.Sqrt(math.Sqrt(math.Sqrt2))
		}
		m.scale = append(m.scale, float32(math.Ldexp(eighth, step/8-32)))
		var row []int8
		for _, b := range data[7*n+linear.Outputs*i:][:linear.Outputs] {
			row = append(row, int8(b))
		}
		m.weights = append(m.weights, row)
	}
	return m
}

type refEntry struct {
	feature, count int
	value          float32
	char           bool
}

// vector finds the n-grams that the model knows, each once, in the order of their first occurrence.
func (m *refModel) vector(x *refText, language linear.Language) []refEntry {
	var entries []refEntry
	found := map[int]int{}
	for _, g := range x.grams {
		f, ok := m.place[g.hash]
		if !ok {
			continue
		}
		if _, ok := found[f]; !ok {
			found[f] = len(entries)
			entries = append(entries, refEntry{feature: f, char: g.char})
		}
		entries[found[f]].count++
	}
	squares := map[bool]float32{}
	for i := range entries {
		e := &entries[i]
		rarity := m.rarity[e.feature][language]
		if rarity == 0 {
			rarity = max(m.rarity[e.feature][0], m.rarity[e.feature][1])
		}
		times := float32(1)
		if e.count > 1 {
			times = float32(1 + linear.Log(float64(e.count)))
		}
		e.value = times * (float32(rarity) / linear.RaritySteps)
		squares[e.char] += float32(e.value * e.value)
	}
	for i := range entries {
		share := map[bool]float64{false: 0.55, true: 0.45}[entries[i].char]
		if square := squares[entries[i].char]; square > 0 {
			entries[i].value *= float32(math.Sqrt(share / float64(square)))
		} else {
			entries[i].value = 0
		}
	}
	return entries
}

// score gives the outputs of the model, and turns them into what is said of the labels and fine labels.
func (m *refModel) score(entries []refEntry, nudge [linear.Outputs]float32, language linear.Language) (s linear.Scores) {
	out := nudge
	for _, e := range entries {
		v := e.value * m.scale[e.feature]
		for l, w := range m.weights[e.feature] {
			out[l] += float32(v * float32(w))
		}
	}
	s.Language = language
	tuning := m.Tuning[language]
	spoken := linear.Sigmoid(float64(out[linear.MannerOutput] + tuning.Bias[linear.Spoken][linear.MannerOutput]))
	s.Share = [linear.Manners]float64{1 - spoken, spoken}
	s.Valence = float64(2*linear.Sigmoid(float64(out[linear.ValenceOutput]+tuning.Bias[0][linear.ValenceOutput]))) - 1
	for manner, own := range []float64{0.4, 0.85} {
		none := [linear.LabelOutputs]float64{1, 1, 1, 1, 1, 1, 1}
		for f, parent := range linear.FineParents() {
			p := linear.Sigmoid(float64(out[f] + tuning.Bias[manner][f]))
			s.Fine[f] += float64(s.Share[manner] * p)
			none[parent] *= 1 - p
		}
		for l, p := range none {
			whole := float64(out[linear.FineOutputs+l] + tuning.Bias[manner][linear.FineOutputs+l])
			s.Logits[manner][l] = float64(own*whole) + float64((1-own)*linear.Logit(1-p))
		}
	}
	return s
}

// support is what each token did for a label.
func (m *refModel) support(x *refText, entries []refEntry, s linear.Scores, label int) []float32 {
	own := float64(s.Share[0]*0.4) + float64(s.Share[1]*0.85)
	gradient := make([]float32, linear.MannerOutput)
	gradient[linear.FineOutputs+label] = float32(own)
	sum := 0.0
	for f, parent := range linear.FineParents() {
		if parent == label {
			sum += s.Fine[f]
		}
	}
	for f, parent := range linear.FineParents() {
		if parent == label && sum > 0 {
			gradient[f] = float32((1 - own) * s.Fine[f] / sum)
		}
	}
	said := map[int]float32{} // by one occurrence of a feature
	for _, e := range entries {
		total := float32(0)
		for l, g := range gradient {
			total += float32(g * float32(m.weights[e.feature][l]))
		}
		said[e.feature] = e.value * (float32(total*m.scale[e.feature]) / float32(e.count))
	}
	support := make([]float32, len(x.tokens))
	for _, g := range x.grams {
		f, ok := m.place[g.hash]
		if !ok || g.token < 0 {
			continue
		}
		if g.pair {
			support[g.token] += said[f] / 2
			support[g.token-1] += said[f] / 2
		} else {
			support[g.token] += said[f]
		}
	}
	return support
}
