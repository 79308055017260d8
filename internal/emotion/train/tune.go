package main

import (
	"cmp"
	"slices"
	"sort"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// sample is one logit of a label with the truth about it.
type sample struct {
	x     float64
	truth bool
}

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
	// Thresholds are for calibrated probabilities, so they come second.
	for _, from := range []source{goEmotions, translated, kote} {
		threshold(model, from, sets[from])
	}
	clearness(model, engine, linear.English, sets[goEmotions].rows)
	clearness(model, engine, linear.Korean, append(sets[translated].rows, sets[kote].rows...))
}

// clearness sets the confidence at which a reading is as often right as wrong; under it, it is called unclear.
func clearness(model *linear.Model, engine *emotion.Embedded, language linear.Language, rows []row) {
	labels := emotion.Labels()
	samples := make([]sample, len(rows))
	for i, r := range rows {
		reading := engine.Read(r.text)
		right := r.labels>>slices.Index(labels[:], reading.Label)&1 == 1
		samples[i] = sample{linear.Logit(reading.Confidence), right}
	}
	line := platt(samples)
	model.Tuning[language].Unclear = float32(linear.Sigmoid(-float64(line.Offset) / float64(line.Slope)))
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
