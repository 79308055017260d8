package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAChangelogTellsByPartWhatIsNewSinceTheReleaseBefore(t *testing.T) {
	script, err := filepath.Abs("changelog.sh")
	require.NoError(t, err)
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		command := exec.CommandContext(t.Context(), name, args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	commit := func(subject string) {
		run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--allow-empty", "--message", subject)
	}
	run("git", "init", "--quiet")
	commit("room: open")
	run("git", "tag", "v0.1.0")
	commit("room: refuse a join when no seat is left")
	commit("auth, account: end sessions: all of them")
	run("git", "tag", "nightly")
	commit("Say hello: with a 50% \\n discount")
	commit("room: close")
	run("git", "tag", "v0.2.0")
	commit("room: not released yet")

	require.Equal(t, "The first release.\n", run(script, "v0.1.0"))
	require.Regexp(t, `^### auth, account

- end sessions: all of them \([0-9a-f]+\)

### everything else

- Say hello: with a 50% \\n discount \([0-9a-f]+\)

### room

- close \([0-9a-f]+\)
- refuse a join when no seat is left \([0-9a-f]+\)

All changes: v0\.1\.0\.\.\.v0\.2\.0
$`, run(script, "v0.2.0"))
}
