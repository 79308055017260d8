package loadtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEveryNodeIsProfiledWhileTheWindowIsOpen(t *testing.T) {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL) }))
	defer node.Close()
	files := filepath.Join(t.TempDir(), "W1-emosation-1")
	at := &target{ops: []string{node.URL, node.URL}, profiles: files}
	require.NoError(t, at.profileCPU(t.Context(), 300*time.Millisecond)())
	require.NoError(t, at.profileRest(t.Context()))
	for _, n := range []string{"1", "2"} {
		for kind, from := range map[string]string{
			"cpu.pprof": "/debug/pprof/profile?seconds=1", "heap.pprof": "/debug/pprof/heap?gc=1", "goroutine.txt": "/debug/pprof/goroutine?debug=1",
		} {
			profile, err := os.ReadFile(files + "-node" + n + "." + kind)
			require.NoError(t, err)
			require.Equal(t, from, string(profile))
		}
	}

	node.Config.Handler = http.NotFoundHandler()
	require.ErrorContains(t, at.profileCPU(t.Context(), time.Second)(), "404")
	at.profiles = ""
	require.NoError(t, at.profileCPU(t.Context(), time.Second)(), "nobody wants any")
}
