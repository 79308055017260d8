package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newHost is a host on which the archive of a release was unpacked.
func newHost(t *testing.T) machine {
	t.Helper()
	h := machine{dir: clone(t)}
	require.NoError(t, os.Remove(filepath.Join(h.dir, ".env")))
	require.NoError(t, os.MkdirAll(filepath.Join(h.dir, ".stub", "services"), 0o755))
	for _, name := range []string{"setup.sh", "secrets.sh"} {
		require.NoError(t, os.WriteFile(filepath.Join(h.dir, "deploy", name), []byte(content(t, name)), 0o700))
	}
	r := pair("2")
	for _, name := range []string{"prometheus", "grafana"} {
		require.NoError(t, os.MkdirAll(filepath.Join(h.dir, "deploy", name), 0o700))
	}
	h.furnish(t, files{
		".env.example": content(t, "../.env.example"), "images.env": "EMOSATION_API_IMAGE=" + r.api + "\nEMOSATION_WEB_IMAGE=" + r.web + "\n",
		".stub/version": "2.24.5\n", ".stub/images": r.api + "\n" + r.web + "\n", ".stub/events": "", ".stub/calls": "",
	})
	return h
}

func (h machine) setUp(t *testing.T, args ...string) (said string, err error) {
	t.Helper()
	stub, err := filepath.Abs("testdata")
	require.NoError(t, err)
	setup := exec.CommandContext(t.Context(), filepath.Join(h.dir, "deploy", "setup.sh"), args...)
	setup.Dir = t.TempDir()
	setup.Env = append(os.Environ(), "SETUP_PATIENCE=0", "PATH="+stub+":"+os.Getenv("PATH"))
	out, err := setup.CombinedOutput()
	return string(out), err
}

func TestOneCommandSetsUpANewHost(t *testing.T) {
	h, r := newHost(t), pair("2")
	said, err := h.setUp(t, "https://localhost", "you@example.org")
	require.NoError(t, err, said)
	require.Equal(t, []string{"config " + strings.SplitN(content(t, composeFile), "\n", 2)[0], "up everything",
		"start api-1 " + r.api, "start api-2 " + r.api, "start web " + r.web, "doctor " + r.api + " https://localhost"}, h.events(t))
	require.Contains(t, h.read(t, ".stub/calls"), "compose exec -T api-1 /emosation create-admin you@example.org\n")
	project, err := load(t, h.dir)
	require.NoError(t, err)
	require.Equal(t, "https://localhost", *project.Services["web"].Environment["EMOSATION_PUBLIC_URL"])
	require.Equal(t, r.web, project.Services["web"].Image)
	require.FileExists(t, project.Secrets["jwt_key"].File)
	info, err := os.Stat(filepath.Join(h.dir, "deploy", "grafana"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm(), "the users of containers read it")
	env, key := h.read(t, ".env"), h.read(t, "deploy/secrets/jwt_key")
	require.NotContains(t, said, key)

	h.write(t, ".env", env+"EMOSATION_LOG_LEVEL=debug\n")
	said, err = h.setUp(t, "https://localhost/")
	require.NoError(t, err, said)
	require.Equal(t, env+"EMOSATION_LOG_LEVEL=debug\n", h.read(t, ".env"))
	require.Equal(t, key, h.read(t, "deploy/secrets/jwt_key"))
	require.NotContains(t, strings.Join(h.events(t), "\n"), "start")
}

func TestSettingUpSaysAtOnceWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		plan files
		url  string
		says string
	}{
		"no URL":           {nil, "chat.example.org", "is no URL"},
		"no daemon":        {files{".stub/asleep": "x"}, "https://localhost", "docker does not answer"},
		"old Compose":      {files{".stub/version": "v2.3.3\n"}, "https://localhost", "has to be 2.24 or newer"},
		"no name":          {nil, "https://chat.invalid", "leads nowhere yet"},
		"another URL":      {files{".env": "EMOSATION_PUBLIC_URL=https://other.example.org\n"}, "https://localhost", "says another EMOSATION_PUBLIC_URL"},
		"doctor's advice":  {files{".stub/fails": "doctor\n"}, "https://localhost", "mend what doctor says"},
		"what is not well": {files{".stub/fails": "start web\n"}, "https://localhost", "not everything got well"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.furnish(t, c.plan)
			said, err := h.setUp(t, c.url, "you@example.org")
			require.Error(t, err)
			require.Contains(t, said, c.says)
			if name == "doctor's advice" || name == "what is not well" {
				h.furnish(t, files{".stub/fails": ""})
				said, err = h.setUp(t, c.url, "you@example.org")
				require.NoError(t, err, said)
				return
			}
			require.NotContains(t, h.read(t, ".stub/calls"), "compose up")
			require.NoDirExists(t, filepath.Join(h.dir, "deploy", "secrets"))
		})
	}
}
