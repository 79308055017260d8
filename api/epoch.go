package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/storage"
)

// keepSessions is the option of commands that begin an epoch.
const keepSessions = "--keep-sessions"

// newEpoch tells servers and clients that the database holds another history than before, as it does once a backup was restored.
func newEpoch(ctx context.Context, p program, args []string) (err error) {
	keep, rest := option(args, keepSessions)
	if len(rest) > 0 {
		return usageError{errors.New("new-epoch wants nothing, or " + keepSessions)}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, cfg, logger(cfg, p), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	return beginEpoch(ctx, p, db, keep)
}

// beginEpoch makes the numbering of rows skip what was given out since the backup and gives the history a new name. Unless they are
// kept, all sessions end with it and all mailed links: some may have been ended or used after the backup, and would come to life again.
func beginEpoch(ctx context.Context, p program, db *gorm.DB, keep bool) error {
	if err := storage.SkipIDs(ctx, db); err != nil {
		return err
	}
	var epoch string
	err := storage.Tx(ctx, db, func(tx *gorm.DB) (err error) {
		if !keep {
			if err := errors.Join(auth.EndEverybodys(tx, time.Now()), mail.DropAll(tx)); err != nil {
				return err
			}
		}
		epoch, err = storage.BeginEpoch(tx)
		return err
	})
	if err == nil {
		err = storage.EndRestoration(ctx, db)
	}
	if err != nil {
		return err
	}
	ended := "Everybody has to log in again, and mailed links work no more."
	if keep {
		ended = "Sessions and mailed links are as they were when the backup was made, also those that were ended or used since."
	}
	_, err = fmt.Fprintf(p.out, "Epoch %s begins. %s\n", epoch, ended)
	return err
}

// option takes an option out of arguments.
func option(args []string, name string) (given bool, rest []string) {
	for _, arg := range args {
		if arg == name {
			given = true
		} else {
			rest = append(rest, arg)
		}
	}
	return given, rest
}

// lookForEpoch is how often a server makes sure that the database is still the one it began with.
const lookForEpoch = 5 * time.Second

// errEpoch ends a server: what it remembers is of a history that is no more. Whoever keeps servers running starts it anew.
var errEpoch = errors.New("the database holds another history than when this server started: a backup was restored; it has to be started again")

// watchEpoch returns errEpoch when a backup is restored under a running server, which the guide says not to do. That the database does not answer
// is nothing to it.
func watchEpoch(ctx context.Context, db *gorm.DB, began string, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if now, err := storage.Epoch(ctx, db); err == nil && now != began {
				return errEpoch
			}
		case <-ctx.Done():
			return nil
		}
	}
}
