package storage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func registered(t *testing.T, list []prometheus.Collector) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewRegistry()
	for _, c := range list {
		require.NoError(t, registry.Register(c))
	}
	return registry
}

func TestTransactionsThatLostAreCountedByKind(t *testing.T) {
	db := testkit.MariaDB(t)
	registry := registered(t, storage.Metrics(db))
	for number, tries := range map[string]int{"1213": 8, "1205": 3, "1644": 1} {
		runs := 0
		require.Error(t, storage.Tx(t.Context(), db.Session(&gorm.Session{}), func(tx *gorm.DB) error {
			runs++
			return tx.Exec("SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = " + number + ", MESSAGE_TEXT = 'no'").Error
		}))
		require.Equal(t, tries, runs)
	}
	text := strings.NewReader(`
# HELP emosation_sql_conflicts_total Transactions that lost against others, by kind: the victim of a deadlock, a lock waited for in vain, a SQLite file that stayed busy. Each is tried again a few times.
# TYPE emosation_sql_conflicts_total counter
emosation_sql_conflicts_total{kind="busy"} 0
emosation_sql_conflicts_total{kind="deadlock"} 8
emosation_sql_conflicts_total{kind="lock_wait"} 3
`)
	require.NoError(t, testutil.GatherAndCompare(registry, text, "emosation_sql_conflicts_total"))
}

func TestThePoolsOfADatabaseTellOfThemselves(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		names := map[string]bool{}
		families, err := registered(t, storage.Metrics(db)).Gather()
		require.NoError(t, err)
		for _, family := range families {
			if family.GetName() != "go_sql_max_open_connections" {
				continue
			}
			for _, m := range family.GetMetric() {
				names[m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue() > 0
			}
		}
		want := map[string]bool{"emosation": true}
		if !storage.IsMySQL(db) {
			want["emosation_reads"] = true
		}
		require.Equal(t, want, names)
	})
}

func TestCommandsOfRedisAreCountedByOutcome(t *testing.T) {
	client, closed, err := storage.OpenRedis(t.Context(), testkit.RedisURL(t))
	require.NoError(t, err)
	registry := registered(t, storage.RedisMetrics(client))
	expect := func(ok, refused, failed, up string) {
		t.Helper()
		text := strings.NewReader(`
# HELP emosation_redis_commands_total Commands that Redis was asked to carry out, by outcome: ok, refused by it, or failed because it did not answer in time.
# TYPE emosation_redis_commands_total counter
emosation_redis_commands_total{outcome="failed"} ` + failed + `
emosation_redis_commands_total{outcome="ok"} ` + ok + `
emosation_redis_commands_total{outcome="refused"} ` + refused + `
# HELP emosation_redis_up 1 if Redis answered the latest command, 0 if not. This node asks it every few seconds.
# TYPE emosation_redis_up gauge
emosation_redis_up ` + up + "\n")
		require.NoError(t, testutil.GatherAndCompare(registry, text, "emosation_redis_commands_total", "emosation_redis_up"))
	}
	b := client.B
	for _, answer := range client.DoMulti(t.Context(), b().Set().Key("a").Value("x").Build(), b().Get().Key("none").Build()) {
		_ = answer.Error() // that there is none is an answer
	}
	expect("3", "0", "0", "1") // with the one that opened it
	require.Error(t, client.Do(t.Context(), b().Incr().Key("a").Build()).Error())
	require.NoError(t, rueidis.NewLuaScript("return 7").Exec(t.Context(), client, nil, nil).Error())
	expect("5", "1", "0", "1")
	for range 3 { // the second time it is known here
		require.NoError(t, client.DoCache(t.Context(), b().Get().Key("a").Cache(), time.Minute).Error())
	}
	expect("6", "1", "0", "1")
	closed()
	require.Error(t, client.Do(t.Context(), b().Get().Key("a").Build()).Error())
	expect("6", "1", "1", "0")
}
