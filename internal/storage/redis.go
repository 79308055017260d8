package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"
)

// EmbeddedRedis is the URL that stands for a Redis inside this process.
const EmbeddedRedis = "embedded"

// OpenRedis connects to a redis://, rediss:// or unix:// URL, or starts a Redis inside this process for EmbeddedRedis.
// What the embedded one holds is gone when closed is called: SQL is the truth, Redis only helps. A single server and a
// cluster are told apart by asking. The caller calls closed once, after the last use of the client. No error
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
	client, err = rueidis.NewClient(option)
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("open redis: %w", err)
	}
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

func parseRedis(redisURL string) (rueidis.ClientOption, error) {
	if redisURL == EmbeddedRedis {
		return rueidis.ClientOption{}, nil
	}
	u, err := parseURL(redisURL)
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	switch u.Scheme {
	case "redis", "rediss", "unix":
	default:
		return rueidis.ClientOption{}, errors.New("must be embedded or begin with redis://, rediss:// or unix://")
	}
	if u.Host == "" && u.Scheme != "unix" {
		return rueidis.ClientOption{}, errors.New("the host is missing: redis://user:password@host:port/0")
	}
	option, err := rueidis.ParseURL(redisURL)
	option.ClientName = "emosation"
	return option, err
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
