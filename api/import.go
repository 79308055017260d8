package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/emosation/emosation/internal/booking"
)

// imports are the kinds of places that CSV files hold.
var imports = map[string]func(*booking.Service, context.Context, io.Reader) (int, error){
	"areas":  (*booking.Service).ImportAreas,
	"stores": (*booking.Service).ImportStores,
	"menus":  (*booking.Service).ImportMenu,
	"boxes":  (*booking.Service).ImportBoxes,
}

// importPlaces adds the places of one file, all of them or none.
func importPlaces(ctx context.Context, p program, args []string) (err error) {
	if len(args) != 2 || imports[args[0]] == nil {
		return usageError{errors.New("import wants areas, stores, menus or boxes, and a file or - for standard input")}
	}
	kind, path := args[0], args[1]
	cfg, err := p.config()
	if err != nil {
		return err
	}
	in := p.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	base, closeBase, err := open(ctx, p, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeBase()) }()
	d, err := newDomains(base)
	if err != nil {
		return err
	}
	n, err := imports[kind](d.bookings, ctx, in)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	_, err = fmt.Fprintf(p.out, "%s added: %d\n", kind, n)
	return err
}
