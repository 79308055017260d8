package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Redis is a private server that keeps nothing on disk.
type Redis struct {
	*Process
	network, address string
}

// StartRedis runs a server, in about 20 ms. Stop ends it; so does the end of this process, however it ends.
func StartRedis(ctx context.Context) (*Redis, error) {
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	r := &Redis{network: "unix", address: filepath.Join(dir, "s.sock")}
	return r.start(ctx, dir, "--port", "0", "--unixsocket", r.address)
}

// startRedisAt runs a server on an address of this machine.
func startRedisAt(ctx context.Context, address string, more ...string) (*Redis, error) {
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	r := &Redis{network: "tcp", address: address}
	return r.start(ctx, dir, append([]string{"--port", portOf(address), "--bind", "127.0.0.1"}, more...)...)
}

func (r *Redis) start(ctx context.Context, dir string, args ...string) (*Redis, error) {
	daemon, err := find("install it: apt-get install redis-server (make deps does it)", "redis-server", "valkey-server")
	if err != nil {
		return nil, err
	}
	args = append(args, "--dir", dir, "--save", "", "--appendonly", "no", "--daemonize", "no")
	if r.Process, err = start(ctx, dir, nil, r.ping, daemon, args...); err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	return r, nil
}

// URL is the server in the form EMOSATION_REDIS_URL takes.
func (r *Redis) URL() string {
	if r.network == "unix" {
		return "unix://" + r.address
	}
	return "redis://" + r.address
}

func (r *Redis) ping(ctx context.Context) error {
	answer, err := r.ask(ctx, "PING")
	if err == nil && answer != "PONG" {
		err = errors.New("redis answers " + strconv.Quote(answer))
	}
	return err
}

// ask sends a command and returns a simple or a bulk answer; of a list, its raw beginning.
func (r *Redis) ask(ctx context.Context, command string) (string, error) {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, r.network, r.address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte(command + "\r\n")); err != nil {
		return "", err
	}
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, line := line[0], strings.TrimSpace(line[1:])
	switch kind {
	case '-':
		return "", errors.New(line)
	case '$':
		n, err := strconv.Atoi(line)
		if err != nil {
			return "", err
		}
		bulk := make([]byte, max(n, 0))
		_, err = io.ReadFull(in, bulk)
		return string(bulk), err
	case '*':
		list := make([]byte, 4096)
		n, err := in.Read(list)
		return string(list[:n]), err
	default:
		return line, nil
	}
}

// has returns an error until the answer to a command contains all of some parts.
func (r *Redis) has(ctx context.Context, command string, parts ...string) error {
	answer, err := r.ask(ctx, command)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if !strings.Contains(answer, part) {
			return fmt.Errorf("%s: no %q in\n%s", command, part, answer)
		}
	}
	return nil
}

func portOf(address string) string {
	_, port, _ := strings.Cut(address, ":")
	return port
}
