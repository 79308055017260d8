package main

import (
	"context"
	"fmt"
)

func checkConfig(_ context.Context, p program, _ []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.out, cfg)
	return err
}
