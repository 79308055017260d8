package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asked is what a query needs to exist.
type asked struct {
	metrics map[string][]matcher
	labels  []string // to group by
}

// matcher is one condition on a label.
type matcher struct{ label, op, value string }

var (
	tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[0-9.]+[a-zA-Z0-9.]*|\$?[a-zA-Z_][\w:]*|=~|!~|!=|[^\s]`)
	word   = regexp.MustCompile(`^[a-zA-Z_][\w:]*$`)
	// grouping words have a list of labels behind them, operators are words that name nothing.
	grouping  = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	operators = []string{"and", "or", "unless", "bool", "offset"}
)

// parse finds the names in a query that promtool has found well-formed.
func parse(query string) asked {
	a := asked{metrics: make(map[string][]matcher)}
	list := tokens.FindAllString(query, -1)
	next := func(i int) string {
		if i+1 < len(list) {
			return list[i+1]
		}
		return ""
	}
	for i := 0; i < len(list); i++ {
		switch token := list[i]; {
		case token == "[": // a stretch of time
			for list[i] != "]" {
				i++
			}
		case !word.MatchString(token) || slices.Contains(operators, token):
		case slices.Contains(grouping, token):
			for i++; list[i] != ")"; i++ {
				if word.MatchString(list[i]) {
					a.labels = append(a.labels, list[i])
				}
			}
		case next(i) == "(" || slices.Contains(grouping, next(i)): // a function
		default:
			var matchers []matcher
			if next(i) == "{" {
				for i += 2; list[i] != "}"; i++ {
					if word.MatchString(list[i]) {
						matchers = append(matchers, matcher{list[i], list[i+1], strings.Trim(list[i+2], `"`)})
						i += 2
					}
				}
			}
			a.metrics[token] = append(a.metrics[token], matchers...)
		}
	}
	return a
}

// known are the labels of metrics and the values that they have.
type known map[string]map[string]map[string]bool

// unknown returns what a query needs and is not there.
func (k known) unknown(query string) (missing []string) {
	a := parse(query)
	labels := map[string]bool{"le": true}
	for metric, matchers := range a.metrics {
		if k[metric] == nil {
			missing = append(missing, "metric "+metric)
			continue
		}
		for label := range k[metric] {
			labels[label] = true
		}
		for _, m := range matchers {
			values := k[metric][m.label]
			if values == nil {
				missing = append(missing, "label "+m.label+" of "+metric)
				continue
			}
			plain := m.op == "=" || m.op == "!="
			if !values[m.value] && plain {
				missing = append(missing, m.label+"="+m.value+" of "+metric)
			}
		}
	}
	for _, label := range a.labels {
		if !labels[label] {
			missing = append(missing, "label "+label)
		}
	}
	return missing
}

func TestUnknownNamesInQueriesAreFound(t *testing.T) {
	k := known{
		"up":        {"job": {"emosation": true}, "instance": {"a": true}},
		"x_total":   {"job": {"emosation": true}, "outcome": {"ok": true, "failed": true}},
		"x:rate5m":  {},
		"s_bucket":  {"le": {"1": true}, "job": {"emosation": true}},
		"s_seconds": {},
	}
	for query, want := range map[string][]string{
		`up{job="emosation"} == 0`:                           nil,
		`sum by (outcome) (rate(x_total{outcome="ok"}[5m]))`: nil,
		`x:rate5m >= 2e9 or vector(0)`:                       nil,
		`histogram_quantile(0.99, sum by (le) (rate(s_bucket{job="emosation"}[$__rate_interval])))`: nil,
		`label_replace(vector(0), "outcome", "none, {of} them", "", "")`:                            nil,
		`up < on () group_left () count(up{instance=~"$node"} == 1)`:                                nil,
		`down == 0`:                                     {"metric down"},
		`sum(rate(x_total{result="ok"}[5m]))`:           {"label result of x_total"},
		`sum(rate(x_total{outcome="okay"}[5m]))`:        {"outcome=okay of x_total"},
		`sum(x_total{job="emosation",outcome!="okay"})`: {"outcome=okay of x_total"},
		`sum by (purpose) (x_total)`:                    {"label purpose"},
		`sum(x_total) without (purpose)`:                {"label purpose"},
		`x:rate1h > 1`:                                  {"metric x:rate1h"},
		`time() - s_seconds and on (zone) rate(y[1h:])`: {"metric y", "label zone"},
	} {
		require.Equal(t, want, k.unknown(query), query)
	}
}
