package chaos

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// following is what a next release may do to the schema while nodes of this one work on it.
const following = `-- +goose Up
ALTER TABLE messages
    ADD COLUMN following_note VARCHAR(40) NULL,
    ADD COLUMN following_flag BOOLEAN NOT NULL DEFAULT FALSE, ALGORITHM=INSTANT;
ALTER TABLE rooms ADD COLUMN following_count BIGINT NOT NULL DEFAULT 7, ALGORITHM=INSTANT;
ALTER TABLE rooms ADD KEY rooms_following (following_count), ALGORITHM=INPLACE, LOCK=NONE;
ALTER TABLE room_users ADD COLUMN following_seq BIGINT NULL, ALGORITHM=INSTANT;
ALTER TABLE users ADD COLUMN following_at DATETIME(6) NULL, ALGORITHM=INSTANT;
ALTER TABLE users ADD KEY users_following (following_at), ALGORITHM=INPLACE, LOCK=NONE;
CREATE TABLE following (
    user_id BIGINT NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT following_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
`

// Upgrade is Roll from the last release, with a database that it left, to this tree with one more migration.
func Upgrade(ctx context.Context, o Options) (report Report, err error) {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(dir)
	root, err := moduleRoot(ctx)
	if err != nil {
		return report, err
	}
	r := Replacement{Rounds: 1}
	if r.New, err = buildFollowing(ctx, root, dir); err != nil {
		return report, err
	}
	last, schema, err := lastRelease(root)
	if err != nil {
		return report, err
	}
	if r.Dump, err = unpacked(filepath.Join(root, "internal", "storage", "testdata", last+".mysql.sql.gz")); err != nil {
		return report, err
	}
	newest, err := newestMigration(root)
	if err != nil {
		return report, err
	}
	if newest > schema { // else this tree's own program does for it
		if r.Old, err = servers.BuildRelease(ctx, dir, last); err != nil {
			return report, err
		}
	}
	return Roll(ctx, o, r)
}

// buildFollowing builds the program of this tree with one more migration.
func buildFollowing(ctx context.Context, root, dir string) (string, error) {
	replace := make(map[string]string)
	for _, dialect := range []string{"mysql", "sqlite"} {
		file := filepath.Join(dir, dialect+".sql")
		if err := os.WriteFile(file, []byte(following), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, "internal", "storage", "migrations", dialect, "99999_following.sql")] = file
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		return "", err
	}
	binaries := filepath.Join(dir, "following")
	if err := os.Mkdir(binaries, 0o700); err != nil {
		return "", err
	}
	return servers.BuildAPI(ctx, binaries, "-overlay="+overlay)
}

// lastRelease returns the name of the last release and the version of its schema.
func lastRelease(root string) (name string, schema int64, err error) {
	text, err := os.ReadFile(filepath.Join(root, "internal", "storage", "migrations", "releases"))
	if err != nil {
		return "", 0, err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	_, err = fmt.Sscan(lines[len(lines)-1], &name, &schema)
	return name, schema, err
}

func newestMigration(root string) (version int64, err error) {
	names, err := filepath.Glob(filepath.Join(root, "internal", "storage", "migrations", "mysql", "*.sql"))
	if err != nil || len(names) == 0 {
		return 0, errors.Join(err, fmt.Errorf("%s has no migrations", root))
	}
	_, err = fmt.Sscanf(filepath.Base(names[len(names)-1]), "%d_", &version)
	return version, err
}

func unpacked(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}
