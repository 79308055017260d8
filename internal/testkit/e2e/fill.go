package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"

	"github.com/emosation/emosation/internal/testkit/servers"
)

const adminEmail = "admin@example.org"

// tellsPassword is how create-admin tells it.
var tellsPassword = regexp.MustCompile(`password, shown this once: (\S+)`)

// fill gives an empty database what the tests expect to find, the way an operator would, and returns the password of
// the admin.
func fill(ctx context.Context, binary string, settings []string) (password string, err error) {
	for _, command := range [][]string{{"migrate"}, {"seed-demo", "--force"}} {
		if _, err := call(ctx, binary, settings, command...); err != nil {
			return "", err
		}
	}
	told, err := call(ctx, binary, settings, "create-admin", adminEmail)
	if err != nil {
		return "", err
	}
	found := tellsPassword.FindStringSubmatch(told)
	if found == nil {
		return "", fmt.Errorf("create-admin told no password:\n%s", told)
	}
	return found[1], nil
}

// call carries out one command of the program and returns what it printed.
func call(ctx context.Context, binary string, settings []string, args ...string) (printed string, err error) {
	command := exec.CommandContext(ctx, binary, args...)
	command.Env = append(servers.Environ(), settings...)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", args[0], err, out)
	}
	return string(out), nil
}
