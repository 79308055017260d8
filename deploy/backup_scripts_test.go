package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// scripts copies the scripts to a folder as on a host, with the secret of compose, and puts programs of a test before those of the
// machine. It returns the folder and the environment.
func (d *depot) scripts(programs map[string]string) (folder string, environ []string) {
	t := d.t
	root := t.TempDir()
	folder = filepath.Join(root, "deploy")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "secrets"), 0o700))
	for _, name := range []string{"backup.sh", "restore.sh", "database.sh"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secrets", "database_url"), []byte(d.database+"\n"), 0o600))
	bin := filepath.Join(root, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	for name, text := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/usr/bin/env bash\nset -euo pipefail\n"+text), 0o700))
	}
	return folder, append(servers.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
}

func runIn(t *testing.T, environ []string, script string, args ...string) (said string, err error) {
	cmd := exec.CommandContext(t.Context(), script, args...)
	cmd.Env, cmd.Dir = environ, t.TempDir()
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// compose stands for docker compose with services that run here. It keeps what it was asked and what was in the environment.
const compose = `
{ printf '%s\n' "$*"; env; } >>"$TEST_TOLD"
[[ "$1 $2" == "compose --project-directory" && -d $3/deploy ]]
case "$4 $5 $6" in
"exec -T mariadb") shift 6; exec "$@" ;;
"run --rm -T") [[ $7 == migrate ]]; shift 7; exec env "EMOSATION_DATABASE_URL_FILE=$TEST_SECRET" "EMOSATION_JWT_KEY_FILE=$TEST_KEY" "$TEST_PROGRAM" "$@" ;;
*) exit 9 ;;
esac
`

func TestWithComposeTheDatabaseIsAskedInItsContainer(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	out, err := d.run(d.program, "migrate")
	require.NoError(t, err, out)
	before := d.sums()
	folder, environ := d.scripts(map[string]string{"docker": compose})
	told := filepath.Join(d.dir, "told")
	environ = append(environ, "TEST_TOLD="+told, "TEST_SECRET="+filepath.Join(folder, "secrets", "database_url"),
		"TEST_KEY="+d.key, "TEST_PROGRAM="+d.program)

	file, err := runIn(t, environ, filepath.Join(folder, "backup.sh"), "--dir", d.dir)
	require.NoError(t, err, file)
	d.database = freshMariaDB(t)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secrets", "database_url"), []byte(d.database), 0o600))
	out, err = runIn(t, environ, filepath.Join(folder, "restore.sh"), file)
	require.NoError(t, err, out)
	require.Contains(t, out, "Restored.")
	after := d.sums()
	require.NotEqual(t, before["epoch"], after["epoch"])
	delete(before, "epoch")
	delete(after, "epoch")
	require.Equal(t, before, after)

	asked, err := os.ReadFile(told)
	require.NoError(t, err)
	require.Contains(t, string(asked), "exec -T mariadb")
	require.NotContains(t, string(asked), hardPassword, "not in an argument, not in the environment")
	require.NotContains(t, string(asked), `s\w`)
	require.Contains(t, string(asked), "rm -f /")
}

func TestThePasswordIsInNoArgumentAndNoEnvironment(t *testing.T) {
	t.Parallel()
	d := &depot{t: t, dir: t.TempDir(), database: freshMariaDB(t)}
	dump, err := exec.LookPath("mariadb-dump")
	require.NoError(t, err)
	folder, environ := d.scripts(map[string]string{"mariadb-dump": `{ printf '%s\n' "$*"; env; } >"$TEST_TOLD"
stat -c %a "${1#--defaults-extra-file=}" >>"$TEST_TOLD"
exec ` + dump + ` "$@"`})
	told := filepath.Join(d.dir, "told")
	environ = append(environ, "TEST_TOLD="+told, "TMPDIR="+t.TempDir(), "EMOSATION_DATABASE_URL_FILE="+filepath.Join(folder, "secrets", "database_url"))
	file, err := runIn(t, environ, filepath.Join(folder, "backup.sh"), "--dir", d.dir)
	require.NoError(t, err, file)
	text, err := os.ReadFile(told)
	require.NoError(t, err)
	require.NotContains(t, string(text), `s\w`)
	require.True(t, strings.HasSuffix(string(text), "\n600\n"), "nobody else may read it where it is")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	entries, err := os.ReadDir(lastOf(environ, "TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, entries, "and there it does not stay")
}

// lastOf returns the last value of a variable.
func lastOf(environ []string, name string) (value string) {
	for _, entry := range environ {
		if text, ok := strings.CutPrefix(entry, name+"="); ok {
			value = text
		}
	}
	return value
}

func TestOldBackupsGoByNumberAndByAgeButNeverTheNewest(t *testing.T) {
	t.Parallel()
	d := &depot{t: t}
	folder, environ := d.scripts(map[string]string{"mariadb-dump": "echo '-- Dump completed'"})
	environ = append(environ, "EMOSATION_DATABASE_URL=mysql://somebody@localhost/emosation")
	made := func(age time.Duration) string {
		return "emosation-" + time.Now().UTC().Add(-age).Format("20060102T150405Z") + ".sql.gz"
	}
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		args []string
		stay []time.Duration
	}{
		"number":     {args: []string{"--keep", "3"}, stay: []time.Duration{day, 2 * day}},
		"age":        {args: []string{"--days", "5"}, stay: []time.Duration{day, 2 * day, 3 * day, 4 * day}},
		"both":       {args: []string{"--keep", "9", "--days", "2"}, stay: []time.Duration{day}},
		"enough":     {args: nil, stay: []time.Duration{day, 2 * day, 3 * day, 4 * day, 6 * day, 7 * day}},
		"the newest": {args: []string{"--keep", "1", "--days", "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, age := range []time.Duration{day, 2 * day, 3 * day, 4 * day, 6 * day, 7 * day} {
				for _, end := range []string{"", ".sha256"} {
					require.NoError(t, os.WriteFile(filepath.Join(dir, made(age+time.Hour)+end), nil, 0o600))
				}
			}
			require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
			newest, err := runIn(t, environ, filepath.Join(folder, "backup.sh"), append([]string{"--dir", dir}, c.args...)...)
			require.NoError(t, err, newest)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			var names []string
			for _, entry := range entries {
				names = append(names, entry.Name())
			}
			require.Contains(t, names, filepath.Base(newest))
			require.Contains(t, names, "notes.txt")
			require.Len(t, names, 2*(1+len(c.stay))+1, "%v", names)
			_, err = exec.CommandContext(t.Context(), "sha256sum", "--check", newest+".sha256").Output()
			require.Error(t, err, "it names the file beside it, wherever that is")
			check := exec.CommandContext(t.Context(), "sha256sum", "--check", filepath.Base(newest)+".sha256")
			check.Dir = dir
			require.NoError(t, check.Run())
		})
	}
}

func TestOfTwoBackupsAtOnceTheSecondIsRefused(t *testing.T) {
	t.Parallel()
	d := &depot{t: t}
	folder, environ := d.scripts(map[string]string{"mariadb-dump": `if [[ -e $TEST_BUSY ]]; then exit 7; fi
touch "$TEST_BUSY"
"$TEST_BACKUP" --dir "$TEST_DIR" >"$TEST_BUSY" 2>&1 || :
echo '-- Dump completed'`})
	dir, busy, script := t.TempDir(), filepath.Join(t.TempDir(), "busy"), filepath.Join(folder, "backup.sh")
	environ = append(environ, "EMOSATION_DATABASE_URL=mysql://somebody@localhost/emosation", "TEST_BUSY="+busy, "TEST_DIR="+dir, "TEST_BACKUP="+script)
	said, err := runIn(t, environ, script, "--dir", dir)
	require.NoError(t, err, said)
	require.Contains(t, content(t, busy), "another backup is being written")
}

func TestScriptsForBackupsAreCleanShell(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "shellcheck", "-x", "-P", "..", "backup.sh", "restore.sh", "database.sh").CombinedOutput()
	require.NoError(t, err, string(out))
}
