package main

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// of returns what a socket was sent about a room.
func (s *socket) of(room int64) (list []envelope) {
	for _, e := range s.all() {
		if e.Room == room {
			list = append(list, e)
		}
	}
	return list
}

// chatter sends messages of these people into a room as fast as they are answered, until it is stopped. It returns how
// many were sent so far.
func chatter(t *testing.T, room int64, people ...*person) (sent *atomic.Int64, stop func()) {
	t.Helper()
	sent = new(atomic.Int64)
	done := make(chan struct{})
	var all sync.WaitGroup
	for _, p := range people {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					p.must(t, http.MethodPost, messages(room), note("chatter"))
					sent.Add(1)
				}
			}
		})
	}
	stop = sync.OnceFunc(func() {
		close(done)
		all.Wait()
	})
	t.Cleanup(stop)
	return sent, stop
}

// on returns the same person as a client of another node.
func (p *person) on(node running) *person {
	there := *p
	there.url = node.url
	return &there
}

// TestWhoIsOutHearsNothingMoreOnAnyNode removes somebody in the middle of a lively conversation on two nodes.
func TestWhoIsOutHearsNothingMoreOnAnyNode(t *testing.T) {
	w := serverTown(t)
	there := w.secondNode(t)
	host, here := w.person(t, "host"), w.person(t, "a talker")
	elsewhere := w.person(t, "another talker").on(there)
	for name, c := range map[string]struct {
		remove func(room int64, gone *person)
		change string
	}{
		"kicked": {func(room int64, gone *person) { host.kicks(t, room, gone) }, "kicked"},
		"left":   {func(room int64, gone *person) { gone.leaves(t, room) }, "left"},
	} {
		t.Run(name, func(t *testing.T) {
			room := host.opens(t, newRoom(10)).Id
			gone := w.person(t, "who goes")
			for _, p := range []*person{here, elsewhere, gone} {
				p.joins(t, room)
			}
			local, remote, witness := gone.dial(t), gone.on(there).dial(t), elsewhere.dial(t)
			sent, stop := chatter(t, room, here, elsewhere)
			for _, s := range []*socket{local, remote} { // both hear the talkers of both nodes
				s.wait(t, "chatter", func(e envelope) bool { return e.Message != nil && e.Message.Sender == here.id })
				s.wait(t, "chatter", func(e envelope) bool { return e.Message != nil && e.Message.Sender == elsewhere.id })
			}

			before := time.Now()
			c.remove(room, gone)
			for _, s := range []*socket{local, remote} {
				s.wait(t, "the end", func(e envelope) bool { return e.Change == c.change })
			}
			t.Logf("both nodes knew after %s", time.Since(before)) // a bound would measure the machine
			after := sent.Load()
			require.Eventually(t, func() bool { return sent.Load() > after+100 }, 30*time.Second, time.Millisecond)
			stop()
			last := host.history(t, room)
			witness.wait(t, "the last message", func(e envelope) bool {
				return e.Message != nil && e.Room == room && e.Message.Seq == last[len(last)-1].Seq
			})
			for where, s := range map[string]*socket{"here": local, "there": remote} {
				all := s.of(room)
				require.Equal(t, c.change, all[len(all)-1].Change, "that was the last they heard %s", where)
			}
			for _, p := range []*person{gone, gone.on(there)} {
				requireOut(t, p, room)
			}
		})
	}
}

// requireOut checks that a room cannot be told from one that never was.
func requireOut(t *testing.T, p *person, room int64) {
	t.Helper()
	for path, body := range map[string]any{"": nil, "/members": nil, "/messages": nil, "/messages?since_rev=0": nil, "/messages?before=1000": nil, "/order": nil, "/mood": nil, "/digest": nil} {
		status, got := p.call(t, http.MethodGet, at(room, path), body)
		require.Equal(t, http.StatusNotFound, status, path)
		_, unknown := p.call(t, http.MethodGet, at(1<<40, path), body)
		require.Equal(t, string(unknown), string(got), path)
	}
	p.refused(t, "room.not_found", http.MethodPost, messages(room), note("hello"))
	for _, r := range decoded[openapi.RoomList](t, p.must(t, http.MethodGet, "/rooms", nil)).Items {
		require.NotEqual(t, room, r.Id)
	}
	s := p.dial(t) // a new connection is not attached to it either
	s.send(t, map[string]any{"type": "message", "room": room, "clientId": uuid.NewString(), "body": "hello"})
	s.send(t, map[string]any{"type": "enter", "room": room, "sinceRev": 0})
	s.wait(t, "refusal", func(e envelope) bool { return e.Code == "room.not_found" && e.ClientID == "" })
	for _, e := range s.of(room) {
		require.Equal(t, "error", e.Type)
	}
}

func TestAKickIsFinalAndLeavingIsNot(t *testing.T) {
	w := serverTown(t)
	host, kicked, left := w.person(t, "host"), w.person(t, "kicked"), w.person(t, "left")
	locked := newRoom(3)
	locked["password"] = "moonlight"
	room := host.opens(t, locked).Id
	key := map[string]any{"password": "moonlight"}
	for _, p := range []*person{kicked, left} {
		p.must(t, http.MethodPost, at(room, "/members"), key)
	}
	s := left.dial(t)
	host.kicks(t, room, kicked)
	left.leaves(t, room)
	invite := decoded[openapi.Invite](t, host.must(t, http.MethodPost, at(room, "/invites"), map[string]any{"hours": 1})).Token
	for _, entry := range []any{nil, key, map[string]any{"invite": invite}} {
		kicked.refused(t, "room.kicked", http.MethodPost, at(room, "/members"), entry)
	}
	requireOut(t, kicked, room)

	host.must(t, http.MethodPost, messages(room), note("while they were away"))
	s.wait(t, "the end", func(e envelope) bool { return e.Change == "left" })
	s.forget()
	left.must(t, http.MethodPost, at(room, "/members"), map[string]any{"invite": invite})
	s.wait(t, "the beginning", func(e envelope) bool { return e.Room == room && e.Change == "joined" })
	host.must(t, http.MethodPost, messages(room), note("welcome back"))
	s.wait(t, "greeting", func(e envelope) bool { return e.Message != nil && e.Message.Body == "welcome back" })
	require.EqualValues(t, 1, left.sees(t, room).Unread, "what was said while they were away counts as read")
	states := map[openapi.MemberState]int{}
	for _, m := range host.members(t, room) {
		states[m.State]++
	}
	require.Equal(t, map[openapi.MemberState]int{"joined": 2, "kicked": 1}, states)
}

// Of all that is said about a room and its members, nothing is an e-mail.
func TestNoAnswerAboutARoomShowsAnEmail(t *testing.T) {
	w := serverTown(t)
	people, carl := w.actors(t)
	l := newLiveGroup(t, w, people, carl)
	l.chosen()
	for _, p := range []*person{people["host"], people["member"]} {
		for _, path := range []string{
			at(l.room.Id, ""), at(l.room.Id, "/members"), messages(l.room.Id), at(l.room.Id, "/order"), "/rooms", "/rooms/open",
		} {
			require.NotContains(t, string(p.must(t, http.MethodGet, path, nil)), "@example.org", path)
		}
		require.NotContains(t, string(p.must(t, http.MethodPost, "/invites", map[string]any{"token": l.invite})), "@example.org")
	}
	l.sockets["host"].send(t, map[string]any{"type": "enter", "room": l.room.Id, "sinceRev": 0})
	require.NotContains(t, l.sockets["host"].waitType(t, "entered").raw, "@example.org")
	for _, e := range l.sockets["member"].all() {
		require.NotContains(t, e.raw, "@example.org")
	}
}

// What opens rooms and boxes is not written down where it does not belong.
func TestNoSecretOfARoomOrABoxIsLogged(t *testing.T) {
	w := serverTown(t)
	host, guest := w.person(t, "host"), w.person(t, "guest")
	store, _ := w.store(t)
	box, key := w.box(t)
	locked := newPickup(store, box.Id, 4)
	locked["password"] = "moonlight-password"
	room := host.opens(t, locked).Id
	guest.refused(t, "room.password_wrong", http.MethodPost, at(room, "/members"), map[string]any{"password": "starlight-password"})
	invite := decoded[openapi.Invite](t, host.must(t, http.MethodPost, at(room, "/invites"), nil)).Token
	guest.must(t, http.MethodPost, at(room, "/members"), map[string]any{"invite": invite})
	code := decoded[openapi.BoxCode](t, guest.must(t, http.MethodPost, at(room, "/box-code"), nil)).Code
	open := map[string]any{"code": code}
	path := fmt.Sprintf("/boxes/%d/openings", box.Id)
	require.Equal(t, http.StatusNoContent, w.machine().ask(t, http.MethodPost, path, open, key).status)
	require.Equal(t, http.StatusForbidden, w.machine().ask(t, http.MethodPost, path, open, key).status)
	require.Equal(t, exitOK, w.stop())

	logged := w.logged.rest()
	require.Contains(t, logged, `"route":"/api/v1/boxes/:boxId/openings"`, "requests are logged")
	for _, secret := range []string{"moonlight-password", "starlight-password", invite, `"` + code + `"`, key["X-Box-Key"], guest.token} {
		require.NotContains(t, logged, secret)
	}
}
