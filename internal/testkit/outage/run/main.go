// Command run lets the provider of remote readings fail in every way it can while people chat, and says whether they noticed.
//
//	go run ./internal/testkit/outage/run [-minutes 10] [-seed N] [-rate 30] [-rooms 10] [-members 10]
//
// It builds the program and starts it twice, each time on a MariaDB and a Redis of its own: once with the embedded engine alone, once
// with a provider that is in trouble for so many minutes. Both carry the same load at the same time. The seed decides about the order of
// the troubles.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/testkit/outage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "outage:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("promises were broken")

func run(ctx context.Context, args []string) error {
	o := outage.Options{Progress: os.Stderr, Crowd: loadtest.Plan{Senders: 5, Payload: 100}}
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	minutes := flags.Float64("minutes", 10, "how long the provider is in trouble")
	flags.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixMilli()), "what decides about the order of the troubles")
	flags.Float64Var(&o.Crowd.Rate, "rate", 30, "messages a second on each server")
	flags.IntVar(&o.Crowd.Rooms, "rooms", 10, "rooms on each server")
	flags.IntVar(&o.Crowd.Members, "members", 10, "of each room")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o.Crowd.Senders = min(o.Crowd.Senders, o.Crowd.Members)
	o.Trouble = time.Duration(*minutes * float64(time.Minute))
	o.Calm = o.Trouble / time.Duration(len(outage.Troubles()))
	report, err := outage.Run(ctx, o)
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if len(report.Broken) > 0 {
		return errBroken
	}
	return nil
}
