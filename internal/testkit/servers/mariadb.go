package servers

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"

	_ "github.com/go-sql-driver/mysql" // registers the driver used below
)

const mariadbHint = "install it: apt-get install mariadb-server (make deps does it)"

// MariaDB is a private server with an empty password for root. Its databases vanish with it.
type MariaDB struct {
	*Process
	socket string
}

// StartMariaDB copies a prepared data folder and runs a server on it, in about 0.2 s. The server does not wait for the
// disk at each commit. More options win over its own and hold over a Restart, as what is SET does not. Stop ends it; so
// does the end of this process, however it ends.
func StartMariaDB(ctx context.Context, options ...string) (*MariaDB, error) {
	return startMariaDB(ctx, os.TempDir(), options...)
}

// StartMariaDBInMemory is StartMariaDB with a folder in memory, where there is room for one. To make a table waits for
// the disk more than twenty times otherwise, whatever the options.
func StartMariaDBInMemory(ctx context.Context, options ...string) (*MariaDB, error) {
	return startMariaDB(ctx, memory(), options...)
}

func startMariaDB(ctx context.Context, parent string, options ...string) (*MariaDB, error) {
	template, daemon, err := mariadbTemplate(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare mariadb: %w", err)
	}
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	dir, err := newDirIn(parent)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if err := os.CopyFS(data, os.DirFS(template)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db := &MariaDB{socket: filepath.Join(dir, "s.sock")}
	db.Process, err = start(ctx, dir, nil, db.ping, daemon, append([]string{"--no-defaults", "--user=" + me.Username,
		"--datadir=" + data, "--socket=" + db.socket, "--pid-file=" + filepath.Join(dir, "pid"), "--tmpdir=" + dir,
		"--skip-networking", "--skip-log-bin", "--performance-schema=OFF", "--max-connections=2000",
		"--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0"}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("start mariadb: %w", err)
	}
	return db, nil
}

// URL is the database of that name in the form EMOSATION_DATABASE_URL takes.
func (m *MariaDB) URL(database string) string {
	return "mysql://root@localhost/" + database + "?socket=" + url.QueryEscape(m.socket)
}

// ping makes a connection of its own: it is asked again after a restart.
func (m *MariaDB) ping(ctx context.Context) error {
	pool, err := sql.Open("mysql", "root@unix("+m.socket+")/")
	if err != nil {
		return err
	}
	defer pool.Close()
	return pool.PingContext(ctx)
}

// Exec runs one statement as root, outside any database.
func (m *MariaDB) Exec(ctx context.Context, statement string) error {
	pool, err := sql.Open("mysql", "root@unix("+m.socket+")/")
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, statement)
	return err
}

// Script runs statements that end with semicolons in a database, in one go.
func (m *MariaDB) Script(ctx context.Context, database, statements string) error {
	pool, err := sql.Open("mysql", "root@unix("+m.socket+")/"+database+"?multiStatements=true")
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, statements)
	return err
}

// mariadbTemplate returns a data folder made by mariadb-install-db. It is kept in the temporary folder for the next
// test run: making it takes half a second, copying it a thirtieth.
func mariadbTemplate(ctx context.Context) (template, daemon string, err error) {
	daemon, err = find(mariadbHint, "mariadbd", "mysqld")
	if err != nil {
		return "", "", err
	}
	installer, err := find(mariadbHint, "mariadb-install-db", "mysql_install_db")
	if err != nil {
		return "", "", err
	}
	me, err := user.Current()
	if err != nil {
		return "", "", err
	}
	version, err := exec.CommandContext(ctx, daemon, "--version").Output()
	if err != nil {
		return "", "", fmt.Errorf("%s --version: %w", daemon, err)
	}
	kept := filepath.Join(os.TempDir(), "emosation-testkit-"+me.Uid)
	template = filepath.Join(kept, fmt.Sprintf("mariadb-%x", sha256.Sum256(version))[:24])
	if _, err := os.Stat(template); err == nil {
		return template, daemon, nil
	}
	if err := os.MkdirAll(kept, 0o700); err != nil {
		return "", "", err
	}
	fresh, err := os.MkdirTemp(kept, "new")
	if err != nil {
		return "", "", err
	}
	out, err := exec.CommandContext(ctx, installer, "--no-defaults", "--user="+me.Username, "--datadir="+fresh,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M").CombinedOutput()
	if err != nil {
		return "", "", errors.Join(fmt.Errorf("%s: %w\n%s", installer, err, out), os.RemoveAll(fresh))
	}
	// Several test binaries may get here at once: the first to rename wins, and the others use what it made.
	if err := os.Rename(fresh, template); err != nil {
		if _, missing := os.Stat(template); missing != nil {
			return "", "", err
		}
		return template, daemon, os.RemoveAll(fresh)
	}
	return template, daemon, nil
}
