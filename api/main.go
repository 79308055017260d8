// Command api is the whole of Emosation: the server and what an operator needs beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], program{environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, hashCost: account.DefaultHashCost})
	stop()
	os.Exit(code)
}

// program is what a command has of the world outside. Nobody reads the environment or the standard streams otherwise;
// what is about security and its deadlines keeps the real clock, whatever now says.
type program struct {
	environ  []string
	in       io.Reader
	out, err io.Writer // out is for what was asked for, err for logs and complaints
	now      func() time.Time
	hashCost account.HashCost // of the passwords of accounts
}

// config reads the settings; its error is the caller's mistake.
func (p program) config() (config.Config, error) {
	c, err := config.Load(p.environ)
	if err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// usageError is a mistake of whoever started the program, as opposed to something that failed.
type usageError struct{ error }

// Exit codes, as shells and service managers know them.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

const usage = `Usage: api [command]

  serve         answer requests until told to stop (the default)
  migrate       bring the database schema up to date
  check-config  show the settings in effect, secrets masked, or all that is wrong with them
  backup        FILE: write the embedded database to a file, also while the server runs
  restore       FILE: put it back (--force: although there is a database, which is put aside; --keep-sessions: as with new-epoch)
  new-epoch     tell everybody that a backup was restored, and end all sessions (--keep-sessions: end none)
  create-admin  EMAIL [NICKNAME]: make an admin's account, or make somebody who has an account an admin
  import        areas|stores|menus|boxes FILE: add the places of a CSV file (- for standard input), or say all that is wrong with it
  seed-demo     make two demo friends and a small town, and print the friends' passwords (--force for a database server)
  self-signed   [-dir FOLDER] NAME|IP...: make a certificate for a network of your own, and print the settings to use it
  healthcheck   ask the running server whether it is well (--ready: and whether people may be sent to it)
  doctor        URL: look at a running deployment from outside, say what is wrong and how to mend it (-help)
  read          read one text a line from standard input, print its emotion as one JSON object a line
  version       print which release this is
  loadtest      put a server under load as many clients would, check every delivery, measure (-help)

Settings are EMOSATION_... environment variables; check-config lists them.
`

// action is what a command does.
type action struct {
	run  func(context.Context, program, []string) error
	args bool // whether it looks at arguments
}

func actions() map[string]action {
	return map[string]action{
		"serve":        {run: serve},
		"migrate":      {run: migrate},
		"check-config": {run: checkConfig},
		"backup":       {run: backup, args: true},
		"restore":      {run: restore, args: true},
		"new-epoch":    {run: newEpoch, args: true},
		"create-admin": {run: createAdmin, args: true},
		"import":       {run: importPlaces, args: true},
		"seed-demo":    {run: seedDemo, args: true},
		"self-signed":  {run: selfSigned, args: true},
		"healthcheck":  {run: healthcheck, args: true},
		"doctor":       {run: examine, args: true},
		"read":         {run: read},
		"version":      {run: printVersion},
		"loadtest":     {run: loadTest, args: true},
	}
}

// run carries out one command and returns the exit code. End-to-end tests call it as main does.
func run(ctx context.Context, args []string, p program) int {
	name := "serve"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	action, known := actions()[name]
	switch {
	case name == "help" || name == "-h" || name == "--help":
		fmt.Fprint(p.out, usage)
		return exitOK
	case !known:
		fmt.Fprintf(p.err, "unknown command %q\n\n%s", name, usage)
		return exitUsage
	case len(args) > 0 && !action.args:
		fmt.Fprintf(p.err, "%s takes no arguments\n\n%s", name, usage)
		return exitUsage
	}
	err := action.run(ctx, p, args)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(p.err, err)
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}
