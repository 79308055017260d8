package deploy_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// files are names and texts, below a folder.
type files map[string]string

// onHost is what there was before releases brought anything along: a clone, and what its operator has added.
func onHost() files {
	return files{
		"compose.yaml":                  "old compose",
		"deploy/backup.sh":              "old backup",
		"deploy/prometheus/alerts.yml":  "old alerts",
		"deploy/profiles/mine.yaml":     "mine",
		"deploy/secrets/jwt_key":        secret,
		"compose.override.yaml":         "services: {}",
		"deploy/prometheus/notes.local": "mine, too",
	}
}

// bundle packs files as bundle.sh does.
func bundle(t *testing.T, content files) (path string) {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(content)) {
		header := tar.Header{Name: "emosation/" + name, Mode: 0o664, Size: int64(len(content[name]))}
		if target, link := strings.CutPrefix(content[name], "-> "); link {
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, target, 0
		}
		require.NoError(t, archive.WriteHeader(&header))
		if header.Size > 0 {
			_, err := archive.Write([]byte(content[name]))
			require.NoError(t, err)
		}
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	path = filepath.Join(t.TempDir(), "emosation.tar.gz")
	require.NoError(t, os.WriteFile(path, packed.Bytes(), 0o600))
	sum := sha256.Sum256(packed.Bytes())
	require.NoError(t, os.WriteFile(path+".sha256", []byte(hex.EncodeToString(sum[:])+"  emosation.tar.gz\n"), 0o600))
	return path
}

// furnish writes files to the host.
func (h machine) furnish(t *testing.T, content files) {
	t.Helper()
	for name, text := range content {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(h.dir, name)), 0o755))
		h.write(t, name, text)
	}
}

// has requires that these are the files of the host, and no others.
func (h machine) has(t *testing.T, want files) {
	t.Helper()
	found := files{}
	require.NoError(t, filepath.WalkDir(h.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if name := entry.Name(); name == ".deploy" || name == ".stub" {
				return filepath.SkipDir
			}
			return err
		}
		name, err := filepath.Rel(h.dir, path)
		if err == nil && name != ".env" {
			found[name] = h.read(t, name)
		}
		return err
	}))
	require.Equal(t, want, found)
}

// with is these files and others, of which an empty one is none.
func (f files) with(more files) files {
	all := maps.Clone(f)
	maps.Copy(all, more)
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

func second() files {
	return files{"compose.yaml": "compose 2", "deploy/backup.sh": "backup 2", "deploy/prometheus/alerts.yml": "alerts 2", "deploy/new/one.txt": "new in 2"}
}

func third() files {
	return second().with(files{"compose.yaml": "compose 3", "deploy/new/one.txt": "", "deploy/new/two.txt": "new in 3"})
}

func TestAReleaseBringsItsFilesAlongAndTakesThemBack(t *testing.T) {
	h := newMachine(t, pair("1"))
	h.furnish(t, onHost())
	h.write(t, ".stub/services/prometheus", "p "+pair("2").api+"\n")
	code, said := h.deploy(t, "--bundle", bundle(t, second()), "deploy", pair("2").api, pair("2").web)
	require.Equal(t, exitDone, code, said)
	h.settled(t, pair("2"))
	h.has(t, onHost().with(second()))
	info, err := os.Stat(filepath.Join(h.dir, "deploy", "new", "one.txt"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o644), info.Mode(), "users of containers read it")
	events := h.events(t)
	require.Less(t, slices.Index(events, "config compose 2"), slices.Index(events, "check-config "+pair("2").api), "it is tried first")
	require.Contains(t, events, "--signal HUP prometheus", "it reads its files again")
	require.Contains(t, h.read(t, ".stub/calls"), "compose run --rm -T migrate")

	h.write(t, ".stub/services/mariadb", "m mariadb\n")
	code, said = h.deploy(t, "--bundle", bundle(t, third()), "deploy", pair("3").api, pair("3").web)
	require.Equal(t, exitDone, code, said)
	h.has(t, onHost().with(third()))
	require.Contains(t, h.read(t, ".stub/calls"), "compose run --rm --no-deps -T migrate", "a database that runs is not replaced on the way")

	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	h.settled(t, pair("2"))
	h.has(t, onHost().with(second()))
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	h.settled(t, pair("3"))
	h.has(t, onHost().with(third()))

	code, said = h.deploy(t, "deploy", pair("4").api, pair("4").web)
	require.Equal(t, exitDone, code, said)
	h.has(t, onHost().with(third()))
	trees, err := os.ReadDir(filepath.Join(h.dir, ".deploy", "trees"))
	require.NoError(t, err)
	require.Len(t, trees, 1, "what nothing goes back to any more is forgotten")
	uploads, err := filepath.Glob(filepath.Join(h.dir, ".deploy", "*.tar.gz*"))
	require.NoError(t, err)
	require.Empty(t, uploads)
}

func TestFilesGoBackWithWhatDoesNotWork(t *testing.T) {
	after := pair("2")
	for name, c := range map[string]struct {
		fails string
		code  int
	}{
		"files that are refused":    {"config compose 2", exitUnchanged},
		"settings that are refused": {"check-config " + after.api, exitUnchanged},
		"the migration":             {"migrate", exitUnchanged},
		"the first node":            {"start api-1 " + after.api, exitRolledBack},
		"the whole":                 {"doctor " + after.api, exitRolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMachine(t, pair("1"))
			h.furnish(t, onHost())
			h.plan(t, "fails", c.fails)
			code, said := h.deploy(t, "--bundle", bundle(t, second()), "deploy", after.api, after.web)
			require.Equal(t, c.code, code, said)
			h.has(t, onHost())
			require.Equal(t, pair("1").everywhere(), h.runs(t))
			require.NoFileExists(t, filepath.Join(h.dir, ".deploy", "wanted"))

			h.plan(t, "fails")
			code, said = h.deploy(t, "--bundle", bundle(t, second()), "deploy", after.api, after.web)
			require.Equal(t, exitDone, code, said)
			h.settled(t, after)
			h.has(t, onHost().with(second()))
		})
	}
}

func TestWhatSomebodyChangedOnTheHostStaysTheirs(t *testing.T) {
	h := newMachine(t, pair("1"))
	h.furnish(t, onHost())
	code, said := h.deploy(t, "--bundle", bundle(t, second()), "deploy", pair("2").api, pair("2").web)
	require.Equal(t, exitDone, code, said)

	changed := files{"deploy/prometheus/alerts.yml": "alerts of mine"}
	h.furnish(t, changed)
	code, said = h.deploy(t, "--bundle", bundle(t, third()), "deploy", pair("3").api, pair("3").web)
	require.Equal(t, exitDone, code, said)
	h.has(t, onHost().with(third()).with(changed))

	fourth := third().with(files{"deploy/prometheus/alerts.yml": "alerts 4"})
	code, said = h.deploy(t, "--bundle", bundle(t, fourth), "deploy", pair("4").api, pair("4").web)
	require.Equal(t, exitUnchanged, code, said)
	require.Contains(t, said, "changed on this host and by the release: deploy/prometheus/alerts.yml.")
	h.has(t, onHost().with(third()).with(changed))
	h.settled(t, pair("3"))

	h.furnish(t, third())
	code, said = h.deploy(t, "--bundle", bundle(t, fourth), "deploy", pair("4").api, pair("4").web)
	require.Equal(t, exitDone, code, said)
	h.furnish(t, changed)
	code, said = h.deploy(t, "rollback")
	require.Equal(t, exitDone, code, said)
	require.Contains(t, said, "deploy/prometheus/alerts.yml was changed here and stays as it is")
	h.has(t, onHost().with(third()).with(changed))
}

func TestAKilledExchangeOfFilesGoesOnInEitherDirection(t *testing.T) {
	packed := bundle(t, second())
	for name, c := range map[string]struct {
		args []string
		want files
		runs release
	}{
		"on":                   {[]string{"--bundle", packed, "deploy", pair("2").api, pair("2").web}, second(), pair("2")},
		"on without a file":    {[]string{"deploy", pair("2").api, pair("2").web}, second(), pair("2")},
		"on to something else": {[]string{"--bundle", bundle(t, third()), "deploy", pair("3").api, pair("3").web}, third(), pair("3")},
		"back":                 {[]string{"rollback"}, nil, pair("1")},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMachine(t, pair("1"))
			h.furnish(t, onHost())
			h.plan(t, "hangs", "check-config")
			h.begin(t, "--bundle", packed, "deploy", pair("2").api, pair("2").web)
			var script int
			_, err := fmt.Sscan(h.read(t, ".deploy/lock"), &script)
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(script, syscall.SIGKILL))
			// As if it had been killed before it came to these.
			own, err := filepath.Glob(filepath.Join(h.dir, ".deploy", "trees", "own-*"))
			require.NoError(t, err)
			require.Len(t, own, 1)
			h.write(t, ".deploy/tree", filepath.Base(own[0])+" "+strings.TrimSpace(h.read(t, ".deploy/tree"))+"\n")
			h.furnish(t, files{"compose.yaml": "old compose", "deploy/prometheus/alerts.yml": "old alerts"})
			h.plan(t, "hangs")
			h.write(t, ".stub/go", "")

			var code int
			var said string
			require.Eventually(t, func() bool {
				code, said = h.deploy(t, c.args...)
				return !strings.Contains(said, "another deployment is running")
			}, 30*time.Second, 10*time.Millisecond)
			require.Equal(t, exitDone, code, said)
			h.settled(t, c.runs)
			h.has(t, onHost().with(c.want))
			require.Len(t, strings.Fields(h.read(t, ".deploy/tree")), 1)
		})
	}
}

func TestWhatIsNoBundleIsNotUnpacked(t *testing.T) {
	h := newMachine(t, pair("1"))
	h.furnish(t, onHost())
	for name, content := range map[string]files{
		"another secret":     second().with(files{"deploy/secrets/jwt_key": "theirs"}),
		"settings":           second().with(files{".env": "theirs"}),
		"an override":        second().with(files{"compose.override.yaml": "theirs"}),
		"somewhere else":     second().with(files{"deploy/../../elsewhere": "theirs"}),
		"a link":             second().with(files{"deploy/new": "-> /etc", "deploy/new/one.txt": ""}),
		"no compose.yaml":    second().with(files{"compose.yaml": ""}),
		"what we rely on":    second().with(files{".deploy/lock": "theirs"}),
		"a name with spaces": second().with(files{"deploy/a b": "theirs"}),
	} {
		code, said := h.deployThere(t, "", "--bundle", bundle(t, content), "deploy", pair("2").api, pair("2").web)
		require.Equal(t, exitUnchanged, code, "%s: %s", name, said)
		require.Contains(t, said, "is not a bundle of a release", name)
		h.has(t, onHost())
	}
	packed := bundle(t, second())
	for name, spoil := range map[string]func() error{
		"its checksum is another": func() error { return os.WriteFile(packed, []byte("something else"), 0o600) },
		"cannot read":             func() error { return os.Remove(packed) },
	} {
		require.NoError(t, spoil())
		code, said := h.deployThere(t, "", "--bundle", packed, "deploy", pair("2").api, pair("2").web)
		require.Equal(t, exitMisused, code, said)
		require.Contains(t, said, name)
		packed = bundle(t, second())
	}
	code, said := h.deployThere(t, "", "--bundle", packed, "rollback")
	require.Equal(t, exitMisused, code, said)
}

func TestTheBundleOfAReleaseIsWhatAHostNeeds(t *testing.T) {
	dir := t.TempDir()
	images, packed := filepath.Join(dir, "images.env"), filepath.Join(dir, "emosation.tar.gz")
	require.NoError(t, os.WriteFile(images, []byte("EMOSATION_API_IMAGE="+pair("2").api+"\nEMOSATION_WEB_IMAGE="+pair("2").web+"\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), "./bundle.sh", images, packed).CombinedOutput()
	require.NoError(t, err, string(out))

	h := newMachine(t, pair("1"))
	code, said := h.deploy(t, "--bundle", packed, "deploy", pair("2").api, pair("2").web)
	require.Equal(t, exitDone, code, said)
	project, err := load(t, h.dir)
	require.NoError(t, err)
	require.Equal(t, pair("2").api, project.Services["api-1"].Image)
	for _, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type == "bind" {
				require.DirExists(t, volume.Source)
			}
		}
	}
	for _, name := range []string{"backup.sh", "restore.sh", "deploy.sh", "secrets.sh"} {
		info, err := os.Stat(filepath.Join(h.dir, "deploy", name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o755), info.Mode(), name)
	}
	found, err := filepath.Glob(filepath.Join(h.dir, "deploy", "*.go"))
	require.NoError(t, err)
	require.Empty(t, found)
}
