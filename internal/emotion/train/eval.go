package main

import (
	"fmt"
	"io"
	"math/bits"
	"path/filepath"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// tally counts one label's hits and misses.
type tally struct{ hit, wrong, missed float64 }

func (t tally) f1() float64 {
	if t.hit == 0 {
		return 0
	}
	return 2 * t.hit / (2*t.hit + t.wrong + t.missed)
}

// table is the tallies of a set of labels.
type table []tally

func (t table) add(truth, said uint32) {
	for l := range t {
		switch {
		case truth>>l&1 == 1 && said>>l&1 == 1:
			t[l].hit++
		case said>>l&1 == 1:
			t[l].wrong++
		case truth>>l&1 == 1:
			t[l].missed++
		}
	}
}

func (t table) macro() float64 {
	sum := 0.0
	for _, c := range t {
		sum += c.f1()
	}
	return sum / float64(len(t))
}

func (t table) micro() float64 {
	var all tally
	for _, c := range t {
		all.hit += c.hit
		all.wrong += c.wrong
		all.missed += c.missed
	}
	return all.f1()
}

// weighted is the mean of F1 by how often each label is true.
func (t table) weighted() float64 {
	sum, rows := 0.0, 0.0
	for _, c := range t {
		n := c.hit + c.missed
		sum += n * c.f1()
		rows += n
	}
	return sum / rows
}

// result is how the engine read one file.
type result struct {
	rows         int
	labels, fine table
	// dominant compares the best label with the source's dominant ones: any of them will do, and where none was said the
	// strongest was missed. strongest takes no other than that.
	dominant, strongest table
	right               int // best label among the source's
	unclear, clearRight int
	took                time.Duration
}

func judge(engine *emotion.Embedded, rows []row) result {
	res := result{labels: make(table, linear.LabelOutputs), fine: make(table, linear.FineOutputs),
		dominant: make(table, linear.LabelOutputs), strongest: make(table, linear.LabelOutputs)}
	for _, r := range rows {
		if r.labels == 0 {
			continue // labelled with what the seven do not have
		}
		begin := time.Now()
		reading := engine.Read(r.text)
		res.took += time.Since(begin)
		res.add(r, reading)
	}
	return res
}

func (res *result) add(r row, reading emotion.Reading) {
	labelNames, fineNames := emotion.Labels(), emotion.FineLabels()
	var said, saidFine uint32
	for _, l := range reading.Labels {
		said |= 1 << slices.Index(labelNames[:], l)
	}
	for _, f := range reading.Fine {
		saidFine |= 1 << slices.Index(fineNames[:], f)
	}
	res.rows++
	res.labels.add(r.labels, said)
	if r.fine != 0 {
		res.fine.add(r.fine, saidFine)
	}
	label := slices.Index(labelNames[:], reading.Label)
	strongest := r.dominant
	if strongest < 0 {
		strongest = bits.TrailingZeros32(r.labels)
	}
	res.strongest.add(1<<strongest, 1<<label)
	right := r.labels>>label&1 == 1
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

// report prints how engine reads the dev files of a folder.
func report(engine *emotion.Embedded, size int, folder string, out io.Writer) error {
	fmt.Fprintf(out, "%s: %d bytes\n", engine.Version(), size)
	for _, name := range devFiles() {
		rows, err := load(filepath.Join(folder, name+".tsv.gz"))
		if err != nil {
			return err
		}
		judge(engine, rows).print(name, out)
	}
	return nil
}

func (res result) print(name string, out io.Writer) {
	n := float64(res.rows)
	fmt.Fprintf(out, "\n%s: %d rows, %d ns a message\n", name, res.rows, res.took.Nanoseconds()/int64(res.rows))
	fmt.Fprintf(out, "  best label: right %.3f; weighted F1 %.3f against the dominant labels, %.3f against the strongest\n",
		float64(res.right)/n, res.dominant.weighted(), res.strongest.weighted())
	fmt.Fprintf(out, "  unclear: %.3f; right where clear %.3f\n", float64(res.unclear)/n, float64(res.clearRight)/(n-float64(res.unclear)))
	fmt.Fprintf(out, "  7 labels: macro-F1 %.3f, micro-F1 %.3f, weighted F1 %.3f\n   ",
		res.labels.macro(), res.labels.micro(), res.labels.weighted())
	for l, label := range emotion.Labels() {
		fmt.Fprintf(out, " %s %.3f", label, res.labels[l].f1())
	}
	fmt.Fprintln(out)
	if res.fine.micro() == 0 {
		return // the source has no fine labels
	}
	fmt.Fprintf(out, "  28 labels: macro-F1 %.3f, micro-F1 %.3f\n   ", res.fine.macro(), res.fine.micro())
	for f, label := range emotion.FineLabels() {
		fmt.Fprintf(out, " %s %.3f", label, res.fine[f].f1())
	}
	fmt.Fprintln(out)
}
