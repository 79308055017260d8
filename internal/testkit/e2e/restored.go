package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// restored is a second program on servers of its own, which a test may take back to a backup: POST /backup, /stop and /restore.
type restored struct {
	binary, dir string
	settings    []string
	api         *servers.API
	backup      string
}

// startRestored starts it, and returns where it is and where it is told to go back.
func startRestored(ctx context.Context, binary, tmp, web string) (url, control string, stop func() error, err error) {
	r := &restored{binary: binary, dir: filepath.Join(tmp, "restored")}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		return "", "", nil, err
	}
	if r.settings, err = ofEveryStack(r.dir, web); err != nil {
		return "", "", nil, err
	}
	more, stopServers, err := startServers(ctx, r.dir)
	if err != nil {
		return "", "", nil, err
	}
	r.settings = append(r.settings, more...)
	if _, err = call(ctx, binary, r.settings, "migrate"); err == nil {
		r.api, err = servers.StartAPI(ctx, binary, r.settings...)
	}
	if err != nil {
		return "", "", nil, errors.Join(err, stopServers())
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, errors.Join(err, r.api.Stop(), stopServers())
	}
	mux := http.NewServeMux()
	for path, do := range map[string]func(context.Context) error{"POST /backup": r.backUp, "POST /stop": r.stop, "POST /restore": r.restore} {
		mux.HandleFunc(path, func(w http.ResponseWriter, request *http.Request) {
			if err := do(request.Context()); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	site := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = site.Serve(listener) }) // ends with Close, and only then
	return r.api.URL, "http://" + listener.Addr().String(), func() error {
		err := errors.Join(site.Close(), r.api.Stop(), stopServers())
		serving.Wait()
		return err
	}, nil
}

// script runs what an operator runs.
func (r *restored) script(ctx context.Context, name string, args ...string) (said string, err error) {
	command := exec.CommandContext(ctx, filepath.Join("deploy", name), args...)
	command.Env = append(servers.Environ(), r.settings...)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func (r *restored) backUp(ctx context.Context) (err error) {
	r.backup, err = r.script(ctx, "backup.sh", "--dir", filepath.Join(r.dir, "backups"))
	return err
}

func (r *restored) stop(ctx context.Context) error {
	if err := r.api.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_, err := r.api.Wait(ctx)
	return err
}

// restore goes back to the backup, for people who stay logged in: they see that most.
func (r *restored) restore(ctx context.Context) error {
	if _, err := r.script(ctx, "restore.sh", "--force", "--keep-sessions", "--program", r.binary, r.backup); err != nil {
		return err
	}
	return r.api.Restart(context.WithoutCancel(ctx))
}
