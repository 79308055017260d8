package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// RedisCluster is three servers that share the keys.
type RedisCluster struct{ Masters []*Redis }

// StartRedisCluster runs a cluster and returns when each of its servers says that all is well, after about a second.
func StartRedisCluster(ctx context.Context) (*RedisCluster, error) {
	const masters, slots = 3, 16384
	ports, err := freePorts(ctx, 2*masters)
	if err != nil {
		return nil, err
	}
	c := &RedisCluster{}
	for i := range masters {
		r, err := startRedisAt(ctx, ports[i], "--cluster-enabled", "yes", "--cluster-port", portOf(ports[masters+i]),
			"--cluster-node-timeout", "2000")
		if err != nil {
			return nil, errors.Join(err, c.Stop())
		}
		c.Masters = append(c.Masters, r)
		commands := []string{fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*slots/masters, (i+1)*slots/masters-1)}
		if i > 0 {
			commands = append(commands, fmt.Sprintf("CLUSTER MEET 127.0.0.1 %s %s", portOf(ports[0]), portOf(ports[masters])))
		}
		for _, command := range commands {
			if _, err := r.ask(ctx, command); err != nil {
				return nil, errors.Join(err, c.Stop())
			}
		}
	}
	for _, r := range c.Masters {
		err := r.waitReady(ctx, func(ctx context.Context) error {
			return r.has(ctx, "CLUSTER INFO", "cluster_state:ok", "cluster_known_nodes:3", "cluster_size:3")
		})
		if err != nil {
			return nil, errors.Join(err, c.Stop())
		}
	}
	return c, nil
}

// URL is the cluster in the form EMOSATION_REDIS_URL takes.
func (c *RedisCluster) URL() string {
	var addresses []string
	for _, r := range c.Masters {
		addresses = append(addresses, r.address)
	}
	return "redis://" + strings.Join(addresses, ",")
}

// Stop kills the servers.
func (c *RedisCluster) Stop() error {
	var failed []error
	for _, r := range c.Masters {
		failed = append(failed, r.Stop())
	}
	return errors.Join(failed...)
}

// RedisSentinel is a server and its replica, and three sentinels that put the replica in its place when it is gone.
type RedisSentinel struct {
	Master, Replica *Redis
	sentinels       []*Redis
}

// sentinelMaster is what the sentinels call the server.
const sentinelMaster = "emosation"

// StartRedisSentinel returns when the sentinels know each other and the replica is up to date.
func StartRedisSentinel(ctx context.Context) (s *RedisSentinel, err error) {
	const sentinels = 3
	ports, err := freePorts(ctx, 2+sentinels)
	if err != nil {
		return nil, err
	}
	s = &RedisSentinel{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	if s.Master, err = startRedisAt(ctx, ports[0], "--repl-diskless-sync-delay", "0"); err != nil {
		return nil, err
	}
	if s.Replica, err = startRedisAt(ctx, ports[1], "--replicaof", "127.0.0.1", portOf(ports[0])); err != nil {
		return nil, err
	}
	err = s.Replica.waitReady(ctx, func(ctx context.Context) error {
		return s.Replica.has(ctx, "INFO replication", "master_link_status:up")
	})
	if err != nil {
		return nil, err
	}
	for _, address := range ports[2:] {
		r, err := startSentinel(ctx, address, portOf(ports[0]))
		if err != nil {
			return nil, err
		}
		s.sentinels = append(s.sentinels, r)
	}
	for _, r := range s.sentinels {
		err := r.waitReady(ctx, func(ctx context.Context) error {
			return r.has(ctx, "INFO sentinel", "status=ok", "slaves=1", "sentinels=3")
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func startSentinel(ctx context.Context, address, master string) (*Redis, error) {
	daemon, err := find("install it: apt-get install redis-server (make deps does it)", "redis-server", "valkey-server")
	if err != nil {
		return nil, err
	}
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "sentinel.conf") // it is written to
	lines := []string{
		"port " + portOf(address), "bind 127.0.0.1", "dir " + dir,
		"sentinel monitor " + sentinelMaster + " 127.0.0.1 " + master + " 2",
		"sentinel down-after-milliseconds " + sentinelMaster + " 500",
		"sentinel failover-timeout " + sentinelMaster + " 3000",
	}
	if err := os.WriteFile(config, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	r := &Redis{network: "tcp", address: address}
	if r.Process, err = start(ctx, dir, nil, r.ping, daemon, config, "--sentinel"); err != nil {
		return nil, fmt.Errorf("start a sentinel: %w", err)
	}
	return r, nil
}

// URL is the sentinels in the form EMOSATION_REDIS_URL takes.
func (s *RedisSentinel) URL() string {
	var addresses []string
	for _, r := range s.sentinels {
		addresses = append(addresses, r.address)
	}
	return "redis+sentinel://" + strings.Join(addresses, ",") + "/" + sentinelMaster
}

// Stop kills everything.
func (s *RedisSentinel) Stop() error {
	var failed []error
	for _, r := range append([]*Redis{s.Master, s.Replica}, s.sentinels...) {
		if r != nil {
			failed = append(failed, r.Stop())
		}
	}
	return errors.Join(failed...)
}
