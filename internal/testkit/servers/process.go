// Package servers runs private MariaDB and Redis processes for tests: temporary folder, Unix socket, no network.
package servers

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// supervisor is a shell script that outlives this process just long enough to end the server and remove its folder.
//
//go:embed supervisor.sh
var supervisor string

// startTimeout is generous: a loaded machine may take seconds for what usually takes a tenth of one.
const startTimeout = 60 * time.Second

// process is one running server in a folder of its own.
type process struct {
	dir      string
	cmd      *exec.Cmd
	lifeline io.Closer // while this end of the pipe is open, the server lives; it closes even when we are killed
}

// newDir makes the folder of one server. The name is short because socket paths may not be long.
func newDir() (string, error) { return os.MkdirTemp("", "emo") }

// start runs a server in dir and waits until ready returns nil.
func start(ctx context.Context, dir string, ready func(context.Context) error, name string, args ...string) (*process, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", supervisor, "supervisor", dir, name}, args...)...)
	detach(cmd)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{dir: dir, cmd: cmd, lifeline: lifeline}
	if err := waitReady(ctx, ready); err != nil {
		log, _ := os.ReadFile(p.log()) // without a log the first error must do
		return nil, errors.Join(fmt.Errorf("%s does not answer: %w\n%s", name, err, log), p.Stop())
	}
	return p, nil
}

func (p *process) log() string { return filepath.Join(p.dir, "log") }

// Stop kills the server at once and removes its folder. Nothing in it is worth a clean end.
func (p *process) Stop() error {
	return errors.Join(p.lifeline.Close(), p.cmd.Wait())
}

func waitReady(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return err
		}
	}
}

// find returns the full path of a program. Servers often live where only root looks.
func find(hint string, names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
		for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/opt/homebrew/bin"} {
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s was not found; %s", names[0], hint)
}
