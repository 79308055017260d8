package loadtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// report is everything that was measured.
type report struct {
	heading string
	runs    int
	check   bool
	parts   []comparison
}

// comparison is one plan with everybody.
type comparison struct {
	plan    Plan
	columns []column // references first
}

// column is one contender with what it came to, by run.
type column struct {
	contender contender
	name      string
	reference bool
	rounds    []outcome
}

func newReport(w World, o Options) *report {
	scheme, _, _ := strings.Cut(w.DatabaseURL, "://")
	redis := "Redis beside it"
	if w.RedisURL == "embedded" {
		redis = "embedded Redis"
	}
	return &report{
		heading: fmt.Sprintf("%d cores for clients and servers together, %s/%s, %s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, scheme, redis),
		runs:    o.Runs,
		check:   o.Check,
	}
}

func (r *report) add(parts ...comparison) { r.parts = append(r.parts, parts...) }

func (r *report) wrong() bool {
	for _, part := range r.parts {
		for _, c := range part.columns {
			if c.verdict().Wrong() > 0 {
				return true
			}
		}
	}
	return false
}

// spread is what a number was in some runs.
type spread struct {
	median, least, most float64
	found               bool
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	return spread{median(values), slices.Min(values), slices.Max(values), true}
}

func (s spread) String() string {
	if s.least == s.most {
		return shown(s.median, s.found)
	}
	return fmt.Sprintf("%s (%s–%s)", shown(s.median, s.found), shown(s.least, true), shown(s.most, true))
}

// figures are the names of all that was measured of a contender, in the order in which it is printed.
func (c column) figures() (names []string) {
	for _, round := range c.rounds {
		if len(round.figures) > len(names) {
			names = names[:0]
			for _, f := range round.figures {
				names = append(names, f.name)
			}
		}
	}
	return names
}

// of returns a figure in all runs that have it.
func (c column) of(name string) spread {
	var values []float64
	for _, round := range c.rounds {
		if v, found := round.figure(name); found {
			values = append(values, v)
		}
	}
	return spreadOf(values)
}

func (c column) verdict() (sum Verdict) {
	for _, round := range c.rounds {
		sum.add(round.verdict)
	}
	return sum
}

// note is the first thing that went wrong.
func (c column) note() (note string) {
	for _, round := range c.rounds {
		note = cmp.Or(note, round.note)
	}
	return note
}

func (o outcome) figure(name string) (value float64, found bool) {
	for _, f := range o.figures {
		if f.name == name {
			return f.value, true
		}
	}
	return 0, false
}

// ratio compares what two came to in the same run, the one soon after the other, so that a machine that is slow for a while is
// slow for both.
func ratio(over, under column, figure string) spread {
	var ratios []float64
	for i := range min(len(over.rounds), len(under.rounds)) {
		a, measured := over.rounds[i].figure(figure)
		b, known := under.rounds[i].figure(figure)
		if measured && known && b != 0 {
			ratios = append(ratios, a/b)
		}
	}
	return spreadOf(ratios)
}

// pair is two columns of a comparison of which ratios are printed.
type pair struct{ over, under column }

func (p pair) String() string { return p.over.name + " ÷ " + p.under.name }

// pairs are Emosation by everything that it is measured by, and then other numbers of its nodes by the first one.
func (c comparison) pairs() (list []pair) {
	own := slices.IndexFunc(c.columns, func(c column) bool { return !c.reference })
	for _, reference := range c.columns[:own] {
		list = append(list, pair{c.columns[own], reference})
	}
	for _, more := range c.columns[own+1:] {
		list = append(list, pair{more, c.columns[own]})
	}
	return list
}

// column finds a contender by its name.
func (c comparison) column(name string) (column, bool) {
	i := slices.IndexFunc(c.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return c.columns[i], true
}

func (r *report) print(out io.Writer, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r.document())
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\nRates and latencies move with whatever else the machine does; trust CPU first and ratios of the same run second.\n", r.heading)
	for _, part := range r.parts {
		part.print(&text, r.runs)
	}
	if r.check {
		r.printJudgements(&text)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func (c comparison) print(out io.Writer, runs int) {
	fmt.Fprintf(out, "\n%s; %v", c.plan, c.plan.Duration)
	if runs > 1 {
		fmt.Fprintf(out, ", median (min–max) of %d runs, ratios by run", runs)
	}
	fmt.Fprintln(out)
	header := []string{""}
	for _, column := range c.columns {
		header = append(header, column.name)
	}
	for _, p := range c.pairs() {
		header = append(header, p.String())
	}
	rows := [][]string{header}
	for _, name := range c.columns[len(c.columns)-1].figures() {
		row := []string{name}
		for _, column := range c.columns {
			row = append(row, column.of(name).String())
		}
		for _, p := range c.pairs() {
			row = append(row, ratio(p.over, p.under, name).String())
		}
		rows = append(rows, row)
	}
	printTable(out, rows)
	for _, column := range c.columns {
		fmt.Fprintf(out, "%s: %s\n", column.name, column.verdict())
		if note := column.note(); note != "" {
			fmt.Fprintf(out, "%s: first of all, %s\n", column.name, note)
		}
	}
}

func (v Verdict) String() string {
	if v == (Verdict{}) {
		return "no connection was cut off"
	}
	failed := ""
	if v.Failed > 0 {
		failed = fmt.Sprintf("%d of the runs failed; in the others ", v.Failed)
	}
	return failed + fmt.Sprintf("%d deliveries checked (%d of the server itself): %d lost, %d duplicated, %d out of order, %d misplaced; "+
		"%d messages unanswered, %d refused, %d connections cut off",
		v.Deliveries, v.Foreign, v.Lost, v.Duplicated, v.Disordered, v.Misplaced, v.Unanswered, v.Refused, v.Broken)
}

// shown has three digits that say something.
func shown(value float64, found bool) string {
	if !found {
		return "–"
	}
	digits := 0
	if value != 0 {
		digits = max(0, 2-int(math.Floor(math.Log10(math.Abs(value)))))
	}
	return strconv.FormatFloat(value, 'f', min(digits, 5), 64)
}

// printTable sets the first column left and the others right.
func printTable(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				fmt.Fprint(out, "  ", cell, space)
			} else {
				fmt.Fprint(out, "  ", space, cell)
			}
		}
		fmt.Fprintln(out)
	}
}

// The report as JSON.
type (
	jsonReport struct {
		Heading   string           `json:"heading"`
		Runs      int              `json:"runs"`
		Workloads []jsonComparison `json:"workloads"`
		Bounds    []jsonBound      `json:"bounds,omitempty"`
	}
	jsonBound struct {
		Bound    string  `json:"bound"`
		Measured float64 `json:"measured"` // the median; 0 when there was nothing to measure
		Least    float64 `json:"least"`
		Most     float64 `json:"most"`
		Kept     bool    `json:"kept"`
	}
	jsonComparison struct {
		Plan       Plan                          `json:"plan"`
		Seconds    float64                       `json:"seconds"`
		Contenders []jsonColumn                  `json:"contenders"`
		Ratios     map[string]map[string]float64 `json:"ratios"` // by "a ÷ b", medians of each run's
	}
	jsonColumn struct {
		Name    string               `json:"name"`
		Medians map[string]float64   `json:"medians"`
		Rounds  []map[string]float64 `json:"rounds"`
		Verdict Verdict              `json:"verdict"`
		Note    string               `json:"note,omitempty"`
	}
)

func (r *report) document() jsonReport {
	doc := jsonReport{Heading: r.heading, Runs: r.runs}
	for _, part := range r.parts {
		c := jsonComparison{Plan: part.plan, Seconds: part.plan.Duration.Seconds(), Ratios: make(map[string]map[string]float64)}
		for _, column := range part.columns {
			j := jsonColumn{Name: column.name, Verdict: column.verdict(), Note: column.note(), Medians: make(map[string]float64)}
			for _, name := range column.figures() {
				j.Medians[name] = column.of(name).median
			}
			for _, round := range column.rounds {
				j.Rounds = append(j.Rounds, byName(round.figures))
			}
			c.Contenders = append(c.Contenders, j)
		}
		for _, p := range part.pairs() {
			ratios := make(map[string]float64)
			for _, name := range p.over.figures() {
				if s := ratio(p.over, p.under, name); s.found {
					ratios[name] = s.median
				}
			}
			c.Ratios[p.String()] = ratios
		}
		doc.Workloads = append(doc.Workloads, c)
	}
	if r.check {
		for _, j := range r.judgements() {
			doc.Bounds = append(doc.Bounds, jsonBound{j.what, j.measured.median, j.measured.least, j.measured.most, j.kept})
		}
	}
	return doc
}

func byName(figures []figure) map[string]float64 {
	m := make(map[string]float64, len(figures))
	for _, f := range figures {
		m[f.name] = f.value
	}
	return m
}
