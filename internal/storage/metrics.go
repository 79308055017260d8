package storage

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"gorm.io/gorm"
)

// conflicts counts the transactions of a database that lost against others. It travels with the database as a plugin of gorm,
// since whoever begins a transaction has nothing else.
type conflicts struct {
	deadlocks, lockWaits, busy prometheus.Counter
}

// conflictsName is what gorm knows the counters by.
const conflictsName = "emosation:conflicts"

func newConflicts() *conflicts {
	count := func(kind string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{
			Name:        "emosation_sql_conflicts_total",
			Help:        "Transactions that lost against others, by kind: the victim of a deadlock, a lock waited for in vain, a SQLite file that stayed busy. Each is tried again a few times.",
			ConstLabels: prometheus.Labels{"kind": kind},
		})
	}
	return &conflicts{deadlocks: count("deadlock"), lockWaits: count("lock_wait"), busy: count("busy")}
}

// Name implements gorm.Plugin.
func (*conflicts) Name() string { return conflictsName }

// Initialize implements gorm.Plugin.
func (*conflicts) Initialize(*gorm.DB) error { return nil }

// count counts a lost transaction by the number of its error, which is 0 for SQLite's.
func (c *conflicts) count(number uint16) {
	switch number {
	case deadlock:
		c.deadlocks.Inc()
	case lockWaitTimeout:
		c.lockWaits.Inc()
	default:
		c.busy.Inc()
	}
}

// Metrics are those of a database that Open has opened: its connections, and the transactions that lost against others. The
// connections of a SQLite file that only read have a name of their own.
func Metrics(db *gorm.DB) []prometheus.Collector {
	const name = "emosation"
	var list []prometheus.Collector
	if files, ok := db.ConnPool.(*sqlitePool); ok {
		list = append(list, collectors.NewDBStatsCollector(files.writes, name), collectors.NewDBStatsCollector(files.reads, name+"_reads"))
	} else if pool, err := db.DB(); err == nil { // Open has seen to it that there is one
		list = append(list, collectors.NewDBStatsCollector(pool, name))
	}
	if c, ok := db.Plugins[conflictsName].(*conflicts); ok {
		list = append(list, c.deadlocks, c.lockWaits, c.busy)
	}
	return list
}
