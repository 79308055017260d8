package auth_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// TestSigningInWorksOnARedisCluster registers, counts attempts and passes tickets on with the keys on three servers.
func TestSigningInWorksOnARedisCluster(t *testing.T) {
	cluster, err := servers.StartRedisCluster(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, cluster.URL())}, limited)
	for i := range 5 { // different keys, on different servers
		email := fmt.Sprintf("minji%d@example.org", i)
		_, p := w.login(t, email)
		ticket, _, err := w.CreateTicket(t.Context(), p)
		require.NoError(t, err)
		got, err := w.RedeemTicket(t.Context(), ticket)
		require.NoError(t, err)
		require.Equal(t, p, got)
		_, err = w.RedeemTicket(t.Context(), ticket)
		require.ErrorIs(t, err, auth.ErrUnauthenticated)
	}
	for i := range 10 {
		from := auth.Client{Address: fmt.Sprintf("192.0.2.%d", i)}
		_, err := w.Login(t.Context(), from, "minji0@example.org", "wrong password")
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
	}
	_, err = w.Login(t.Context(), browser, "minji0@example.org", password)
	requireTooMany(t, err, 15*time.Second)
}
