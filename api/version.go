package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release, which the linker writes here (deploy/binary); empty in any other build.
var version string

// release is what this program is called in logs and traces: a release, or what Go knows of the commit that it was built from.
func release() string {
	if version != "" {
		return version
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return "unknown"
}

func printVersion(_ context.Context, p program, _ []string) error {
	_, err := fmt.Fprintf(p.out, "%s %s %s/%s\n", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
