package main

import (
	"fmt"
	"io"
	"math/bits"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// result is how a model read the rows of one source.
type result struct {
	rows         int
	labels, fine table
	// dominant compares the best label with the source's dominant ones: any of them will do, and where none was said the
	// strongest was missed. strongest takes no other than that.
	dominant, strongest table
	right               int // best label among the source's
	unclear, clearRight int
	probable            [linear.LabelOutputs][]sample // what was said of each label
	sure                []sample                      // confidences, and whether the label was right
	valence, pleasant   []float64                     // what was said, and what the source says
}

// judge reads rows with a model that is told nothing about where they come from.
func judge(model *linear.Model, rows []row) result {
	engine := emotion.NewEngine(model)
	res := result{labels: make(table, linear.LabelOutputs), fine: make(table, linear.FineOutputs),
		dominant: make(table, linear.LabelOutputs), strongest: make(table, linear.LabelOutputs)}
	var reading emotion.Reading
	for i := range rows {
		r := &rows[i]
		engine.ReadInto(&reading, r.text, nil)
		res.valence = append(res.valence, reading.Valence)
		res.pleasant = append(res.pleasant, float64(r.valence))
		if r.labels == 0 {
			continue // labelled with what the seven do not have
		}
		res.add(r, &reading)
		if r.fine != 0 {
			res.fine.add(r.fine, passed(reading.FineScores[:], model.Tuning[languageOf(r.source)].FineCut[:]))
		}
	}
	return res
}

// passed has the bits of the scores that reach their thresholds. Readings leave some of the fine labels out; here all count.
func passed(scores []float64, cuts []float32) (set uint32) {
	for i, p := range scores {
		if p >= float64(cuts[i]) {
			set |= 1 << i
		}
	}
	return set
}

func (res *result) add(r *row, reading *emotion.Reading) {
	var said uint32
	for _, l := range reading.Labels {
		said |= 1 << placeOf(l)
	}
	res.rows++
	res.labels.add(r.labels, said)
	for l, p := range reading.Scores {
		res.probable[l] = append(res.probable[l], sample{p, r.labels>>l&1 == 1})
	}
	label := placeOf(reading.Label)
	strongest := r.dominant
	if strongest < 0 {
		strongest = bits.TrailingZeros32(r.labels)
	}
	res.strongest.add(1<<strongest, 1<<label)
	right := r.labels>>label&1 == 1
	res.sure = append(res.sure, sample{reading.Confidence, right})
	if right {
		res.right++
		res.dominant.add(1<<label, 1<<label)
	} else {
		res.dominant.add(1<<strongest, 1<<label)
	}
	switch {
	case reading.Unclear:
		res.unclear++
	case right:
		res.clearRight++
	}
}

// halved is how a model read both halves of a source, each with the calibration and the thresholds that the other half asks for.
type halved [2]result

// mean is that of a figure of the two halves.
func (h *halved) mean(figure func(*result) float64) float64 {
	return (figure(&h[0]) + figure(&h[1])) / 2
}

// halves judges a model twice, without using what it was tuned to.
func halves(model *linear.Model, dev []row) (all [sources]halved) {
	var parts [2][]row
	var seen [sources]int
	for _, r := range dev {
		which := seen[r.source] % 2
		seen[r.source]++
		parts[which] = append(parts[which], r)
	}
	for which := range parts {
		retuned := *model
		tune(&retuned, parts[1-which])
		for s := range sources {
			all[s][which] = judge(&retuned, placed(parts[which], s))
		}
	}
	return all
}

// placed takes the rows of one source.
func placed(rows []row, s source) []row {
	var of []row
	for _, i := range placesOf(rows, s) {
		of = append(of, rows[i])
	}
	return of
}

// report prints how a model reads the dev files of a folder.
func report(model *linear.Model, size int, folder string, out io.Writer) error {
	dev, err := loadAll(folder, devFiles())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %.2f MiB\n", model.Version, float64(size)/(1<<20))
	engine := emotion.NewEngine(model)
	printSpeed(engine, dev, out)
	judged := halves(model, dev)
	for _, part := range []struct {
		name    string
		sources []source
	}{{"English", []source{goEmotions, xed}}, {"Korean", []source{translated, kote, starred}}} {
		fmt.Fprintf(out, "\n%s: calibration and thresholds from one half of each file, figures from the other, both ways\n", part.name)
		for _, s := range part.sources {
			judged[s].print(nameOf(s), out)
			if s != starred {
				printTrials(engine, placed(dev, s), out)
			}
		}
	}
	return nil
}

func nameOf(s source) string {
	return [sources]string{
		goEmotions: "GoEmotions", xed: "XED, film lines", translated: "GoEmotions, translated", kote: "KOTE", starred: "NSMC, film reviews with stars",
	}[s]
}

func (h *halved) print(name string, out io.Writer) {
	fmt.Fprintf(out, "\n  %s: %d rows; valence r %.3f\n", name, len(h[0].valence)+len(h[1].valence),
		h.mean(func(r *result) float64 { return correlation(r.valence, r.pleasant) }))
	if h[0].rows == 0 || h[1].rows == 0 {
		return
	}
	rate := func(part func(*result) int) float64 {
		return h.mean(func(r *result) float64 { return float64(part(r)) / float64(r.rows) })
	}
	fmt.Fprintf(out, "    7 labels: macro-F1 %.3f, micro-F1 %.3f; top-1 in gold %.3f; of the best label, weighted F1 %.3f dominant, %.3f strongest\n     ",
		h.mean(func(r *result) float64 { return r.labels.macro() }), h.mean(func(r *result) float64 { return r.labels.micro() }),
		rate(func(r *result) int { return r.right }),
		h.mean(func(r *result) float64 { return r.dominant.weighted() }), h.mean(func(r *result) float64 { return r.strongest.weighted() }))
	for l, label := range emotion.Labels() {
		fmt.Fprintf(out, " %s %.3f", label, h.mean(func(r *result) float64 { return r.labels[l].f1() }))
	}
	fmt.Fprintln(out)
	if !h[0].fine.empty() {
		fmt.Fprintf(out, "    28 labels: macro-F1 %.3f, micro-F1 %.3f\n     ",
			h.mean(func(r *result) float64 { return r.fine.macro() }), h.mean(func(r *result) float64 { return r.fine.micro() }))
		for f, label := range emotion.FineLabels() {
			fmt.Fprintf(out, " %s %.3f", label, h.mean(func(r *result) float64 { return r.fine[f].f1() }))
		}
		fmt.Fprintln(out)
	}
	h.printTrust(out)
	fmt.Fprintf(out, "    unclear %.3f; right where clear %.3f\n", rate(func(r *result) int { return r.unclear }),
		h.mean(func(r *result) float64 { return float64(r.clearRight) / float64(max(1, r.rows-r.unclear)) }))
}

// printTrust prints how much the probabilities can be relied on; both halves are taken together, as few rows look worse than they are.
func (h *halved) printTrust(out io.Writer) {
	fmt.Fprint(out, "    class-wise ECE")
	sum := 0.0
	var each [linear.LabelOutputs]float64
	for l := range each {
		each[l] = calibrationError(append(h[0].probable[l][:len(h[0].probable[l]):len(h[0].probable[l])], h[1].probable[l]...))
		sum += each[l] / linear.LabelOutputs
	}
	fmt.Fprintf(out, " %.4f:", sum)
	for l, label := range emotion.Labels() {
		fmt.Fprintf(out, " %s %.3f", label, each[l])
	}
	fmt.Fprint(out, "\n    wrong among the surest:")
	coverages := []float64{1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.1}
	at, area := risks(append(h[0].sure[:len(h[0].sure):len(h[0].sure)], h[1].sure...), coverages...)
	for i, coverage := range coverages {
		fmt.Fprintf(out, " %.0f%% %.3f", 100*coverage, at[i])
	}
	fmt.Fprintf(out, "; mean %.3f\n", area)
}
