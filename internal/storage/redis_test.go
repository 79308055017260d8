package storage_test

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// eachRedis runs test on a real server and on the embedded one.
func eachRedis(t *testing.T, test func(t *testing.T, client rueidis.Client)) {
	t.Run("redis", func(t *testing.T) { test(t, testkit.Redis(t)) })
	t.Run("embedded", func(t *testing.T) { test(t, testkit.OpenRedis(t, storage.EmbeddedRedis)) })
}

func TestOpenRedisRefusesAWrongURLWithoutShowingThePassword(t *testing.T) {
	for _, url := range []string{
		"", "localhost:6379", "http://:hunter2@redis", "redis://", "redis://:hunter2@redis/first",
		"redis://:hunter2%zz@redis", "redis://:hunter2#x@redis", "redis://:hunter2@redis/0/1",
		"redis://:hunter2@a:1,b:2/1", "redis://:hunter2@a:1,,b:2", "redis://:hunter2@a:1,b:x,c:2", "redis+sentinel://:hunter2@a:1,b:2",
		"redis+sentinel://:hunter2@a:1,b:2/main/first", "redis+sentinel:///main", "unix+sentinel:///redis.sock/main",
	} {
		err := storage.CheckRedisURL(url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "hunter2")
		_, _, err = storage.OpenRedis(t.Context(), url)
		require.Error(t, err, url)
	}
	for _, url := range []string{"embedded", "redis://redis:6379", "rediss://u:p%40@redis:6380/2", "unix:///run/redis.sock?db=1",
		"redis://:p@a:1,b:2,c", "redis://a,b/0", "redis+sentinel://u:p%40@a:1,b,c:3/main/2", "rediss+sentinel://a/main",
	} {
		require.NoError(t, storage.CheckRedisURL(url), url)
	}
}

func TestRedisCommandsWeRelyOn(t *testing.T) {
	eachRedis(t, func(t *testing.T, c rueidis.Client) {
		ctx := t.Context()
		take := func() error {
			return c.Do(ctx, c.B().Set().Key("lock").Value("1").Nx().PxMilliseconds(60_000).Build()).Error()
		}
		require.NoError(t, take())
		require.True(t, rueidis.IsRedisNil(take()), "a lock that is held is not taken")

		script := rueidis.NewLuaScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
		n, err := script.Exec(ctx, c, []string{"count"}, []string{strconv.Itoa(3)}).AsInt64()
		require.NoError(t, err)
		require.EqualValues(t, 3, n)
	})
}

func TestRedisKeysExpireInRealTime(t *testing.T) {
	eachRedis(t, func(t *testing.T, c rueidis.Client) {
		ctx := t.Context()
		begin := time.Now()
		require.NoError(t, c.Do(ctx, c.B().Set().Key("soon").Value("1").PxMilliseconds(600).Build()).Error())
		require.NoError(t, c.Do(ctx, c.B().Get().Key("soon").Build()).Error())
		require.Eventually(t, func() bool {
			return rueidis.IsRedisNil(c.Do(ctx, c.B().Get().Key("soon").Build()).Error())
		}, 10*time.Second, 10*time.Millisecond)
		require.GreaterOrEqual(t, time.Since(begin), 450*time.Millisecond, "one tick early at most")
	})
}

func TestRedisDeliversToSubscribers(t *testing.T) {
	eachRedis(t, func(t *testing.T, c rueidis.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		got := make(chan string, 100)
		listener, stop := c.Dedicate()
		defer stop()
		listener.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) { got <- m.Message }})
		require.NoError(t, listener.Do(ctx, listener.B().Subscribe().Channel("room:1").Build()).Error())
		require.NoError(t, c.Do(ctx, c.B().Publish().Channel("room:1").Message("안녕").Build()).Error())
		select {
		case message := <-got:
			require.Equal(t, "안녕", message)
		case <-ctx.Done():
			t.Fatal("nothing arrived")
		}
	})
}

func TestEmbeddedRedisIsPrivate(t *testing.T) {
	c, closed, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	var address string
	for a := range c.Nodes() {
		address = a
	}
	stranger, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer stranger.Close()
	_, err = stranger.Write([]byte("*2\r\n$3\r\nGET\r\n$6\r\nsecret\r\n"))
	require.NoError(t, err)
	answer, err := bufio.NewReader(stranger).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, answer, "NOAUTH")

	closed()
	_, err = net.Dial("tcp", address)
	require.Error(t, err, "it ends with its handle")
}
