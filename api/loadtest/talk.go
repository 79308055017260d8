package loadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

const (
	dialAtOnce = 64
	settleTick = 2 * time.Millisecond
)

// talk is people talking in rooms, and the tool listening with every one of them.
type talk struct {
	plan   Plan
	filler string
	play   uint32
	now    func() time.Time

	chairs  []*chair
	ledgers []*ledger
	broken  atomic.Int64
	ending  atomic.Bool // connections may end now

	// Of everything.
	sent, due, answered, received atomic.Int64
	// Only while the window is open.
	window     atomic.Bool
	messages   atomic.Int64
	deliveries atomic.Int64
	frames     atomic.Int64
	envelopes  atomic.Int64
	ack        histogram // from sending to the acknowledgement
	endToEnd   histogram // from sending to each delivery
	last       histogram // from sending to the last member's delivery

	listeners sync.WaitGroup
	failure   atomic.Pointer[string] // the first thing that was refused or broke, for the report
}

// chair is a member of a room with a connection.
type chair struct {
	talk   *talk
	ledger *ledger
	room   int64
	number uint16 // of the room
	member int
	conn   *websocket.Conn
	gone   chan struct{} // closed when the connection has ended
	free   chan struct{} // of a sender: has an element for each message that may be in flight
}

// openTalk connects all members of a venue. Close ends it.
func openTalk(ctx context.Context, v *venue, plan Plan, now func() time.Time) (*talk, error) {
	t := &talk{plan: plan, filler: filler(plan.Payload), play: rand.Uint32(), now: now}
	for r, room := range v.rooms {
		l := newLedger(room.lastSeq, plan.Senders, len(room.seats))
		t.ledgers = append(t.ledgers, l)
		for m := range room.seats {
			c := &chair{talk: t, ledger: l, room: room.id, number: uint16(r), member: m, gone: make(chan struct{})}
			if m < plan.Senders {
				c.free = make(chan struct{}, plan.Unacked)
				for range plan.Unacked {
					c.free <- struct{}{}
				}
			}
			t.chairs = append(t.chairs, c)
		}
	}
	dialer := newDialer(len(t.chairs))
	g, dialing := errgroup.WithContext(ctx)
	g.SetLimit(dialAtOnce)
	for i, c := range t.chairs {
		g.Go(func() (err error) {
			c.conn, err = dialer.dial(dialing, i, v.rooms[c.number].seats[c.member])
			return err
		})
	}
	err := g.Wait()
	for _, c := range t.chairs {
		if c.conn != nil {
			t.listeners.Go(func() { c.listen(ctx) })
		}
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// speak lets every sender send until ctx ends, or until each has sent limit messages if that is not 0. It returns when
// they have stopped; answers may still be on their way.
func (t *talk) speak(ctx context.Context, limit int) error {
	g, ctx := errgroup.WithContext(ctx)
	begin, nth := t.now(), 0
	for _, c := range t.chairs {
		if c.free == nil {
			continue
		}
		first := begin.Add(t.plan.interval() * time.Duration(nth) / time.Duration(len(t.ledgers)*t.plan.Senders))
		nth++
		g.Go(func() error { return c.speak(ctx, first, limit) })
	}
	return g.Wait()
}

// speak sends as soon as a message may be in flight; at a rate not before its time has come, and then it counts from
// that time on, because somebody who has to wait for their turn waits.
func (c *chair) speak(ctx context.Context, due time.Time, limit int) error {
	interval := c.talk.plan.interval()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; n < limit || limit == 0; n++ {
		at := c.talk.now()
		if interval > 0 {
			timer.Reset(due.Sub(at))
			select {
			case <-timer.C:
			case <-ctx.Done():
				return nil
			}
			at, due = due, due.Add(interval)
		}
		select {
		case <-c.free:
		case <-c.gone: // which is counted where it is noticed
			return nil
		case <-ctx.Done():
			return nil
		}
		if interval == 0 {
			at = c.talk.now()
		}
		if err := c.send(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

func (c *chair) send(ctx context.Context, at time.Time) error {
	s := stamp{play: c.talk.play, room: c.number, sender: uint16(c.member), number: c.ledger.send(c.member, at)}
	c.talk.sent.Add(1)
	c.talk.due.Add(int64(len(c.ledger.inboxes)))
	// What is on its way is not cut off, or it would look like a fault of the server.
	err := c.conn.Write(context.WithoutCancel(ctx), websocket.MessageText, s.command(c.room, c.talk.filler))
	if err != nil {
		return fmt.Errorf("send in room %d: %w", c.room, err)
	}
	return nil
}

// listen reads until the connection ends.
func (c *chair) listen(ctx context.Context) {
	defer close(c.gone)
	defer c.conn.CloseNow()
	var buffer bytes.Buffer
	for {
		err := c.read(ctx, &buffer)
		if err == nil {
			at := c.talk.now()
			counted := c.talk.window.Load()
			if counted {
				c.talk.frames.Add(1)
			}
			for line := range bytes.SplitSeq(buffer.Bytes(), []byte{'\n'}) {
				err = errors.Join(err, c.hear(line, at))
				if counted {
					c.talk.envelopes.Add(1)
				}
			}
		}
		if err == nil {
			continue
		}
		if !c.talk.ending.Load() && ctx.Err() == nil {
			c.talk.broken.Add(1)
			c.talk.fail(fmt.Sprintf("a connection ended: %v", err))
		}
		return
	}
}

func (c *chair) read(ctx context.Context, into *bytes.Buffer) error {
	_, frame, err := c.conn.Reader(ctx)
	if err != nil {
		return err
	}
	into.Reset()
	_, err = io.Copy(into, frame)
	return err
}

// hear takes in one envelope.
func (c *chair) hear(line []byte, at time.Time) error {
	e, err := parseEnvelope(line)
	if err != nil {
		return err
	}
	switch e.kind {
	case "ack":
		c.acked(e, at)
	case "message":
		c.delivered(e, at)
	case "error":
		c.refused(e)
	}
	return nil
}

func (c *chair) acked(e envelope, at time.Time) {
	s, _ := parseStamp(e.clientID) // what is no stamp is number 0 of no play
	if s.play != c.talk.play || e.room != c.room || int(s.sender) != c.member {
		c.ledger.misplace()
		return
	}
	sent, fresh := c.ledger.ack(s, e.seq)
	if !fresh {
		return
	}
	c.talk.answered.Add(1)
	if c.talk.window.Load() {
		c.talk.messages.Add(1)
		c.talk.ack.record(at.Sub(sent))
	}
	c.free <- struct{}{}
}

func (c *chair) delivered(e envelope, at time.Time) {
	if e.room != c.room {
		return // of a room of this user that is not played in
	}
	s, ours := parseStamp(e.clientID)
	ours = ours && !e.system && s.play == c.talk.play
	d := c.ledger.deliver(c.member, e.seq, s, ours)
	if !d.fresh {
		return
	}
	if s.room != c.number || !fits(e.body, e.clientID, c.talk.filler) {
		c.ledger.misplace()
	}
	c.talk.received.Add(1)
	if !c.talk.window.Load() {
		return
	}
	c.talk.deliveries.Add(1)
	c.talk.endToEnd.record(at.Sub(d.sent))
	if d.whole {
		c.talk.last.record(at.Sub(d.sent))
	}
}

func (c *chair) refused(e envelope) {
	c.talk.fail(fmt.Sprintf("a message was refused: %s", e.code))
	s, ours := parseStamp(e.clientID)
	if ours && s.play == c.talk.play && int(s.sender) == c.member && c.ledger.refuse(s) {
		c.talk.answered.Add(1)
		c.talk.due.Add(-int64(len(c.ledger.inboxes)))
		c.free <- struct{}{}
	}
}

// fail keeps the first of what went wrong.
func (t *talk) fail(what string) { t.failure.CompareAndSwap(nil, &what) }

// settle waits until everything is answered and delivered, or until nothing has come for a while.
func (t *talk) settle(ctx context.Context) {
	ticker := time.NewTicker(settleTick)
	defer ticker.Stop()
	before, since := int64(-1), t.now()
	for t.answered.Load() < t.sent.Load() || t.received.Load() < t.due.Load() {
		if come := t.answered.Load() + t.received.Load(); come != before {
			before, since = come, t.now()
		} else if t.now().Sub(since) > t.plan.patience {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// close ends the connections and returns what is to be said of all rooms.
func (t *talk) close() Verdict {
	t.ending.Store(true)
	for _, c := range t.chairs {
		if c.conn != nil {
			c.conn.CloseNow()
		}
	}
	t.listeners.Wait()
	var verdict Verdict
	for _, l := range t.ledgers {
		verdict.add(l.close())
	}
	verdict.Broken = t.broken.Load()
	return verdict
}
