// Package servers runs MariaDB, Redis and the program itself as private processes for tests, each in a folder of its own.
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
	"strings"
	"time"
)

// supervisor is a shell script that outlives this process just long enough to end the server and remove its folder.
//
//go:embed supervisor.sh
var supervisor string

// startTimeout is generous: a loaded machine may take seconds for what usually takes a tenth of one.
const startTimeout = 60 * time.Second

// Process is one running server in a folder of its own.
type Process struct {
	dir      string
	cmd      *exec.Cmd
	lifeline io.Closer // while this end of the pipe is open, the server lives; it closes even when we are killed
}

// newDir makes the folder of one server. The name is short because socket paths may not be long.
func newDir() (string, error) { return os.MkdirTemp("", "emo") }

// start runs a server in dir, which then is its to remove, and waits until ready returns nil.
func start(ctx context.Context, dir string, environ []string, ready func(context.Context) error, name string, args ...string) (*Process, error) {
	// The server lives until Stop, not until the context of its start ends.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", supervisor, "supervisor", dir, name}, args...)...)
	cmd.Env = environ
	detach(cmd)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{dir: dir, cmd: cmd, lifeline: lifeline}
	if err := p.waitReady(ctx, ready); err != nil {
		return nil, errors.Join(fmt.Errorf("%s does not answer: %w\n%s", name, err, p.Log()), p.Stop())
	}
	return p, nil
}

// Log is what the server has printed so far.
func (p *Process) Log() string {
	text, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Stop kills the server at once, as kill -9 does, and removes its folder.
func (p *Process) Stop() error {
	return errors.Join(p.lifeline.Close(), p.cmd.Wait())
}

func (p *Process) waitReady(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if code, gone := os.ReadFile(filepath.Join(p.dir, "exited")); gone == nil {
			return fmt.Errorf("it ended with %s", strings.TrimSpace(string(code)))
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
