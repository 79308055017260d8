package chaos

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// town is what all clients share: where the servers are, who may be where, and what was found and counted.
type town struct {
	urls     []string // of the nodes, as clients reach them
	proxies  []*Proxy // before the nodes, if there are any
	http     *http.Client
	seats    *seats
	findings *findings
	pace     time.Duration // of one person who writes
	quota    int64         // messages
	doors    []*door
	all      []int64 // rooms

	writing, moving atomic.Bool
	flawless        atomic.Bool // nothing is broken: people may notice nothing but good-byes
	turn            atomic.Uint64
	written         atomic.Int64

	sendings, acks, deliveries, changes, moves, trespasses, connects, goodbyes, caughtUp, overtaken atomic.Int64

	db     *sql.DB
	looks  sync.WaitGroup
	glance chan struct{} // bounds the looks at SQL while the clients run
}

// door is a room that guests come to and leave, and are kicked out of for ever.
type door struct {
	id, host int64
	invite   string
	guests   map[int64]bool
	kicks    int // by the host's client alone
}

// look holds an acknowledgement against SQL at the moment in which it arrives.
func (t *town) look(room, sender int64, clientID string, seq int64) {
	select {
	case t.glance <- struct{}{}:
	default:
		return // enough of them are under way
	}
	t.looks.Go(func() {
		defer func() { <-t.glance }()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var stored int64
		err := t.db.QueryRowContext(ctx, "SELECT COALESCE(MAX(seq), 0) FROM messages WHERE room_id = ? AND sender_id = ? AND client_id = ?", room, sender, clientID).Scan(&stored)
		if err == nil && stored != seq {
			t.findings.add(lost, "message %s of user %d in room %d was acknowledged as seq %d; a moment later SQL had it as %d", clientID, sender, room, seq, stored)
		}
	})
}

// people registers clients, a few at a time.
func (t *town) people(ctx context.Context, n int, seed uint64) ([]*client, error) {
	list := make([]*client, n)
	errs := make([]error, n)
	places := make(chan struct{}, 4)
	var work sync.WaitGroup
	for i := range n {
		work.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			list[i], errs[i] = t.person(ctx, i, seed)
		})
	}
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (t *town) person(ctx context.Context, i int, seed uint64) (*client, error) {
	email := uuid.NewString() + "@example.org"
	const password = "correct horse battery"
	err := t.must(ctx, "", http.MethodPost, "/auth/register", map[string]any{
		"email": email, "password": password, "nickname": "P" + strconv.Itoa(i), "locale": "en", "emotionConsent": true,
	}, nil)
	if err != nil {
		return nil, err
	}
	var tokens struct {
		AccessToken string `json:"accessToken"`
		User        struct {
			ID int64 `json:"id"`
		} `json:"user"`
	}
	err = t.must(ctx, "", http.MethodPost, "/auth/login", map[string]any{"email": email, "password": password, "tokenDelivery": "body"}, &tokens)
	return newClient(t, tokens.User.ID, tokens.AccessToken, seed), err
}

// notice says that somebody has noticed more than they may while nothing is broken.
func (t *town) notice(ctx context.Context, format string, args ...any) {
	if t.flawless.Load() && ctx.Err() == nil {
		t.findings.add(noticed, format, args...)
	}
}

// must is a request of the preparation, when all is well.
func (t *town) must(ctx context.Context, token, method, path string, in, out any) error {
	got := t.request(ctx, token, method, path, in)
	if !got.done() {
		return fmt.Errorf("%s %s is answered %d: %s", method, path, got.status, got.body)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got.body, out)
}

type identified struct {
	ID int64 `json:"id"`
}

// settle makes the rooms: direct ones, groups, and groups with an open door.
func (t *town) settle(ctx context.Context, people []*client, chance *rand.Rand, groups, doors int) error {
	for i := 0; i+1 < len(people) && i < 2*groups; i += 2 {
		if err := t.direct(ctx, people[i], people[i+1]); err != nil {
			return err
		}
	}
	for i := range groups + doors {
		order := chance.Perm(len(people))
		members := min(len(order), 3+chance.IntN(8))
		host := people[order[0]]
		room, invite, err := t.group(ctx, host)
		if err != nil {
			return err
		}
		for _, j := range order[1:members] {
			if err := t.must(ctx, people[j].token, http.MethodPost, "/rooms/"+strconv.FormatInt(room, 10)+"/members", map[string]any{"invite": invite}, nil); err != nil {
				return err
			}
			t.enrol(room, people[j])
		}
		if i < groups {
			continue
		}
		d := &door{id: room, host: host.id, invite: invite, guests: make(map[int64]bool)}
		for _, j := range order[members:min(len(order), members+12)] {
			d.guests[people[j].id] = true
		}
		t.doors = append(t.doors, d)
	}
	return nil
}

func (t *town) direct(ctx context.Context, a, b *client) error {
	var room identified
	err := t.must(ctx, a.token, http.MethodPost, "/friends", map[string]any{"userId": b.id}, nil)
	if err == nil {
		err = t.must(ctx, b.token, http.MethodPut, "/friends/"+strconv.FormatInt(a.id, 10), nil, nil)
	}
	if err == nil {
		err = t.must(ctx, a.token, http.MethodPost, "/rooms/direct", map[string]any{"userId": b.id}, &room)
	}
	if err != nil {
		return err
	}
	t.all = append(t.all, room.ID)
	t.enrol(room.ID, a)
	t.enrol(room.ID, b)
	return nil
}

func (t *town) group(ctx context.Context, host *client) (int64, string, error) {
	var room identified
	err := t.must(ctx, host.token, http.MethodPost, "/rooms", map[string]any{
		"kind": "group", "title": "Room " + uuid.NewString(), "capacity": 100, "password": "moonlight",
	}, &room)
	if err != nil {
		return 0, "", err
	}
	var invite struct {
		Token string `json:"token"`
	}
	err = t.must(ctx, host.token, http.MethodPost, "/rooms/"+strconv.FormatInt(room.ID, 10)+"/invites", nil, &invite)
	t.all = append(t.all, room.ID)
	t.enrol(room.ID, host)
	return room.ID, invite.Token, err
}

func (t *town) enrol(room int64, c *client) {
	t.seats.joined(place{room, c.id})
	c.enterRoom(room).stale = true
}
