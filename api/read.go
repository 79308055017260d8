package main

import (
	"context"

	"github.com/emosation/emosation/internal/emotion"
)

// read lets anyone judge the engine on their own texts: one text a line in, one JSON object a line out, at once, so
// that it can be talked to by hand or through pipes.
func read(ctx context.Context, p program, _ []string) error {
	engine, err := emotion.NewEmbedded()
	if err != nil {
		return err
	}
	return emotion.ReadLines(ctx, p.in, p.out, engine)
}
