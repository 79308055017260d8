// Command write writes every dashboard to a file in the folder that it is given.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emosation/emosation/deploy/grafana"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return errors.New("give one folder")
	}
	for _, d := range grafana.Dashboards() {
		text, err := d.JSON()
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		if err := os.WriteFile(filepath.Join(args[0], d.Name+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
