package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// liveGroup is a group with an open socket for everybody who can have one.
type liveGroup struct {
	*group
	sockets map[string]*socket
}

func newLiveGroup(t *testing.T, w *town, people map[string]*person, carl *person) *liveGroup {
	t.Helper()
	l := &liveGroup{group: newGroup(t, w, people, carl), sockets: map[string]*socket{}}
	for name, p := range people {
		if name != "anonymous" && name != "deactivated" { // they have no socket
			l.sockets[name] = p.dial(t)
		}
	}
	l.sockets["carl"] = carl.dial(t)
	l.settle()
	return l
}

// settle waits until everything that was sent to or about this room is delivered, and returns by socket what came of it
// meanwhile. The people are in other rooms too.
func (l *liveGroup) settle() map[string][]envelope {
	l.t.Helper()
	got := map[string][]envelope{}
	for name, s := range l.sockets {
		id := uuid.NewString() // refused by the writer, after all that was sent before
		s.send(l.t, map[string]any{"type": "message", "room": l.room.Id, "clientId": id, "body": "?", "replyTo": 1 << 40})
		s.wait(l.t, "answer", func(e envelope) bool { return e.Type == "error" && e.ClientID == id })
		got[name] = slices.DeleteFunc(s.all(), func(e envelope) bool { return e.Room != l.room.Id || e.ClientID == id })
		s.forget()
	}
	return got
}

// changeRow is what makes the server tell of a change of a room, and who hears of it. What is a member's business alone
// reaches nobody else, and who is not named hears nothing of the room at all.
type changeRow struct {
	cause func(l *liveGroup)
	about string // whom the envelope names
	to    []string
	state string
	line  openapi.LineCode // of the line that follows, for all of them but who has just gone
	gone  string
}

func changeRows() map[openapi.RoomChange]changeRow {
	members := []string{"host", "member", "carl"}
	host := func(method, path string, body any) func(*liveGroup) {
		return func(l *liveGroup) { l.people["host"].must(l.t, method, at(l.room.Id, path), body) }
	}
	return map[openapi.RoomChange]changeRow{
		openapi.RoomChangeJoined: {
			cause: func(l *liveGroup) { l.people["stranger"].joins(l.t, l.room.Id) }, about: "stranger",
			to: append([]string{"stranger"}, members...), line: openapi.LineCodeJoined,
		},
		openapi.RoomChangeLeft: {
			cause: func(l *liveGroup) { l.carl.leaves(l.t, l.room.Id) }, about: "carl", to: members, line: openapi.LineCodeLeft, gone: "carl",
		},
		openapi.RoomChangeKicked: {
			cause: func(l *liveGroup) { l.people["host"].kicks(l.t, l.room.Id, l.carl) }, about: "carl", to: members,
			line: openapi.LineCodeKicked, gone: "carl",
		},
		openapi.RoomChangeHost: {
			cause: func(l *liveGroup) {
				l.people["host"].must(l.t, http.MethodPut, at(l.room.Id, "/host"), map[string]any{"userId": l.carl.id})
			}, about: "carl", to: members, line: openapi.LineCodeHost,
		},
		openapi.RoomChangeSettings: {cause: host(http.MethodPatch, "", map[string]any{"capacity": 11}), to: members, line: openapi.LineCodeCapacity},
		openapi.RoomChangeReadings: {
			cause: host(http.MethodPatch, "", map[string]any{"readings": "local"}), to: members, line: openapi.LineCodeReadingsLocal,
		},
		openapi.RoomChangePhase: {
			cause: host(http.MethodPut, "/phase", map[string]any{"phase": "ORDER_STARTED"}), to: members, line: openapi.LineCodePhase,
		},
		openapi.RoomChangeExtended: {cause: host(http.MethodPost, "/extensions", map[string]any{"hours": 2}), to: members, line: openapi.LineCodeExtended},
		openapi.RoomChangeOrder: {cause: func(l *liveGroup) {
			l.people["member"].must(l.t, http.MethodPut, at(l.room.Id, "/order/selection"), choice(l.dish, 1))
		}, about: "member", to: members},
		openapi.RoomChangeClosed: {cause: host(http.MethodPost, "/close", nil), to: members, state: "closed", line: openapi.LineCodeClosed},
		openapi.RoomChangeState:  {cause: func(*liveGroup) {}}, // of direct rooms
	}
}

func TestEveryChangeOfARoomReachesOnlyWhomTheTableSays(t *testing.T) {
	w := serverTown(t)
	people, carl := w.actors(t)
	table := changeRows()
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	for _, change := range doc.Components.Schemas["RoomChange"].Value.Enum {
		require.Contains(t, table, openapi.RoomChange(change.(string)), "every change has a row")
	}
	for change, row := range table {
		t.Run(string(change), func(t *testing.T) {
			t.Parallel()
			l := newLiveGroup(t, w, people, carl)
			row.cause(l)
			for _, name := range row.to {
				l.hears(name, change, row)
			}
			for name, got := range l.settle() {
				if !slices.Contains(row.to, name) {
					require.Empty(t, types(got), "%s received something", name)
				}
				if name == row.gone {
					require.Equal(t, []string{"room"}, types(got), "nothing more reaches them")
				}
			}
		})
	}
}

// hears waits for the envelope of a row and for the line behind it.
func (l *liveGroup) hears(name string, change openapi.RoomChange, row changeRow) {
	l.t.Helper()
	s := l.sockets[name]
	e := s.wait(l.t, string(change)+" for "+name, func(e envelope) bool { return e.Room == l.room.Id && e.Change == string(change) })
	want := row.state
	if want == "" {
		want = "open"
	}
	require.Equal(l.t, want, e.State, name)
	about := json.RawMessage(nil)
	switch {
	case row.about == "carl":
		about = json.RawMessage(itoa(l.carl.id))
	case row.about != "":
		about = json.RawMessage(itoa(l.people[row.about].id))
	}
	require.Equal(l.t, about, e.User, name)
	if row.line == "" || name == row.gone {
		return
	}
	// A message of before may come once more: a connection that has just been opened is told of all that another one of this node missed.
	line := s.wait(l.t, "line for "+name, func(e envelope) bool {
		return e.Room == l.room.Id && e.Type == "message" && e.Message.Line != nil
	})
	require.Equal(l.t, row.line, line.Message.Line.Code)
}

func TestWhoIsNotInARoomIsRefusedOnTheSocketAndReachesNobody(t *testing.T) {
	w := serverTown(t)
	people, carl := w.actors(t)
	l := newLiveGroup(t, w, people, carl)
	for _, actor := range []string{"stranger", "left", "kicked", "admin"} {
		for kind, fields := range map[string]map[string]any{
			"message": {"clientId": uuid.NewString(), "body": "hello"}, "enter": {"sinceRev": 0}, "read": {"seq": 1}, "typing": {}, "close": {},
		} {
			command := maps.Clone(fields)
			command["type"], command["room"] = kind, l.room.Id
			l.sockets[actor].send(t, command)
		}
		// A read mark is stored beside the other commands: its refusal may come last.
		require.Eventually(t, func() bool { return len(l.sockets[actor].all()) >= 4 }, 30*time.Second, 2*time.Millisecond)
		var errors []string
		for name, got := range l.settle() {
			if name != actor {
				require.Empty(t, got, "%s of %s", name, actor)
			}
			for _, e := range got {
				require.Equal(t, "error", e.Type)
				errors = append(errors, e.Code)
			}
		}
		const unknown = "room.not_found"
		require.Equal(t, []string{unknown, unknown, unknown, unknown}, errors, "all but close, which is not answered")
	}
}

func TestEnteringShowsWhoIsThereAndNobodyElse(t *testing.T) {
	w := serverTown(t)
	people, carl := w.actors(t)
	l := newLiveGroup(t, w, people, carl)
	entered := func() openapi.EnteredEnvelope {
		l.sockets["host"].send(t, map[string]any{"type": "enter", "room": l.room.Id})
		return decoded[openapi.EnteredEnvelope](t, []byte(l.sockets["host"].waitType(t, "entered").raw))
	}
	l.sockets["carl"].send(t, map[string]any{"type": "enter", "room": l.room.Id})
	l.sockets["carl"].waitType(t, "entered")
	got := entered()
	var readers []int64
	for _, r := range got.Reads {
		readers = append(readers, r.User)
	}
	require.Equal(t, []int64{people["host"].id, people["member"].id, carl.id}, readers, "those who are joined, in the order of joining")
	require.Equal(t, []int64{carl.id}, got.Viewers)

	people["host"].kicks(t, l.room.Id, carl)
	l.settle()
	require.Empty(t, entered().Viewers, "their browser may still show the room")
}
