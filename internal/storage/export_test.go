package storage

import "errors"

// MigrateWith is Migrate with other files, for tests that need a past or a future schema.
var MigrateWith = migrate

// What is read of migrations without running them.
var (
	OldestFitting = oldestFitting
	ParseReleases = parseReleases
	Split         = split
	VersionOf     = versionOf
)

// Rest makes a cache behave as after a Redis that did not answer.
func (c *Cache) Rest() { c.note(errors.New("no answer")) }
