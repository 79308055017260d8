package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
)

// Redis is a private server that keeps nothing on disk.
type Redis struct {
	*Process
	socket string
}

// StartRedis runs a server, in about 20 ms. Stop ends it; so does the end of this process, however it ends.
func StartRedis(ctx context.Context) (*Redis, error) {
	daemon, err := find("install it: apt-get install redis-server (make deps does it)", "redis-server", "valkey-server")
	if err != nil {
		return nil, err
	}
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	r := &Redis{socket: filepath.Join(dir, "s.sock")}
	answers := func(ctx context.Context) error { return pingRedis(ctx, r.socket) }
	r.Process, err = start(ctx, dir, nil, answers, daemon, "--port", "0", "--unixsocket", r.socket, "--dir", dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no")
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	return r, nil
}

// URL is the server in the form EMOSATION_REDIS_URL takes.
func (r *Redis) URL() string { return "unix://" + r.socket }

func pingRedis(ctx context.Context, socket string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 7)
	n, err := conn.Read(answer)
	if err == nil && string(answer[:n]) != "+PONG\r\n" {
		err = errors.New("redis answers " + strconv.Quote(string(answer[:n])))
	}
	return err
}
