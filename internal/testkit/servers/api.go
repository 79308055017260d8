package servers

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// API is the whole program as a process of its own.
type API struct {
	*Process
	URL    string // of the public listener
	OpsURL string // of the private listener
}

// BuildAPI compiles the program into dir and returns the path of the binary. Flags, such as -race, go to go run, which keeps what it
// has linked and so does it once for all tests that ask; the race detector passes over SQLite, as in the Makefile.
func BuildAPI(ctx context.Context, dir string, flags ...string) (binary string, err error) {
	binary = filepath.Join(dir, "emosation")
	args := append([]string{"run", "-exec", "cp"}, flags...) // in place of a run, a copy
	if slices.Contains(flags, "-race") {
		args = append(args, "-gcflags=modernc.org/...=-race=false")
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "github.com/emosation/emosation/api", binary)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return binary, nil
}

// StartAPI serves on free ports of this machine and returns when the program says that it is ready. Settings are
// EMOSATION_...=value and win over what it chooses, so that a restart can use the same address. Stop is kill -9.
func StartAPI(ctx context.Context, binary string, settings ...string) (*API, error) {
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(ctx, 2)
	if err != nil {
		return nil, err
	}
	settings = append([]string{
		"EMOSATION_HTTP_ADDR=" + ports[0], "EMOSATION_OPS_ADDR=" + ports[1], "EMOSATION_DATA_DIR=" + filepath.Join(dir, "data"),
	}, settings...)
	api := &API{URL: "http://" + last(settings, "EMOSATION_HTTP_ADDR="), OpsURL: "http://" + last(settings, "EMOSATION_OPS_ADDR=")}
	api.Process, err = start(ctx, dir, append(Environ(), settings...), api.ready, binary, "serve")
	if err != nil {
		return nil, err
	}
	return api, nil
}

// Environ is this process's environment without settings of the program.
func Environ() (environ []string) {
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "EMOSATION_") {
			environ = append(environ, entry)
		}
	}
	return environ
}

func (a *API) ready(ctx context.Context) error { return Answers(ctx, a.OpsURL+"/readyz") }

// Answers returns nil when a request for url is answered well, for the functions that tell whether a program is ready.
func Answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return nil
}

// last returns the value of the last entry with that beginning.
func last(settings []string, beginning string) (value string) {
	for _, setting := range settings {
		if rest, ok := strings.CutPrefix(setting, beginning); ok {
			value = rest
		}
	}
	return value
}

// freePorts returns addresses that nobody listens on at this moment, all different.
func freePorts(ctx context.Context, n int) (addresses []string, err error) {
	var listen net.ListenConfig
	for range n {
		listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}
