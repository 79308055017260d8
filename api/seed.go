package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
)

// seedDemo makes two people who are friends already, for trying things out. On a database server, which may be
// somebody's production, it wants --force.
func seedDemo(ctx context.Context, p program, args []string) (err error) {
	flags := flag.NewFlagSet("seed-demo", flag.ContinueOnError)
	flags.SetOutput(p.err)
	force := flags.Bool("force", false, "use a database server too")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if !cfg.EmbeddedDatabase() && !*force {
		return usageError{errors.New("seed-demo is for the embedded database; give --force if you mean " + cfg.DatabaseURL.String())}
	}
	db, err := openDatabase(ctx, cfg, observability.NewLogger(cfg.LogLevel, p.err))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	return makeDemoFriends(ctx, db, p.out)
}

// makeDemoFriends prints how to sign in as each of the two. Run again, it changes nothing and says so.
func makeDemoFriends(context.Context, *gorm.DB, io.Writer) error {
	return errors.New("the demo friends are not made yet")
}
