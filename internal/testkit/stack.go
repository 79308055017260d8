package testkit

import (
	"context"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// Stack is a database and a Redis of one test. The URLs are for starting the whole program on them.
type Stack struct {
	Name        string // "mariadb+redis" or "embedded"
	DatabaseURL string
	RedisURL    string // "embedded" opens another, empty Redis: in that stack Redis is not shared by URL
	DB          *gorm.DB
	Redis       rueidis.Client
}

// EachStack runs test once on MariaDB and Redis and once on the embedded pair, each time fresh and migrated.
func EachStack(t *testing.T, test func(t *testing.T, s Stack)) {
	t.Run("mariadb+redis", func(t *testing.T) { test(t, newStack(t, "mariadb+redis", MariaDBURL(t), RedisURL(t))) })
	t.Run("embedded", func(t *testing.T) { test(t, newStack(t, "embedded", SQLiteURL(t), storage.EmbeddedRedis)) })
}

func newStack(t testing.TB, name, databaseURL, redisURL string) Stack {
	return Stack{
		Name:        name,
		DatabaseURL: databaseURL,
		RedisURL:    redisURL,
		DB:          Open(t, databaseURL),
		Redis:       OpenRedis(t, redisURL),
	}
}

// Redis returns a client of a server that only this test uses.
func Redis(t testing.TB) rueidis.Client { return OpenRedis(t, RedisURL(t)) }

// RedisURL starts a server for this test alone: databases of one server would still share their channels.
func RedisURL(t testing.TB) string {
	t.Helper()
	server, err := servers.StartRedis(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server.URL()
}

// OpenRedis opens a Redis by its URL until the test ends: a second node on the same server.
func OpenRedis(t testing.TB, redisURL string) rueidis.Client {
	t.Helper()
	client, closed, err := storage.OpenRedis(t.Context(), redisURL)
	require.NoError(t, err)
	t.Cleanup(closed)
	return client
}
