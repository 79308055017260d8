package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

const (
	mebibyte    = 1 << 20
	sizeBound   = 40 * mebibyte
	memoryBound = 60 * mebibyte
)

// released is the program as it is released, but for the paths in it and for C, so that what other tests have compiled is of use.
func released(t testing.TB) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "emosation")
	require.NoError(t, build(t.Context(), binary, "v1.2.3", nil))
	return binary
}

func TestTheProgramIsSmall(t *testing.T) {
	binary := released(t)
	info, err := os.Stat(binary)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(sizeBound), "see what go tool nm -size -sort size says of it")

	said, err := exec.CommandContext(t.Context(), binary, "version").Output()
	require.NoError(t, err)
	require.Regexp(t, `^v1\.2\.3 go`, string(said))

	api := start(t, binary)
	var used float64
	require.Eventually(t, func() bool {
		used = memory(t, api)
		return used < memoryBound
	}, 20*time.Second, 100*time.Millisecond, "what it holds after its start does not sink below %d bytes", memoryBound)
	require.Greater(t, used, 5.0*mebibyte, "that is no such program")
}

func start(t testing.TB, binary string) *servers.API {
	t.Helper()
	api, err := servers.StartAPI(t.Context(), binary)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, api.Stop()) })
	return api
}

// memory is how much of the machine's memory the server says it holds.
func memory(t testing.TB, api *servers.API) float64 {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.OpsURL+"/metrics", nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	metrics, err := parser.TextToMetricFamilies(answer.Body)
	require.NoError(t, err)
	require.Contains(t, metrics, "process_resident_memory_bytes")
	return metrics["process_resident_memory_bytes"].GetMetric()[0].GetGauge().GetValue()
}

func TestOnlyCommandsThatNobodyNamesAreCut(t *testing.T) {
	source := `package cmds

type Get Incomplete

// Get is said somewhere.
func (b Builder) Get() (c Get) { return c }

func (b Builder) Flushall() (c Flushall) { return c }

func (c Get) Unheard(key string) GetKey { return (GetKey)(c) }

func helper() {}
`
	kept, cut, err := prune([]byte(source), map[string]bool{"Get": true})
	require.NoError(t, err)
	require.Equal(t, 1, cut)
	require.NotContains(t, string(kept), "Flushall")
	for _, wanted := range []string{"// Get is said somewhere.\nfunc (b Builder) Get()", "Unheard", "func helper() {}"} {
		require.Contains(t, string(kept), wanted)
	}
	_, _, err = prune([]byte("package"), nil)
	require.Error(t, err)
}

func TestABuildThatFailsSaysWhy(t *testing.T) {
	err := build(t.Context(), filepath.Join(t.TempDir(), "emosation"), "", nil, "-no-such-flag")
	require.ErrorContains(t, err, "no-such-flag")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, build(ctx, filepath.Join(t.TempDir(), "emosation"), "", nil))
}

// BenchmarkStart is from nothing, on the embedded servers, until the program is ready. It looks every 10 ms.
func BenchmarkStart(b *testing.B) {
	binary := released(b)
	info, err := os.Stat(binary)
	require.NoError(b, err)
	var took time.Duration
	var most float64
	for b.Loop() {
		begun := time.Now()
		api, err := servers.StartAPI(b.Context(), binary)
		took += time.Since(begun)
		require.NoError(b, err)
		most = max(most, memory(b, api))
		require.NoError(b, api.Stop())
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ready-ms")
	b.ReportMetric(most/mebibyte, "memory-MiB")
	b.ReportMetric(float64(info.Size())/mebibyte, "binary-MiB")
}
