// Command binary builds the program as it is released: for its platform alone, stripped, and without what nobody calls.
//
//	go build -o build-binary ./deploy/binary && GOOS=linux GOARCH=arm64 ./build-binary -version v1.2.3 -o emosation
//
// Without GOOS and GOARCH it is for this platform, and go run ./deploy/binary -o emosation does as well.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	out := flag.String("o", "emosation", "the file to write")
	version := flag.String("version", "dev", "what the program calls itself")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := build(ctx, *out, *version, []string{"CGO_ENABLED=0"}, "-trimpath", "-buildvcs=false")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "binary:", err)
		os.Exit(1)
	}
}

// build compiles the program of the module that it is called in.
func build(ctx context.Context, out, version string, environ []string, flags ...string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	file, err := goCommand(ctx, nil, "env", "GOMOD")
	if err != nil {
		return err
	}
	root := filepath.Dir(file)
	modfile, err := withoutUnusedCommands(ctx, root, environ)
	if err != nil {
		return err
	}
	args := append([]string{"build", "-C", root, "-modfile", modfile, "-o", out}, flags...)
	_, err = goCommand(ctx, environ, append(args, "-ldflags", "-s -w -X main.version="+version, "./api")...)
	return err
}

// goCommand returns what go prints.
func goCommand(ctx context.Context, environ []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), environ...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaints.String())
	}
	return strings.TrimSpace(string(text)), nil
}
