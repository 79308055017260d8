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
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
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
	require.ElementsMatch(t, []string{"# mine", "EMOSATION_PUBLIC_URL=https://chat.example.org", "EMOSATION_OPENAI_API_KEY=" + secret,
		"EMOSATION_API_IMAGE=" + r.api, "EMOSATION_WEB_IMAGE=" + r.web, ""}, strings.Split(h.read(t, ".env"), "\n"))
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

// deployThere runs deploy.sh on the host itself, after what a shell shall do before.
func (h machine) deployThere(t *testing.T, before string, args ...string) (code int, said string) {
	t.Helper()
	stub, err := filepath.Abs("testdata")
	require.NoError(t, err)
	options := []string{"-c", before + ` exec bash deploy.sh "$@"`, "bash", "--dir", h.dir, "--wait", "1", "--settle", "0"}
	command := exec.CommandContext(t.Context(), "bash", append(options, args...)...)
	command.Env = append(os.Environ(), "PATH="+stub+":"+os.Getenv("PATH"))
	out, err := command.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = exit.ExitCode(), nil
	}
	require.NoError(t, err)
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
