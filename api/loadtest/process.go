package loadtest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"
)

const (
	startWithin = 60 * time.Second // a loaded machine is slow
	stopWithin  = 20 * time.Second // longer than a server drains
)

// How serve and the floors say where they listen: to operators first, so that both are known with the second.
var (
	tellsOps     = regexp.MustCompile(`look in at (http://\S+)`)
	tellsAddress = regexp.MustCompile(`is at (http://\S+)`)
)

// whereabouts are the addresses that a process tells.
type whereabouts struct {
	url string
	ops string // metrics and profiles; empty when it tells of none
}

// process is a server that this tool started and ends.
type process struct {
	cmd *exec.Cmd
	whereabouts
	said  *ending
	ended chan struct{} // closed when it ended by itself or by stop
	err   error
}

// startProcess runs a command of this program and waits until it listens.
func startProcess(ctx context.Context, binary string, environ []string, args ...string) (*process, error) {
	p := &process{said: newEnding(), ended: make(chan struct{})}
	// It ends by stop, which lets it finish what it has begun, and not by ctx.
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), binary, args...)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = environ, p.said, p.said
	p.cmd.WaitDelay = stopWithin // nobody who inherited its output is waited for longer
	endWithParent(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	timer := time.NewTimer(startWithin)
	defer timer.Stop()
	var err error
	select {
	case p.whereabouts = <-p.said.where:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%v ended at once: %w\n%s", args, p.err, p.said)
	case <-timer.C:
		err = fmt.Errorf("%v does not listen\n%s", args, p.said)
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, p.stop())
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop asks the process to end and insists after a while. It returns an error when it failed before or while ending.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		timer := time.NewTimer(stopWithin)
		defer timer.Stop()
		select {
		case <-p.ended:
		case <-timer.C:
		}
	}
	select {
	case <-p.ended:
	default:
		if err := p.cmd.Process.Kill(); err != nil {
			return err
		}
		<-p.ended
	}
	if p.err != nil {
		return fmt.Errorf("%v: %w\n%s", p.cmd.Args[1:], p.err, p.said)
	}
	return nil
}

// ending keeps the end of what a process prints, and finds the address in it.
type ending struct {
	where chan whereabouts

	mu   sync.Mutex
	text []byte
	told bool
}

const keptOutput = 8 << 10

func newEnding() *ending { return &ending{where: make(chan whereabouts, 1)} }

func (e *ending) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.text = append(e.text, p...)
	if match := tellsAddress.FindSubmatch(e.text); match != nil && !e.told {
		e.told = true
		found := whereabouts{url: string(match[1])}
		if ops := tellsOps.FindSubmatch(e.text); ops != nil {
			found.ops = string(ops[1])
		}
		e.where <- found
	}
	e.text = e.text[max(0, len(e.text)-keptOutput):]
	return len(p), nil
}

func (e *ending) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.text)
}
