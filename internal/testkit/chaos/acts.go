package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// emojiKey is one user's emoji under one message.
type emojiKey struct {
	room, seq int64
	emoji     string
}

// emojiOp is what its user asked for and was answered.
type emojiOp struct {
	on    bool  // the last request
	rev   int64 // of the last answer that said yes; 0 when the last request got none
	vague bool  // a request got no answer and may still be carried out
}

var emoji = [...]string{"👍", "❤️", "😂", "😮", "🙏"}

// act does one of the things that people do besides writing.
func (c *client) act(ctx context.Context) {
	id, m := c.anyRoom()
	if m == nil {
		return
	}
	switch n := c.chance.IntN(100); {
	case n < 22:
		c.edit(ctx, id, m)
	case n < 30:
		c.remove(ctx, id, m)
	case n < 58:
		c.react(ctx, id, m)
	case n < 68:
		c.viewed = id
		c.enter(ctx, id)
	case n < 76:
		c.say(ctx, command{Type: "typing", Room: id})
	case n < 80:
		if m.thread.rev > 0 {
			c.say(ctx, command{Type: "read", Room: id, Seq: int64(len(m.thread.rows))})
		}
	case n < 83:
		c.say(ctx, command{Type: "close", Room: id})
	case n < 94:
		c.move(ctx)
	default:
		c.intrude(ctx)
	}
}

// ownMessage is one of mine that is stored and shown, or nil.
func (c *client) ownMessage(id int64, m *member) (*draft, int64) {
	for seq, r := range m.thread.rows {
		if d := c.drafts[r.ClientID]; d != nil && d.room == id && r.DeletedAt == nil && d.deletes == 0 && len(d.acks) > 0 {
			return d, seq
		}
	}
	return nil, 0
}

// tries bounds how often something is asked for before it is left in doubt.
const tries = 40

// until asks until there is an answer that asking again would not change. Before each request it says so; each that
// got no answer is told of by vague.
func (c *client) until(ctx context.Context, method, path string, in any, before, vague func(), then func(answer)) {
	c.acting = true
	pauses := make([]time.Duration, tries)
	for i := range pauses {
		pauses[i] = c.around(400 * time.Millisecond)
	}
	c.work.Go(func() {
		var got answer
		for _, pause := range pauses {
			c.ask(ctx, before)
			got = c.request(ctx, c.token, method, path, in)
			if got.final() || ctx.Err() != nil {
				break
			}
			c.ask(ctx, vague)
			timer := time.NewTimer(pause)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
			timer.Stop()
		}
		c.post(ctx, func() {
			c.acting = false
			then(got)
		})
	})
}

func (c *client) edit(ctx context.Context, id int64, m *member) {
	d, seq := c.ownMessage(id, m)
	if d == nil {
		return
	}
	body := fmt.Sprintf("%s (%d) %s", d.id, len(d.edits)+1, texts[c.chance.IntN(len(texts))])
	c.until(ctx, http.MethodPatch, messagesOf(id)+"/"+strconv.FormatInt(seq, 10), map[string]any{"body": body},
		func() { d.edits = append(d.edits, body) }, func() { d.late = append(d.late, body) },
		func(got answer) { c.edited(id, d, body, got) })
}

func (c *client) edited(id int64, d *draft, body string, got answer) {
	if !got.done() {
		return
	}
	c.changes.Add(1)
	var r row
	if err := json.Unmarshal(got.body, &r); err != nil || r.Body != body && d.deletes == 0 {
		c.findings.add(undone, "user %d: an edit of %s in room %d to %q is answered %s", c.id, d.id, id, body, got.body)
		return
	}
	d.editedTo, d.editedRev = body, r.Rev
	if m := c.rooms[id]; m != nil {
		m.thread.apply(r)
	}
}

func (c *client) remove(ctx context.Context, id int64, m *member) {
	d, seq := c.ownMessage(id, m)
	if d == nil {
		return
	}
	c.until(ctx, http.MethodDelete, messagesOf(id)+"/"+strconv.FormatInt(seq, 10), nil,
		func() { d.deletes++ }, func() {},
		func(got answer) {
			if got.done() {
				c.changes.Add(1)
				d.deleted = true
			}
		})
}

func (c *client) react(ctx context.Context, id int64, m *member) {
	for seq, r := range m.thread.rows {
		if r.Kind != "text" || r.DeletedAt != nil {
			continue
		}
		key := emojiKey{id, seq, emoji[c.chance.IntN(len(emoji))]}
		op := c.emojis[key]
		if op == nil {
			op = &emojiOp{}
			c.emojis[key] = op
		}
		method, on := http.MethodPut, !op.on
		if !on {
			method = http.MethodDelete
		}
		path := messagesOf(id) + "/" + strconv.FormatInt(seq, 10) + "/reactions/" + url.PathEscape(key.emoji)
		c.until(ctx, method, path, nil, func() { op.on, op.rev = on, 0 }, func() { op.vague = true },
			func(got answer) { c.reacted(id, op, got) })
		return
	}
}

func (c *client) reacted(id int64, op *emojiOp, got answer) {
	var r row
	if !got.done() || json.Unmarshal(got.body, &r) != nil {
		op.vague = true // it may have been carried out by a request before the one that was refused
		return
	}
	c.changes.Add(1)
	op.rev = r.Rev
	if m := c.rooms[id]; m != nil {
		m.thread.apply(r)
	}
}

// move joins or leaves a room with an open door, or, as a host, kicks somebody out of one.
func (c *client) move(ctx context.Context) {
	var mine []*door
	for _, d := range c.doors {
		if d.host == c.id || d.guests[c.id] {
			mine = append(mine, d)
		}
	}
	if len(mine) == 0 {
		return
	}
	door := mine[c.chance.IntN(len(mine))]
	switch {
	case door.host == c.id:
		c.kick(ctx, door)
	case c.rooms[door.id] == nil:
		c.join(ctx, door)
	default:
		c.leave(ctx, door)
	}
}

func (c *client) join(ctx context.Context, door *door) {
	me := place{door.id, c.id}
	if t, _ := c.seats.get(me); t.kicked {
		return
	}
	if c.conn != nil {
		delete(c.conn.ended, door.id)
	}
	asked := func() { c.seats.join(me) }
	c.until(ctx, http.MethodPost, "/rooms/"+strconv.FormatInt(door.id, 10)+"/members", map[string]any{"invite": door.invite},
		asked, func() { c.seats.joinAnswered(me, nothing) },
		func(got answer) {
			if !got.final() {
				return
			}
			c.moves.Add(1)
			c.seats.joinAnswered(me, got.outcome())
			if got.done() && c.rooms[door.id] == nil {
				c.fetch(ctx, door.id, c.enterRoom(door.id))
			}
			if code := got.code(); !got.done() && code != "room.kicked" && code != "room.full" {
				c.findings.add(misbehaviour, "user %d could not join room %d: %s", c.id, door.id, got.body)
			}
		})
}

func (c *client) leave(ctx context.Context, door *door) {
	me := place{door.id, c.id}
	c.until(ctx, http.MethodDelete, "/rooms/"+strconv.FormatInt(door.id, 10)+"/members/me", nil,
		func() { c.seats.leave(me) }, func() { c.seats.leaveAnswered(me, nothing) },
		func(got answer) {
			if !got.final() {
				return
			}
			c.moves.Add(1)
			c.seats.leaveAnswered(me, done) // or they were not there any more
			c.forget(door.id)
		})
}

func (c *client) kick(ctx context.Context, door *door) {
	if door.kicks >= len(door.guests)/2 || c.chance.IntN(3) > 0 {
		return
	}
	for guest := range door.guests {
		them := place{door.id, guest}
		if t, _ := c.seats.get(them); t.last != "joined" || t.kicks > 0 {
			continue
		}
		door.kicks++
		c.until(ctx, http.MethodDelete, "/rooms/"+strconv.FormatInt(door.id, 10)+"/members/"+strconv.FormatInt(guest, 10), nil,
			func() { c.seats.kick(them) }, func() {},
			func(got answer) {
				c.moves.Add(1)
				c.seats.kickAnswered(them, got.outcome())
			})
		return
	}
}

// intrude tries to read and to write where the client has no access, and will never have.
func (c *client) intrude(ctx context.Context) {
	id := c.all[c.chance.IntN(len(c.all))]
	t, known := c.seats.get(place{id, c.id})
	if known && t.joins > 0 && !t.kicked {
		return
	}
	for _, d := range c.doors {
		if d.id == id && d.guests[c.id] && !t.kicked {
			return // they may come in any time
		}
	}
	client := uuid.NewString()
	c.attempts[client] = struct{}{}
	c.trespasses.Add(4)
	rev := int64(0)
	if c.say(ctx, command{Type: "message", Room: id, ClientID: client, Body: "let me in"}) {
		c.say(ctx, command{Type: "enter", Room: id, SinceRev: &rev})
	}
	c.acting = true
	c.work.Go(func() {
		read := c.request(ctx, c.token, http.MethodGet, messagesOf(id), nil)
		write := c.request(ctx, c.token, http.MethodPost, messagesOf(id), map[string]any{"clientId": client, "body": "let me in"})
		for what, got := range map[string]answer{"read": read, "write": write} {
			if got.status != 0 && got.status != http.StatusNotFound && got.status < 500 {
				c.findings.add(trespass, "user %d may %s in room %d (kicked: %t): %d %s", c.id, what, id, t.kicked, got.status, got.body)
			}
		}
		c.post(ctx, func() { c.acting = false })
	})
}
