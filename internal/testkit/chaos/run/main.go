// Command run breaks servers while people chat, and says whether a promise broke with them.
//
//	go run ./internal/testkit/chaos/run [-faults 100] [-messages 100000] [-seed N] [-race]
//	go run ./internal/testkit/chaos/run -plants [-seed N]
//	go run ./internal/testkit/chaos/run -roll [-rounds 10] [-seed N] [-race]
//
// It builds the program and starts two nodes of it on a MariaDB and a Redis of its own. The seed decides which faults
// come in which order, and what people do; not when exactly, for that is up to the machine. With -plants it builds the
// program with mistakes in it, one at a time, and each of them has to be found. With -roll nothing is broken: the nodes are
// replaced one after the other, and people may notice nothing but good-byes.
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

	"github.com/emosation/emosation/internal/testkit/chaos"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("promises were broken")

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	faults := flags.Int("faults", 100, "how many faults to inject, at least")
	messages := flags.Int("messages", 100_000, "how many messages have to be acknowledged, at least")
	seed := flags.Uint64("seed", uint64(time.Now().UnixMilli()), "what decides about the faults")
	race := flags.Bool("race", false, "build the program with the race detector")
	plants := flags.Bool("plants", false, "find mistakes that are made on purpose")
	roll := flags.Bool("roll", false, "replace the nodes, break nothing")
	rounds := flags.Int("rounds", 10, "how often every node is replaced with -roll")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *plants {
		return find(ctx, *seed)
	}
	o := chaos.Options{
		Seed: *seed, Faults: *faults, Messages: *messages, Nodes: 2, People: 40, Groups: 10, Doors: 4,
		Pace: 50 * time.Millisecond, Pause: 5 * time.Second, Coda: 8 * time.Second,
		Long: true, Progress: os.Stdout,
	}
	if *race {
		o.Flags = append(o.Flags, "-race")
	}
	fmt.Printf("seed %d\n", o.Seed)
	begin := chaos.Run
	if *roll {
		begin = func(ctx context.Context, o chaos.Options) (chaos.Report, error) {
			return chaos.Roll(ctx, o, chaos.Replacement{Rounds: *rounds})
		}
	}
	report, err := begin(ctx, o)
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if report.Total() > 0 {
		return errBroken
	}
	return nil
}

// find makes every mistake once and says what gave it away. It tries them all, also when one goes unnoticed.
func find(ctx context.Context, seed uint64) (unnoticed error) {
	for _, p := range chaos.Plants() {
		fmt.Printf("\nplanted: %s\n", p.Name)
		report, err := p.Find(ctx, seed, os.Stdout)
		if err != nil && !errors.Is(err, chaos.ErrNotFound) {
			return err
		}
		report.Print(os.Stdout)
		unnoticed = errors.Join(unnoticed, err)
	}
	return unnoticed
}
