package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
)

// backup writes the embedded database to a file, also while a server runs. A database server has tools of its own, which the scripts
// in deploy use.
func backup(ctx context.Context, p program, args []string) (err error) {
	if len(args) != 1 {
		return usageError{errors.New("backup wants the FILE to write to")}
	}
	cfg, path, err := embeddedFile(p, "deploy/backup.sh")
	if err != nil {
		return err
	}
	to := args[0]
	if _, err := os.Stat(to); err == nil {
		return usageError{fmt.Errorf("%s is there already", to)}
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database yet: %w", err)
	}
	db, err := storage.Open(ctx, cfg.DatabaseURL.Reveal(), logger(cfg, p))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	partial := to + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) { // of one that was killed
		return err
	}
	if err := storage.CopySQLite(ctx, db, partial); err != nil {
		return err
	}
	if err := os.Rename(partial, to); err != nil { // what has its name is whole
		return errors.Join(err, os.Remove(partial))
	}
	_, err = fmt.Fprintf(p.out, "Written to %s. Keep the signing key as well (%s): invites and box codes depend on it.\n", to, cfg.DataDir)
	return err
}

// restore puts a file that backup wrote in the place of the embedded database, and begins an epoch.
func restore(ctx context.Context, p program, args []string) (err error) {
	force, args := option(args, "--force")
	keep, args := option(args, keepSessions)
	if len(args) != 1 {
		return usageError{errors.New("restore wants the FILE that backup wrote")}
	}
	cfg, path, err := embeddedFile(p, "deploy/restore.sh")
	if err != nil {
		return err
	}
	_, missing := os.Stat(path)
	if missing == nil && !force {
		return usageError{fmt.Errorf("there is a database already: %s; --force puts it aside", path)}
	}
	if missing == nil { // which is looked at once more when all is ready
		if err := letGo(ctx, path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	aside, err := os.MkdirTemp(filepath.Dir(path), ".restore") // on the same disk, so that it only has to be renamed
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	fresh := filepath.Join(aside, "restored.db")
	if err := copyFile(args[0], fresh); err != nil {
		return err
	}
	if err := prepare(ctx, p, fresh, logger(cfg, p), keep); err != nil {
		return err
	}
	owner := path
	if missing != nil {
		owner = filepath.Dir(path)
	}
	if err := giveTo(owner, fresh); err != nil {
		return err
	}
	if missing == nil {
		if err := putAside(ctx, p, path); err != nil {
			return err
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Restored to %s. Start the server now.\n", path)
	return err
}

// embeddedFile returns the file of the embedded database; where the database is a server, the error names the script for that.
func embeddedFile(p program, script string) (cfg config.Config, path string, err error) {
	cfg, err = p.config()
	if err != nil {
		return cfg, "", err
	}
	if !cfg.EmbeddedDatabase() {
		return cfg, "", usageError{fmt.Errorf("this is for the embedded database; for a database server use %s", script)}
	}
	path, err = storage.SQLitePath(cfg.DatabaseURL.Reveal())
	return cfg, path, err
}

func logger(cfg config.Config, p program) *zap.Logger {
	return observability.NewLogger(cfg.LogLevel, p.err)
}

// prepare makes of a copy of a backup what a server can start with, or says why that cannot be.
func prepare(ctx context.Context, p program, path string, log *zap.Logger, keep bool) (err error) {
	db, err := storage.Open(ctx, "sqlite://"+path, log)
	if err != nil {
		return errors.Join(storage.ErrDamaged, err)
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	for _, step := range []func(context.Context, *gorm.DB) error{storage.CheckSQLite, storage.Migrate} {
		if err := step(ctx, db); err != nil {
			return err
		}
	}
	return beginEpoch(ctx, p, db, keep)
}

// letGo makes sure that nobody uses a database.
func letGo(ctx context.Context, path string) error {
	if err := storage.CloseSQLite(ctx, path); err != nil {
		return fmt.Errorf("%s: %w; stop the server first", path, err)
	}
	return nil
}

// putAside gives a database that nobody uses another name. It keeps its own until the restored one takes that: a server that starts
// after a restoration was killed must not find none and begin with an empty one.
func putAside(ctx context.Context, p program, path string) error {
	if err := letGo(ctx, path); err != nil {
		return err
	}
	aside := path + ".before-" + p.now().UTC().Format("20060102T150405Z")
	if err := os.Link(path, aside); err != nil { // not every file system has links
		if err := os.Rename(path, aside); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.out, "What was there is in %s.\n", aside)
	return err
}

// copyFile writes to a new file that nobody else may read.
func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Sync(), target.Close())
}
