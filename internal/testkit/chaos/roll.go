package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// Replacement is what Roll does to the nodes while people chat.
type Replacement struct {
	// Old and New are binaries of the program; the one is built from this tree, and the other is the same, where they are empty.
	Old, New string
	// Dump is what the database holds before, as SQL; without one it is empty but for the schema.
	Dump   string
	Rounds int // in each of which every node is replaced
}

// drainDelay is what the nodes are told to wait until the balancer, which asks every second, knows that they go.
const drainDelay = "3"

// Roll brings the database up to date and then replaces the nodes, one after the other, behind the web server of the deployment,
// while people chat. Nothing else happens, so that people may notice nothing but good-byes: a failed request, a connection that
// ends without one, or a friend who seems to leave is a violation too.
func Roll(ctx context.Context, o Options, r Replacement) (report Report, err error) {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(dir)
	if r.Old == "" {
		if r.Old, err = servers.BuildAPI(ctx, dir, o.Flags...); err != nil {
			return report, err
		}
	}
	if r.New == "" {
		r.New = r.Old
	}
	bus, found := &disturbances{}, newFindings(o.Progress)
	s := &stage{found: found, bus: bus}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.prepare(ctx, dir, o.Nodes, r); err != nil {
		return report, err
	}
	web, err := s.balance(ctx, dir)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, web.Stop()) }()
	db, err := openSQL(s.mariadb.URL("emosation"))
	if err != nil {
		return report, err
	}
	defer db.Close()
	before, err := load(ctx, db)
	if err != nil {
		return report, err
	}
	p := newPlay(o, found, bus, db)
	p.town.urls, p.before = []string{s.web}, before
	rolled := 0
	report, err = p.run(ctx, func(ctx context.Context) error {
		if err := p.everybodyIsThere(ctx); err != nil {
			return err
		}
		p.town.flawless.Store(true)
		if out, err := s.migrate(ctx, r.New); err != nil {
			return fmt.Errorf("migrate under load: %w\n%s", err, out)
		}
		for range r.Rounds {
			for _, n := range s.nodes {
				n.binary = r.New
				if err := p.replace(ctx, s, n); err != nil {
					return err
				}
				rolled++
			}
		}
		return nil
	})
	report.Faults = map[string]int{"node replaced": rolled}
	return report, err
}

// prepare starts what the nodes need, and them. All listen on the same two ports, each at an address of its own, as in
// containers.
func (s *stage) prepare(ctx context.Context, dir string, count int, r Replacement) (err error) {
	if s.mariadb, err = servers.StartMariaDBInMemory(ctx); err != nil {
		return err
	}
	if err = s.mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"); err != nil {
		return err
	}
	if s.redis, err = servers.StartRedis(ctx); err != nil {
		return err
	}
	key, err := servers.WriteKey(dir)
	if err != nil {
		return err
	}
	ports, err := servers.FreeAddresses(ctx, 3)
	if err != nil {
		return err
	}
	for i := range ports {
		_, ports[i], _ = net.SplitHostPort(ports[i])
	}
	s.web, s.opsPort = "http://127.0.0.1:"+ports[2], ports[1]
	s.settings = []string{
		"EMOSATION_DATABASE_URL=" + s.mariadb.URL("emosation"), "EMOSATION_REDIS_URL=" + s.redis.URL(), "EMOSATION_JWT_KEY_FILE=" + key,
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=warn", "EMOSATION_PUBLIC_URL=" + s.web,
	}
	if r.Dump != "" {
		err = s.mariadb.Script(ctx, "emosation", r.Dump)
	} else if out, failed := s.migrate(ctx, r.Old); failed != nil {
		err = fmt.Errorf("migrate: %w\n%s", failed, out)
	}
	for i := 0; err == nil && i < count; i++ {
		host := fmt.Sprintf("127.0.0.%d:", i+1)
		n := &node{number: i, binary: r.Old, settings: append(s.settings[:len(s.settings):len(s.settings)],
			"EMOSATION_HTTP_ADDR="+host+ports[0], "EMOSATION_OPS_ADDR="+host+ports[1], "EMOSATION_DRAIN_DELAY="+drainDelay)}
		s.nodes = append(s.nodes, n)
		n.api, err = servers.StartAPI(ctx, n.binary, n.settings...)
	}
	return err
}

func (s *stage) migrate(ctx context.Context, binary string) ([]byte, error) {
	command := exec.CommandContext(ctx, binary, "migrate")
	command.Env = append(servers.Environ(), s.settings...)
	return command.CombinedOutput()
}

// balance starts Caddy before the nodes as the image of the web server does; but it tries nothing again, as other balancers: a node that
// does not say in time that it goes is noticed then.
func (s *stage) balance(ctx context.Context, dir string) (*servers.Process, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	free, err := servers.FreeAddresses(ctx, 1)
	if err != nil {
		return nil, err
	}
	var nodes []string
	for _, n := range s.nodes {
		nodes = append(nodes, strings.TrimPrefix(n.api.URL, "http://"))
	}
	environ := []string{
		"HOME=" + dir, "EMOSATION_PUBLIC_URL=" + s.web, "API_NODES=" + strings.Join(nodes, " "), "API_OPS_PORT=" + s.opsPort, "WEB_ROOT=" + dir,
		"WEB_HEALTH_ADDRESS=" + free[0],
	}
	ready := func(ctx context.Context) error { return servers.Answers(ctx, s.web+"/.well-known/jwks.json") }
	text, err := os.ReadFile(filepath.Join(root, "deploy", "caddy", "web.Caddyfile"))
	if err != nil {
		return nil, err
	}
	hasty := bytes.Replace(text, []byte("lb_try_duration 10s"), []byte("lb_try_duration 0"), 1)
	if bytes.Equal(hasty, text) {
		return nil, errors.New("say anew where the web server is told to try again")
	}
	config := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(config, hasty, 0o600); err != nil {
		return nil, err
	}
	return servers.StartProgram(ctx, ready, "env", append(environ, "caddy", "run", "--adapter", "caddyfile", "--config", config)...)
}

// backIn is how long everybody may take to be connected and whole after a node has gone.
const backIn = 20 * time.Second

// everybodyIsThere waits until each person has a connection and misses nothing.
func (p *play) everybodyIsThere(ctx context.Context) error {
	there := func(c *client) bool {
		if c.conn == nil {
			return false
		}
		for _, m := range c.rooms {
			if m.thread.behind() {
				return false
			}
		}
		return true
	}
	p.wait(ctx, backIn, there, func(c *client) { p.found.add(behind, "user %d: %s", c.id, c.unfinished()) })
	return ctx.Err()
}

// replace ends a node and starts another in its place. It returns when the balancer has sent people there.
func (p *play) replace(ctx context.Context, s *stage, n *node) error {
	began := time.Now()
	if err := s.drain(ctx, n); err != nil {
		return err
	}
	if err := n.restart(ctx); err != nil {
		return err
	}
	if err := p.everybodyIsThere(ctx); err != nil {
		return err
	}
	for !n.asked(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("node %d is back, but nobody is sent there", n.number)
		}
		pause.For(ctx, 50*time.Millisecond)
	}
	fmt.Fprintf(p.Progress, "%s node %d replaced, %s\n", time.Now().Format(clock), n.number, time.Since(began).Round(time.Millisecond))
	return nil
}
