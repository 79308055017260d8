package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

var errOtherPage = errors.New("the latest messages are not those of a moment ago, though nobody wrote")

// reads is many clients asking for the latest messages of a room, over and over.
type reads struct {
	client *client
	urls   []string
	seats  []seat
	page   []byte // what every answer has to be, byte for byte
	now    func() time.Time

	window   atomic.Bool
	requests atomic.Int64
	latency  histogram
}

// read fills a room and reads from it. The first answer is looked at closely; the others have to be the same.
func (p Plan) read(ctx context.Context, t *target, v *venue, w World) (o outcome, err error) {
	o.verdict, err = p.fill(ctx, v, w)
	if err != nil {
		return o, fmt.Errorf("fill the room: %w", err)
	}
	r := &reads{client: newClient(p.Clients), seats: v.rooms[0].seats, now: w.Now}
	defer r.client.close()
	newest, cursor := int64(0), "" // the latest
	if v.older {
		newest = int64(p.History / 2)
		cursor = fmt.Sprintf("&before=%d", newest+1)
	}
	for i := range p.Clients {
		r.urls = append(r.urls, fmt.Sprintf("%s%s/rooms/%d/messages?limit=%d%s", t.url(i), apiPath, v.rooms[0].id, latestPage, cursor))
	}
	if r.page, err = r.fetch(ctx, 0, new(bytes.Buffer)); err == nil {
		err = checkPage(r.page, int64(p.History), newest)
	}
	if err != nil {
		return o, fmt.Errorf("read the latest messages: %w", err)
	}
	var s stopwatch
	g, asking := errgroup.WithContext(ctx)
	asking, enough := context.WithCancel(asking)
	for i := range p.Clients {
		g.Go(func() error { return r.ask(asking, i) })
	}
	g.Go(func() (err error) {
		defer enough()
		if err := wait(asking, p.Warmup); err != nil {
			return err
		}
		s, err = p.observe(asking, t, &r.window, w.Now)
		return err
	})
	if err := g.Wait(); err != nil {
		return o, err
	}
	o.add("requests/s", float64(r.requests.Load())/s.took.Seconds())
	o.addLatency("answer", &r.latency)
	o.addCPU(t.measured, s, r.requests.Load(), "requests")
	o.add("bytes a page", float64(len(r.page)))
	return o, o.addMemory(t)
}

// ask reads until ctx ends.
func (r *reads) ask(ctx context.Context, i int) error {
	var kept bytes.Buffer // over and over: what clients do with their memory is not what is measured
	for ctx.Err() == nil {
		begin := r.now()
		page, err := r.fetch(context.WithoutCancel(ctx), i, &kept)
		if err != nil {
			return err
		}
		if !bytes.Equal(page, r.page) {
			return errOtherPage
		}
		if r.window.Load() {
			r.requests.Add(1)
			r.latency.record(r.now().Sub(begin))
		}
	}
	return nil
}

// fetch returns an answer in the memory of a buffer.
func (r *reads) fetch(ctx context.Context, i int, into *bytes.Buffer) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.urls[i], nil)
	if err != nil {
		return nil, err
	}
	request.Header = r.seats[i%len(r.seats)].header
	answer, err := r.client.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	into.Reset()
	_, err = into.ReadFrom(answer.Body)
	page := into.Bytes()
	if err == nil && answer.StatusCode != http.StatusOK {
		err = refusalOf(answer, page)
	}
	return page, err
}

// checkPage wants a page of a room that holds at least so many messages, without a gap: the latest, or those up to newest
// if that is not 0.
func checkPage(data []byte, atLeast, newest int64) error {
	var page struct {
		Items []struct {
			Seq int64 `json:"seq"`
		} `json:"items"`
		LastSeq int64 `json:"lastSeq"`
	}
	if err := json.Unmarshal(data, &page); err != nil {
		return err
	}
	if newest == 0 {
		newest = page.LastSeq
	}
	if page.LastSeq < atLeast || int64(len(page.Items)) != min(newest, latestPage) {
		return fmt.Errorf("there are %d of %d messages, of at least %d", len(page.Items), page.LastSeq, atLeast)
	}
	for i, m := range page.Items {
		if want := newest - int64(len(page.Items)-1-i); m.Seq != want {
			return fmt.Errorf("seq %d stands where %d should", m.Seq, want)
		}
	}
	return nil
}

// fill sees that the room holds as many messages as the plan wants.
func (p Plan) fill(ctx context.Context, v *venue, w World) (Verdict, error) {
	missing := p.History - int(v.rooms[0].lastSeq)
	if missing <= 0 {
		return Verdict{}, nil
	}
	p.Senders, p.Unacked, p.Rate = p.Members, fillUnacked, 0
	room, err := openTalk(ctx, v, p, w.Now)
	if err != nil {
		return Verdict{}, err
	}
	err = room.speak(ctx, (missing+p.Senders-1)/p.Senders)
	room.settle(ctx)
	return room.close(), err
}

// fillUnacked lets a server store what fills a room in large groups.
const fillUnacked = 32
