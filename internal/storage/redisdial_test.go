package storage_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// connections is what the metrics tell of connections to Redis.
type connections struct{ open, alone, dials, failed int }

func connectionsIn(t *testing.T, registry *prometheus.Registry) (c connections) {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			switch family.GetName() {
			case "emosation_redis_connections":
				c.open = int(m.GetGauge().GetValue())
			case "emosation_redis_connections_dedicated":
				c.alone = int(m.GetGauge().GetValue())
			case "emosation_redis_dial_seconds":
				c.dials = int(m.GetHistogram().GetSampleCount())
			case "emosation_redis_dials_total":
				if m.GetLabel()[0].GetValue() == "failed" {
					c.failed = int(m.GetCounter().GetValue())
				} else {
					require.Equal(t, "ok", m.GetLabel()[0].GetValue())
					require.Equal(t, c.dials, int(m.GetCounter().GetValue()), "the time is taken of those that were made")
				}
			}
		}
	}
	return c
}

func TestConnectionsToRedisAreCounted(t *testing.T) {
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	client, closed, err := storage.OpenRedis(t.Context(), server.URL())
	require.NoError(t, err)
	registry := registered(t, storage.RedisMetrics(client))
	now := func() connections { return connectionsIn(t, registry) }
	eventually := func(done func(connections) bool, why string) {
		t.Helper()
		require.Eventually(t, func() bool { return done(now()) }, 10*time.Second, 10*time.Millisecond, why)
	}

	first := now()
	require.Positive(t, first.open)
	require.Equal(t, connections{open: first.open, dials: first.open}, first)

	require.NoError(t, client.Dedicated(func(conn rueidis.DedicatedClient) error {
		require.NoError(t, conn.Do(t.Context(), conn.B().Ping().Build()).Error())
		require.Equal(t, connections{open: first.open + 1, alone: 1, dials: first.dials + 1}, now())
		return nil
	}))
	_, release := client.Dedicate()
	require.Equal(t, 1, now().alone)
	release()
	release()
	require.Equal(t, connections{open: first.open + 1, dials: first.dials + 1}, now(), "the connection is kept for the next one")

	waited := make(chan error, 1)
	go func() {
		waited <- client.Do(context.WithoutCancel(t.Context()), client.B().Blpop().Key("list").Timeout(10).Build()).Error()
	}()
	eventually(func(c connections) bool { return c.alone == 1 }, "a command that waits has one alone")
	require.NoError(t, client.Do(t.Context(), client.B().Lpush().Key("list").Element("x").Build()).Error())
	require.NoError(t, <-waited)
	require.Zero(t, now().alone)

	before := now()
	require.NoError(t, client.Do(t.Context(), client.B().ClientKill().TypeNormal().SkipmeYes().Build()).Error())
	eventually(func(c connections) bool { return c.open < before.open }, "those that broke are not open")
	eventually(func(c connections) bool { // whoever finds one broken makes another
		_ = client.Dedicated(func(conn rueidis.DedicatedClient) error {
			return conn.Do(t.Context(), conn.B().Ping().Build()).Error()
		})
		return c.dials > before.dials
	}, "that it is made again counts")

	require.Zero(t, now().failed)
	require.NoError(t, server.Stop())
	require.Error(t, client.Do(t.Context(), client.B().Ping().Build()).Error())
	eventually(func(c connections) bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = client.Do(ctx, client.B().Ping().Build()).Error()
		return c.failed > 0 && c.open == 0
	}, "nobody is there")
	closed()
	require.Zero(t, now().open)
}

func TestWhoGivesUpSaysNothingOfRedis(t *testing.T) {
	answers := []error{context.Canceled, &net.OpError{Op: "dial", Err: context.Canceled}, context.DeadlineExceeded, io.EOF, nil}
	dial, metrics := storage.WatchDial(func(context.Context, string, *net.Dialer, *tls.Config) (net.Conn, error) {
		err := answers[0]
		answers = answers[1:]
		if err != nil {
			return nil, err
		}
		near, _ := net.Pipe()
		return near, nil
	})
	registry := registered(t, metrics)
	for _, want := range []connections{{}, {}, {failed: 1}, {failed: 2}} {
		_, err := dial(t.Context(), "", nil, nil)
		require.Error(t, err)
		require.Equal(t, want, connectionsIn(t, registry))
	}
	conn, err := dial(t.Context(), "", nil, nil)
	require.NoError(t, err)
	require.Equal(t, connections{open: 1, dials: 1, failed: 2}, connectionsIn(t, registry))
	for range 2 { // rueidis closes what breaks more than once
		require.NoError(t, conn.Close())
		require.Equal(t, connections{dials: 1, failed: 2}, connectionsIn(t, registry))
	}
}
