package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A tag can be moved to other code by whoever gets hold of an action's repository; a commit cannot.
func TestWorkflowsUseActionsByCommitAndMayDoLittle(t *testing.T) {
	paths, err := filepath.Glob("../.github/workflows/*.yml")
	require.NoError(t, err)
	require.Len(t, paths, 3)
	pinned := regexp.MustCompile(`^(\./\.github/workflows/\w+\.yml|[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	commits := map[string]string{} // of an action
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, uses := range regexp.MustCompile(`(?m)\buses: (.*)$`).FindAllStringSubmatch(string(text), -1) {
			require.Regexp(t, pinned, uses[1], path)
			action, commit, _ := strings.Cut(uses[1], "@")
			if before, ok := commits[action]; ok {
				require.Equal(t, before, commit, "%s is the same everywhere", action)
			}
			commits[action] = commit
		}
		require.Regexp(t, `(?m)^permissions:( \{\}|\n  contents: read\n\n)`, string(text), path)
		require.NotContains(t, string(text), "pull_request_target", path)
		require.NotContains(t, string(text), "write-all", path)
		require.Contains(t, string(text), "\nconcurrency:", path)
		checkouts := strings.Count(string(text), "uses: actions/checkout@")
		require.Equal(t, checkouts, strings.Count(string(text), "persist-credentials: false"), path)
		machines, bounds := strings.Count(string(text), "runs-on:"), strings.Count(string(text), "timeout-minutes:")
		require.Equal(t, machines, bounds, "%s: a job that hangs ends some time", path)
	}
	require.NotEmpty(t, commits)
}
