package deploy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Exit codes of deploy.sh.
const (
	exitDone = iota
	exitUnchanged
	exitMisused
	exitRolledBack
	exitHalfway
	exitUnconnected = 255
)

func TestADeploymentReplacesOneServiceAfterTheOther(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Equal(t, []string{
		"pull " + after.api, "pull " + after.web, "check-config " + after.api, "migrate " + after.api,
		"start api-1 " + after.api, "start api-2 " + after.api, "start web " + after.web,
		"doctor " + after.api + " https://chat.example.org",
	}, h.events(t))
	h.settled(t, after)
	require.Contains(t, h.read(t, ".deploy/log"), "api-2 was replaced")
}

func TestWhatFailsBeforeTheFirstNodeChangesNothing(t *testing.T) {
	before, after := pair("1"), pair("2")
	for name, c := range map[string]struct{ fails, says string }{
		"the API's image is not there":     {"pull " + after.api, "could not pull " + after.api},
		"the web app's image is not there": {"pull " + after.web, "could not pull " + after.web},
		"settings are missing":             {"check-config", "refuses the settings"},
		"the migration fails":              {"migrate", "the migration failed"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMachine(t, before)
			env := h.read(t, ".env")
			h.plan(t, "fails", c.fails)
			code, said := h.deploy(t, "deploy", after.api, after.web)
			require.Equal(t, exitUnchanged, code, said)
			require.Contains(t, said, c.says)
			require.Contains(t, said, "fails as planned", "what went wrong is shown")
			require.Equal(t, before.everywhere(), h.runs(t))
			require.Equal(t, env, h.read(t, ".env"))
			require.NotContains(t, h.read(t, ".stub/calls"), "compose up")

			h.plan(t, "fails")
			code, said = h.deploy(t, "deploy", after.api, after.web)
			require.Equal(t, exitDone, code, said)
			h.settled(t, after)
		})
	}
}

func TestANodeThatDoesNotComeUpIsPutBackAndTheOtherIsLeftAlone(t *testing.T) {
	before, after := pair("1"), pair("2")
	for name, plan := range map[string][2]string{
		"never healthy": {"fails", "start api-1 " + after.api},
		"never ready":   {"unready", "api-1 " + after.api},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMachine(t, before)
			h.plan(t, plan[0], plan[1])
			code, said := h.deploy(t, "deploy", after.api, after.web)
			require.Equal(t, exitRolledBack, code, said)
			require.Contains(t, said, "ROLLED BACK")
			h.settled(t, before)
			calls := h.read(t, ".stub/calls")
			require.NotRegexp(t, `compose up .*(api-2|web)`, calls)
			require.Equal(t, 2, strings.Count(calls, "compose up"))
		})
	}
}

func TestWhatDoesNotWorkAsAWholeIsPutBackInReverse(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "fails", "doctor "+after.api)
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitRolledBack, code, said)
	require.Contains(t, said, "https://chat.example.org does not answer as it should")
	h.settled(t, before)
	events := h.events(t)
	require.Equal(t, []string{"start web " + before.web, "start api-2 " + before.api, "start api-1 " + before.api, "doctor " + before.api + " https://chat.example.org"},
		events[len(events)-4:])
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitUnchanged, code, said)
	require.Contains(t, said, "nothing to go back to")
}

func TestAWayBackThatFailsTooIsSaidAndCanBeGoneAgain(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "fails", "doctor", "start api-2 "+before.api)
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitHalfway, code, said)
	require.Contains(t, said, "NEEDS A PERSON")

	h.plan(t, "fails")
	code, said = h.deploy(t, "status")
	require.Equal(t, exitDone, code, said)
	require.Contains(t, said, "was killed")
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	h.settled(t, before)
}

func TestAHostWithoutComposeIsNotTakenForOneOnWhichNothingRuns(t *testing.T) {
	h := newMachine(t, pair("1"))
	h.plan(t, "fails", "compose")
	for _, command := range [][]string{{"status"}, {"rollback"}, {"deploy", pair("2").api, pair("2").web}} {
		code, said := h.deploy(t, command...)
		require.Equal(t, exitUnchanged, code, said)
		require.Contains(t, said, "docker compose does not work")
		require.NotContains(t, said, "api-1")
	}
	require.Empty(t, h.events(t))
}

func TestTheSameImagesAgainRestartNothing(t *testing.T) {
	before := pair("1")
	h := newMachine(t, before)
	code, said := h.deploy(t, "deploy", before.api, before.web)
	require.Equal(t, exitDone, code, said)
	require.Contains(t, said, "api-1 is as wanted")
	require.NotContains(t, strings.Join(h.events(t), "\n"), "start")
	h.settled(t, before)
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitUnchanged, code, said)
}

func TestAKilledDeploymentGoesOnWhenItIsRunAgain(t *testing.T) {
	before, after := pair("1"), pair("2")
	for name, again := range map[string]struct {
		args []string
		want release
	}{
		"deploy":   {[]string{"deploy", after.api, after.web}, after},
		"rollback": {[]string{"rollback"}, before},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMachine(t, before)
			h.plan(t, "hangs", "start api-2 "+after.api)
			h.begin(t, "deploy", after.api, after.web)
			var script int
			_, err := fmt.Sscan(h.read(t, ".deploy/lock"), &script)
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(script, syscall.SIGKILL))

			code, said := h.deploy(t, again.args...)
			require.Equal(t, exitUnchanged, code, "docker compose outlived the script: %s", said)
			require.Contains(t, said, "another deployment is running")
			h.write(t, ".stub/go", "")
			require.Eventually(t, func() bool {
				code, said = h.deploy(t, again.args...)
				return !strings.Contains(said, "another deployment is running")
			}, 30*time.Second, 10*time.Millisecond)
			require.Equal(t, exitDone, code, said)
			h.settled(t, again.want)

			h.plan(t, "fails", "doctor "+pair("3").api)
			code, said = h.deploy(t, "deploy", pair("3").api, pair("3").web)
			require.Equal(t, exitRolledBack, code, said)
			h.settled(t, again.want)
		})
	}
}

func TestAKilledDeploymentIsUndoneToWhatRanBeforeIt(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "fails", "doctor "+after.api)
	// As a script leaves things that was killed after the first node.
	require.NoError(t, os.MkdirAll(filepath.Join(h.dir, ".deploy"), 0o700))
	h.write(t, ".deploy/good", "EMOSATION_API_IMAGE="+before.api+"\nEMOSATION_WEB_IMAGE="+before.web+"\n")
	h.write(t, ".deploy/wanted", "EMOSATION_API_IMAGE="+after.api+"\nEMOSATION_WEB_IMAGE="+after.web+"\n")
	h.write(t, ".stub/services/api-1", "new1 "+after.api+"\n")
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitRolledBack, code, said)
	h.settled(t, before)
}

func TestOfTwoDeploymentsAtOnceTheSecondIsRefused(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "hangs", "migrate")
	first := h.begin(t, "deploy", after.api, after.web)
	for _, args := range [][]string{{"deploy", pair("3").api, pair("3").web}, {"rollback"}} {
		code, said := h.deploy(t, args...)
		require.Equal(t, exitUnchanged, code, said)
		require.Contains(t, said, "another deployment is running")
	}
	h.write(t, ".stub/go", "")
	require.NoError(t, first.Wait())
	h.settled(t, after)
}

func TestAConnectionThatBreaksDoesNotLeaveADeploymentHalfDone(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "hangs", "start api-1 "+after.api)
	ssh := h.begin(t, "deploy", after.api, after.web)
	require.NoError(t, ssh.Process.Kill())
	require.Error(t, ssh.Wait())
	h.write(t, ".stub/go", "")
	h.wait(t, ".deploy/wanted", false)
	h.settled(t, after)
	require.Eventually(t, func() bool { return strings.HasSuffix(h.read(t, ".deploy/log"), " done\n") }, 10*time.Second, 10*time.Millisecond)
}

func TestRollbackGoesBackToTheDeploymentBefore(t *testing.T) {
	h := newMachine(t, pair("1"))
	for _, digit := range []string{"2", "3"} {
		code, said := h.deploy(t, "deploy", pair(digit).api, pair(digit).web)
		require.Equal(t, exitDone, code, said)
	}
	events := h.events(t)
	require.Equal(t, []string{"remove " + pair("1").api, "remove " + pair("1").web}, events[len(events)-2:], "two releases are kept")
	require.NotContains(t, events, "remove "+pair("2").api)

	code, said := h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	h.settled(t, pair("2"))
	require.Equal(t, []string{"start web " + pair("2").web, "start api-2 " + pair("2").api, "start api-1 " + pair("2").api,
		"doctor " + pair("2").api + " https://chat.example.org"}, h.events(t), "nothing is migrated")
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	h.settled(t, pair("3"))
}

func TestAHostOnWhichNothingRunsIsSetUp(t *testing.T) {
	after := pair("2")
	h := newMachine(t, release{})
	h.plan(t, "fails", "start api-1")
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitHalfway, code, said)
	require.Contains(t, said, "nothing to go back to")

	h.plan(t, "fails")
	require.NoError(t, os.RemoveAll(filepath.Join(h.dir, ".stub", "services", "api-1")))
	h.events(t)
	code, said = h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Contains(t, h.events(t), "up everything")
	h.settled(t, after)
}

func TestWhatDoctorFindsCanBeLeftOut(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	h.plan(t, "fails", "doctor")
	code, said := h.deploy(t, "--nodes-only", "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Equal(t, after.everywhere(), h.runs(t))

	h.plan(t, "fails")
	h.write(t, ".env", h.read(t, ".env")+"WEB_TLS=\"tls internal\"\n")
	code, said = h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Contains(t, h.events(t), "doctor "+after.api+" -insecure https://chat.example.org")
}

func TestABackupThatIsAskedForComesFirst(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	require.NoError(t, os.Mkdir(filepath.Join(h.dir, "deploy"), 0o700))
	backup := filepath.Join(h.dir, "deploy", "backup.sh")
	require.NoError(t, os.WriteFile(backup, []byte("#!/bin/sh\necho no room on the disk\nexit 1\n"), 0o700))
	code, said := h.deploy(t, "--backup", "deploy", after.api, after.web)
	require.Equal(t, exitUnchanged, code, said)
	require.Contains(t, said, "no room on the disk")
	require.Equal(t, before.everywhere(), h.runs(t))
	require.NotContains(t, h.events(t), "migrate "+after.api)

	require.NoError(t, os.WriteFile(backup, []byte("#!/bin/sh\necho backup >>.stub/events\n"), 0o700))
	code, said = h.deploy(t, "--backup", "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Equal(t, []string{"backup", "migrate " + after.api}, h.events(t)[3:5])
}

func TestAHostWhoseKeyIsNotKnownGetsNothing(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	for name, text := range map[string]string{"none": "", "another": "[" + "127.0.0.1]:" + h.port + " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqYx5cQ8j0Zl5oS0V0cYyXn7M4pQmGkqjZ2bq0pGQ1m\n"} {
		h.knownHosts = filepath.Join(h.dir, name)
		h.write(t, name, text)
		code, said := h.deploy(t, "deploy", after.api, after.web)
		require.Equal(t, exitUnconnected, code, said)
		require.Contains(t, said, "Host key verification failed")
		require.NoDirExists(t, filepath.Join(h.dir, ".deploy"))
	}
}

func TestWrongArgumentsGetNoFurtherThanHere(t *testing.T) {
	image := pair("1").api
	h := newMachine(t, pair("1"))
	for _, args := range [][]string{
		{}, {"depoly"}, {"deploy", image}, {"deploy", image, "ghcr.io/emosation/web:v1"}, {"deploy", "ghcr.io/emosation/api@sha256:12", image},
		{"deploy", image, image + "; touch pwned"}, {"deploy", image, image, image}, {"rollback", image}, {"--verbose", "status"},
		{"--dir", "$(touch pwned)", "status"}, {"--dir", "-x", "status"}, {"--url", "https://x/`touch pwned`", "rollback"}, {"--url", "chat.example.org", "rollback"},
		{"--wait", "0", "status"}, {"--wait", "1;", "status"}, {"--settle", "soon", "status"}, {"--host", "-oProxyCommand=touch", "status"}, {"--port"},
	} {
		code, said := h.deploy(t, args...)
		require.Equal(t, exitMisused, code, "%q: %s", args, said)
		require.Contains(t, said, "--help", args)
	}
	require.Empty(t, h.read(t, ".stub/calls"))
	code, said := h.deploy(t, "--help")
	require.Equal(t, exitDone, code)
	require.Contains(t, said, "Exit codes")
}

// A disk that is full lets nothing be written any more; here a limit on the size of files stands for it.
func TestAFullDiskDoesNotCostTheSettings(t *testing.T) {
	before, after := pair("1"), pair("2")
	h := newMachine(t, before)
	env := h.read(t, ".env") + strings.Repeat("# something that somebody has written down here\n", 100)
	h.write(t, ".env", env)
	code, said := h.deployThere(t, `trap "" XFSZ && ulimit -f 4 &&`, "deploy", after.api, after.web)
	require.Equal(t, exitRolledBack, code, said)
	require.Contains(t, said, "could not write .env")
	require.Equal(t, env, h.read(t, ".env"))
	require.Equal(t, before.everywhere(), h.runs(t))
	left, err := filepath.Glob(filepath.Join(h.dir, ".env.*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSettingsAreReadAsComposeReadsThem(t *testing.T) {
	after := pair("2")
	h := newMachine(t, pair("1"))
	h.write(t, ".env", "EMOSATION_PUBLIC_URL=https://old.example.org\nexport EMOSATION_PUBLIC_URL=\"https://new.example.org\" # ours\r\nWEB_TLS=tls internal   # a LAN")
	h.furnish(t, files{"compose.yaml": content(t, composeFile), "deploy/profiles/standard.yaml": content(t, "profiles/standard.yaml")})
	project, err := load(t, h.dir)
	require.NoError(t, err)
	require.Equal(t, "https://new.example.org", *project.Services["web"].Environment["EMOSATION_PUBLIC_URL"])
	require.Equal(t, "tls internal", *project.Services["web"].Environment["WEB_TLS"])
	code, said := h.deploy(t, "deploy", after.api, after.web)
	require.Equal(t, exitDone, code, said)
	require.Contains(t, h.events(t), "doctor "+after.api+" -insecure https://new.example.org")
	require.Contains(t, h.read(t, ".env"), "a LAN\nEMOSATION_API_IMAGE="+after.api+"\n")
}

func TestAHostThatIsNotSetUpIsToldWhatIsMissing(t *testing.T) {
	h := newMachine(t, pair("1"))
	h.write(t, ".env", "EMOSATION_API_IMAGE=x\n")
	code, said := h.deploy(t, "deploy", pair("2").api, pair("2").web)
	require.Equal(t, exitUnchanged, code, said)
	require.Contains(t, said, "EMOSATION_PUBLIC_URL is not set in .env")
	code, said = h.deploy(t, "--url", "https://chat.example.org:8443", "deploy", pair("2").api, pair("2").web)
	require.Equal(t, exitDone, code, said)

	require.NoError(t, os.Remove(filepath.Join(h.dir, ".env")))
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitUnchanged, code, said)
	require.Contains(t, said, "there is no .env")
}
