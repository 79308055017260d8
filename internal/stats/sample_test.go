package stats_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit"
)

func TestWhoIsHereAndWhichRoomsThereAreIsSampledFromTheStart(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
	for _, values := range []string{"'direct', 'read_only', NULL", "'group', 'open', NULL", "'group', 'open', 'DELIVERED'", "'group', 'closed', 'CREATED'"} {
		require.NoError(t, w.DB.Exec("INSERT INTO rooms (kind, state, phase, last_seq, last_rev, created_at) VALUES ("+values+", 0, 0, '2026-12-01 00:00:00')").Error)
	}
	node, registry := w.node(), prometheus.NewRegistry()
	for _, c := range node.Metrics() {
		registry.MustRegister(c)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- node.Run(ctx) }()
	tells := func() error {
		return testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_rooms Rooms that are not closed, by kind and by the phase of their pickup, as they were last counted. Every node tells the same.
# TYPE emosation_rooms gauge
emosation_rooms{kind="direct",phase="none"} 1
emosation_rooms{kind="group",phase="CREATED"} 0
emosation_rooms{kind="group",phase="DELIVERED"} 1
emosation_rooms{kind="group",phase="DELIVERY_IN_PROGRESS"} 0
emosation_rooms{kind="group",phase="ORDER_COMPLETED"} 0
emosation_rooms{kind="group",phase="ORDER_STARTED"} 0
emosation_rooms{kind="group",phase="none"} 1
# HELP emosation_sessions_online Sign-ins with an open connection to any node, as of the last 15 seconds. Every node tells the same.
# TYPE emosation_sessions_online gauge
emosation_sessions_online 3
# HELP emosation_users_online People with an open connection to any node, as of the last 15 seconds. Every node tells the same.
# TYPE emosation_users_online gauge
emosation_users_online 2
`), "emosation_rooms", "emosation_sessions_online", "emosation_users_online")
	}
	require.Eventually(t, func() bool { return tells() == nil }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, tells())
	stop()
	require.NoError(t, <-ended)
}

// TestRoomsAreCountedAlongAnIndex looks at the plan of the statement that every node runs now and again: it reads no row of a room.
func TestRoomsAreCountedAlongAnIndex(t *testing.T) {
	const counts = "SELECT kind, phase, COUNT(*) AS rooms FROM rooms WHERE state IN ('open', 'read_only') GROUP BY kind, phase ORDER BY kind, phase"
	var mariadb []map[string]any
	require.NoError(t, testkit.MariaDB(t).Raw("EXPLAIN "+counts).Find(&mariadb).Error)
	require.Contains(t, text(mariadb[0]["key"]), "rooms_open_phase")
	require.Contains(t, text(mariadb[0]["Extra"]), "Using index")
	var plan string
	require.NoError(t, testkit.SQLite(t).Raw("EXPLAIN QUERY PLAN "+counts).Row().Scan(new(int), new(int), new(int), &plan))
	require.Contains(t, plan, "COVERING INDEX rooms_open_phase")
}

func text(value any) string {
	if bytes, ok := value.([]byte); ok {
		return string(bytes)
	}
	s, _ := value.(string) // of anything else there is nothing to compare
	return s
}
