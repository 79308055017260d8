package loadtest

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// bound is what a ratio may come to at most, or has to come to at least.
type bound struct {
	workload    string
	history     int // of the one plan of the workload; 0 where it has only one
	figure      string
	over, under string // contenders; no over is the first of ours
	most, least float64
}

const (
	cpuPerDelivery = "CPU s per 1000 deliveries"
	lastMemberP99  = "last member p99 ms"
	kibPerSocket   = "KiB per idle socket"
	readRate       = "requests/s"
	readP50        = "answer p50 ms"
	// flat is how many times the slowest length of a history may take as long as the quickest.
	flat = 1.3
)

// checked are the flags of what the bounds are about.
func checked() map[string]string {
	return map[string]string{"workload": "W1,W1b,W1c,W2,W3,W4", "floors": floorMemory + "," + floorRows, "history": "100,10000,1000000", "runs": "3"}
}

// checkedOnNodes is the workload that several nodes have to carry.
const checkedOnNodes = "W1"

// bounds are what Emosation has to keep to, durable and with every message read, on a database server and a Redis beside it.
func bounds() []bound {
	return []bound{
		{workload: "W1", figure: cpuPerDelivery, under: floorRows, most: 1.1},
		{workload: "W1b", figure: cpuPerDelivery, under: floorRows, most: 1.1},
		{workload: "W1c", figure: cpuPerDelivery, under: floorMemory, most: 0.35},
		{workload: "W1", figure: "messages/s", under: floorRows, least: 0.75},
		{workload: "W2", figure: lastMemberP99, under: floorMemory, most: 1.3},
		{workload: "W3", figure: kibPerSocket, under: floorMemory, most: 1.0},
		{workload: "W4", history: 10_000, figure: readRate, under: floorRows, least: 2},
		{workload: "W4", history: 10_000, figure: readRate, under: entrantBySQL, least: 3},
		{workload: "W4", history: 1_000_000, figure: readRate, under: entrantBySQL, least: 3},
		{workload: "W1", figure: cpuPerDelivery, over: nodesName(3), under: nodesName(1), most: 1.6},
	}
}

// ErrBound means that something did not keep to its bounds; what, has been printed.
var ErrBound = errors.New("not all bounds are kept to")

// judgement is a bound and what was measured.
type judgement struct {
	what     string
	measured spread
	kept     bool
}

func (b bound) String() string {
	over := b.over
	if over == "" {
		over = entrantName
	}
	workload := b.workload
	if b.history > 0 {
		workload = fmt.Sprintf("%s of %d", workload, b.history)
	}
	limit := fmt.Sprintf("≤ %g", b.most)
	if b.least > 0 {
		limit = fmt.Sprintf("≥ %g", b.least)
	}
	return fmt.Sprintf("%s: %s, %s ÷ %s %s", workload, b.figure, over, b.under, limit)
}

// judge holds the median of the ratios against the bound.
func (b bound) judge(c comparison) judgement {
	own := slices.IndexFunc(c.columns, func(c column) bool { return !c.reference })
	over, there := c.columns[own], true
	if b.over != "" {
		over, there = c.column(b.over)
	}
	under, known := c.column(b.under)
	if !there || !known {
		return judgement{what: b.String()}
	}
	measured := ratio(over, under, b.figure)
	return judgement{b.String(), measured, measured.found && measured.median >= b.least && (b.most == 0 || measured.median <= b.most)}
}

// judgeFlat compares how long a page takes in the shortest and the longest room, run by run.
func judgeFlat(parts []comparison) judgement {
	j := judgement{what: fmt.Sprintf("W4: %s, slowest ÷ quickest of the lengths ≤ %g", readP50, flat)}
	var ratios []float64
	for run := 0; ; run++ {
		var times []float64
		for _, part := range parts {
			for _, c := range part.columns {
				if c.reference || run >= len(c.rounds) {
					continue
				}
				if v, found := c.rounds[run].figure(readP50); found && v > 0 {
					times = append(times, v)
				}
			}
		}
		if len(times) == 0 {
			break
		}
		if len(times) > 1 {
			ratios = append(ratios, slices.Max(times)/slices.Min(times))
		}
	}
	j.measured = spreadOf(ratios)
	j.kept = j.measured.found && j.measured.median <= flat
	return j
}

// judgements are on all bounds of the workloads that were played.
func (r *report) judgements() (list []judgement) {
	for _, b := range bounds() {
		for _, part := range r.parts {
			if part.plan.Workload == b.workload && (b.history == 0 || part.plan.History == b.history) {
				list = append(list, b.judge(part))
			}
		}
	}
	lengths := slices.DeleteFunc(slices.Clone(r.parts), func(c comparison) bool { return c.plan.kind != reading })
	if len(lengths) > 1 {
		list = append(list, judgeFlat(lengths))
	}
	return list
}

// broken tells whether something was measured that does not keep to its bound.
func (r *report) broken() bool {
	return r.check && slices.ContainsFunc(r.judgements(), func(j judgement) bool { return j.measured.found && !j.kept })
}

func (r *report) printJudgements(out io.Writer) {
	rows := [][]string{{"", "measured", ""}}
	for _, j := range r.judgements() {
		word := "kept"
		switch {
		case !j.measured.found:
			word = "not measured"
		case !j.kept:
			word = "NOT KEPT"
		}
		rows = append(rows, []string{j.what, j.measured.String(), word})
	}
	fmt.Fprintf(out, "\nBounds, median (min–max) of %d runs\n", r.runs)
	printTable(out, rows)
}
