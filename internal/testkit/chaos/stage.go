package chaos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// stage is the real thing: nodes of the built program on one MariaDB and one Redis, with proxies on the ways between.
type stage struct {
	mariadb  *servers.MariaDB
	redisWay *Proxy // between the nodes and Redis
	nodes    []*node
	found    *findings
	bus      *disturbances
	web      string   // where people reach the nodes, if a balancer is before them
	settings []string // of every node
	opsPort  string   // likewise

	mu    sync.Mutex
	redis *servers.Redis // an empty one after each kill
}

// node is one process of the program, at an address that it keeps over its restarts.
type node struct {
	number   int
	binary   string
	settings []string
	way      *Proxy // between the clients and this node
	api      *servers.API
}

// startTimeout bounds the start of a node while the database may be away.
const startTimeout = 90 * time.Second

func newStage(ctx context.Context, binary, dir string, count int, found *findings, bus *disturbances) (*stage, error) {
	s := &stage{found: found, bus: bus}
	err := s.start(ctx, binary, dir, count)
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *stage) start(ctx context.Context, binary, dir string, count int) (err error) {
	if s.mariadb, err = servers.StartMariaDB(ctx, "--innodb-flush-log-at-trx-commit=1"); err != nil {
		return err
	}
	if err = s.mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"); err != nil {
		return err
	}
	if s.redis, err = servers.StartRedis(ctx); err != nil {
		return err
	}
	if s.redisWay, err = NewProxy(s.dialRedis); err != nil {
		return err
	}
	key, err := servers.WriteKey(dir)
	if err != nil {
		return err
	}
	settings := []string{
		"EMOSATION_DATABASE_URL=" + s.mariadb.URL("emosation"), "EMOSATION_REDIS_URL=redis://" + s.redisWay.Addr(), "EMOSATION_JWT_KEY_FILE=" + key,
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=warn", "EMOSATION_PUBLIC_URL=http://chat.example.org",
	}
	migrate := exec.CommandContext(ctx, binary, "migrate")
	migrate.Env = append(servers.Environ(), settings...)
	if out, err := migrate.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	for i := range count {
		api, err := servers.StartAPI(ctx, binary, settings...)
		if err != nil {
			return err
		}
		n := &node{number: i, binary: binary, api: api}
		s.nodes = append(s.nodes, n)
		n.settings = append(settings, "EMOSATION_HTTP_ADDR="+strings.TrimPrefix(api.URL, "http://"))
		if n.way, err = NewProxy(DialTo("tcp", strings.TrimPrefix(api.URL, "http://"))); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) dialRedis(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	redis := s.redis
	s.mu.Unlock()
	if redis == nil {
		return nil, errors.New("there is no Redis at this moment")
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", strings.TrimPrefix(redis.URL(), "unix://"))
}

// openSQL opens a database by the URL that the servers are given, for the judge and past everything that the servers use.
func openSQL(databaseURL string) (*sql.DB, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg := mysql.NewConfig()
	cfg.User, cfg.Net, cfg.Addr, cfg.DBName = u.User.Username(), "unix", u.Query().Get("socket"), strings.TrimPrefix(u.Path, "/")
	if cfg.Addr == "" { // a server that was given
		cfg.Net, cfg.Addr = "tcp", u.Host
		cfg.Passwd, _ = u.User.Password()
	}
	cfg.ParseTime, cfg.Loc, cfg.Timeout = true, time.UTC, 5*time.Second
	cfg.Logger = &mysql.NopLogger{} // that connections break is what we are here for
	if err := cfg.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func (s *stage) stop() error {
	var failed []error
	for _, n := range s.nodes {
		if n.way != nil {
			n.way.Close()
		}
		if n.api != nil {
			s.inspect(n)
			failed = append(failed, n.api.Stop())
		}
	}
	if s.redisWay != nil {
		s.redisWay.Close()
	}
	if s.redis != nil {
		failed = append(failed, s.redis.Stop())
	}
	if s.mariadb != nil {
		failed = append(failed, s.mariadb.Stop())
	}
	return errors.Join(failed...)
}

// disgrace is what no log may contain.
var disgrace = regexp.MustCompile(`(?m)^.*(panic|DATA RACE|fatal error|nil pointer).*$`)

// inspect reads the log of a node before it goes.
func (s *stage) inspect(n *node) {
	if line := disgrace.FindString(n.api.Log()); line != "" {
		s.found.add(misbehaviour, "node %d logs: %s", n.number, line)
	}
}

// asked tells whether the node that runs now has had a request of anybody.
func (n *node) asked(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.api.OpsURL+"/metrics", nil)
	if err != nil {
		return false
	}
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return err == nil && strings.Contains(string(text), "\nemosation_http_requests_total{")
}

// restart starts a node that is gone, as often as it takes: its database may be away.
func (n *node) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		api, err := servers.StartAPI(ctx, n.binary, n.settings...)
		if err == nil {
			n.api = api
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// kill ends a node as kill -9 does.
func (s *stage) kill(n *node) error {
	s.inspect(n)
	return n.api.Stop()
}

// drainTime is how long a node may take to end by itself.
const drainTime = 20 * time.Second

// drain ends a node as its operator does. It must end in time, and well unless what it needs for that is broken too.
func (s *stage) drain(ctx context.Context, n *node) error {
	began := time.Now()
	if err := n.api.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	code, err := n.api.Wait(bounded)
	if err != nil || code != "0" && s.bus.one(began.Add(-recovery)) {
		text := n.api.Log()
		s.found.add(misbehaviour, "node %d, told to end, ended with %q (%v); its log ends with %s", n.number, code, err, text[max(0, len(text)-500):])
	}
	s.inspect(n)
	return n.api.Stop()
}

// replaceRedis kills Redis; after a while there is an empty one.
func (s *stage) replaceRedis(ctx context.Context, after time.Duration) error {
	s.mu.Lock()
	old := s.redis
	s.redis = nil
	s.mu.Unlock()
	if err := old.Stop(); err != nil {
		return err
	}
	s.redisWay.Cut(1, nil)
	pause.For(ctx, after)
	fresh, err := servers.StartRedis(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.redis = fresh
	s.mu.Unlock()
	return nil
}
