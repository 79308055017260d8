package deploy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
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

const secret = "hunter2"

// release is a pair of images, told apart by a digit.
type release struct{ api, web string }

func pair(digit string) release {
	digest := "@sha256:" + strings.Repeat(digit, 64)
	return release{"ghcr.io/emosation/api" + digest, "ghcr.io/emosation/web" + digest}
}

// door is an sshd that lets in whoever runs these tests, by a key.
type door struct{ host, port, identity, knownHosts string }

func openDoor(t *testing.T) (d door) {
	t.Helper()
	me, err := user.Current()
	require.NoError(t, err)
	if me.Uid == "0" { // where systemd runs it is there already
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755))
	}
	addresses, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(addresses[0])
	require.NoError(t, err)
	dir := t.TempDir()
	d = door{me.Username + "@" + host, port, filepath.Join(dir, "id"), filepath.Join(dir, "known_hosts")}
	hostKey, config, bin := filepath.Join(dir, "host"), filepath.Join(dir, "config"), filepath.Join(dir, "bin")
	for _, path := range []string{d.identity, hostKey} {
		out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	public, err := os.ReadFile(hostKey + ".pub")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.knownHosts, []byte("["+host+"]:"+port+" "+string(public)), 0o600))
	require.NoError(t, os.CopyFS(bin, os.DirFS("testdata"))) // the stub of docker
	require.NoError(t, os.WriteFile(config, []byte(strings.Join([]string{
		"ListenAddress " + addresses[0], "HostKey " + hostKey, "AuthorizedKeysFile " + d.identity + ".pub", "PidFile none",
		"UsePAM no", "StrictModes no", "AuthenticationMethods publickey", "PermitRootLogin prohibit-password",
		"SetEnv PATH=" + bin + ":" + os.Getenv("PATH"),
	}, "\n")+"\n"), 0o600))
	greeted := func(ctx context.Context) error { return greets(ctx, addresses[0]) }
	sshd, err := servers.StartProgram(t.Context(), greeted, "sshd", "-D", "-e", "-f", config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sshd.Stop()) })
	return d
}

func greets(ctx context.Context, address string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "SSH-2.0-") {
		err = fmt.Errorf("it says %q", line)
	}
	return err
}

// machine is the folder of a deployment, on a machine that is reached through the door.
type machine struct {
	door
	dir string
}

// newMachine is a host on which a release runs, or nothing if it has no images.
func newMachine(t *testing.T, runs release) machine {
	t.Helper()
	t.Parallel()
	h := machine{door: openDoor(t), dir: t.TempDir()}
	require.NoError(t, os.MkdirAll(filepath.Join(h.dir, ".stub", "services"), 0o755))
	h.write(t, ".env", "# mine\nEMOSATION_PUBLIC_URL=https://chat.example.org\nEMOSATION_API_IMAGE="+runs.api+"\nEMOSATION_WEB_IMAGE="+runs.web+
		"\nEMOSATION_OPENAI_API_KEY="+secret+"\n")
	require.NoError(t, os.Chmod(filepath.Join(h.dir, ".env"), 0o640))
	h.write(t, ".stub/events", "")
	if runs.api != "" {
		h.write(t, ".stub/images", runs.api+"\n"+runs.web+"\n")
		h.write(t, ".stub/services/api-1", "old1 "+runs.api+"\n")
		h.write(t, ".stub/services/api-2", "old2 "+runs.api+"\n")
		h.write(t, ".stub/services/web", "old3 "+runs.web+"\n")
	}
	return h
}

func (h machine) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600))
}

// plan says which events fail, hang or leave something unready; without any, none do any more.
func (h machine) plan(t *testing.T, what string, events ...string) {
	t.Helper()
	h.write(t, ".stub/"+what, strings.Join(append(events, ""), "\n"))
}

func (h machine) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, name))
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	return string(text)
}

// events are what has happened since they were asked for last.
func (h machine) events(t *testing.T) []string {
	t.Helper()
	lines := strings.Split(h.read(t, ".stub/events"), "\n")
	h.write(t, ".stub/events", "")
	return lines[:len(lines)-1]
}

// runs are the images that run, of api-1, api-2 and web.
func (h machine) runs(t *testing.T) (running [3]string) {
	t.Helper()
	for i, service := range []string{"api-1", "api-2", "web"} {
		_, image, _ := strings.Cut(h.read(t, ".stub/services/"+service), " ")
		running[i] = strings.TrimSpace(image)
	}
	return running
}

func (r release) everywhere() [3]string { return [3]string{r.api, r.api, r.web} }

// settled requires that a release runs, is what .env says, and that no deployment is under way.
func (h machine) settled(t *testing.T, r release) {
	t.Helper()
	require.Equal(t, r.everywhere(), h.runs(t))
	require.Equal(t, "# mine\nEMOSATION_PUBLIC_URL=https://chat.example.org\nEMOSATION_OPENAI_API_KEY="+secret+
		"\nEMOSATION_API_IMAGE="+r.api+"\nEMOSATION_WEB_IMAGE="+r.web+"\n", h.read(t, ".env"))
	info, err := os.Stat(filepath.Join(h.dir, ".env"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode())
	require.NoFileExists(t, filepath.Join(h.dir, ".deploy", "wanted"))
}

// command is deploy.sh as it is started far from the host.
func (h machine) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	options := []string{"deploy.sh", "--host", h.host, "--port", h.port, "--identity", h.identity, "--known-hosts", h.knownHosts,
		"--dir", h.dir, "--wait", "1", "--settle", "0"}
	return exec.CommandContext(t.Context(), "bash", append(options, args...)...)
}

// deploy runs deploy.sh to its end. Wherever it leaves traces, there is no secret in them.
func (h machine) deploy(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	out, err := h.command(t, args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = exit.ExitCode(), nil
	}
	require.NoError(t, err)
	for _, text := range []string{string(out), h.read(t, ".deploy/log"), h.read(t, ".stub/calls")} {
		require.NotContains(t, text, secret)
	}
	return code, string(out)
}

// begin starts deploy.sh and waits until the host does what it is planned to hang in.
func (h machine) begin(t *testing.T, args ...string) (ssh *exec.Cmd) {
	t.Helper()
	ssh = h.command(t, args...)
	require.NoError(t, ssh.Start())
	t.Cleanup(func() {
		h.write(t, ".stub/go", "")
		_ = ssh.Wait() // it was killed, or its end was waited for
	})
	h.wait(t, ".stub/hanging", true)
	return ssh
}

func (h machine) wait(t *testing.T, name string, there bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(h.dir, name))
		return (err == nil) == there
	}, 30*time.Second, 10*time.Millisecond, name)
}

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
