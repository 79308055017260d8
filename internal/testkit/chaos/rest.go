package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// answer is what a request came to; the status is 0 when there was none.
type answer struct {
	status int
	body   []byte
}

// done tells that it was carried out, final that asking again would change nothing.
func (a answer) done() bool  { return a.status >= 200 && a.status < 300 }
func (a answer) final() bool { return a.done() || a.status >= 400 && a.status < 500 && a.status != 429 }

func (a answer) outcome() outcome {
	switch {
	case a.done():
		return done
	case a.final():
		return refused
	default:
		return nothing
	}
}

func (a answer) code() string {
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(a.body, &problem) // no problem, no code
	return problem.Code
}

// request asks one of the nodes once.
func (t *town) request(ctx context.Context, token, method, path string, in any) answer {
	life := ctx
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	var content io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			panic(err) // maps of strings and numbers only
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, t.urls[int(t.turn.Add(1))%len(t.urls)]+"/api/v1"+path, content)
	if err != nil {
		panic(err) // all paths are ours
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	got, err := t.http.Do(request)
	if err != nil {
		t.notice(life, "%s %s: %v", method, path, err)
		return answer{}
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.notice(life, "%s %s, half answered: %v", method, path, err)
		return answer{}
	}
	if got.StatusCode == http.StatusTooManyRequests || got.StatusCode > http.StatusInternalServerError {
		t.notice(life, "%s %s is answered %d: %s", method, path, got.StatusCode, body)
	}
	switch got.StatusCode {
	case http.StatusUnauthorized, http.StatusInternalServerError:
		t.findings.add(misbehaviour, "%s %s is answered %d: %s", method, path, got.StatusCode, body)
	}
	return answer{got.StatusCode, body}
}

func messagesOf(room int64) string { return "/rooms/" + strconv.FormatInt(room, 10) + "/messages" }

// fetch gets everything that changed since the thread's rev, as many pages as it takes.
func (c *client) fetch(ctx context.Context, id int64, m *member) {
	if m.fetching {
		return
	}
	m.fetching, m.fetchAt = true, time.Time{}
	since := m.thread.rev
	c.work.Go(func() {
		got := c.request(ctx, c.token, http.MethodGet, messagesOf(id)+"?limit=200&since_rev="+strconv.FormatInt(since, 10), nil)
		var p page
		whole := got.done() && json.Unmarshal(got.body, &p) == nil
		c.post(ctx, func() {
			m.fetching = false
			if c.rooms[id] != m {
				return
			}
			switch {
			case whole:
				m.failures, m.stale = 0, false
				m.thread.changes(since, p.Items, p.LastRev, p.HasMore)
				c.arrived(m, p.Items)
				if p.HasMore {
					c.fetch(ctx, id, m)
				}
			case got.status == http.StatusNotFound:
				c.forget(id)
			default:
				m.failures++
				m.stale = true
				m.fetchAt = time.Now().Add(c.around(min(2*time.Second, 200*time.Millisecond<<min(m.failures, 8))))
			}
		})
	})
}

// list asks for the rooms that are the client's.
func (c *client) list(ctx context.Context) {
	if c.listing {
		return
	}
	c.listing = true
	c.work.Go(func() {
		got := c.request(ctx, c.token, http.MethodGet, "/rooms", nil)
		var list struct {
			Items []struct {
				ID      int64 `json:"id"`
				LastRev int64 `json:"lastRev"`
			} `json:"items"`
		}
		whole := got.done() && json.Unmarshal(got.body, &list) == nil
		c.post(ctx, func() {
			c.listing = false
			if !whole {
				c.listLater(ctx)
			}
			for _, r := range list.Items {
				m := c.rooms[r.ID]
				if m == nil {
					m = c.enterRoom(r.ID)
				}
				m.thread.note(r.LastRev)
			}
		})
	})
}

// seeFriends looks who is online: everybody is.
func (c *client) seeFriends(ctx context.Context) {
	c.work.Go(func() {
		got := c.request(ctx, c.token, http.MethodGet, "/friends", nil)
		var list struct {
			Items []struct {
				User   identified `json:"user"`
				Online bool       `json:"online"`
			} `json:"items"`
		}
		if !got.done() || json.Unmarshal(got.body, &list) != nil {
			return // which was noticed
		}
		for _, friend := range list.Items {
			if !friend.Online {
				c.notice(ctx, "user %d was told that user %d is offline", c.id, friend.User.ID)
			}
		}
	})
}

func (c *client) listLater(ctx context.Context) {
	wait := c.around(time.Second)
	c.work.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			c.post(ctx, func() { c.list(ctx) })
		case <-ctx.Done():
		}
	})
}

// sendByHTTP sends a message over HTTP, which the socket sends as well: whichever is first, the answers must agree.
func (c *client) sendByHTTP(ctx context.Context, room int64, id, body string, replyTo *int64) {
	draft := map[string]any{"clientId": id, "body": body}
	if replyTo != nil {
		draft["replyTo"] = *replyTo
	}
	c.sendings.Add(1)
	got := c.request(ctx, c.token, http.MethodPost, messagesOf(room), draft)
	var r row
	if !got.done() || json.Unmarshal(got.body, &r) != nil {
		return
	}
	c.post(ctx, func() {
		// In its present form, so its rev may be that of a later change.
		c.acked(c.drafts[id], r.Seq, 0)
		if m := c.rooms[room]; m != nil {
			m.thread.apply(r)
		}
	})
}
