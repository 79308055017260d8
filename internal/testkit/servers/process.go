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
	"strconv"
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
	dir     string
	environ []string
	ready   func(context.Context) error
	command []string // the program and its arguments
	runs    []run    // the server as it runs now is the last
}

// run is one supervisor. One whose server has ended stays until Stop: it is what removes the folder.
type run struct {
	cmd      *exec.Cmd
	lifeline io.Closer // while this end of the pipe is open, the server lives; it closes even when we are killed
}

// newDir makes the folder of one server. The name is short because socket paths may not be long.
func newDir() (string, error) { return newDirIn(os.TempDir()) }

func newDirIn(parent string) (string, error) { return os.MkdirTemp(parent, "emo") }

// start runs a server in dir, which then is its to remove, and waits until ready returns nil.
func start(ctx context.Context, dir string, environ []string, ready func(context.Context) error, name string, args ...string) (*Process, error) {
	p := &Process{dir: dir, environ: environ, ready: ready, command: append([]string{name}, args...)}
	if err := p.run(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func (p *Process) run(ctx context.Context) error {
	// The server lives until Stop, not until the context of its start ends.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", supervisor, "supervisor", p.dir}, p.command...)...)
	cmd.Env = p.environ
	detach(cmd)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.runs = append(p.runs, run{cmd, lifeline})
	if err := p.waitReady(ctx, p.ready); err != nil {
		return fmt.Errorf("%s does not answer: %w\n%s", p.command[0], err, p.Log())
	}
	return nil
}

// Signal sends a signal to the server itself, such as SIGTERM to let it end by itself, or SIGSTOP and SIGCONT to let it
// stand still for a while. It fails when the server has ended.
func (p *Process) Signal(signal os.Signal) error {
	if _, gone := os.Stat(p.exited()); gone == nil {
		return os.ErrProcessDone // its number may be somebody else's by now
	}
	text, err := os.ReadFile(filepath.Join(p.dir, "running"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Signal(signal)
}

// Kill ends the server at once, as kill -9 does. Its folder stays for Restart.
func (p *Process) Kill(ctx context.Context) error {
	if err := p.Signal(os.Kill); err != nil {
		return err
	}
	_, err := p.Wait(ctx)
	return err
}

// Wait waits until the server has ended by itself, and returns its exit code.
func (p *Process) Wait(ctx context.Context) (code string, err error) {
	err = poll(ctx, func() (bool, error) {
		text, missing := os.ReadFile(p.exited())
		code = strings.TrimSpace(string(text))
		return missing == nil && code != "", nil
	})
	return code, err
}

// Restart runs a server that has ended once more, on the folder that it left, and waits until it is ready.
func (p *Process) Restart(ctx context.Context) error {
	if err := os.Remove(p.exited()); err != nil {
		return fmt.Errorf("it has not ended: %w", err)
	}
	return p.run(ctx)
}

func (p *Process) exited() string { return filepath.Join(p.dir, "exited") }

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
	var failed []error
	for i := len(p.runs) - 1; i >= 0; i-- { // the one that runs ends before anybody removes what it works on
		failed = append(failed, p.runs[i].lifeline.Close(), p.runs[i].cmd.Wait())
	}
	p.runs = nil
	return errors.Join(failed...)
}

func (p *Process) waitReady(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var last error
	err := poll(ctx, func() (bool, error) {
		if last = ready(ctx); last == nil {
			return true, nil
		}
		if code, gone := os.ReadFile(p.exited()); gone == nil {
			return false, fmt.Errorf("it ended with %s", strings.TrimSpace(string(code)))
		}
		return false, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return last
	}
	return err
}

// poll asks until the answer is yes, something fails or ctx ends.
func poll(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
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
