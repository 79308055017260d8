package deploy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/selfsigned"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// watched are three nodes that share everything, of which the last one answers over TLS and has no people.
type watched struct{ first, second, secure *servers.API }

// startWatched starts them as an operator would who has a provider of readings.
func startWatched(t *testing.T) watched {
	t.Helper()
	dir := t.TempDir()
	binary, err := servers.BuildAPI(t.Context(), dir)
	require.NoError(t, err)
	mariadb, err := servers.StartMariaDBInMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mariadb.Stop()) })
	redis, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, redis.Stop()) })
	key, err := servers.WriteKey(dir)
	require.NoError(t, err)
	require.NoError(t, mariadb.Exec(t.Context(), "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
	provider := openaitest.New(t)
	settings := []string{
		"EMOSATION_DATABASE_URL=" + mariadb.URL("emosation"), "EMOSATION_REDIS_URL=" + redis.URL(), "EMOSATION_JWT_KEY_FILE=" + key,
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=warn", "EMOSATION_PUBLIC_URL=http://chat.example.org",
		"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=" + provider.BaseURL, "EMOSATION_OPENAI_API_KEY=a-key",
		"EMOSATION_OPENAI_MODEL=a-model", "EMOSATION_OPENAI_INPUT_PRICE=1", "EMOSATION_OPENAI_OUTPUT_PRICE=2",
		"EMOSATION_OPENAI_DAILY_TOKENS=0", "EMOSATION_OPENAI_USER_DAILY_MESSAGES=0",
	}
	migrate := exec.CommandContext(t.Context(), binary, "migrate")
	migrate.Env = append(servers.Environ(), settings...)
	out, err := migrate.CombinedOutput()
	require.NoError(t, err, string(out))
	certificate, err := selfsigned.New([]string{"localhost"}, time.Now())
	require.NoError(t, err)
	require.NoError(t, certificate.Write(dir))
	node := func(more ...string) *servers.API {
		api, err := servers.StartAPI(t.Context(), binary, append(settings, more...)...)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, api.Stop()) })
		return api
	}
	return watched{node(), node(), node("EMOSATION_PUBLIC_URL=https://localhost",
		"EMOSATION_TLS_CERT="+filepath.Join(dir, selfsigned.CertFile), "EMOSATION_TLS_KEY="+filepath.Join(dir, selfsigned.KeyFile))}
}

// crowd talks at a node until the test ends.
func crowd(t *testing.T, node *servers.API) {
	t.Helper()
	// The test's own context ends before its cleanups run, and would take the connections from under what is being said.
	c, err := loadtest.Gather(context.WithoutCancel(t.Context()), node.URL, loadtest.Plan{Rooms: 2, Members: 3, Senders: 1, Rate: 20, Payload: 60}, time.Now)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Talk(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		c.Close()
	})
}

// prometheus is a real one that looks at the nodes every second, by our own files in all else.
type prometheus struct{ url string }

func startPrometheus(t *testing.T, nodes watched) prometheus {
	t.Helper()
	var config map[string]any
	readYAML(t, "prometheus/prometheus.yml", &config)
	config["global"] = map[string]any{"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
	var targets []string
	for _, node := range []*servers.API{nodes.first, nodes.second, nodes.secure} {
		targets = append(targets, strings.TrimPrefix(node.OpsURL, "http://"))
	}
	jobs := config["scrape_configs"].([]any)
	require.Len(t, jobs, 1)
	jobs[0].(map[string]any)["static_configs"] = []any{map[string]any{"targets": targets}}
	dir := t.TempDir()
	for _, name := range config["rule_files"].([]any) {
		text, err := os.ReadFile(filepath.Join("prometheus", name.(string)))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name.(string)), text, 0o600))
	}
	text, err := yaml.Marshal(config)
	require.NoError(t, err)
	file := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(file, text, 0o600))

	addresses, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	p := prometheus{"http://" + addresses[0]}
	process, err := servers.StartProgram(t.Context(), func(ctx context.Context) error { return p.ask(ctx, "/-/ready", nil) },
		"prometheus", "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addresses[0])
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, process.Stop()) })
	return p
}

// ask reads an answer of Prometheus' API into its data.
func (p prometheus) ask(ctx context.Context, path string, data any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if data == nil {
		if answer.StatusCode != http.StatusOK {
			return errors.New(answer.Status)
		}
		return nil
	}
	var out struct {
		Error string
		Data  json.RawMessage
	}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		return err
	}
	if out.Error != "" {
		return fmt.Errorf("%s: %s", path, out.Error)
	}
	return json.Unmarshal(out.Data, data)
}

// tells is true when a query is answered with at least one number now.
func (p prometheus) tells(t *testing.T, query string) bool {
	t.Helper()
	var found struct {
		Result []struct{ Value [2]any }
	}
	require.NoError(t, p.ask(t.Context(), "/api/v1/query?query="+url.QueryEscape(query), &found))
	for _, series := range found.Result {
		value, err := strconv.ParseFloat(series.Value[1].(string), 64)
		if err == nil && !math.IsNaN(value) && !math.IsInf(value, 0) {
			return true
		}
	}
	return false
}

// names are all metrics that it has seen, with their labels.
func (p prometheus) names(t *testing.T) known {
	t.Helper()
	var series []map[string]string
	require.NoError(t, p.ask(t.Context(), "/api/v1/series?match[]="+url.QueryEscape(`{__name__!=""}`), &series))
	k := known{"ALERTS": {"alertstate": {"firing": true}}} // is there when one fires
	for _, labels := range series {
		name := labels["__name__"]
		if k[name] == nil {
			k[name] = make(map[string]map[string]bool)
		}
		for label, value := range labels {
			if k[name][label] == nil {
				k[name][label] = make(map[string]bool)
			}
			k[name][label][value] = true
		}
	}
	return k
}

// queries are all of the dashboards, by where they stand, as Grafana would ask them for all nodes.
func queries(t *testing.T) map[string]string {
	t.Helper()
	shown := strings.NewReplacer("$node", ".+", "$__rate_interval", "10s")
	all := make(map[string]string)
	for name, b := range boards(t) {
		for _, a := range b.Annotations.List {
			all[name+": "+a.Name] = shown.Replace(a.Expr)
		}
		for _, p := range b.Panels {
			for _, q := range p.Targets {
				all[fmt.Sprintf("%s: %d %s, %s", name, p.ID, p.Title, q.RefID)] = shown.Replace(q.Expr)
			}
		}
	}
	for where, query := range all {
		require.NotContains(t, query, "$", where)
	}
	return all
}

func TestWhatOperatorsSeeIsThere(t *testing.T) {
	nodes := startWatched(t)
	p := startPrometheus(t, nodes) // it takes some seconds to begin
	crowd(t, nodes.first)
	crowd(t, nodes.second)
	somebody := visit(t, nodes)

	t.Run("every query of the dashboards is answered, and every rule recorded", func(t *testing.T) {
		missing := queries(t)
		require.Greater(t, len(missing), 60)
		for _, r := range rules(t, recordedIn) {
			missing["rule "+r.Record] = r.Record
		}
		look := func() bool {
			somebody.looks(t) // people who talk ask nothing over HTTP
			for where, query := range missing {
				if p.tells(t, query) {
					delete(missing, where)
				}
			}
			return len(missing) == 0
		}
		waitFor(t, look, func() string {
			return strings.Join(slices.Collect(maps.Keys(missing)), "\n")
		})
	})
	k := p.names(t)
	t.Run("every name in dashboards and rules is known", func(t *testing.T) {
		var unknown []string
		for where, query := range queries(t) {
			for _, name := range k.unknown(query) {
				unknown = append(unknown, where+": "+name)
			}
		}
		for _, r := range rules(t, recordedIn, alertsIn) {
			for _, name := range k.unknown(r.Expr) {
				unknown = append(unknown, r.Record+r.Alert+": "+name)
			}
		}
		require.Empty(t, unknown)
	})
	t.Run("rules can be worked out and nothing fires", func(t *testing.T) {
		var found struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError, State string }
			}
		}
		require.NoError(t, p.ask(t.Context(), "/api/v1/rules", &found))
		count := 0
		for _, g := range found.Groups {
			for _, r := range g.Rules {
				count++
				require.Equal(t, "ok", r.Health, "%s: %s", r.Name, r.LastError)
				require.NotEqual(t, "firing", r.State, r.Name)
			}
		}
		require.Len(t, rules(t, recordedIn, alertsIn), count)
	})
}

// waitFor polls for as long as a loaded machine may take.
func waitFor(t *testing.T, done func() bool, missing func() string) {
	t.Helper()
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(90 * time.Second)
	for !done() {
		select {
		case <-ticker.C:
		case <-deadline:
			require.Fail(t, "no data for:\n"+missing())
		}
	}
}
