package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// loadReport is what a program reads of loadtest -json.
type loadReport struct {
	Workloads []struct {
		Plan       struct{ Workload string }
		Contenders []struct {
			Name    string
			Medians map[string]float64
			Verdict map[string]int64
		}
		Ratios map[string]map[string]float64
	}
}

// loadtested runs the built program, which starts servers from its own binary, and returns what it reports.
func loadtested(t *testing.T, binary string, environ []string, args ...string) loadReport {
	t.Helper()
	var out, complaints bytes.Buffer
	command := exec.CommandContext(t.Context(), binary, append([]string{"loadtest", "-json"}, args...)...)
	command.Env, command.Stdout, command.Stderr = append(servers.Environ(), environ...), &out, &complaints
	require.NoError(t, command.Run(), "%s\n%s", &complaints, &out)
	return decoded[loadReport](t, out.Bytes())
}

func TestLoadtest(t *testing.T) {
	binary, err := servers.BuildAPI(t.Context(), t.TempDir(), "-race")
	require.NoError(t, err)
	t.Run("checks and compares", func(t *testing.T) { testLoadtestCompares(t, binary) })
	t.Run("drives a server that runs already", func(t *testing.T) { testLoadtestDrives(t, binary) })
}

func testLoadtestCompares(t *testing.T, binary string) {
	report := loadtested(t, binary, nil, "-workload", "W1c,W3,W4,W5", "-rooms", "2", "-members", "3", "-sockets", "20", "-clients", "2",
		"-history", "1000", "-duration", "300ms", "-warmup", "100ms")

	columns := map[string][]string{
		"W1c": {"floor", "floor+rows", "emosation"}, "W3": {"floor", "emosation"}, "W4": {"floor", "floor+rows", "emosation+sql", "emosation"}, "W5": {"emosation"},
	}
	figures := map[string]string{"W1c": "deliveries/s", "W3": "KiB per idle socket", "W4": "requests/s", "W5": "sign-ups/s"}
	require.Len(t, report.Workloads, len(columns))
	for _, w := range report.Workloads {
		name := w.Plan.Workload
		var names []string
		for _, c := range w.Contenders {
			names = append(names, c.Name)
			require.Contains(t, c.Medians, figures[name], "%s of %s", name, c.Name)
			require.Contains(t, c.Medians, "peak RSS MiB")
			for fault, count := range c.Verdict {
				if fault != "deliveries" && fault != "foreign" {
					require.Zero(t, count, "%s of %s in %s", fault, c.Name, name)
				}
			}
			if name == "W1c" {
				require.Positive(t, c.Verdict["deliveries"])
				require.Positive(t, c.Medians["CPU s per 1000 deliveries"])
			}
		}
		require.Equal(t, columns[name], names)
		require.Len(t, w.Ratios, len(names)-1)
	}
	require.Contains(t, report.Workloads[0].Ratios["emosation ÷ floor+rows"], "CPU s per 1000 deliveries")
}

func testLoadtestDrives(t *testing.T, binary string) {
	s := start(t, append(embedded(t), "EMOSATION_RATE_LIMITS=off"))
	report := loadtested(t, binary, nil, "-url", s.url, "-rooms", "1", "-members", "2", "-duration", "200ms", "-warmup", "0s", "-floors", "none")
	only := report.Workloads[0].Contenders
	require.Len(t, only, 1)
	require.Positive(t, only[0].Verdict["deliveries"])
	require.NotContains(t, only[0].Medians, "peak RSS MiB", "nobody said which process it is")
}

func TestLoadtestRefusesWhatItMayNotLoad(t *testing.T) {
	for _, c := range []struct {
		code      int
		complaint string
		environ   []string
		args      []string
	}{
		{exitUsage, "chat.example.org is not on this machine", nil, []string{"-url", "https://chat.example.org"}},
		{exitUsage, "EMOSATION_REDIS_URL: ", []string{"EMOSATION_REDIS_URL=nonsense"}, nil},
		{exitUsage, "not defined", nil, []string{"floor", "-fast"}},
	} {
		got := command(t, "", append(embedded(t), c.environ...), append([]string{"loadtest"}, c.args...)...)
		require.Equal(t, c.code, got.code, got.err)
		require.Contains(t, got.err, c.complaint)
	}
}

func TestLoadtestServersKeepNothingAndLimitNothing(t *testing.T) {
	dir := t.TempDir()
	environ, err := loadEnviron([]string{"EMOSATION_DATA_DIR=/var/lib/emosation", "EMOSATION_RATE_LIMITS=on", "EMOSATION_LOG_LEVEL=error", "HOME=/"}, dir)
	require.NoError(t, err)
	cfg, err := program{environ: environ}.config()
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(cfg.DataDir, dir))
	require.Contains(t, cfg.DatabaseURL.Reveal(), dir)
	require.False(t, bool(cfg.RateLimits))
	require.Equal(t, "error", cfg.LogLevel.String())
	require.Contains(t, environ, "HOME=/")

	own := strings.Join(environ, "\x00")
	again, err := loadEnviron([]string{own[strings.Index(own, "EMOSATION_JWT_KEY="):]}, dir)
	require.NoError(t, err)
	require.NotContains(t, strings.Join(again[1:], "\x00"), "EMOSATION_JWT_KEY=", "a key that is given stays")
}
