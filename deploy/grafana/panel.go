package grafana

import "strings"

// panel is one graph or one number.
type panel struct {
	kind          kind
	title         string
	description   string // what it means, and where to look when it is not as it should be
	unit          string // of Grafana's names
	width, height int
	queries       []query
	stack         bool
	words         []mapped // what to say in place of 0, 1, …
	whole         bool
	steps         []step // from green on
}

type kind int

const (
	graph kind = iota
	number
)

// Units as Grafana names them.
const (
	count     = "short"
	perSecond = "ops"
	seconds   = "s"
	share     = "percentunit"
	amount    = "bytes"
)

// query is what a panel asks Prometheus, and what to call each series of the answer.
type query struct{ expr, legend string }

// newGraph returns lines over time, three of which stand side by side.
func newGraph(title, description, unit string, queries ...query) panel {
	return panel{kind: graph, title: title, description: description, unit: unit, width: 8, height: 8, queries: queries}
}

// newNumber returns how something is now, with a hint of how it has been; six stand side by side.
func newNumber(title, description, unit string, queries ...query) panel {
	return panel{kind: number, title: title, description: description, unit: unit, width: 4, height: 4, queries: queries}
}

func (p panel) wide(width int) panel {
	p.width = width
	return p
}

// stacked is for parts of a whole.
func (p panel) stacked() panel {
	p.stack = true
	return p
}

// from colours values from one on.
func (p panel) from(value float64, color string) panel {
	p.steps = append(p.steps[:len(p.steps):len(p.steps)], step{Color: color, Value: &value})
	return p
}

// says has words stand for 0 and 1.
func (p panel) says(no, yes string) panel {
	p.words = []mapped{{Text: no, Color: "red", Index: 0}, {Text: yes, Color: "green", Index: 1}}
	return p
}

// rounded is for what has no parts: Prometheus estimates how much a counter has grown, and would say 102.4 people.
func (p panel) rounded() panel {
	p.whole = true
	return p
}

func (p panel) at(id int, where gridPos) placed {
	data := source()
	out := placed{
		ID: id, Type: "timeseries", Title: p.title, Description: p.description, Datasource: &data, GridPos: where,
		FieldConfig: &fieldConfig{Defaults: p.defaults(), Overrides: []any{}},
	}
	switch p.kind {
	case graph:
		out.Options = graphOptions{
			Legend:  legend{ShowLegend: true, DisplayMode: "list", Placement: "bottom", Calcs: []string{}},
			Tooltip: tooltip{Mode: "multi", Sort: "desc"},
		}
	case number:
		out.Type = "stat"
		out.Options = statOptions{
			ColorMode: "value", GraphMode: "area", JustifyMode: "auto", Orientation: "auto", TextMode: "auto",
			ReduceOptions: reduce{Calcs: []string{"lastNotNull"}},
		}
	}
	for i, q := range p.queries {
		out.Targets = append(out.Targets, target{
			RefID: string(rune('A' + i)), Datasource: data, EditorMode: "code", Expr: q.expr, LegendFormat: q.legend, Range: true,
		})
	}
	return out
}

func (p panel) defaults() defaults {
	var zero float64
	d := defaults{
		Unit: p.unit, Min: &zero, Color: mode{"palette-classic"}, Mappings: []mapping{},
		Thresholds: thresholds{Mode: "absolute", Steps: append([]step{{Color: "green"}}, p.steps...)},
	}
	if p.whole {
		d.Decimals = new(int)
	}
	if p.words != nil {
		options := make(map[string]mapped, len(p.words))
		for i, word := range p.words {
			options[string(rune('0'+i))] = word
		}
		d.Mappings = append(d.Mappings, mapping{Type: "value", Options: options})
	}
	if p.kind == number {
		d.Color.Mode = "thresholds"
		return d
	}
	d.Custom = &custom{
		DrawStyle: "line", LineWidth: 1, FillOpacity: 10, ShowPoints: "never",
		Stacking: stacking{Mode: "none", Group: "A"}, ThresholdsStyle: mode{"off"},
	}
	if p.stack {
		d.Custom.Stacking.Mode, d.Custom.FillOpacity = "normal", 40
	}
	if p.steps != nil {
		d.Custom.ThresholdsStyle.Mode = "dashed"
	}
	return d
}

// ours selects the series of all our nodes.
func ours(metric string, matchers ...string) string {
	return metric + "{" + strings.Join(append([]string{`job="emosation"`}, matchers...), ",") + "}"
}

// chosen selects the series of the nodes that were chosen at the top of the page.
func chosen(metric string, matchers ...string) string {
	return ours(metric, append([]string{`instance=~"$node"`}, matchers...)...)
}

// rate is how much a counter grows in a second, over as short a time as the graph can show.
func rate(selected string) string { return "rate(" + selected + "[$__rate_interval])" }

// lately is how much a counter has grown in a stretch such as 1h.
func lately(selected, stretch string) string { return "increase(" + selected + "[" + stretch + "])" }

// sum adds up; the labels, if any, stay apart.
func sum(expr string, labels ...string) string { return aggregate("sum", expr, labels) }

// most is the largest; the labels, if any, stay apart.
func most(expr string, labels ...string) string { return aggregate("max", expr, labels) }

func aggregate(how, expr string, labels []string) string {
	if len(labels) == 0 {
		return how + "(" + expr + ")"
	}
	return how + " by (" + strings.Join(labels, ", ") + ") (" + expr + ")"
}

// quantile is the time or size that such a part of all stays below; the labels, if any, stay apart. Where nothing happens it is nothing.
func quantile(part, histogram string, labels ...string) string {
	return "histogram_quantile(" + part + ", " + sum(rate(chosen(histogram+"_bucket")), append([]string{"le"}, labels...)...) + ")"
}

// quantiles are the usual three.
func quantiles(histogram string) []query {
	return []query{
		{quantile("0.5", histogram), "half"},
		{quantile("0.95", histogram), "95 %"},
		{quantile("0.99", histogram), "99 %"},
	}
}

// mean is the mean of what a histogram observed.
func mean(histogram string, labels ...string) string {
	return sum(rate(chosen(histogram+"_sum")), labels...) + " / " + sum(rate(chosen(histogram+"_count")), labels...)
}

// orNone is for what mostly is not there: a line at zero that says so.
func orNone(expr, label string) string {
	return expr + ` or label_replace(vector(0), "` + label + `", "none", "", "")`
}

// orZero is for one number that mostly is not there.
func orZero(expr string) string { return expr + " or vector(0)" }
