package main

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// live is the cast with an open socket each; nobody anonymous has one.
type live struct {
	*cast
	t       *testing.T
	sockets map[string]*socket
	ann     *socket
}

func newLive(t *testing.T, server string) *live {
	t.Helper()
	l := &live{cast: newCast(t, server), t: t, sockets: map[string]*socket{}}
	l.ann = l.cast.ann.dial(t)
	for _, name := range actors[1:] {
		l.sockets[name] = l.people[name].dial(t)
	}
	_, err := l.people["anonymous"].tryDial(t)
	require.Error(t, err)
	l.settle(l.ann, l.rooms["friend"])
	for _, name := range actors[1:] {
		l.settle(l.sockets[name], l.rooms[name])
	}
	return l
}

// settle waits until what was sent and delivered to a socket is done, and returns what came meanwhile. A message that
// the writer refuses is answered after all that was sent before it.
func (l *live) settle(s *socket, room int64) []envelope {
	l.t.Helper()
	id := uuid.NewString()
	s.send(l.t, map[string]any{"type": "message", "room": room, "clientId": id, "body": "?", "replyTo": 1 << 40})
	s.wait(l.t, "answer", func(e envelope) bool { return e.Type == "error" && e.ClientID == id })
	got := s.all()
	s.forget()
	return slices.DeleteFunc(got, func(e envelope) bool { return e.ClientID == id })
}

func types(got []envelope) (list []string) {
	for _, e := range got {
		list = append(list, e.Type)
	}
	return list
}

// commandRow is one client envelope as an actor sends it to the room they look at: how it is answered, and what reaches
// Ann of it.
type commandRow struct {
	fields map[string]any
	answer map[string]string // by actor: the answer's type, or the code of an error
	ann    map[string][]string
}

func commandRows() map[string]commandRow {
	const unknown, history = "room.not_found", "room.read_only"
	return map[string]commandRow{
		"message": {
			fields: map[string]any{"clientId": uuid.NewString(), "body": "hello"},
			answer: map[string]string{"stranger": unknown, "friend": "ack", "former friend": history, "blocked": history},
			ann:    map[string][]string{"friend": {"message"}},
		},
		"enter": {
			fields: map[string]any{"sinceRev": 0},
			answer: map[string]string{"stranger": unknown, "friend": "entered", "former friend": "entered", "blocked": "entered"},
			ann:    map[string][]string{"friend": {"enter"}},
		},
		"close": { // of a room that they entered before; nobody is answered
			answer: map[string]string{},
			ann:    map[string][]string{"friend": {"close"}},
		},
		"read": {
			fields: map[string]any{"seq": 1 << 40},
			answer: map[string]string{"stranger": unknown, "friend": "read"}, // history: see below
			ann:    map[string][]string{"friend": {"read"}},
		},
		"typing": {
			answer: map[string]string{"stranger": unknown, "former friend": history, "blocked": history},
			ann:    map[string][]string{"friend": {"typing"}},
		},
	}
}

func TestEveryClientEnvelopeIsCarriedOutAsTheTableSays(t *testing.T) {
	server := permissionServer(t)
	table := commandRows()
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	for kind := range doc.Components.Schemas["ClientEnvelope"].Value.Discriminator.Mapping {
		require.Contains(t, table, kind, "every envelope has a row")
	}
	for kind, c := range table {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLive(t, server)
			if kind == "read" { // there must be something that the actor has not read
				l.cast.ann.must(t, http.MethodPost, messages(l.rooms["friend"]), note("unread"))
			}
			for _, actor := range actors[1:] {
				s, room := l.sockets[actor], l.rooms[actor]
				if kind == "close" {
					s.send(t, map[string]any{"type": "enter", "room": room})
				}
				l.settle(s, room)
				l.settle(l.ann, l.rooms["friend"])
				if kind == "close" { // joined with the enter before, it waits for the end of the signals' window
					s.send(t, map[string]any{"type": "close", "room": room})
					if actor == "friend" {
						l.ann.waitType(t, "close")
					}
				} else {
					send := map[string]any{"type": kind, "room": room}
					for name, value := range c.fields {
						send[name] = value
					}
					s.send(t, send)
				}
				if kind == "read" && c.answer[actor] != "" { // marks are stored beside what else is asked for
					s.wait(t, "read", func(e envelope) bool { return e.Type == c.answer[actor] || e.Code == c.answer[actor] })
				}
				for _, heard := range c.ann[actor] {
					l.ann.waitType(t, heard)
				}
				answer := ""
				if got := l.settle(s, room); len(got) > 0 {
					for _, e := range got { // an answer may share the socket with the echo of what was done
						if e.Type == "error" {
							answer = e.Code
						} else if answer == "" || e.Type == c.answer[actor] {
							answer = e.Type
						}
					}
				}
				require.Equal(t, c.answer[actor], answer, actor)
				require.Equal(t, c.ann[actor], types(l.settle(l.ann, l.rooms["friend"])), actor)
			}
		})
	}
}

// happening is what makes the server send one type of envelope about Ann, and who receives it.
type happening struct {
	cause func(l *live)
	to    []string // actors
}

// happenings has every server envelope. ack, error, entered and bye answer or concern one socket alone, which the
// table of client envelopes and the tests of sessions show. A notice is the operator's, for one language.
func happenings(w *town) map[string]happening {
	correct := func(l *live) {
		for _, actor := range actors[2:] { // it is carried out where she may still write
			l.cast.ann.call(l.t, http.MethodPut, messages(l.rooms[actor])+"/1/reading", map[string]any{"label": "joy"})
		}
	}
	inEachRoom := func(command map[string]any) func(*live) {
		return func(l *live) {
			for _, actor := range actors[2:] {
				send := map[string]any{"room": l.rooms[actor]}
				for name, value := range command {
					send[name] = value
				}
				if command["type"] == "message" {
					send["clientId"] = uuid.NewString()
				}
				l.ann.send(l.t, send)
			}
		}
	}
	friend := []string{"friend"}
	return map[string]happening{
		"ack":     {cause: inEachRoom(map[string]any{"type": "message", "body": "hello"})},
		"error":   {cause: inEachRoom(map[string]any{"type": "message", "body": " "})},
		"entered": {cause: inEachRoom(map[string]any{"type": "enter"})},
		"message": {cause: inEachRoom(map[string]any{"type": "message", "body": "hello"}), to: friend},
		"enter":   {cause: inEachRoom(map[string]any{"type": "enter"}), to: friend},
		"close": {cause: func(l *live) {
			inEachRoom(map[string]any{"type": "enter"})(l)
			inEachRoom(map[string]any{"type": "close"})(l)
		}, to: friend},
		"read":    {cause: inEachRoom(map[string]any{"type": "read", "seq": 1 << 40}), to: friend},
		"typing":  {cause: inEachRoom(map[string]any{"type": "typing"}), to: friend},
		"reading": {cause: correct, to: friend},
		"room":    {cause: unfriend, to: friend}, // the room becomes history
		"friend":  {cause: unfriend, to: friend},
		"presence": {cause: func(l *live) {
			l.ann.conn.CloseNow()
			l.ann.read.Wait()
		}, to: friend},
		"notice": {cause: func(l *live) {
			l.people["friend"].must(l.t, http.MethodPatch, "/users/me", map[string]any{"locale": "ko"})
			w.announced(l.t, audience("user", "ko"), time.Now())
		}, to: friend},
		"me": {cause: func(l *live) {
			l.people["friend"].must(l.t, http.MethodPatch, "/users/me", map[string]any{"showReadings": false})
		}, to: friend},
		"bye": {cause: func(l *live) { l.cast.ann.must(l.t, http.MethodPost, "/auth/logout", nil) }},
	}
}

func unfriend(l *live) {
	l.cast.ann.must(l.t, http.MethodDelete, "/friends/"+itoa(l.people["friend"].id), nil)
}

func TestEveryServerEnvelopeReachesOnlyWhomTheTableSays(t *testing.T) {
	w := serverTown(t)
	table := happenings(w)
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	for kind := range doc.Components.Schemas["ServerEnvelope"].Value.Discriminator.Mapping {
		require.Contains(t, table, kind, "every envelope has a row")
	}
	for kind, h := range table {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLive(t, w.url)
			if kind == "read" {
				l.people["friend"].must(t, http.MethodPost, messages(l.rooms["friend"]), note("unread by Ann"))
				l.settle(l.sockets["friend"], l.rooms["friend"])
			}
			h.cause(l)
			for _, actor := range h.to {
				l.sockets[actor].waitType(t, kind)
			}
			if kind != "presence" && kind != "bye" { // what Ann did is done when she is answered
				l.settle(l.ann, l.rooms["friend"])
			}
			for _, actor := range actors[1:] {
				got := types(l.settle(l.sockets[actor], l.rooms[actor]))
				if !slices.Contains(h.to, actor) {
					require.NotContains(t, got, kind, "%s received it", actor)
				}
				if actor != "friend" {
					require.Empty(t, got, "%s received something", actor)
				}
			}
		})
	}
}
