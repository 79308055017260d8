package deploy_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ruleFile is a file of rules as Prometheus reads it.
type ruleFile struct {
	Groups []struct {
		Name  string
		Rules []rule
	}
}

type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

// rules are those of some files, in their order.
func rules(t *testing.T, paths ...string) (all []rule) {
	t.Helper()
	for _, path := range paths {
		var file ruleFile
		readYAML(t, path, &file)
		for _, g := range file.Groups {
			all = append(all, g.Rules...)
		}
	}
	require.NotEmpty(t, all)
	return all
}

const (
	recordedIn = "prometheus/rules.yml"
	alertsIn   = "prometheus/alerts.yml"
	casesIn    = "prometheus/alerts_test.yml"
)

func promtool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput()
	require.NoError(t, err, "promtool %v (make deps installs it)\n%s", args, out)
	return string(out)
}

func TestPrometheusTakesItsConfiguration(t *testing.T) {
	require.Contains(t, promtool(t, "check", "config", "prometheus/prometheus.yml"), "2 rule files found")
}

func TestAlertsFireWhenTheyShould(t *testing.T) {
	promtool(t, "test", "rules", casesIn)
}

func TestEveryAlertHasCasesOfFiringAndOfNotFiring(t *testing.T) {
	var cases struct {
		Tests []struct {
			Checks []struct {
				Expr    string
				Samples []any `yaml:"exp_samples"`
			} `yaml:"promql_expr_test"`
		}
	}
	readYAML(t, casesIn, &cases)
	names := regexp.MustCompile(`ALERTS\{alertname="(\w+)",alertstate="firing"\}`)
	fires, calm := make(map[string]bool), make(map[string]bool)
	for _, c := range cases.Tests {
		for _, check := range c.Checks {
			name := names.FindStringSubmatch(check.Expr)
			require.NotNil(t, name, check.Expr)
			if len(check.Samples) > 0 {
				fires[name[1]] = true
			} else {
				calm[name[1]] = true
			}
		}
	}
	for _, r := range rules(t, alertsIn) {
		require.True(t, fires[r.Alert], "%s never fires in %s", r.Alert, casesIn)
		require.True(t, calm[r.Alert], "%s always fires in %s", r.Alert, casesIn)
		delete(fires, r.Alert)
		delete(calm, r.Alert)
	}
	require.Empty(t, fires, "no such alert")
	require.Empty(t, calm, "no such alert")
}

func TestEveryAlertSaysWhatToDo(t *testing.T) {
	guide, err := os.ReadFile("README.md")
	require.NoError(t, err)
	anchors := make(map[string]bool)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(guide), -1) {
		anchors[strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-")] = true
	}
	seen := make(map[string]bool)
	for _, r := range rules(t, alertsIn) {
		require.False(t, seen[r.Alert], r.Alert)
		seen[r.Alert] = true
		require.Contains(t, []string{"critical", "warning"}, r.Labels["severity"], r.Alert)
		require.Regexp(t, `^.{20,}\.$`, r.Annotations["summary"], r.Alert)
		require.Regexp(t, `^.{60,}\.$`, r.Annotations["description"], r.Alert)
		anchor, ok := strings.CutPrefix(r.Annotations["runbook_url"], "https://github.com/emosation/emosation/blob/main/deploy/README.md#")
		require.True(t, ok, r.Alert)
		require.True(t, anchors[anchor], "deploy/README.md has no heading for #%s of %s", anchor, r.Alert)
	}
}
