package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
)

func migrate(ctx context.Context, p program, _ []string) (err error) {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	db, err := storage.Open(ctx, cfg.DatabaseURL.Reveal(), observability.NewLogger(cfg.LogLevel, p.err))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	before, known, err := storage.SchemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if err := storage.Migrate(ctx, db); err != nil {
		return err
	}
	after, _, err := storage.SchemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if after > known {
		_, err = fmt.Fprintf(p.out, "schema version %d is newer than this program's %d, and fits it still: nothing was done\n", after, known)
		return err
	}
	_, err = fmt.Fprintf(p.out, "schema version %d (was %d)\n", after, before)
	return err
}
