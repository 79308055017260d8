package storage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestACacheIsSharedByNodes(t *testing.T) {
	for name, url := range map[string]string{"redis": testkit.RedisURL(t), "embedded": storage.EmbeddedRedis} {
		t.Run(name, func(t *testing.T) {
			first := testkit.OpenRedis(t, url)
			second := first // the embedded one is of one process
			if url != storage.EmbeddedRedis {
				second = testkit.OpenRedis(t, url)
			}
			one := storage.NewCache(first, "test:", time.Minute, time.Now)
			two := storage.NewCache(second, "test:", time.Minute, time.Now)
			other := storage.NewCache(first, "other:", time.Minute, time.Now)
			_, ok := one.Get(t.Context(), "a")
			require.False(t, ok)
			for _, text := range []string{"first", "second", "\x00third\xff"} {
				two.Put(t.Context(), "a", text)
				require.Eventually(t, func() bool { // a node hears of it, and need not ask
					got, ok := one.Get(t.Context(), "a")
					return ok && got == text
				}, 5*time.Second, time.Millisecond)
			}
			_, ok = other.Get(t.Context(), "a")
			require.False(t, ok)
		})
	}
}

func TestACacheForgets(t *testing.T) {
	c := storage.NewCache(testkit.OpenRedis(t, storage.EmbeddedRedis), "test:", 200*time.Millisecond, time.Now)
	c.Put(t.Context(), "a", "text")
	require.Eventually(t, func() bool {
		_, ok := c.Get(t.Context(), "a")
		return !ok
	}, 5*time.Second, 10*time.Millisecond)
}

// Without Redis there is nothing, and nobody waits for it each time.
func TestACacheWithoutRedisIsEmpty(t *testing.T) {
	gone, closed, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	closed()
	clock := testkit.NewClock(time.Now())
	c := storage.NewCache(gone, "test:", time.Minute, clock.Now)
	c.Put(t.Context(), "a", "text")
	_, ok := c.Get(t.Context(), "a")
	require.False(t, ok)

	back := storage.NewCache(testkit.OpenRedis(t, storage.EmbeddedRedis), "test:", time.Minute, clock.Now)
	back.Put(t.Context(), "a", "text")
	back.Rest()
	_, ok = back.Get(t.Context(), "a")
	require.False(t, ok, "it is left in peace")
	clock.Advance(2 * time.Second)
	text, ok := back.Get(t.Context(), "a")
	require.True(t, ok)
	require.Equal(t, "text", text)
}
