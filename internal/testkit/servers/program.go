package servers

import (
	"context"
	"fmt"
)

// StartProgram runs a program that stands around ours, such as a proxy or sshd, found by its name also where only root's
// PATH looks, and waits until ready returns nil. Its configuration is the caller's; what it prints is in Log. Stop ends
// it; so does the end of this process, however it ends.
func StartProgram(ctx context.Context, ready func(context.Context) error, name string, args ...string) (*Process, error) {
	path, err := find("make deps installs it", name)
	if err != nil {
		return nil, err
	}
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	process, err := start(ctx, dir, nil, ready, path, args...)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return process, nil
}

// FreeAddresses returns addresses of this machine that nobody listens on at this moment, all different.
func FreeAddresses(ctx context.Context, n int) ([]string, error) { return freePorts(ctx, n) }
