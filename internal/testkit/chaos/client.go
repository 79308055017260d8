package chaos

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// client uses the servers as the web app does. Everything in it belongs to the one goroutine that runs loop; others hand in what
// they found through calls.
type client struct {
	*town
	id     int64
	token  string
	chance *rand.Rand
	calls  chan func()
	frames chan frame
	work   sync.WaitGroup

	conn     *connection // nil while there is none
	dialling bool
	dialAt   time.Time
	attempt  int

	rooms    map[int64]*member
	viewed   int64
	listing  bool
	drafts   map[string]*draft
	emojis   map[emojiKey]*emojiOp
	acting   bool // an action is under way
	actAt    time.Time
	writeAt  time.Time
	attempts map[string]struct{} // client ids of what must be refused
}

// member is a room that the client takes for one of its own.
type member struct {
	thread   *thread
	queue    []*draft // not acknowledged yet, in the order of writing
	holdTill time.Time
	fetching bool
	stale    bool // what is missing could not be fetched
	fetchAt  time.Time
	failures int
}

func (m *member) behind() bool { return m.stale || m.thread.behind() }

// connection is one socket and what came over it.
type connection struct {
	ws       *websocket.Conn
	local    string // our address, by which the proxy knows it
	node     int
	revs     map[int64]int64 // of the last message of each room
	ended    map[int64]bool  // rooms whose end of access came over it
	entering map[int64]*thread
	since    map[int64]int64
}

// frame is what a connection read, or why it reads no more.
type frame struct {
	conn *connection
	data []byte
	err  error
}

const (
	tick         = 25 * time.Millisecond
	patience     = 600 * time.Millisecond // for what is missing: it often is on its way
	ackTimeout   = 6 * time.Second
	writeTimeout = 3 * time.Second
)

func newClient(t *town, id int64, token string, seed uint64) *client {
	return &client{
		town: t, id: id, token: token, chance: rand.New(rand.NewPCG(seed, uint64(id))),
		calls: make(chan func(), 64), frames: make(chan frame, 64), rooms: make(map[int64]*member), drafts: make(map[string]*draft),
		emojis: make(map[emojiKey]*emojiOp), attempts: make(map[string]struct{}),
	}
}

// run lives the client's life until ctx ends.
func (c *client) run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	ticker := time.NewTicker(tick)
	defer func() {
		ticker.Stop()
		stop()
		c.hangUp()
		c.work.Wait()
	}()
	for {
		select {
		case f := <-c.frames:
			c.read(ctx, f)
		case fn := <-c.calls:
			fn()
		case now := <-ticker.C:
			c.tick(ctx, now)
		case <-ctx.Done():
			return
		}
	}
}

// post hands something to the loop.
func (c *client) post(ctx context.Context, fn func()) {
	select {
	case c.calls <- fn:
	case <-ctx.Done():
	}
}

// ask has fn run by the loop and waits for it.
func (c *client) ask(ctx context.Context, fn func()) {
	ran := make(chan struct{})
	c.post(ctx, func() { fn(); close(ran) })
	select {
	case <-ran:
	case <-ctx.Done():
	}
}

func (c *client) tick(ctx context.Context, now time.Time) {
	if c.conn == nil && !c.dialling && now.After(c.dialAt) {
		c.dial(ctx)
	}
	for id, m := range c.rooms {
		c.pump(ctx, m, now)
		if !m.behind() {
			m.fetchAt = time.Time{}
		} else if !m.fetching {
			c.fetchLater(ctx, id, m, now)
		}
	}
	if c.writing.Load() && now.After(c.writeAt) {
		c.write()
		c.writeAt = now.Add(c.around(c.pace))
	}
	if c.moving.Load() && !c.acting && now.After(c.actAt) {
		c.act(ctx)
		c.actAt = now.Add(c.around(10 * c.pace))
	}
}

func (c *client) around(d time.Duration) time.Duration {
	return d/2 + time.Duration(c.chance.Int64N(int64(d)))
}

func (c *client) fetchLater(ctx context.Context, id int64, m *member, now time.Time) {
	if m.fetchAt.IsZero() {
		m.fetchAt = now.Add(patience)
	} else if now.After(m.fetchAt) {
		c.caughtUp.Add(1)
		c.fetch(ctx, id, m)
	}
}

// enterRoom begins to show a room.
func (c *client) enterRoom(id int64) *member {
	m := &member{thread: newThread()}
	c.rooms[id] = m
	return m
}

// forget drops what is kept of a room that is not the client's any more.
func (c *client) forget(id int64) {
	m, ok := c.rooms[id]
	if !ok {
		return
	}
	for _, d := range m.queue {
		d.state = failed
	}
	delete(c.rooms, id)
	if c.viewed == id {
		c.viewed = 0
	}
}

// read takes what came over the connection.
func (c *client) read(ctx context.Context, f frame) {
	if f.conn != c.conn {
		return // hung up already
	}
	if f.err != nil {
		c.notice(ctx, "user %d lost the connection: %v", c.id, f.err)
		c.lostConnection(0)
		return
	}
	for text := range strings.SplitSeq(string(f.data), "\n") {
		if c.conn == f.conn && text != "" {
			c.received(ctx, f.conn, text)
		}
	}
}

// idle tells whether nothing is left to be sent or done.
func (c *client) idle() bool {
	if c.acting || c.conn == nil {
		return false
	}
	for _, m := range c.rooms {
		if len(m.queue) > 0 || m.fetching {
			return false
		}
	}
	return true
}
