package storage

import (
	"errors"
	"io/fs"

	"github.com/prometheus/client_golang/prometheus"
)

// MigrateWith is Migrate with other files, for tests that need a past or a future schema.
var MigrateWith = migrate

// What is read of migrations without running them.
var (
	ParseReleases = parseReleases
	Split         = split
	VersionOf     = versionOf
)

// OldestFitting is oldestFitting of the migrations in a folder.
func OldestFitting(folder fs.FS, released []Release) (map[int64]int64, error) {
	scripts, err := scriptsIn(folder)
	if err != nil {
		return nil, err
	}
	return oldestFitting(scripts, released)
}

// Rest makes a cache behave as after a Redis that did not answer.
func (c *Cache) Rest() { c.note(errors.New("no answer")) }

// WatchDial returns a dial that counts what another one does, and what it tells.
func WatchDial(dial dialFunc) (watched dialFunc, metrics []prometheus.Collector) {
	m := newDialMeter()
	return m.watch(dial), []prometheus.Collector{m.open, m.alone, m.ok, m.failed, m.seconds}
}
