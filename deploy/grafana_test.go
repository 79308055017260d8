// Package deploy_test holds what operators are given to what the program is.
package deploy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/emosation/emosation/deploy/grafana"
)

// board is what the tests read of a dashboard, as Grafana would.
type board struct {
	UID, Title, Description string
	Tags                    []string
	Links                   []struct {
		Type                  string
		Tags                  []string
		IncludeVars, KeepTime bool
	}
	Annotations struct {
		List []struct {
			Name, Expr string
			Datasource struct{ UID string }
		}
	}
	Templating struct {
		List []struct {
			Name, Type string
			Current    struct{ Value string }
		}
	}
	Panels []boardPanel
}

type boardPanel struct {
	ID                       int
	Type, Title, Description string
	Datasource               struct{ UID string }
	GridPos                  struct{ X, Y, W, H int }
	FieldConfig              struct {
		Defaults struct {
			Unit       string
			Thresholds struct{ Steps []struct{ Value *float64 } }
		}
	}
	Targets []struct{ RefID, Expr, LegendFormat string }
}

const boardsFolder = "grafana/dashboards"

// boards reads the committed dashboards, by the names of their files.
func boards(t *testing.T) map[string]board {
	t.Helper()
	files, err := filepath.Glob(boardsFolder + "/*.json")
	require.NoError(t, err)
	all := make(map[string]board)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var b board
		require.NoError(t, json.Unmarshal(text, &b), file)
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = b
	}
	return all
}

func TestDashboardsAreWhatTheirCodeMakes(t *testing.T) {
	var names []string
	for _, d := range grafana.Dashboards() {
		want, err := d.JSON()
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(boardsFolder, d.Name+".json"))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "run: go generate ./deploy/grafana")
		names = append(names, d.Name)
	}
	require.Equal(t, []string{"overview", "realtime", "emotion", "database", "business"}, names)
	require.Len(t, boards(t), len(names), "a file of a dashboard that is not made any more")
}

func TestDashboardsExplainThemselves(t *testing.T) {
	uids := make(map[string]bool)
	for name, b := range boards(t) {
		require.Equal(t, "emosation-"+name, b.UID)
		require.False(t, uids[b.UID])
		uids[b.UID] = true
		require.NotEmpty(t, b.Description, name)
		require.Len(t, b.Links, 1, name)
		require.Equal(t, "dashboards", b.Links[0].Type)
		require.Equal(t, b.Tags, b.Links[0].Tags, "%s leads to all that have its tag", name)
		require.True(t, b.Links[0].IncludeVars && b.Links[0].KeepTime, name)

		variables := make(map[string]bool)
		for _, v := range b.Templating.List {
			variables["$"+v.Name] = true
		}
		require.True(t, variables["$datasource"], name)
		titles := make(map[string]bool)
		for _, p := range b.Panels {
			if p.Type == "row" {
				titles = make(map[string]bool) // the same may be told of two things
				continue
			}
			about := name + ": " + p.Title
			require.False(t, titles[p.Title], about)
			titles[p.Title] = true
			require.NotEmpty(t, p.Title, name)
			require.Greater(t, len(p.Description), 10, about)
			require.True(t, strings.HasSuffix(p.Description, "."), about)
			require.Equal(t, "${datasource}", p.Datasource.UID, about)
			require.NotEmpty(t, p.FieldConfig.Defaults.Unit, about)
			steps := p.FieldConfig.Defaults.Thresholds.Steps
			require.NotEmpty(t, steps, about)
			require.Nil(t, steps[0].Value, "%s: what is below the first threshold has a colour, too", about)
			require.NotEmpty(t, p.Targets, about)
			for _, q := range p.Targets {
				require.NotEmpty(t, q.LegendFormat, about)
				if strings.Contains(q.Expr, "$node") {
					require.True(t, variables["$node"], about)
				}
			}
		}
	}
}

// TestPanelsFitTheirPage looks at the grid as Grafana does: 24 columns, and nothing above anything else.
func TestPanelsFitTheirPage(t *testing.T) {
	for name, b := range boards(t) {
		taken := make(map[[2]int]int)
		ids := make(map[int]bool)
		row := -1
		for _, p := range b.Panels {
			require.False(t, ids[p.ID], "%s: two panels with id %d", name, p.ID)
			ids[p.ID] = true
			at := p.GridPos
			require.True(t, at.X >= 0 && at.W > 0 && at.H > 0 && at.X+at.W <= 24, "%s: %s at %+v", name, p.Title, at)
			if p.Type == "row" {
				require.Greater(t, at.Y, row)
				row = at.Y
			}
			require.GreaterOrEqual(t, at.Y, row, "%s: %s stands above the heading of its row", name, p.Title)
			for x := at.X; x < at.X+at.W; x++ {
				for y := at.Y; y < at.Y+at.H; y++ {
					require.Zero(t, taken[[2]int{x, y}], "%s: %s covers panel %d", name, p.Title, taken[[2]int{x, y}])
					taken[[2]int{x, y}] = p.ID
				}
			}
		}
	}
}

func TestProvisioningLeadsToTheDashboardsAndTheirData(t *testing.T) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			UID, Type, URL string
			IsDefault      bool `yaml:"isDefault"`
			JSONData       struct {
				TimeInterval string `yaml:"timeInterval"`
			} `yaml:"jsonData"`
		}
	}
	readYAML(t, "grafana/provisioning/datasources/prometheus.yml", &sources)
	require.Equal(t, 1, sources.APIVersion)
	require.Len(t, sources.Datasources, 1)
	source := sources.Datasources[0]
	require.Equal(t, "prometheus", source.Type)
	require.Equal(t, "http://prometheus:9090", source.URL)
	require.True(t, source.IsDefault)
	for name, b := range boards(t) {
		require.Equal(t, "datasource", b.Templating.List[0].Type)
		require.Equal(t, source.UID, b.Templating.List[0].Current.Value, name)
	}

	var watched struct {
		Global struct {
			Interval string `yaml:"scrape_interval"`
		}
	}
	readYAML(t, "prometheus/prometheus.yml", &watched)
	require.Equal(t, watched.Global.Interval, source.JSONData.TimeInterval, "graphs of shorter intervals than there are samples are empty")

	var providers struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Type, Folder string
			FolderUID          string `yaml:"folderUid"`
			Options            struct{ Path string }
		}
	}
	readYAML(t, "grafana/provisioning/dashboards/emosation.yml", &providers)
	require.Equal(t, 1, providers.APIVersion)
	require.Len(t, providers.Providers, 1)
	require.Equal(t, "file", providers.Providers[0].Type)
	require.Equal(t, "emosation", providers.Providers[0].FolderUID)
	require.Equal(t, "/var/lib/grafana/dashboards", providers.Providers[0].Options.Path, "where compose.yaml mounts them")
}

// readYAML refuses what it finds twice in a file.
func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, into), path)
}
