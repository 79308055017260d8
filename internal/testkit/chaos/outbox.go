package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// state is what the client shows of a message of its own.
type state int

const (
	waiting state = iota // for its turn or the connection
	sending
	sent
	failed // refused for good
)

// draft is a message that this client wrote, with everything that became of it.
type draft struct {
	room     int64
	id, body string
	replyTo  *int64

	state    state
	deadline time.Time // for the acknowledgement
	acks     []ack

	edits     []string // bodies that it was asked to have, answered or not
	late      []string // those whose request got no answer, and so may win at any time
	editedTo  string   // the last one that was answered with yes
	editedRev int64    // of that answer
	deletes   int      // requests to delete
	deleted   bool     // answered with yes
}

type ack struct{ seq, rev int64 }

// texts give the engine something to read. What makes a body unique stands before them.
var texts = [...]string{
	"오늘 정말 고마웠어 ㅠㅠ 너무 행복해", "아 진짜 짜증나 왜 자꾸 늦는 거야", "내일 몇 시에 볼까?", "I am so happy for you!",
	"This is the worst day ever.", "See you at six.", "와 대박 ㅋㅋㅋㅋ 믿을 수가 없어", "조금 무섭다… 괜찮을까", "👍", "no idea, ask Minji <b>&amp;",
}

// write makes a draft in one of the rooms and queues it.
func (c *client) write() {
	id, m := c.anyRoom()
	if m == nil || len(m.queue) >= 8 {
		return
	}
	number := c.written.Add(1)
	if number > c.quota {
		return
	}
	d := &draft{room: id, id: uuid.NewString(), body: fmt.Sprintf("%d.%d %s", c.id, number, texts[c.chance.IntN(len(texts))])}
	if newest := m.thread.rev; newest > 0 && c.chance.IntN(12) == 0 {
		if _, ok := m.thread.rows[1]; ok {
			d.replyTo = new(int64(1))
		}
	}
	c.drafts[d.id] = d
	m.queue = append(m.queue, d)
}

func (c *client) anyRoom() (int64, *member) {
	n := c.chance.IntN(max(1, len(c.rooms)))
	for id, m := range c.rooms { // the order is Go's, so any of them is as good
		if n--; n < 0 {
			return id, m
		}
	}
	return 0, nil
}

// pump sends a room's next message, each after the acknowledgement of the one before.
func (c *client) pump(ctx context.Context, m *member, now time.Time) {
	if c.conn == nil || len(m.queue) == 0 {
		return
	}
	d := m.queue[0]
	switch {
	case d.state == sending && now.After(d.deadline): // the server may not hear us any more
		c.notice(ctx, "user %d waits for an acknowledgement in vain", c.id)
		c.lostConnection(0)
	case d.state == waiting && now.After(m.holdTill):
		what := command{Type: "message", Room: d.room, ClientID: d.id, Body: d.body, ReplyTo: d.replyTo}
		times := 1
		if c.chance.IntN(25) == 0 {
			times = 2 // as when a request is delivered twice
		}
		d.state, d.deadline = sending, now.Add(ackTimeout)
		for range times {
			c.sendings.Add(1)
			if !c.say(ctx, what) {
				return
			}
		}
		if times == 2 { // and once more, by another node
			c.work.Go(func() { c.sendByHTTP(ctx, d.room, d.id, d.body, d.replyTo) })
		}
	}
}

func (c *client) acknowledged(e envelope) {
	if _, ok := c.attempts[e.ClientID]; ok {
		c.findings.add(trespass, "user %d wrote into room %d without access: seq %d", c.id, e.Room, e.Seq)
		return
	}
	d := c.drafts[e.ClientID]
	if d == nil || d.room != e.Room {
		c.findings.add(misbehaviour, "user %d: an acknowledgement of %q in room %d, which they did not send", c.id, e.ClientID, e.Room)
		return
	}
	c.acked(d, e.Seq, e.Rev)
	if m := c.rooms[d.room]; m != nil {
		m.thread.note(e.Rev)
		m.failures = 0
	}
}

// acked notes an acknowledgement: the message is shown as sent from now on.
func (c *client) acked(d *draft, seq, rev int64) {
	if len(d.acks) == 0 {
		c.acks.Add(1)
		if c.chance.IntN(6) == 0 {
			c.look(d.room, c.id, d.id, seq)
		}
	}
	if len(d.acks) > 0 && d.acks[0].seq != seq {
		c.findings.add(doubled, "room %d: %q was acknowledged as seq %d and as seq %d", d.room, d.body, d.acks[0].seq, seq)
	}
	d.acks = append(d.acks, ack{seq, rev})
	c.shown(d)
}

// shown takes a message off the queue.
func (c *client) shown(d *draft) {
	if d.state == failed {
		return
	}
	d.state = sent
	m := c.rooms[d.room]
	if m == nil {
		return
	}
	for i, queued := range m.queue {
		if queued == d {
			m.queue = append(m.queue[:i:i], m.queue[i+1:]...)
			return
		}
	}
}

// arrived takes messages off the queue whose rows are here.
func (c *client) arrived(m *member, rows []row) {
	for _, r := range rows {
		if r.Sender != c.id || r.Kind != "text" {
			continue
		}
		if d := c.drafts[r.ClientID]; d != nil && c.rooms[d.room] == m {
			c.shown(d)
		}
	}
}

// refusedByServer keeps a message for later when the trouble is the server's, else it has failed.
func (c *client) refusedByServer(ctx context.Context, e envelope) {
	if _, ok := c.attempts[e.ClientID]; ok {
		return // as it must be
	}
	d := c.drafts[e.ClientID]
	if d == nil || d.state != sending {
		if e.Code == "room.not_found" && e.ClientID == "" {
			c.forget(e.Room)
		}
		return
	}
	m := c.rooms[d.room]
	if m == nil {
		return
	}
	if e.RetryAfter != nil || e.Code == "server.failed" {
		c.notice(ctx, "user %d was told %s instead of an acknowledgement", c.id, e.Code)
		d.state = waiting
		m.failures++
		m.holdTill = time.Now().Add(c.around(min(2*time.Second, 200*time.Millisecond<<min(m.failures, 8))))
		return
	}
	if e.Code != "room.not_found" {
		c.findings.add(misbehaviour, "user %d: message %q refused as %s", c.id, d.body, e.Code)
	}
	c.shown(d)
	d.state = failed
	c.forget(d.room)
}
