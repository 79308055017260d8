// Command with runs a command beside a MariaDB and a Redis of its own.
//
//	go run ./internal/testkit/with COMMAND [ARG...]
//
// Both are private, empty but for the schema, and gone afterwards. MariaDB writes every commit to disk and has a redo log as
// large as it comes with, as in production; that of the tests is small and makes it write pages all the time. The command finds them in EMOSATION_DATABASE_URL and EMOSATION_REDIS_URL.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, command []string) (err error) {
	if len(command) == 0 {
		return errors.New("say which command to run")
	}
	mariadb, err := servers.StartMariaDB(ctx, "--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=96M")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mariadb.Stop()) }()
	redis, err := servers.StartRedis(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, redis.Stop()) }()
	url := mariadb.URL("emosation")
	if err := prepare(ctx, mariadb, url); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGTERM) }, time.Minute // to end by itself
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(servers.Environ(), "EMOSATION_DATABASE_URL="+url, "EMOSATION_REDIS_URL="+redis.URL())
	return cmd.Run()
}

// prepare makes the database and gives it the schema.
func prepare(ctx context.Context, mariadb *servers.MariaDB, url string) (err error) {
	if err := mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"); err != nil {
		return err
	}
	db, err := storage.Open(ctx, url, zap.NewNop())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	return storage.Migrate(ctx, db)
}
