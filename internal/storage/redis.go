package storage

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"
)

// EmbeddedRedis is the URL that stands for a Redis inside this process.
const EmbeddedRedis = "embedded"

// OpenRedis connects to a redis://, rediss:// or unix:// URL, to the servers behind sentinels that a redis+sentinel:// or
// rediss+sentinel:// URL names, or starts a Redis inside this process for EmbeddedRedis. What the embedded one holds is
// gone when closed is called: SQL is the truth, Redis only helps. A single server and a cluster, of which the URL may
// name several members, are told apart by asking. The caller calls closed once, after the last use of the client. No error
// contains the URL, which may hold a password.
func OpenRedis(ctx context.Context, redisURL string) (client rueidis.Client, closed func(), err error) {
	stop := func() {}
	option, err := parseRedis(redisURL)
	if err == nil && redisURL == EmbeddedRedis {
		option, stop, err = startEmbedded()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open redis: %w", err)
	}
	meter := newRedisMeter()
	option.DialCtxFn = meter.dials.watch(option.DialCtxFn)
	client, err = rueidis.NewClient(option)
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("open redis: %w", err)
	}
	client = metered{client, meter}
	closed = func() {
		client.Close()
		stop()
	}
	if err := PingRedis(ctx, client); err != nil {
		closed()
		return nil, nil, err
	}
	return client, closed, nil
}

// CheckRedisURL says what is wrong with a Redis URL without connecting to it.
func CheckRedisURL(redisURL string) error {
	_, err := parseRedis(redisURL)
	return err
}

// PingRedis asks Redis for an answer.
func PingRedis(ctx context.Context, client rueidis.Client) error {
	if err := client.Do(ctx, client.B().Ping().Build()).Error(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// topologyRefresh is how often it is asked which servers there are, besides when one of them refers to another.
const topologyRefresh = 5 * time.Second

func parseRedis(redisURL string) (rueidis.ClientOption, error) {
	if redisURL == EmbeddedRedis {
		return rueidis.ClientOption{}, nil
	}
	first, hosts := splitHosts(redisURL)
	u, err := parseURL(first)
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	scheme, sentinel := strings.CutSuffix(u.Scheme, "+sentinel")
	switch {
	case scheme == "redis", scheme == "rediss", scheme == "unix" && !sentinel:
	default:
		return rueidis.ClientOption{}, errors.New("must be embedded or begin with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://")
	}
	if u.Host == "" && scheme != "unix" {
		return rueidis.ClientOption{}, errors.New("the host is missing: redis://user:password@host:port/0")
	}
	master := ""
	u.Scheme = scheme
	if sentinel {
		if master, u.Path, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/"); master == "" {
			return rueidis.ClientOption{}, errors.New("what the sentinels call the server is missing: redis+sentinel://user:password@host:port,host:port/name/0")
		}
		if u.Path != "" {
			u.Path = "/" + u.Path
		}
	}
	option, err := rueidis.ParseURL(u.String())
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	option.ClientName = "emosation"
	option.CacheSizeEachConn = nearBytes
	if scheme == "unix" {
		return option, nil
	}
	if option.InitAddress, err = addresses(hosts, sentinel); err != nil {
		return rueidis.ClientOption{}, err
	}
	if sentinel {
		option.Sentinel = rueidis.SentinelOption{
			MasterSet: master, Username: option.Username, Password: option.Password, TLSConfig: option.TLSConfig,
			ClientName: option.ClientName, TopologyRefreshInterval: topologyRefresh,
		}
		return option, nil
	}
	if len(hosts) > 1 && option.SelectDB != 0 {
		return rueidis.ClientOption{}, errors.New("a cluster has no database but 0")
	}
	option.ClusterOption.ShardsRefreshInterval = topologyRefresh
	return option, nil
}

// splitHosts returns a URL of several hosts as one of the first, and the hosts.
func splitHosts(redisURL string) (first string, hosts []string) {
	scheme, rest, _ := strings.Cut(redisURL, "://")
	end := len(rest)
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		end = at
	}
	begin := strings.LastIndex(rest[:end], "@") + 1
	hosts = strings.Split(rest[begin:end], ",")
	if len(hosts) == 1 {
		return redisURL, hosts
	}
	return scheme + "://" + rest[:begin] + hosts[0] + rest[end:], hosts
}

// addresses completes hosts with the usual port.
func addresses(hosts []string, sentinel bool) ([]string, error) {
	port := "6379"
	if sentinel {
		port = "26379"
	}
	list := make([]string, len(hosts))
	for i, host := range hosts {
		u, err := parseURL("redis://" + host)
		if err != nil || u.Hostname() == "" {
			return nil, errors.New("hosts must look like host:port,host:port")
		}
		list[i] = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	}
	return list, nil
}

// startEmbedded runs miniredis on a loopback port, behind a password that only this process knows.
func startEmbedded() (rueidis.ClientOption, func(), error) {
	password := rand.Text()
	server := miniredis.NewMiniRedis()
	server.RequireAuth(password)
	if err := server.Start(); err != nil {
		return rueidis.ClientOption{}, nil, err
	}
	done := make(chan struct{})
	var clock sync.WaitGroup
	clock.Go(func() { expireKeys(server, done) })
	stop := func() {
		close(done)
		clock.Wait()
		server.Close()
	}
	return rueidis.ClientOption{
		InitAddress:       []string{server.Addr()},
		Password:          password,
		ForceSingleClient: true,
		// miniredis has neither client tracking nor the push messages of RESP3.
		DisableCache: true,
		AlwaysRESP2:  true,
	}, stop, nil
}

// expireKeys makes time pass for miniredis, which by itself never expires a key. A key may go up to one tick early
// or late. (Its ClockTTL would be exact, but walks over all keys at every command.)
func expireKeys(server *miniredis.Miniredis, done <-chan struct{}) {
	const tick = 100 * time.Millisecond
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ticker.C:
			now := time.Now()
			server.FastForward(now.Sub(last))
			last = now
		case <-done:
			return
		}
	}
}
