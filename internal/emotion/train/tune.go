package main

import (
	"cmp"
	"slices"
	"sort"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// tuned is the dev rows of one source with what the engine makes of them.
type tuned struct {
	rows   []row
	scores []linear.Scores
}

// tune fits calibration, thresholds and the limit of clearness of each language on the dev rows, through the engine's own scoring.
func tune(model *linear.Model, dev []row) {
	engine := emotion.NewEngine(model)
	var sets [sources]tuned
	for _, r := range dev {
		if r.labels != 0 {
			sets[r.source].rows = append(sets[r.source].rows, r)
			sets[r.source].scores = append(sets[r.source].scores, engine.Score(r.text))
		}
	}
	for _, from := range []source{goEmotions, xed, translated, kote} {
		calibrate(model, from, sets[from])
	}
	mend(model, linear.English, sets[goEmotions])
	mend(model, linear.Korean, sets[translated], sets[kote])
	// Thresholds are for calibrated probabilities, so they come second.
	for _, from := range []source{goEmotions, translated, kote} {
		threshold(model, from, sets[from])
	}
	for _, from := range []source{goEmotions, translated} {
		finer(&model.Tuning[languageOf(from)], sets[from])
	}
	clearness(model, linear.English, sets[goEmotions].rows)
	clearness(model, linear.Korean, slices.Concat(sets[translated].rows, sets[kote].rows))
}

// Of readings that are not called unclear, no more than this share is wrong on dev.
const riskTaken = 0.25

// clearness sets the confidence under which a reading is called unclear: it follows the curve of risk and coverage from its sure end
// to the last place where so few are wrong.
func clearness(model *linear.Model, language linear.Language, rows []row) {
	engine := emotion.NewEngine(model)
	var samples []sample
	model.Tuning[language].Unclear = 0 // so that only what is unclear for another reason is called so
	for _, r := range rows {
		if reading := engine.Read(r.text); !reading.Unclear {
			samples = append(samples, sample{reading.Confidence, r.labels>>placeOf(reading.Label)&1 == 1})
		}
	}
	slices.SortStableFunc(samples, func(a, b sample) int { return cmp.Compare(b.x, a.x) })
	wrong, least := 0, 1.0
	for i, s := range samples {
		if !s.truth {
			wrong++
		}
		if float64(wrong) <= riskTaken*float64(i+1) {
			least = s.x
		}
	}
	if len(samples) == 0 {
		least = 0.5
	}
	model.Tuning[language].Unclear = float32(least)
}

// A fine label whose F1, on rows that its threshold was not fitted to, is lower than this is not shown: its parent says enough.
const leastFine = 1. / 3

// finer decides which fine labels are told, and from which probability gladness has the colour of love.
func finer(t *linear.Tuning, set tuned) {
	for f := range linear.FineOutputs {
		all := set.samples(func(i int) sample {
			return sample{linear.Logit(set.scores[i].Fine[f]), set.rows[i].fine>>f&1 == 1}
		})
		t.Folded[f] = (unseenF1(all, 0)+unseenF1(all, 1))/2 < leastFine
	}
	t.Love = cut(set.samples(func(i int) sample {
		s := &set.scores[i]
		return sample{linear.Logit(s.Love()), set.rows[i].fine&lovely() != 0}
	}))
}

// lovely has the bits of the fine labels that are a colour of gladness: love and caring.
func lovely() (set uint32) {
	for f, name := range emotion.FineLabels() {
		if name == "love" || name == "caring" {
			set |= 1 << f
		}
	}
	return set
}

// unseenF1 fits a threshold to every other sample, from the one that is named on, and scores it on the rest.
func unseenF1(all []sample, from int) float64 {
	var fitted []sample
	for i := from; i < len(all); i += 2 {
		fitted = append(fitted, all[i])
	}
	least := linear.Logit(float64(cut(fitted)))
	var t tally
	for i := 1 - from; i < len(all); i += 2 {
		switch said := all[i].x >= least; {
		case said && all[i].truth:
			t.hit++
		case said:
			t.wrong++
		case all[i].truth:
			t.missed++
		}
	}
	return t.f1()
}

// leanShare is how far the lean follows the chat messages, which were made up to show feelings of all kinds: real ones are duller.
const leanShare = 0.5

// settle chooses how far neutral leans in chats. The share of chat messages that are read right does not come from here: each half is
// judged with the lean of the other.
func settle(model *linear.Model, folder string) error {
	for language, name := range [linear.Languages]string{linear.English: "en", linear.Korean: "ko"} {
		messages, err := loadChat(folder, name)
		if err != nil {
			return err
		}
		lean := lean(emotion.NewEngine(model).ReadAs, messages)
		model.Tuning[language].Lean = float32(leanShare * lean)
	}
	return nil
}

func calibrate(model *linear.Model, from source, set tuned) {
	manner := linear.Written
	if spoken(from) {
		manner = linear.Spoken
	}
	for l := range linear.LabelOutputs {
		model.Tuning[languageOf(from)].Calibration[manner][l] = platt(set.samples(func(i int) sample {
			return sample{set.scores[i].Logits[manner][l], set.rows[i].labels>>l&1 == 1}
		}))
	}
}

// mend fits the lines of the mixture to what the sources hold together.
func mend(model *linear.Model, language linear.Language, sets ...tuned) {
	t := &model.Tuning[language]
	var set tuned
	for _, s := range sets {
		set.rows, set.scores = append(set.rows, s.rows...), append(set.scores, s.scores...)
	}
	for l := range t.Mended {
		t.Mended[l] = linear.Line{Slope: 1}
	}
	mixed := make([][linear.LabelOutputs]float64, len(set.rows))
	for i := range mixed {
		mixed[i], _ = model.Calibrate(&set.scores[i])
	}
	for l := range t.Mended {
		t.Mended[l] = platt(set.samples(func(i int) sample {
			return sample{linear.Logit(mixed[i][l]), set.rows[i].labels>>l&1 == 1}
		}))
	}
}

// threshold fits the cuts of a language and manner. English has one cut for both manners, which are told apart only roughly there.
func threshold(model *linear.Model, from source, set tuned) {
	t := &model.Tuning[languageOf(from)]
	for l := range linear.LabelOutputs {
		c := cut(set.samples(func(i int) sample {
			labels, _ := model.Calibrate(&set.scores[i])
			return sample{linear.Logit(labels[l]), set.rows[i].labels>>l&1 == 1}
		}))
		if from != kote {
			t.Cut[linear.Written][l] = c
		}
		if from != translated {
			t.Cut[linear.Spoken][l] = c
		}
	}
	if from == kote {
		return
	}
	for f := range linear.FineOutputs {
		t.FineCut[f] = cut(set.samples(func(i int) sample {
			return sample{linear.Logit(set.scores[i].Fine[f]), set.rows[i].fine>>f&1 == 1}
		}))
	}
}

func (t tuned) samples(at func(i int) sample) []sample {
	all := make([]sample, len(t.rows))
	for i := range all {
		all[i] = at(i)
	}
	return all
}

func languageOf(s source) linear.Language {
	if s == goEmotions || s == xed {
		return linear.English
	}
	return linear.Korean
}

// platt fits the line that makes a logit the logit of a probability, by Newton's method on the log-loss.
func platt(samples []sample) linear.Line {
	slope, offset := 1.0, 0.0
	for range 50 {
		// Gradient and Hessian, with a weak pull towards the identity.
		const pull = 1.0
		g0, g1 := pull*(slope-1), pull*offset
		h00, h01, h11 := pull, 0.0, pull
		for _, s := range samples {
			p := linear.Sigmoid(float64(slope*s.x) + offset)
			e := p
			if s.truth {
				e--
			}
			q := float64(p * (1 - p))
			g0 += float64(e * s.x)
			g1 += e
			h00 += float64(q * s.x * s.x)
			h01 += float64(q * s.x)
			h11 += q
		}
		det := float64(h00*h11) - float64(h01*h01)
		slope -= (float64(h11*g0) - float64(h01*g1)) / det
		offset -= (float64(h00*g1) - float64(h01*g0)) / det
	}
	return linear.Line{Slope: float32(slope), Offset: float32(offset)}
}

// blur is how far to each side the F1 of a threshold is averaged, as a standard deviation in logits.
const blur = 0.6

// cut finds the threshold, as a probability, whose blurred F1 is best: the middle of the plateau and not its highest spike, which
// is luck where a label is rare.
func cut(samples []sample) float32 {
	sorted := slices.Clone(samples)
	slices.SortStableFunc(sorted, func(a, b sample) int { return cmp.Compare(b.x, a.x) })
	positive := 0.0
	for _, s := range sorted {
		if s.truth {
			positive++
		}
	}
	if positive == 0 {
		return 0.5
	}
	f1 := make([]float64, len(sorted)+1) // by how many are taken
	hits := 0.0
	for i, s := range sorted {
		if s.truth {
			hits++
		}
		f1[i+1] = 2 * hits / (float64(i+1) + positive)
	}
	from, to, most := 0.0, 0.0, -1.0
	for step := -120; step <= 80; step++ {
		at := float64(step) / 20
		sum, weights := 0.0, 0.0
		for k := -8; k <= 8; k++ {
			shift := float64(k) / 4
			weight := linear.Exp(-float64(shift*shift) / 2)
			taken := sort.Search(len(sorted), func(i int) bool { return sorted[i].x < at+float64(blur*shift) })
			sum += float64(weight * f1[taken])
			weights += weight
		}
		switch mean := sum / weights; {
		case mean > most+1e-9:
			from, to, most = at, at, mean
		case mean > most-1e-9:
			to = at // still as good: a flat top
		}
	}
	return float32(linear.Sigmoid((from + to) / 2))
}
