package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"
)

// dial connects to any of the nodes, as somebody does who comes through a balancer.
func (c *client) dial(ctx context.Context) {
	c.dialling = true
	node := c.chance.IntN(len(c.urls))
	c.work.Go(func() {
		bounded, cancel := context.WithTimeout(ctx, 8*time.Second)
		defer cancel()
		conn, err := c.open(bounded, node)
		c.post(ctx, func() {
			c.dialling = false
			if err != nil {
				c.notice(ctx, "user %d could not connect: %v", c.id, err)
				c.lostConnection(0)
				return
			}
			c.opened(ctx, conn)
		})
		if err != nil || ctx.Err() != nil {
			return
		}
		defer conn.ws.CloseNow()
		for {
			_, data, err := conn.ws.Read(ctx)
			select {
			case c.frames <- frame{conn, data, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	})
}

func (c *client) open(ctx context.Context, node int) (*connection, error) {
	conn := &connection{
		node: node, revs: make(map[int64]int64), ended: make(map[int64]bool), entering: make(map[int64]*thread), since: make(map[int64]int64),
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		var dialer net.Dialer
		raw, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			conn.local = raw.LocalAddr().String()
		}
		return raw, err
	}}
	ws, answer, err := websocket.Dial(ctx, c.urls[node]+"/api/v1/ws", &websocket.DialOptions{
		Subprotocols: []string{"emosation.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + c.token}},
		HTTPClient: &http.Client{Transport: transport},
	})
	if answer != nil && answer.Body != nil {
		answer.Body.Close()
	}
	if err != nil {
		if answer != nil && answer.StatusCode == http.StatusUnauthorized {
			c.findings.add(misbehaviour, "user %d: a valid token was refused by node %d", c.id, node)
		}
		return nil, err
	}
	ws.SetReadLimit(16 << 20)
	conn.ws = ws
	return conn, nil
}

// opened comes back after an absence: what is known may be stale, and what is unanswered goes out again.
func (c *client) opened(ctx context.Context, conn *connection) {
	c.conn = conn
	c.connects.Add(1)
	c.list(ctx)
	if c.flawless.Load() {
		c.seeFriends(ctx)
	}
	for id, m := range c.rooms {
		if id == c.viewed {
			c.enter(ctx, id)
		} else {
			c.fetch(ctx, id, m)
		}
	}
}

// hangUp ends the connection. What was with the server may or may not have arrived.
func (c *client) hangUp() {
	if c.conn != nil {
		c.conn.ws.CloseNow()
		c.conn = nil
	}
	for _, m := range c.rooms {
		for _, d := range m.queue {
			d.state = waiting
		}
	}
}

// lostConnection plans the next dial: after what the server asked for, or after a wait that grows, with jitter.
func (c *client) lostConnection(retryAfter time.Duration) {
	c.hangUp()
	bound := min(2*time.Second, 100*time.Millisecond<<min(c.attempt, 10))
	c.attempt++
	wait := time.Duration(c.chance.Int64N(int64(bound)))
	if retryAfter > 0 {
		wait = retryAfter + time.Duration(c.chance.Int64N(int64(retryAfter)))
	}
	c.dialAt = time.Now().Add(wait)
}

// say sends an envelope; false when there is no connection to send it by.
func (c *client) say(ctx context.Context, what command) bool {
	if c.conn == nil {
		return false
	}
	data, err := json.Marshal(what)
	if err != nil {
		panic(err) // a command always can be encoded
	}
	bounded, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := c.conn.ws.Write(bounded, websocket.MessageText, data); err != nil {
		if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
			c.lostConnection(0)
		}
		return false
	}
	return true
}

func (c *client) enter(ctx context.Context, id int64) {
	m := c.rooms[id]
	if m == nil || c.conn == nil {
		return
	}
	conn, rev := c.conn, m.thread.rev
	if c.say(ctx, command{Type: "enter", Room: id, SinceRev: &rev}) {
		conn.entering[id], conn.since[id] = m.thread, rev
	}
}

// received carries out one envelope.
func (c *client) received(ctx context.Context, conn *connection, text string) {
	var e envelope
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		c.findings.add(misbehaviour, "user %d: an envelope cannot be read: %v: %s", c.id, err, text)
		return
	}
	c.guard(conn, e)
	m := c.rooms[e.Room]
	switch e.Type {
	case "ack":
		c.acknowledged(e)
	case "error":
		c.refusedByServer(ctx, e)
	case "message":
		c.delivered(ctx, conn, m, e)
	case "entered":
		if m == nil {
			return
		}
		if conn.entering[e.Room] == m.thread {
			m.thread.changes(conn.since[e.Room], e.Messages, e.LastRev, e.HasMore)
		} else { // the answer is for what was shown before
			m.thread.note(e.LastRev)
		}
		c.arrived(m, e.Messages)
	case "reading":
		if m != nil {
			m.thread.note(e.Rev)
		}
	case "room":
		switch {
		case !e.about(c.id):
		case e.Change == "joined" && m == nil:
			c.fetch(ctx, e.Room, c.enterRoom(e.Room))
		case e.Change == "left", e.Change == "kicked":
			c.forget(e.Room)
		}
	case "presence":
		if !e.Online {
			c.notice(ctx, "user %d saw %v leave", c.id, e.User)
		}
	case "bye":
		retry := time.Second
		if e.RetryAfter != nil {
			retry = time.Duration(*e.RetryAfter) * time.Second
		}
		if e.Reason != "shutdown" {
			c.findings.add(misbehaviour, "user %d: bye for %s, which nobody asked for", c.id, e.Reason)
		}
		c.goodbyes.Add(1)
		c.lostConnection(max(retry, time.Second/2))
	}
}

// delivered takes a new or changed row. Over one connection the rows of a room come in the order of their revs.
func (c *client) delivered(ctx context.Context, conn *connection, m *member, e envelope) {
	c.deliveries.Add(1)
	if before := conn.revs[e.Room]; e.Message.Rev <= before {
		c.findings.add(disorder, "user %d on node %d: room %d rev %d (seq %d) after rev %d", c.id, conn.node, e.Room, e.Message.Rev, e.Message.Seq, before)
	} else {
		conn.revs[e.Room] = e.Message.Rev
	}
	if m == nil { // a room of ours that we do not know
		c.list(ctx)
		return
	}
	m.thread.apply(*e.Message)
	c.arrived(m, []row{*e.Message})
}

// guard holds an envelope against what its receiver may see.
func (c *client) guard(conn *connection, e envelope) {
	if e.Room == 0 || e.Type == "ack" || e.Type == "error" {
		return
	}
	about := place{e.Room, c.id}
	what := e.Type + " " + e.Change
	happened, here := time.Now(), true
	if e.Message != nil {
		happened = e.Message.changed()
		what += " " + strconv.FormatInt(e.Message.Rev, 10)
	}
	switch mine := e.Type == "room" && e.about(c.id); {
	case mine && e.Change == "joined":
		delete(conn.ended, e.Room)
	case mine && (e.Change == "left" || e.Change == "kicked"):
		conn.ended[e.Room] = true
		if t, _ := c.seats.get(about); t.last == "joined" && t.leaving == 0 && t.kicks == 0 {
			c.overtaken.Add(1)
		}
		return // whenever it comes, it says nothing that is secret
	}
	t, known := c.seats.get(about)
	switch {
	case !known || t.joins == 0:
		c.findings.add(trespass, "user %d got %s of room %d, where they never were", c.id, what, e.Room)
		return
	case conn.ended[e.Room] && c.seats.gone(t):
		c.findings.add(afterEnd, "user %d got %s of room %d after the word of its end on the same connection (node %d)", c.id, what, e.Room, conn.node)
		return
	case e.Message == nil || happened.Before(t.ended.Add(within)):
		// When it was said is not known: it may have been held up on its way to us.
		happened = time.Now()
		here = !c.rough(conn, t.ended)
	}
	if here && !c.seats.access(about, happened) {
		c.findings.add(afterEnd, "user %d got %s of room %d %s after the end was answered (node %d)", c.id, what, e.Room, time.Since(t.ended), conn.node)
	}
}

func (c *client) rough(conn *connection, since time.Time) bool {
	return len(c.proxies) > 0 && c.proxies[conn.node].rough(conn.local, since)
}
