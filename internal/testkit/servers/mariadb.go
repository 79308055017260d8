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
	"strings"

	"github.com/go-sql-driver/mysql"
)

const mariadbHint = "install it: apt-get install mariadb-server (make deps does it)"

// MariaDB is a private server with an empty password for root, whose databases vanish with it; or one that was given.
type MariaDB struct {
	*Process // nil where it was given
	config   *mysql.Config
	url      url.URL // without a database
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
	socket := filepath.Join(dir, "s.sock")
	db := &MariaDB{
		config: login("root", "", "unix", socket),
		url:    url.URL{Scheme: "mysql", User: url.User("root"), Host: "localhost", RawQuery: "socket=" + url.QueryEscape(socket)},
	}
	db.Process, err = start(ctx, dir, nil, db.ping, daemon, append([]string{"--no-defaults", "--user=" + me.Username,
		"--datadir=" + data, "--socket=" + socket, "--pid-file=" + filepath.Join(dir, "pid"), "--tmpdir=" + dir,
		"--skip-networking", "--skip-log-bin", "--performance-schema=OFF", "--max-connections=2000",
		"--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0"}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("start mariadb: %w", err)
	}
	return db, nil
}

// GivenMariaDB is a server that somebody else runs, MySQL too: mysql://user:password@host:port, of a user who may make
// databases. It can be neither stopped nor restarted.
func GivenMariaDB(given string) (*MariaDB, error) {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "mysql" || u.Port() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		// What was given is not shown: wherever its password stands.
		return nil, errors.New("a server's URL is mysql://user:password@host:port, without a database")
	}
	password, _ := u.User.Password()
	return &MariaDB{config: login(u.User.Username(), password, "tcp", u.Host), url: *u}, nil
}

// URL is the database of that name in the form EMOSATION_DATABASE_URL takes.
func (m *MariaDB) URL(database string) string {
	u := m.url
	u.Path = "/" + database
	return u.String()
}

func login(user, password, network, address string) *mysql.Config {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr, config.MultiStatements = user, password, network, address, true
	return config
}

// open connects to a database, or to none.
func (m *MariaDB) open(database string) (*sql.DB, error) {
	config := m.config.Clone()
	config.DBName = database
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// ping makes a connection of its own: it is asked again after a restart.
func (m *MariaDB) ping(ctx context.Context) error {
	pool, err := m.open("")
	if err != nil {
		return err
	}
	defer pool.Close()
	return pool.PingContext(ctx)
}

// Exec runs one statement as root, outside any database.
func (m *MariaDB) Exec(ctx context.Context, statement string) error {
	return m.Script(ctx, "", statement)
}

// Script runs statements that end with semicolons in a database, in one go.
func (m *MariaDB) Script(ctx context.Context, database, statements string) error {
	pool, err := m.open(database)
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
