package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// healthcheck is for containers that hold nothing but this program.
func healthcheck(ctx context.Context, p program, _ []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.OpsURL()+"/healthz", nil)
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
