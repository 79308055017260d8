package main

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/tracing"
)

// open opens the database and Redis that the settings name, for every command that works with them. closeParts closes
// both.
func open(ctx context.Context, p program, cfg config.Config) (opened parts, closeParts func() error, err error) {
	log := observability.NewLogger(cfg.LogLevel, p.err)
	spans, err := startTracing(ctx, cfg, log)
	if err != nil {
		return parts{}, nil, err
	}
	defer func() {
		if err != nil {
			endTracing(ctx, spans)
		}
	}()
	db, err := openDatabase(ctx, cfg, log, spans)
	if err != nil {
		return parts{}, nil, err
	}
	epoch, err := storage.Epoch(ctx, db)
	if unfinished := storage.CheckRestored(ctx, db); unfinished != nil { // without all of it there may be no epoch either
		err = unfinished
	}
	if err != nil {
		return parts{}, nil, errors.Join(err, storage.Close(db))
	}
	redis, closeRedis, err := storage.OpenRedis(ctx, cfg.RedisURL.Reveal())
	if err != nil {
		return parts{}, nil, errors.Join(err, storage.Close(db))
	}
	opened = parts{cfg: cfg, log: log, db: db, redis: redis, tracing: spans, epoch: epoch, metrics: observability.NewRegistry(), now: p.now, hashCost: p.hashCost}
	return opened, func() error {
		closeRedis()
		defer endTracing(ctx, spans)
		return storage.Close(db)
	}, nil
}

// openDatabase brings an embedded database up to date. A database server is left alone: several nodes share it, and
// when it changes is the operator's decision.
func openDatabase(ctx context.Context, cfg config.Config, log *zap.Logger, spans *tracing.Tracing) (*gorm.DB, error) {
	db, err := storage.OpenTraced(ctx, cfg.DatabaseURL.Reveal(), log, spans.Provider())
	if err != nil {
		return nil, err
	}
	if cfg.EmbeddedDatabase() {
		err = storage.Migrate(ctx, db)
	} else {
		err = storage.CheckSchema(ctx, db)
	}
	if errors.Is(err, storage.ErrOldSchema) {
		err = fmt.Errorf("%w; run the migrate command first", err)
	}
	if err != nil {
		return nil, errors.Join(err, storage.Close(db))
	}
	return db, nil
}
