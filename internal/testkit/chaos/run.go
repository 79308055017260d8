// Package chaos holds the program to its promises while nodes, MariaDB, Redis and the network break: people who chat as the web
// app does, faults at random points from a seed, and a judge who reads SQL.
//
// Nothing here shares code with the servers. Tests only.
package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// Options say how much trouble is wanted.
type Options struct {
	Seed     uint64
	Faults   int // at least
	Messages int // at least
	Nodes    int
	People   int
	Groups   int           // plain group rooms; there are as many direct rooms
	Doors    int           // group rooms that guests join, leave and are kicked out of
	Pace     time.Duration // between two messages of one person, in the mean
	Pause    time.Duration // between two faults of one lane, in the mean
	Long     bool          // also stalls of 10 s
	Flags    []string      // of go build
	Until    bool          // the first violation
	Coda     time.Duration // of chat in which nothing is broken any more
	Progress io.Writer
}

// Run builds the program, starts it on servers of its own, breaks what can be broken while people chat, and judges.
func Run(ctx context.Context, o Options) (report Report, err error) {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(dir)
	binary, err := servers.BuildAPI(ctx, dir, o.Flags...)
	if err != nil {
		return report, err
	}
	bus, found := &disturbances{}, newFindings(o.Progress)
	s, err := newStage(ctx, binary, dir, o.Nodes, found, bus)
	if err != nil {
		return report, err
	}
	defer func() {
		if stopped := s.stop(); err == nil {
			err = stopped
		}
	}()
	db, err := openSQL(s.mariadb.URL("emosation"))
	if err != nil {
		return report, err
	}
	defer db.Close()
	p := newPlay(o, found, bus, db)
	for _, n := range s.nodes {
		p.town.urls = append(p.town.urls, "http://"+n.way.Addr())
		p.town.proxies = append(p.town.proxies, n.way)
	}
	trouble := &troublemaker{bus: bus, progress: o.Progress, pause: o.Pause, counts: make(map[string]int)}
	report, err = p.run(ctx, func(ctx context.Context) error {
		return trouble.run(ctx, s.lanes(o.Long), o.Seed, func(total int) bool {
			return total >= o.Faults && p.town.acks.Load() >= int64(o.Messages) || o.Until && found.total() > 0
		})
	})
	report.Faults = trouble.counts
	for _, n := range s.nodes {
		s.inspect(n)
	}
	found.mu.Lock()
	defer found.mu.Unlock()
	report.Counts, report.Violations = maps.Clone(found.counts), slices.Clone(found.list)
	return report, err
}

// Chat lets people chat with nodes that somebody else runs on a MariaDB, while trouble does what it does, and judges.
func Chat(ctx context.Context, o Options, urls []string, databaseURL string, trouble func(context.Context) error) (Report, error) {
	db, err := openSQL(databaseURL)
	if err != nil {
		return Report{}, err
	}
	defer db.Close()
	p := newPlay(o, newFindings(o.Progress), &disturbances{}, db)
	p.town.urls = urls
	return p.run(ctx, trouble)
}

// play is one run of people against servers.
type play struct {
	Options
	found   *findings
	bus     *disturbances
	town    *town
	clients []*client
	before  map[int64]*stored // rooms that people know nothing of, and which must stay as they are
}

func newPlay(o Options, found *findings, bus *disturbances, db *sql.DB) *play {
	t := &town{
		http:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: 20 * time.Second}},
		seats: newSeats(bus), findings: found, pace: o.Pace, quota: 1 << 40, db: db, glance: make(chan struct{}, 4),
	}
	return &play{Options: o, found: found, bus: bus, town: t}
}

const (
	settled = 60 * time.Second // for the last acknowledgement
	wholeIn = 20 * time.Second // for the last news
)

// run lets people chat while trouble lasts, and some time longer. Then they only listen until they are whole, and end.
func (p *play) run(ctx context.Context, trouble func(context.Context) error) (Report, error) {
	began := time.Now()
	clients, err := p.town.people(ctx, p.People, p.Seed)
	if err != nil {
		return Report{}, err
	}
	p.clients = clients
	if err := p.town.settle(ctx, clients, rand.New(rand.NewPCG(p.Seed, 1<<40)), p.Groups, p.Doors); err != nil {
		return Report{}, err
	}
	life, end := context.WithCancel(ctx)
	defer end()
	var living sync.WaitGroup
	for _, c := range clients {
		living.Go(func() { c.run(life) })
	}
	p.town.writing.Store(true)
	p.town.moving.Store(true)
	watched, unwatch := context.WithCancel(ctx)
	living.Go(func() { p.watch(watched) })

	err = trouble(ctx)
	early := p.Until && p.found.total() > 0
	if err == nil && !early {
		pause.For(ctx, p.Coda)
		p.town.writing.Store(false)
		p.town.moving.Store(false)
		err = p.comeToRest(ctx)
	}
	unwatch()
	end()
	living.Wait()
	p.town.looks.Wait()
	p.town.http.CloseIdleConnections()
	if err != nil {
		return Report{}, err
	}
	j := &judge{findings: p.found, seats: p.town.seats, clients: clients}
	if early { // the clients were not whole, and not everything was answered
		return p.report(j, time.Since(began)), nil
	}
	if j.rooms, err = load(ctx, p.town.db); err != nil {
		return Report{}, err
	}
	j.untouched(p.before)
	j.run()
	return p.report(j, time.Since(began)), ctx.Err()
}

func (p *play) report(j *judge, took time.Duration) Report {
	t := p.town
	r := Report{
		Seed: p.Seed, Duration: took, Clients: len(p.clients), Rooms: len(t.all), Sent: int(min(t.written.Load(), t.quota)), Sendings: int(t.sendings.Load()),
		Acknowledged: int(t.acks.Load()), Stored: j.rows, Compared: j.compared, Deliveries: int(t.deliveries.Load()),
		Changes: int(t.changes.Load()), Moves: int(t.moves.Load()), Trespasses: int(t.trespasses.Load()),
		Reconnects: int(t.connects.Load()) - len(p.clients), GoodByes: int(t.goodbyes.Load()), Overtaken: int(t.overtaken.Load()), CaughtUp: int(t.caughtUp.Load()),
	}
	p.found.mu.Lock()
	defer p.found.mu.Unlock()
	r.Counts, r.Violations = maps.Clone(p.found.counts), slices.Clone(p.found.list)
	return r
}

// watch holds the numbers of every room against each other while they grow: one statement sees one moment.
func (p *play) watch(ctx context.Context) {
	const numbers = `SELECT r.id, r.last_seq, r.last_rev, COUNT(m.seq), COALESCE(MAX(m.seq), 0), COALESCE(MAX(m.rev), 0)
		FROM rooms r LEFT JOIN messages m ON m.room_id = r.id GROUP BY r.id, r.last_seq, r.last_rev`
	for ctx.Err() == nil {
		pause.For(ctx, 5*time.Second)
		_ = each(ctx, p.town.db, numbers, func(scan func(...any) error) error { // it may be away
			var id, lastSeq, lastRev, count, seq, rev int64
			if err := scan(&id, &lastSeq, &lastRev, &count, &seq, &rev); err != nil {
				return err
			}
			if lastSeq != count || lastSeq != seq || lastRev != rev {
				p.found.add(gap, "room %d: last_seq %d, last_rev %d, %d rows, the last with seq %d, the highest rev %d", id, lastSeq, lastRev, count, seq, rev)
			}
			return nil
		})
		fmt.Fprintf(p.Progress, "%s %d sent, %d acknowledged, %d delivered, %d connects, %d violations\n", time.Now().Format(clock),
			p.town.written.Load(), p.town.acks.Load(), p.town.deliveries.Load(), p.town.connects.Load(), p.found.total())
	}
}

// comeToRest waits for the last acknowledgements, and then for every client to be whole: by what it is told alone. Those who are not
// have to connect anew.
func (p *play) comeToRest(ctx context.Context) error {
	if !p.wait(ctx, settled, func(c *client) bool { return c.idle() }, func(c *client) {
		p.found.add(unanswered, "user %d: %s", c.id, c.unfinished())
	}) {
		return ctx.Err()
	}
	rooms, err := load(ctx, p.town.db)
	if err != nil {
		return err
	}
	whole := func(c *client) bool {
		for id, r := range rooms {
			if r.members[c.id] == "joined" && (c.rooms[id] == nil || c.rooms[id].thread.rev < r.lastRev) {
				return false
			}
		}
		return c.idle()
	}
	late := func(c *client) {
		for id, r := range rooms {
			if m := c.rooms[id]; r.members[c.id] == "joined" && (m == nil || m.thread.rev < r.lastRev) {
				rev := int64(-1)
				if m != nil {
					rev = m.thread.rev
				}
				p.found.add(behind, "user %d in room %d has rev %d of %d, and would not know before the next event (node %d)", c.id, id, rev, r.lastRev, c.nodeNumber())
			}
		}
		c.lostConnection(0)
	}
	if !p.wait(ctx, wholeIn, whole, late) {
		p.wait(ctx, wholeIn, whole, func(*client) {}) // the judge says what is wrong still
	}
	return ctx.Err()
}

// wait asks all clients until each of them says yes, or the time is over: then it tells of those who do not.
func (p *play) wait(ctx context.Context, within time.Duration, yes func(*client) bool, otherwise func(*client)) (all bool) {
	deadline := time.Now().Add(within)
	for {
		all = true
		for _, c := range p.clients {
			c.ask(ctx, func() {
				if yes(c) {
					return
				}
				all = false
				if time.Now().After(deadline) {
					otherwise(c)
				}
			})
		}
		if all || ctx.Err() != nil || time.Now().After(deadline) {
			return all
		}
		pause.For(ctx, 100*time.Millisecond)
	}
}

func (c *client) nodeNumber() int {
	if c.conn == nil {
		return -1
	}
	return c.conn.node
}

func (c *client) unfinished() string {
	text := fmt.Sprintf("connected %t, acting %t", c.conn != nil, c.acting)
	for id, m := range c.rooms {
		if len(m.queue) > 0 || m.fetching {
			text += fmt.Sprintf("; room %d: %d waiting, fetching %t", id, len(m.queue), m.fetching)
		}
	}
	return text
}
