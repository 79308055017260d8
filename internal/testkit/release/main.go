// Command release keeps what a release leaves in the databases of those who use it, for the tests of upgrades from it.
//
//	go run ./internal/testkit/release v1.2.0
//
// It has the program of this tree make and fill a MariaDB and a SQLite file, puts what is in them into internal/storage/testdata, and the
// release with the version of its schema into internal/storage/migrations/releases. It is run before a release is tagged.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/emosation/emosation/internal/testkit/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 1 || !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(args[0]) {
		return errors.New("name the release: v1.2.0")
	}
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := release{name: args[0], dir: dir}
	if r.binary, err = servers.BuildAPI(ctx, dir); err != nil {
		return err
	}
	if err := r.keepMariaDB(ctx); err != nil {
		return err
	}
	if err := r.keepSQLite(ctx); err != nil {
		return err
	}
	return r.list()
}

// release is what is to be kept.
type release struct {
	name, dir, binary string
	schema            string // its version, as migrate says it
}

func (r *release) keepMariaDB(ctx context.Context) (err error) {
	mariadb, err := servers.StartMariaDB(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mariadb.Stop()) }()
	if err := mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"); err != nil {
		return err
	}
	address := mariadb.URL("emosation")
	if err := r.fill(ctx, address); err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	dump, err := exec.CommandContext(ctx, "mariadb-dump", "--no-defaults", "--user=root", "--socket="+u.Query().Get("socket"),
		"--compact", "--hex-blob", "--no-tablespaces", "--order-by-primary", "emosation").Output()
	if err != nil {
		return fmt.Errorf("mariadb-dump: %w", err)
	}
	return r.write("mysql.sql.gz", append([]byte("SET FOREIGN_KEY_CHECKS = 0;\n"), dump...))
}

func (r *release) keepSQLite(ctx context.Context) error {
	path := filepath.Join(r.dir, "release.db")
	if err := r.fill(ctx, "sqlite://"+path); err != nil {
		return err
	}
	content, err := os.ReadFile(path) // whose log went when the program ended
	if err != nil {
		return err
	}
	return r.write("sqlite.gz", content)
}

// fill has the program make a database and people use it.
func (r *release) fill(ctx context.Context, databaseURL string) error {
	key, err := servers.WriteKey(r.dir)
	if err != nil {
		return err
	}
	settings := []string{
		"EMOSATION_DATABASE_URL=" + databaseURL, "EMOSATION_JWT_KEY_FILE=" + key, "EMOSATION_DATA_DIR=" + filepath.Join(r.dir, "data"),
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=warn",
	}
	migrated, err := r.command(ctx, settings, "migrate")
	if err != nil {
		return err
	}
	version := regexp.MustCompile(`schema version (\d+)`).FindStringSubmatch(migrated)
	if version == nil {
		return fmt.Errorf("migrate says %q", migrated)
	}
	r.schema = version[1]
	if _, err := r.command(ctx, settings, "seed-demo", "--force"); err != nil {
		return err
	}
	api, err := servers.StartAPI(ctx, r.binary, settings...)
	if err != nil {
		return err
	}
	err = live(ctx, api.URL)
	if err == nil {
		err = api.Signal(syscall.SIGTERM)
	}
	if err == nil {
		_, err = api.Wait(ctx)
	}
	return errors.Join(err, api.Stop())
}

func (r *release) command(ctx context.Context, settings []string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, r.binary, args...)
	command.Env = append(servers.Environ(), settings...)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", args[0], err, out)
	}
	return string(out), nil
}

func (r *release) write(kind string, content []byte) error {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("internal", "storage", "testdata", r.name+"."+kind), packed.Bytes(), 0o600)
}

// list puts the release at the end of the list, or in its place there.
func (r *release) list() error {
	path := filepath.Join("internal", "storage", "migrations", "releases")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, r.name+" ") {
			kept.WriteString(line)
		}
	}
	fmt.Fprintf(&kept, "%s %s\n", r.name, r.schema)
	return os.WriteFile(path, []byte(kept.String()), 0o600)
}
