package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"go.uber.org/zap"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
)

// openMySQL serves MariaDB and MySQL with the same settings.
func openMySQL(ctx context.Context, databaseURL string, log *zap.Logger, pools pools) (gorm.Dialector, error) {
	cfg, err := parseMySQL(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg.Logger = driverLog{log}
	connector, err := mysqldriver.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	pool := pools.connect(readCommitted{connector})
	// As many idle as open: a pool that shrinks between bursts pays for a handshake in each of them.
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(30 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	// Without DisableWithReturning gorm reports one row affected for an insert that OnConflict{DoNothing} refused.
	return quietMySQL{&mysql.Dialector{Config: &mysql.Config{Conn: pool, DisableWithReturning: true}}}, nil
}

// parseMySQL reads mysql://user:password@host:port/name, with an optional ?socket=/path and ?tls=true|skip-verify|preferred.
func parseMySQL(databaseURL string) (*mysqldriver.Config, error) {
	u, err := parseURL(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg := mysqldriver.NewConfig()
	cfg.DBName = strings.TrimPrefix(u.Path, "/")
	if cfg.DBName == "" || strings.Contains(cfg.DBName, "/") {
		return nil, errors.New("the database name is missing: mysql://user:password@host:port/name")
	}
	cfg.User = u.User.Username()
	if cfg.User == "" {
		return nil, errors.New("the user name is missing: mysql://user:password@host:port/name")
	}
	cfg.Passwd, _ = u.User.Password()
	cfg.Net, cfg.Addr = "tcp", u.Host
	if u.Port() == "" {
		cfg.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	for name, values := range u.Query() {
		switch name {
		case "socket":
			cfg.Net, cfg.Addr = "unix", values[0]
		case "tls":
			cfg.TLSConfig = values[0]
			if !slices.Contains([]string{"true", "skip-verify", "preferred"}, cfg.TLSConfig) {
				return nil, errors.New("tls must be true, skip-verify or preferred")
			}
		default:
			return nil, fmt.Errorf("unknown parameter %q (known: socket, tls)", name)
		}
	}
	if u.Hostname() == "" && cfg.Net == "tcp" {
		return nil, errors.New("the host is missing: mysql://user:password@host:port/name")
	}
	cfg.Timeout = 5 * time.Second
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.InterpolateParams = true // one round trip a statement instead of three
	cfg.Params = map[string]string{
		"time_zone":                "'+00:00'",
		"sql_mode":                 "'TRADITIONAL'", // a value that does not fit is an error, whatever the server's own default
		"innodb_lock_wait_timeout": "5",             // seconds; the server's 50 is far beyond what a chat waits
	}
	err = cfg.Apply(
		mysqldriver.Charset("utf8mb4", "utf8mb4_unicode_ci"),
		mysqldriver.TimeTruncate(time.Microsecond), // what DATETIME(6) keeps
	)
	return cfg, err
}

// readCommitted makes each statement of a transaction see what was committed before it. With the server's own
// REPEATABLE READ a plain SELECT after a lock would decide on rows as they were before the lock was granted.
type readCommitted struct{ driver.Connector }

// Connect sets the level by statement, since MariaDB 10 and MySQL 8 have no variable of the same name for it.
func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	session, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T cannot run statements", conn), conn.Close())
	}
	if _, err := session.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(fmt.Errorf("set isolation level: %w", err), conn.Close())
	}
	return conn, nil
}

// driverLog receives what the driver says about connections that broke; it never contains statements.
type driverLog struct{ log *zap.Logger }

// Print implements the driver's logger.
func (l driverLog) Print(parts ...any) {
	l.log.Warn("database connection", zap.String("detail", fmt.Sprint(parts...)))
}
