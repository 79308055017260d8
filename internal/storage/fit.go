package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// A release may only add to the schema, so that nodes of the release before go on while it is rolled out, and can be put back if it
// is no good. What nothing uses any more is taken away by a later migration, which says since which release that is so; programs older than
// that are refused. schema_versions says of each version of the schema which programs it fits.

// schemaTable is where Migrate notes what it does beside goose's own table.
const schemaTable = "schema_versions"

// releasesFile lists the releases with the version of the schema that each was made for.
const releasesFile = "migrations/releases"

// Release is a release of the program and the version of its schema.
type Release struct {
	Name   string
	Schema int64
}

// Releases returns all releases, the oldest first.
func Releases() ([]Release, error) {
	text, err := releases.ReadFile(releasesFile)
	if err != nil {
		return nil, err
	}
	return parseReleases(string(text))
}

func parseReleases(text string) (list []Release, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var r Release
		if _, err := fmt.Sscanf(line, "%s %d", &r.Name, &r.Schema); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", releasesFile, line, err)
		}
		if len(list) > 0 && r.Schema < list[len(list)-1].Schema {
			return nil, fmt.Errorf("%s: %s has an older schema than the release before", releasesFile, r.Name)
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s names no release", releasesFile)
	}
	return list, nil
}

// contract is how a migration says that it takes away what no release since the named one uses.
var contract = regexp.MustCompile(`(?m)^-- contract: nothing uses it since (\S+)$`)

// contractOf returns the version of the schema of the release since which nothing uses what a migration takes away; 0 if it says nothing
// of that kind.
func contractOf(file string, released []Release) (int64, error) {
	header := contract.FindStringSubmatch(file)
	if header == nil {
		if strings.Contains(file, "-- contract:") {
			return 0, errors.New(`the header must be "-- contract: nothing uses it since RELEASE"`)
		}
		return 0, nil
	}
	for _, r := range released {
		if r.Name == header[1] {
			return r.Schema, nil
		}
	}
	return 0, fmt.Errorf("%s is no release", header[1])
}

// oldestFitting returns the oldest version that a program may have been made for to work with a schema of each version. Nothing
// fits but itself before the first release.
func oldestFitting(scripts []script, released []Release) (map[int64]int64, error) {
	fits, floor := make(map[int64]int64), released[0].Schema
	for _, s := range scripts {
		since, err := contractOf(s.text, released)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		floor = max(floor, since)
		fits[s.version] = min(s.version, floor)
	}
	return fits, nil
}

// noteVersions writes down which programs each version of the schema fits, before it is reached.
func noteVersions(ctx context.Context, db *gorm.DB, fits map[int64]int64) error {
	db = db.WithContext(ctx)
	const table = "CREATE TABLE IF NOT EXISTS " + schemaTable +
		" (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL, begun INT NOT NULL, done INT NOT NULL)"
	if err := db.Exec(table).Error; err != nil {
		return err
	}
	var known []int64
	if err := db.Table(schemaTable).Pluck("version", &known).Error; err != nil {
		return err
	}
	for _, version := range known {
		delete(fits, version)
	}
	for version, oldest := range fits {
		if err := db.Exec("INSERT INTO "+schemaTable+" (version, oldest, begun, done) VALUES (?, ?, 0, 0)", version, oldest).Error; err != nil {
			return err
		}
	}
	return nil
}

// checkNewer returns nil when a schema that is newer than the program says that it fits it still.
func checkNewer(ctx context.Context, db *gorm.DB, have, want int64) error {
	newer := fmt.Errorf("%w: it has version %d, the program knows %d; run the release that has migrated it, or a later one", ErrNewerSchema, have, want)
	if !db.WithContext(ctx).Migrator().HasTable(schemaTable) {
		return errors.Join(newer, ctx.Err())
	}
	var oldest int64
	err := db.WithContext(ctx).Raw("SELECT oldest FROM "+schemaTable+" WHERE version = ?", have).Row().Scan(&oldest)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && want < oldest:
		return newer
	}
	return err
}
