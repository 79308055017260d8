package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
)

// read sends a message that has a reading.
func (p *person) read(t testing.TB, room int64, body string) openapi.Message {
	t.Helper()
	sent := decoded[openapi.Message](t, p.must(t, http.MethodPost, messages(room), note(body)))
	require.NotNil(t, sent.Reading)
	return sent
}

// shown returns which messages of a person in a room are shown to another one with a reading.
func (p *person) shown(t testing.TB, room int64, of *person) (seqs []int64) {
	t.Helper()
	for _, m := range p.history(t, room) {
		if m.Sender == of.id && m.Reading != nil {
			seqs = append(seqs, m.Seq)
		}
	}
	return seqs
}

// refetches waits until a socket is told that a room shows other readings than before.
func (s *socket) refetches(t testing.TB, room int64) {
	t.Helper()
	s.wait(t, "readings", func(e envelope) bool { return e.Type == "room" && e.Room == room && e.Change == "readings" })
}

func TestEveryNodeFollowsWhoeverSwitchesReadings(t *testing.T) {
	t.Parallel()
	w := serverTown(t)
	there := w.secondNode(t)
	host, ann, ben := w.person(t, "Host"), w.person(t, "Ann"), w.person(t, "Ben")
	room := host.opens(t, newRoom(4)).Id
	ann.joins(t, room)
	ben.joins(t, room)
	far := ben.on(there)

	// A node where nobody is connected hears of nothing: the request that sends a message sees it.
	alone := host.opens(t, newRoom(4)).Id
	host.on(there).read(t, alone, "now this node knows the room")
	host.must(t, http.MethodPatch, at(alone, ""), map[string]any{"readings": "off"})
	before := there.reads(t)
	unread := decoded[openapi.Message](t, host.on(there).must(t, http.MethodPost, messages(alone), note("nobody reads this")))
	require.Nil(t, unread.Reading)
	require.Equal(t, before, there.reads(t), "calls of the engine") //nolint:testifylint // counts are whole

	socket := far.dial(t)
	first := ann.read(t, room, "I am so happy today")
	far.read(t, room, "now this node knows the room")
	require.Equal(t, []int64{first.Seq}, far.shown(t, room, ann))

	rev := far.sees(t, room).ReadingsRev
	switched := func(by *person, path string, change map[string]any, want []int64) {
		t.Helper()
		socket.forget()
		by.must(t, http.MethodPatch, path, change)
		socket.refetches(t, room)
		require.ElementsMatch(t, want, far.shown(t, room, ann), "%v", change)
		now := far.sees(t, room).ReadingsRev
		require.Greater(t, now, rev, "who was away can see it as well")
		rev = now
	}
	// quiet sends a message on the other node, over the socket or by a request, that no engine there may see.
	quiet := func(by *person, send func(draft map[string]any)) {
		t.Helper()
		before, draft := there.reads(t), note("nobody reads this "+fmt.Sprint(time.Now().UnixNano()))
		send(draft)
		m := socket.wait(t, "the message", func(e envelope) bool { return e.Type == "message" && e.Message.Body == draft["body"] }).Message
		require.Nil(t, m.Reading)
		require.Equal(t, by.id, m.Sender)
		require.Equal(t, before, there.reads(t), "calls of the engine") //nolint:testifylint // counts are whole
	}
	inRoom := func(to string) map[string]any { return map[string]any{"readings": to} }
	sharing := func(to string) map[string]any { return map[string]any{"shareReadings": to} }

	switched(host, at(room, ""), inRoom("off"), nil)
	quiet(ben, func(draft map[string]any) {
		draft["type"], draft["room"] = "message", room
		socket.send(t, draft)
	})
	switched(host, at(room, ""), inRoom("on"), []int64{first.Seq})
	next := ann.on(there).read(t, room, "what a lovely evening")
	switched(ann, "/users/me", sharing("off"), nil)
	quiet(ann, func(draft map[string]any) { ann.on(there).must(t, http.MethodPost, messages(room), draft) })
	switched(ann, "/users/me", sharing("everyone"), []int64{first.Seq, next.Seq})
	switched(ann, "/users/me", sharing("self"), nil)
	require.Equal(t, []int64{first.Seq, next.Seq}, ann.on(there).shown(t, room, ann))
	switched(ann, "/users/me", sharing("everyone"), []int64{first.Seq, next.Seq})
}

func TestForgettingReachesEveryNodeAndCache(t *testing.T) {
	t.Parallel()
	w := serverTown(t)
	there := w.secondNode(t)
	ann, ben := w.person(t, "Ann"), w.person(t, "Ben")
	room := ann.opens(t, newRoom(4)).Id
	ben.joins(t, room)
	far := ben.on(there)
	socket := far.dial(t)
	const count = 20
	var last openapi.Message
	for i := range count {
		last = ann.read(t, room, fmt.Sprint("I am so happy today ", i))
	}
	require.Len(t, far.shown(t, room, ann), count)
	far.must(t, http.MethodGet, messages(room), nil) // the latest are kept
	require.Contains(t, allKeys(t, w.stack.Redis), "confidence")
	socket.wait(t, "all messages", func(e envelope) bool { return e.Type == "message" && e.Message.Seq == last.Seq })
	socket.forget()

	ann.must(t, http.MethodDelete, "/users/me/readings", nil)
	require.NotContains(t, allKeys(t, w.stack.Redis), "confidence")
	socket.refetches(t, room)
	require.Empty(t, far.shown(t, room, ann))
	require.Empty(t, ann.shown(t, room, ann))
	changes := decoded[openapi.MessagePage](t, far.must(t, http.MethodGet, messages(room)+"?since_rev="+itoa(last.Rev), nil))
	require.Len(t, changes.Items, count)
	require.Equal(t, last.Rev+count, changes.LastRev)
	for _, m := range changes.Items {
		require.Nil(t, m.Reading)
	}
	next := ann.read(t, room, "and this is read again")
	require.Equal(t, last.Rev+count+1, next.Rev)
	socket.wait(t, "the next message", func(e envelope) bool { return e.Type == "message" && e.Message.Seq == next.Seq })
	for _, e := range socket.of(room) {
		require.False(t, e.Type == "message" && e.Message.Seq != next.Seq, "nobody is sent thousands of messages again: %s", e.raw)
	}
}

func TestWhatIsKeptOfOneselfIsExportedAndForgotten(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newTown(t, stack, time.Now)
		ann, ben := w.person(t, "Ann"), w.person(t, "Ben")
		room, left := ann.opens(t, newRoom(4)).Id, ben.opens(t, newRoom(4)).Id
		ben.joins(t, room)
		ann.joins(t, left)
		of := func(p *person) openapi.ReadingExport {
			a := p.ask(t, http.MethodGet, "/users/me/readings", nil, nil)
			require.Equal(t, http.StatusOK, a.status)
			require.Equal(t, "no-store", a.header.Get("Cache-Control"))
			return decoded[openapi.ReadingExport](t, a.body)
		}
		require.Equal(t, openapi.ReadingExport{Readings: []openapi.ExportedReading{}}, of(ann))
		ann.calibrated(t, room)
		gone := ann.read(t, left, "this was great fun")
		ann.leaves(t, left)
		ben.read(t, room, "mine alone")

		export := of(ann)
		require.NotNil(t, export.Calibration)
		require.Len(t, export.Calibration.Bias, 7)
		require.Equal(t, 4, export.Calibration.Corrections)
		require.Len(t, export.Readings, 4*2+1, "the engine's readings, and what was said about four of them")
		kept := make(map[openapi.Engine]int)
		for _, k := range export.Readings {
			kept[k.Reading.Engine]++
			require.EqualValues(t, "display", k.Purpose)
			require.NotEmpty(t, k.Reading.Sentence)
		}
		require.Equal(t, map[openapi.Engine]int{openapi.EngineEmbedded: 5, openapi.EngineAuthor: 4}, kept)
		require.Contains(t, export.Readings, openapi.ExportedReading{
			Room: left, Seq: gone.Seq, SentAt: gone.SentAt, MadeAt: gone.SentAt, Purpose: "display", Reading: *gone.Reading,
		}, "also where they have left")
		require.Len(t, of(ben).Readings, 1)

		ann.must(t, http.MethodDelete, "/users/me/readings", nil)
		require.Equal(t, openapi.ReadingExport{Readings: []openapi.ExportedReading{}}, of(ann))
		require.EqualValues(t, 1, count(t, stack.DB, "readings", "1 = 1"), "the other's")
		require.Zero(t, count(t, stack.DB, "corrections", "1 = 1"))
		require.Zero(t, count(t, stack.DB, "calibrations", "1 = 1"))
		require.Len(t, of(ben).Readings, 1)
		ann.must(t, http.MethodDelete, "/users/me/readings", nil)
	})
}

func TestTheNoticeOfReadingsIsPutAwayByEachForThemselves(t *testing.T) {
	t.Parallel()
	w := serverTown(t)
	ann, ben, stranger := w.person(t, "Ann"), w.person(t, "Ben"), w.person(t, "Eve")
	room := ann.opens(t, newRoom(4)).Id
	ben.joins(t, room)
	pair := befriend(t, ann, ben)
	for _, id := range []int64{room, pair} {
		require.True(t, ann.sees(t, id).ReadingsNotice)
		ann.must(t, http.MethodDelete, at(id, "/readings-notice"), nil)
		require.False(t, ann.sees(t, id).ReadingsNotice)
		require.True(t, ben.sees(t, id).ReadingsNotice)
		ann.must(t, http.MethodPatch, at(id, ""), map[string]any{"readings": "local"})
		require.False(t, ann.sees(t, id).ReadingsNotice, "less is no news")
		ann.must(t, http.MethodPatch, at(id, ""), map[string]any{"readings": "on"})
		require.True(t, ann.sees(t, id).ReadingsNotice)
		stranger.refused(t, "room.not_found", http.MethodDelete, at(id, "/readings-notice"), nil)
	}
	history := codes(ann.history(t, room))
	require.Equal(t, []openapi.LineCode{"readings_local", "readings_on"}, history[len(history)-2:])
	ben.refused(t, "room.host_only", http.MethodPatch, at(room, ""), map[string]any{"readings": "off"})
	ben.must(t, http.MethodPatch, at(pair, ""), map[string]any{"readings": "off"})
	ben.refused(t, "room.direct", http.MethodPatch, at(pair, ""), map[string]any{"title": "us"})
	require.False(t, ann.sees(t, pair).ReadingsNotice)
}
