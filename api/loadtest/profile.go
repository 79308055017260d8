package loadtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

// profileCPU has every process record where its CPU time goes, for as long as a window is open. The function that it
// returns waits for what they have found.
func (t *target) profileCPU(ctx context.Context, window time.Duration) (profiled func() error) {
	seconds := max(1, int(window/time.Second)) // none would mean 30
	var g errgroup.Group
	t.eachProfile(func(node int, ops string) {
		g.Go(func() error {
			return fetchProfile(ctx, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", ops, seconds), t.profileFile(node, "cpu.pprof"))
		})
	})
	return g.Wait
}

// profileRest saves what the processes hold in memory and what their goroutines do.
func (t *target) profileRest(ctx context.Context) error {
	var g errgroup.Group
	t.eachProfile(func(node int, ops string) {
		g.Go(func() error {
			return fetchProfile(ctx, ops+"/debug/pprof/heap?gc=1", t.profileFile(node, "heap.pprof"))
		})
		g.Go(func() error {
			return fetchProfile(ctx, ops+"/debug/pprof/goroutine?debug=1", t.profileFile(node, "goroutine.txt"))
		})
	})
	return g.Wait()
}

func (t *target) eachProfile(do func(node int, ops string)) {
	if t.profiles == "" {
		return
	}
	for i, ops := range t.ops {
		do(i+1, ops)
	}
}

func (t *target) profileFile(node int, kind string) string {
	return fmt.Sprintf("%s-node%d.%s", t.profiles, node, kind)
}

// fetchProfile writes what is at an address into a file.
func fetchProfile(ctx context.Context, url, name string) error {
	profile, err := fetch(ctx, url)
	if err != nil {
		return err
	}
	return os.WriteFile(name, profile, 0o600)
}

// fetch asks a process what it tells its operators.
func fetch(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", url, answer.Status)
	}
	return text, err
}
