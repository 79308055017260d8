// Package grafana makes the dashboards that operators look at, so that what they have in common is said once and a name of a
// metric is spelled in one place. What it makes is committed beside it, for Grafana to read.
package grafana

//go:generate go run ./write dashboards

import (
	"bytes"
	"encoding/json"
)

// Dashboard is one page of panels, in rows.
type Dashboard struct {
	Name        string // of its file, and the end of its address
	title       string
	description string
	from        string // how far it looks back unless somebody says otherwise
	perNode     bool   // whether it can be narrowed to some nodes
	rows        []row
}

// row is some panels under a heading. They flow from left to right like words.
type row struct {
	title  string
	panels []panel
}

// Dashboards are all there are, in the order in which one would open them.
func Dashboards() []Dashboard {
	return []Dashboard{overview(), realtime(), emotion(), database(), business()}
}

const (
	columns = 24 // of Grafana's grid
	tag     = "emosation"
	// sourceUID is what the provisioning calls Prometheus.
	sourceUID = "prometheus"
)

// JSON is the dashboard as Grafana reads it from a file.
func (d Dashboard) JSON() ([]byte, error) {
	out := page{
		Annotations: annotations{List: []annotation{restarts()}}, Description: d.description, GraphTooltip: sharedCrosshair,
		Links: []link{{
			Type: "dashboards", Title: "Emosation", Tags: []string{tag}, IncludeVars: true, KeepTime: true, Icon: "external link",
		}},
		Panels: d.panels(), Refresh: "30s", SchemaVersion: schemaVersion, Tags: []string{tag}, Templating: templating{List: d.variables()},
		Time: timeRange{From: d.from, To: "now"}, Timezone: "browser", Title: "Emosation: " + d.title, UID: "emosation-" + d.Name, Version: 1,
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // these are queries, and > is > in them
	encoder.SetIndent("", "  ")
	err := encoder.Encode(out)
	return text.Bytes(), err
}

// panels gives every panel its place and its number.
func (d Dashboard) panels() (list []placed) {
	y := 0
	for _, r := range d.rows {
		list = append(list, placed{ID: len(list) + 1, Type: "row", Title: r.title, GridPos: gridPos{H: 1, W: columns, Y: y}, Panels: []placed{}})
		y++
		x, height := 0, 0
		for _, p := range r.panels {
			if x+p.width > columns {
				x, y, height = 0, y+height, 0
			}
			list = append(list, p.at(len(list)+1, gridPos{H: p.height, W: p.width, X: x, Y: y}))
			x, height = x+p.width, max(height, p.height)
		}
		y += height
	}
	return list
}

func (d Dashboard) variables() []variable {
	list := []variable{{
		Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus",
		Current: &choice{Text: "Prometheus", Value: sourceUID},
	}}
	if d.perNode {
		nodes := `label_values(up{job="emosation"}, instance)`
		list = append(list, variable{
			Name: "node", Label: "Node", Type: "query", Datasource: source(), Definition: nodes,
			Query:   map[string]string{"query": nodes, "refId": "nodes"},
			Current: &choice{Text: "All", Value: "$__all"}, IncludeAll: true, AllValue: ".+", Multi: true, Sort: 1, Refresh: 2,
		})
	}
	return list
}

// restarts marks in every graph when a node has started.
func restarts() annotation {
	return annotation{
		Name: "A node started", Datasource: source(), Enable: true, IconColor: "blue", UseValueForTime: "on", Step: "60s",
		Expr: `process_start_time_seconds{job="emosation"} * 1000`, TitleFormat: "{{instance}} started",
	}
}
