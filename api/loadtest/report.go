package loadtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"
)

// report is everything that was measured.
type report struct {
	heading string
	runs    int
	parts   []comparison
}

// comparison is one plan with everybody.
type comparison struct {
	plan    Plan
	columns []column // Emosation is the last one
}

// column is one contender.
type column struct {
	name   string
	rounds []outcome
}

func newReport(w World, o Options) *report {
	scheme, _, _ := strings.Cut(w.DatabaseURL, "://")
	redis := "Redis beside it"
	if w.RedisURL == "embedded" {
		redis = "embedded Redis"
	}
	return &report{
		heading: fmt.Sprintf("%d cores for clients and servers together, %s/%s, %s, %s, %d of our nodes",
			runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, scheme, redis, max(o.Nodes, len(o.URLs))),
		runs: o.Runs,
	}
}

func (r *report) add(c comparison) { r.parts = append(r.parts, c) }

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

// medians are the figures of a column, over its rounds.
func (c column) medians() (figures []figure) {
	for _, f := range c.rounds[0].figures {
		var values []float64
		for _, round := range c.rounds {
			if v, found := round.figure(f.name); found {
				values = append(values, v)
			}
		}
		figures = append(figures, figure{f.name, median(values)})
	}
	return figures
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

// ratios are the figures of Emosation divided by those of a floor.
func (c comparison) ratios(floor column) map[string]float64 {
	ratios := make(map[string]float64)
	divisors := outcome{figures: floor.medians()}
	for _, f := range c.columns[len(c.columns)-1].medians() {
		if d, found := divisors.figure(f.name); found && d != 0 {
			ratios[f.name] = f.value / d
		}
	}
	return ratios
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
	_, err := io.WriteString(out, text.String())
	return err
}

func (c comparison) print(out io.Writer, runs int) {
	fmt.Fprintf(out, "\n%s; %v, median of %d\n", c.plan, c.plan.Duration, runs)
	header := []string{""}
	floors := c.columns[:len(c.columns)-1]
	for _, column := range c.columns {
		header = append(header, column.name)
	}
	for _, floor := range floors {
		header = append(header, "÷ "+floor.name)
	}
	rows := [][]string{header}
	for _, f := range c.columns[len(c.columns)-1].medians() {
		row := []string{f.name}
		for _, column := range c.columns {
			value, found := outcome{figures: column.medians()}.figure(f.name)
			row = append(row, shown(value, found))
		}
		for _, floor := range floors {
			ratio, found := c.ratios(floor)[f.name]
			row = append(row, shown(ratio, found))
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
	return fmt.Sprintf("%d deliveries checked (%d of the server itself): %d lost, %d duplicated, %d out of order, %d misplaced; "+
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
	}
	jsonComparison struct {
		Plan       Plan                          `json:"plan"`
		Seconds    float64                       `json:"seconds"`
		Contenders []jsonColumn                  `json:"contenders"`
		Ratios     map[string]map[string]float64 `json:"ratios"` // by floor, of Emosation's medians to the floor's
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
		for i, column := range part.columns {
			j := jsonColumn{Name: column.name, Medians: byName(column.medians()), Verdict: column.verdict(), Note: column.note()}
			for _, round := range column.rounds {
				j.Rounds = append(j.Rounds, byName(round.figures))
			}
			c.Contenders = append(c.Contenders, j)
			if i < len(part.columns)-1 {
				c.Ratios[column.name] = part.ratios(column)
			}
		}
		doc.Workloads = append(doc.Workloads, c)
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
