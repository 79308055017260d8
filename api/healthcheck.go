package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"time"
)

// healthcheck is for containers that hold nothing but this program. Who replaces nodes one after the other asks --ready.
func healthcheck(ctx context.Context, p program, args []string) error {
	flags := flag.NewFlagSet("healthcheck", flag.ContinueOnError)
	flags.SetOutput(p.err)
	ready := flags.Bool("ready", false, "ask whether people may be sent to it, too")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	path := "/healthz"
	if *ready {
		path = "/readyz"
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.OpsURL()+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("not well: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not well: %s answers %s", request.URL, answer.Status)
	}
	_, err = fmt.Fprintln(p.out, "ok")
	return err
}
