// Command e2e runs a command, such as the browser tests, against the real program.
//
//	go run ./internal/testkit/e2e [-stack mariadb+redis|embedded] [-web DIR] [-dir DIR] COMMAND [ARG...]
//
// It builds the program, starts what it needs on private ports and folders, fills the database with the demo town and
// an admin, and sets E2E_BASE_URL, E2E_STACK, E2E_CHROMIUM, E2E_ADMIN_EMAIL and E2E_ADMIN_PASSWORD for the command. E2E_MAILS_URL tells
// as JSON which mails the program has sent, of one person with ?to=. On database servers E2E_RESTORED_URL is a second program, which
// POST E2E_RESTORE_URL/backup, /stop and /restore take back to a backup. When the command has passed, the program's log, down to debug, must have
// nothing of what anybody wrote, is called or signed in with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// logTail is how many of the server's warnings and errors a failure shows.
const logTail = 20

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("e2e", flag.ContinueOnError)
	stack := flags.String("stack", "mariadb+redis", "servers to run on, or embedded")
	web := flags.String("web", "", "`folder` of the built web app that the program serves")
	dir := flags.String("dir", ".", "`folder` in which the command runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("say which command to run")
	}
	tmp, err := os.MkdirTemp("", "emo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	binary, err := servers.BuildAPI(ctx, tmp)
	if err != nil {
		return err
	}
	settings, err := ofEveryStack(tmp, *web)
	if err != nil {
		return err
	}
	more, restorable, stop, err := startStack(ctx, *stack, binary, tmp, *web)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	settings = append(settings, more...)
	box, mails, stopMails, err := startMails(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopMails()) }()
	settings = append(settings, "EMOSATION_SMTP_URL="+box.URL(), "EMOSATION_MAIL_FROM=chat@example.org")
	password, err := fill(ctx, binary, settings)
	if err != nil {
		return err
	}
	api, err := servers.StartAPI(ctx, binary, settings...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.Stop()) }()

	fmt.Printf("e2e: %s, %s: %v\n", *stack, api.URL, flags.Args())
	command := exec.CommandContext(ctx, flags.Arg(0), flags.Args()[1:]...)
	command.Dir, command.Stdout, command.Stderr = *dir, os.Stdout, os.Stderr
	command.Env = append(environ(api.URL, password), "E2E_STACK="+*stack, "E2E_MAILS_URL="+mails)
	command.Env = append(command.Env, restorable...)
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w; what the program warned of last:\n%s", *stack, err, warnings(api.Log()))
	}
	return discreet(ctx, api.Log(), settings, box.Mails(), filepath.Join(*dir, "e2e"), password)
}

// startStack starts what a stack consists of beside the program, and returns the settings that lead to it, and the variables that tell a test of
// the program that it may restore.
func startStack(ctx context.Context, stack, binary, tmp, web string) (settings, restorable []string, stop func() error, err error) {
	switch stack {
	case "embedded":
		return nil, nil, func() error { return nil }, nil
	case "mariadb+redis":
	default:
		return nil, nil, nil, fmt.Errorf("unknown stack %q", stack)
	}
	settings, stopServers, err := startServers(ctx, tmp)
	if err != nil {
		return nil, nil, nil, err
	}
	url, control, stopRestored, err := startRestored(ctx, binary, tmp, web)
	if err != nil {
		return nil, nil, nil, errors.Join(err, stopServers())
	}
	restorable = []string{"E2E_RESTORED_URL=" + url, "E2E_RESTORE_URL=" + control}
	return settings, restorable, func() error { return errors.Join(stopRestored(), stopServers()) }, nil
}

// ofEveryStack returns the settings that do not depend on the stack.
func ofEveryStack(tmp, web string) (settings []string, err error) {
	settings = []string{"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=debug", "EMOSATION_DATA_DIR=" + filepath.Join(tmp, "data")}
	if web == "" {
		return settings, nil
	}
	built, err := filepath.Abs(web)
	return append(settings, "EMOSATION_WEB_DIR="+built), err
}

// warnings leaves out what a log tells of requests: it would hide which test failed.
func warnings(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if !strings.Contains(line, `"level":"info"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-logTail):], "")
}

// environ is what the command finds in its environment.
func environ(url, password string) []string {
	return append(servers.Environ(), "E2E_BASE_URL="+url, "E2E_CHROMIUM="+browser(),
		"E2E_ADMIN_EMAIL="+adminEmail, "E2E_ADMIN_PASSWORD="+password)
}

// browser returns the path of a Chromium, or only its name where there is none, which the tests then complain about. The shell comes
// first: it does the same for less than two thirds of the work.
func browser() string {
	if chosen := os.Getenv("E2E_CHROMIUM"); chosen != "" {
		return chosen
	}
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return "chromium"
}

// startServers starts the two servers and returns the settings that lead to them.
func startServers(ctx context.Context, tmp string) (settings []string, stop func() error, err error) {
	mariadb, err := servers.StartMariaDBInMemory(ctx)
	if err != nil {
		return nil, nil, err
	}
	redis, err := servers.StartRedis(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, mariadb.Stop())
	}
	stop = func() error { return errors.Join(redis.Stop(), mariadb.Stop()) }
	key, err := servers.WriteKey(tmp)
	if err == nil {
		err = mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	}
	if err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	return []string{
		"EMOSATION_DATABASE_URL=" + mariadb.URL("emosation"), "EMOSATION_REDIS_URL=" + redis.URL(), "EMOSATION_JWT_KEY_FILE=" + key,
	}, stop, nil
}
