package emotion_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// read is the whole of Read.
func (m *refModel) read(text string) emotion.Reading {
	x := readText(text)
	language := linear.English
	if x.korean {
		language = linear.Korean
	}
	tuning := m.Tuning[language]
	nudge, angry := x.pictures()
	entries := m.vector(x, language)
	s := m.score(entries, nudge, language)
	r := emotion.Reading{FineScores: s.Fine, Valence: s.Valence, Engine: "embedded", Version: m.Version}
	cuts := make([]float64, len(r.Scores))
	for manner, share := range s.Share {
		for l := range r.Scores {
			r.Scores[l] += float64(share * linear.Sigmoid(tuning.Calibration[manner][l].At(s.Logits[manner][l])))
			cuts[l] += float64(share * float64(tuning.Cut[manner][l]))
		}
	}
	for l, p := range r.Scores {
		r.Scores[l] = linear.Sigmoid(tuning.Mended[l].At(linear.Logit(p)))
	}
	var fineCuts []float64
	for f, cut := range tuning.FineCut {
		if tuning.Folded[f] {
			cut = 2
		}
		fineCuts = append(fineCuts, float64(cut))
	}
	labels, fine := emotion.Labels(), emotion.FineLabels()
	r.Labels = refAbove(labels[:], r.Scores[:], cuts)
	r.Fine = refAbove(fine[:], s.Fine[:], fineCuts)
	r.Fine = r.Fine[:min(3, len(r.Fine))]
	leant := r.Scores
	if tuning.Lean != 0 {
		leant[6] = linear.Sigmoid(linear.Logit(leant[6]) + float64(tuning.Lean))
	}
	var fair, none []float64
	for l, p := range leant {
		fair, none = append(fair, linear.Logit(p)-float64(0.5*linear.Logit(cuts[l]))), append(none, math.Inf(-1))
	}
	least := slices.Clone(none)
	for l := range fair {
		if leant[l] < cuts[l] {
			least[l] = math.Inf(1)
		}
	}
	r.Label = append(refAbove(labels[:], fair, least), refAbove(labels[:], fair, none)...)[0]
	chosen := slices.Index(labels[:], r.Label)
	if len(x.tokens) == 0 {
		r.Label = emotion.Neutral
	}
	if !slices.Contains(r.Labels, r.Label) {
		r.Labels = append([]emotion.Label{r.Label}, r.Labels...)
	}
	label := slices.Index(labels[:], r.Label)
	r.Confidence = r.Scores[label]
	unloved := 1.0
	for f, name := range fine {
		if name == "caring" || name == "love" {
			unloved *= 1 - s.Fine[f]
		}
	}
	r.Love = r.Label == emotion.Joy && 1-unloved >= float64(tuning.Love)
	r.Intensity = x.intensity(r)
	slim := false
	for l := range fair {
		slim = slim || l != chosen && fair[chosen]-fair[l] < 0.5
	}
	r.Unclear = angry && r.Label == emotion.Joy || len(x.tokens) == 0 || slim || r.Confidence < float64(tuning.Unclear)
	if r.Label != emotion.Neutral {
		r.Evidence = x.evidence(m.support(x, entries, s, label), r.Label)
	}
	return r
}

// refAbove names the scores that reach their cuts, the highest first and of equals the first first.
func refAbove[N ~string](names []N, scores, cuts []float64) []N {
	var above []N
	for i, name := range names {
		if scores[i] >= cuts[i] {
			above = append(above, name)
		}
	}
	slices.SortStableFunc(above, func(a, b N) int {
		if sa, sb := scores[slices.Index(names, a)], scores[slices.Index(names, b)]; sa > sb {
			return -1
		} else if sa < sb {
			return 1
		}
		return 0
	})
	return above
}

// meaning is the fine label that a picture stands for, or "".
func (t refToken) meaning(alone bool) string {
	switch t.kind {
	case feature.Laugh:
		return map[bool]string{true: "amusement"}[alone]
	case feature.Cry:
		return map[bool]string{true: "sadness"}[alone]
	case feature.Emoji, feature.Face:
	default:
		return ""
	}
	for pictures, name := range map[string]string{
		"😀😃😄😁😊🙂☺😌😇😸😺🤗🌞😋🥲😎🤭": "joy", "😆😅🤣😂😹😜😝😛🤪🙃": "amusement", "🥳🤩🎉🎊🔥🚀✨🙌💃🕺⚡": "excitement",
		"😍🥰😘😗😙😚😻❤🧡💛💚💙💜🖤🤍🤎💕💞💓💗💖💘💝♥❣💟🫶💋🩷": "love", "👍👌✅💯🆗🤝✔": "approval", "👏⭐🌟🏆🥇": "admiration",
		"💪": "pride", "🙏🙇": "gratitude", "🫂🌹💐": "caring", "😢😭😞😔😟🙁☹😥😓💔😿🥺😩😫😪🥹😣😖": "sadness", "😠😡🤬😤👿💢🖕😾": "anger",
		"🙄😒😑👎🤦😬": "annoyance", "😨😱👻😧": "fear", "😰": "nervousness", "🤢🤮💩🤧": "disgust", "😮😲😯🤯😦🙀‼⁉❗": "surprise",
		"😳": "embarrassment", "🤔🧐❓👀": "curiosity", "😕🤷🫤😵🥴": "confusion",
	} {
		if t.kind == feature.Emoji && strings.ContainsRune(pictures, t.text[0]) {
			return name
		}
	}
	for faces, name := range map[string]string{
		":) :-) =) :] (: ^^ ^_^ ^-^ ^.^ ^ㅡ^ ;) ;-) :)) =]": "joy", ":d :-d xd =d :p :-p ;p =p": "amusement", "<3": "love",
		":( :-( =( :'( :[ :(( ㅠ_ㅠ ㅠ.ㅠ t_t t.t ;_;": "sadness", ">_< >.<": "excitement",
		"-_- ㅡㅡ ㅡ_ㅡ =_= :/ :-/ =/ :| :-| -.-": "annoyance", ":o :-o o_o o.o =o @_@": "surprise", ";;": "embarrassment",
	} {
		if t.kind == feature.Face && slices.Contains(strings.Fields(faces), string(t.text)) {
			return name
		}
	}
	return ""
}

// parentOf is the place of the label that a fine label belongs to.
func parentOf(name string) (fine, label int) {
	names := emotion.FineLabels()
	fine = slices.Index(names[:], name)
	return fine, linear.FineParents()[fine]
}

func (x *refText) pictures() (nudge [linear.Outputs]float32, angry bool) {
	strength := float32(3.2)
	for _, t := range x.tokens {
		if strings.ContainsRune(kinds(feature.Word, feature.Hangul, feature.Jamo, feature.Number, feature.Link, feature.Slot), rune(t.kind)) {
			strength = 1.6
		}
	}
	found, pleasant := false, float32(0)
	for _, t := range x.tokens {
		if name := t.meaning(strength == 3.2); name != "" {
			fine, label := parentOf(name)
			pleasant += map[int]float32{3: 2, 5: 1}[label] - 1
			nudge[fine], nudge[linear.FineOutputs+label] = strength, strength
			found, angry = true, angry || label == 0
		}
	}
	nudge[linear.ValenceOutput] = strength * max(-1, min(1, pleasant))
	if found {
		nudge[linear.FineOutputs-1] -= strength
		nudge[linear.FineOutputs+6] -= strength
	}
	return nudge, angry
}

func kinds(list ...feature.Kind) (set string) {
	for _, k := range list {
		set += string(rune(k))
	}
	return set
}

func (x *refText) intensity(r emotion.Reading) float64 {
	if len(x.tokens) == 0 {
		return 0
	}
	c, pictures := x.cues, 0
	for _, t := range x.tokens {
		if t.kind == feature.Emoji {
			pictures++
		}
	}
	signs := 0.08*float64(min(c.Exclamations+c.Interrobangs, 3)) + 0.06*float64(min(c.Stretches, 2)) +
		0.04*float64(min(max(c.Laughs, c.Chuckles)/2, 4)) + 0.05*float64(min(c.Cries, 4))
	if c.Capitals >= 2 && 10*c.Capitals > 6*c.LatinWords {
		signs += 0.15
	}
	signs += 0.05 * float64(min(pictures, 3))
	level := 0.1 + 0.5*slices.Max(r.Scores[:6]) + signs
	if r.Label == emotion.Neutral {
		level /= 2
	}
	return min(1, level)
}

// evidence marks the tokens with at least a quarter, two fifths of the strongest, and as much as the fourth.
func (x *refText) evidence(support []float32, label emotion.Label) (spans []emotion.Span) {
	labels := emotion.Labels()
	for i, t := range x.tokens {
		if name := t.meaning(false); name != "" {
			if _, parent := parentOf(name); labels[parent] == label {
				support[i] += 1.6
			}
		}
		if strings.ContainsRune(kinds(feature.Number, feature.Dots, feature.Link, feature.Slot, feature.Other), rune(t.kind)) {
			support[i] = 0
		}
	}
	order := append(slices.Clone(support), 0, 0, 0, 0)
	slices.SortFunc(order, func(a, b float32) int { return int(max(-1, min(1, 1e30*(b-a)))) })
	least := max(0.25, 0.4*max(0, order[0]), order[3])
	last := -2
	for i, t := range x.tokens {
		if support[i] < least {
			continue
		}
		n := len(spans)
		if last == i-1 || n > 0 && t.start <= spans[n-1].End {
			spans[n-1].End = max(spans[n-1].End, t.end)
		} else {
			spans = append(spans, emotion.Span{Start: t.start, End: t.end})
		}
		last = i
	}
	return spans
}

func requireSame(t require.TestingT, m *refModel, e *emotion.Embedded, text string) {
	if want, got := m.read(text), e.Read(text); !reflect.DeepEqual(want, got) { // which costs far less than require.Equal
		require.Equal(t, want, got, "%q", text)
	}
}

func TestReadingsAreThoseOfTheReference(t *testing.T) {
	m, e := loadModel(t), engine(t)
	for _, kind := range texts() {
		requireSame(t, m, e, kind[1])
		requireSame(t, m, e, norm.NFD.String(kind[1]))
	}
	// Words that the model knows much of, and everything that the tokenizer treats in its own way.
	words := strings.Fields(texts()[2][1] + texts()[3][1] + `not never isn't but though don’t 좋지 않아 안 못 안녕 아니 않았어 없어 HTTP://X.y https://한.kr/a?b [NAME] [이름]
		:) :-( =] (: ;P xD XD 8D :o :'( <3 ^^ ^_^ T_T o.o >_< -_- ㅡㅡ =_= @_@ ;; ;_; ㅠ.ㅠ ㅜ_ㅜ :pizza :/ 10:30 ㅋ ㅋㅋㅋㅋㅋㅋ ㅎㅎ ㅠㅠㅠ ㅜㅠ ㄷㄷㄷ ㅇㅇ
		! !! ?? ?!?! .. … ... ~ ~~ , . ( $ # @ soooo 와아아아 STOP ＯＫ café ñ Ünï 日本語 привет ไทย é 각 ᄒ ᅡ ᇂ 무서워 화나 😂 😡 🙄 👩‍👩‍👧 ❤️ 👍🏽 🇰🇷 🇰 1️⃣ ☺ 🫶 ‼
		ﬁ ｶﾞ Å K ǅ ſ '' ’’ “q” a'b ''c t.t.t ::)) x ) D 0 7777` + " \xff \xe2\x80 \u00ad \u200b \u2028 q\u0301\u0323 \u0958 " +
		strings.Repeat("ㅠ", 27) + " 각" + strings.Repeat("ㅠ", 28) + " 가" + strings.Repeat("ㅏ", 40))
	for _, seed := range []uint64{1, 2} {
		source := rand.New(rand.NewPCG(seed, seed))
		for range 2500 {
			var text strings.Builder
			for range 1 + source.IntN(16) {
				text.WriteString(words[source.IntN(len(words))])
				text.WriteString([]string{" ", " ", " ", "", "\n", "\u00a0", "\u200d", "\ufe0f"}[source.IntN(8)])
			}
			requireSame(t, m, e, text.String())
		}
	}
}

func TestReadingsOfAnyStringAreThoseOfTheReference(t *testing.T) {
	m, e := loadModel(t), engine(t)
	bytes := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	rapid.Check(t, func(t *rapid.T) {
		requireSame(t, m, e, strings.Join(rapid.SliceOf(rapid.OneOf(rapid.String(), bytes)).Draw(t, "pieces"), ""))
	})
}
