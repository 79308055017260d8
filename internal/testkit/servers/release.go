package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildRelease compiles the program into dir as it was when it was tagged. It needs the tag, which a shallow clone does not have.
func BuildRelease(ctx context.Context, dir, tag string) (binary string, err error) {
	top, err := exec.CommandContext(ctx, "git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	archive := filepath.Join(dir, tag+".tar")
	out, err := exec.CommandContext(ctx, "git", "-C", strings.TrimSpace(string(top)), "archive", "--output="+archive, "refs/tags/"+tag).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("there is no tag %s here; get it by git fetch --tags, or, if it is not released yet, run go run ./internal/testkit/release %[1]s: %s", tag, out)
	}
	source := filepath.Join(dir, tag)
	if err := os.Mkdir(source, 0o700); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, "tar", "-xf", archive, "-C", source).CombinedOutput(); err != nil {
		return "", fmt.Errorf("unpack %s: %w\n%s", tag, err, out)
	}
	binary = filepath.Join(dir, "emosation-"+tag)
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./api")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", tag, err, out)
	}
	return binary, nil
}
