package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Crowd is people who talk on one server that runs already, for as long as somebody else wants to look on.
type Crowd struct {
	people *emosation
	at     *target
	plan   Plan
	talk   *talk
}

// Gather makes users and rooms on the server at url and connects them. Of the plan count Rooms, Members, Senders, Rate and Payload. The
// connections last until Close, or until ctx ends.
func Gather(ctx context.Context, url string, plan Plan, now func() time.Time) (c *Crowd, err error) {
	plan.Workload, plan.kind, plan.Unacked, plan.patience, plan.Duration = "crowd", talking, atRate, patience, time.Second
	if plan.Rate == 0 {
		return nil, errors.New("a crowd talks at a rate")
	}
	if err := plan.check(); err != nil {
		return nil, err
	}
	c = &Crowd{
		people: &emosation{world: World{Progress: io.Discard, Now: now}, client: newClient(atOnce), rooms: make(map[string][]int64)},
		at:     &target{urls: []string{url}}, plan: plan,
	}
	if err := c.gather(ctx); err != nil {
		c.people.client.close()
		return nil, fmt.Errorf("gather people at %s: %w", url, err)
	}
	return c, nil
}

func (c *Crowd) gather(ctx context.Context) error {
	if err := c.people.makeUsers(ctx, c.at, &c.people.users, c.plan.users()); err != nil {
		return err
	}
	if err := c.people.makeRooms(ctx, c.at, c.plan); err != nil {
		return err
	}
	defer c.people.client.close() // so that nothing is left of the preparations
	v, err := entrant{emosation: c.people}.venue(ctx, c.at, c.plan)
	if err != nil {
		return err
	}
	c.talk, err = openTalk(ctx, v, c.plan, c.people.world.Now)
	return err
}

// Talk lets them talk until ctx ends, and waits for what is on its way then.
func (c *Crowd) Talk(ctx context.Context) error {
	err := c.talk.speak(ctx, 0)
	c.talk.settle(context.WithoutCancel(ctx))
	return err
}

// Heard is how long deliveries took: from when a message was due to be sent until a member had it.
type Heard struct {
	Deliveries    int64
	P50, P95, P99 time.Duration
}

// Lately returns what was heard since the last call, or nothing on the first one.
func (c *Crowd) Lately() Heard {
	var lately histogram
	c.talk.endToEnd.drain(&lately)
	c.talk.window.Store(true)
	return Heard{lately.count(), lately.quantile(0.5), lately.quantile(0.95), lately.quantile(0.99)}
}

// Acknowledged is how many messages the server has answered so far.
func (c *Crowd) Acknowledged() int64 { return c.talk.answered.Load() }

// Place is how far the rooms have come: for each the seq up to which its first member has received.
func (c *Crowd) Place() []int64 {
	place := make([]int64, len(c.talk.ledgers))
	for i, l := range c.talk.ledgers {
		place[i] = l.reached()
	}
	return place
}

// Found is a message as somebody finds it in the history of a room.
type Found struct {
	Seq     int64
	Kind    string
	Reading *struct {
		Label, Engine, Sentence string
		Unclear                 bool
	}
}

// History hands out all messages of the room of that number, in their order, as its last member finds them.
func (c *Crowd) History(ctx context.Context, room int, found func(Found)) error {
	id, reader := c.people.rooms[c.plan.key()][room], room*c.plan.Members+c.plan.Members-1
	for after := int64(0); ; {
		var page struct {
			Items   []Found
			HasMore bool
		}
		path := fmt.Sprintf("/rooms/%d/messages?limit=%d&after=%d", id, historyPage, after)
		if err := c.people.ask(ctx, c.at, http.MethodGet, path, reader, nil, &page); err != nil {
			return err
		}
		for _, message := range page.Items {
			after = message.Seq
			found(message)
		}
		if !page.HasMore {
			return nil
		}
	}
}

const historyPage = 200

// Close ends the connections and returns what is to be said of all deliveries, with the first thing that went wrong in words.
func (c *Crowd) Close() (verdict Verdict, note string) {
	verdict = c.talk.close()
	c.people.client.close()
	if said := c.talk.failure.Load(); said != nil {
		note = *said
	}
	return verdict, note
}
