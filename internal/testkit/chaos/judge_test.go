package chaos

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// world is one room in which everything is as it should be: two people, what one of them wrote, and what the other put under it.
type world struct {
	author, reader *client
	draft          *draft
	room           *stored
	found          *findings
}

const (
	roomID  = 7
	written = "0d5ec0de-0000-4000-8000-000000000001"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	found := newFindings(t.Output())
	people := &town{seats: newSeats(&disturbances{}), findings: found}
	w := &world{author: newClient(people, 1, "", 0), reader: newClient(people, 2, "", 0), found: found}
	at := time.Date(2026, 11, 22, 6, 0, 0, 123456000, time.UTC)
	w.room = &stored{lastSeq: 2, lastRev: 3, rows: make(map[int64]row), members: map[int64]string{1: "joined", 2: "joined"}}
	w.draft = &draft{room: roomID, id: written, body: "hello", state: sent, acks: []ack{{1, 1}, {1, 1}}}
	w.author.drafts[written] = w.draft
	w.reader.emojis[emojiKey{roomID, 1, "👍"}] = &emojiOp{on: true, rev: 3}
	rows := []row{
		{Seq: 1, Rev: 3, Kind: "text", Sender: 1, ClientID: written, Body: "hello", SentAt: at, Reactions: []reaction{{"👍", []int64{2}}}, Reading: &reading{"joy"}},
		{Seq: 2, Rev: 2, Kind: "system", Sender: 2, ClientID: "s", SentAt: at, Line: &line{"joined", 2}},
	}
	for _, c := range []*client{w.author, w.reader} {
		people.seats.joined(place{roomID, c.id})
		c.enterRoom(roomID).thread.changes(0, slices.Clone(rows), 3, false)
	}
	w.room.order = rows
	return w
}

// kinds returns what the judge finds.
func (w *world) kinds() []string {
	for _, r := range w.room.order {
		w.room.rows[r.Seq] = r
	}
	j := &judge{findings: w.found, seats: w.author.seats, clients: []*client{w.author, w.reader}, rooms: map[int64]*stored{roomID: w.room}}
	j.run()
	return slices.Sorted(maps.Keys(w.found.counts))
}

func (w *world) shown(c *client, change func(*row)) {
	rows := c.rooms[roomID].thread.rows
	r := rows[1]
	change(&r)
	rows[1] = r
}

func TestTheJudgeFindsNothingWhereAllIsWell(t *testing.T) {
	require.Empty(t, newWorld(t).kinds())
}

func TestTheJudgeFindsEachBrokenPromise(t *testing.T) {
	again := "0d5ec0de-0000-4000-8000-000000000002"
	for name, c := range map[string]struct {
		breaks func(w *world)
		kinds  []string
	}{
		"acknowledged and gone": {func(w *world) {
			w.author.drafts[again] = &draft{room: roomID, id: again, acks: []ack{{3, 4}}, state: sent}
		}, []string{lost}},
		"shown as sent and gone": {func(w *world) {
			w.author.drafts[again] = &draft{room: roomID, id: again, state: sent}
		}, []string{falselySent}},
		"acknowledged elsewhere":                        {func(w *world) { w.draft.acks[1].seq = 2 }, []string{elsewhere}},
		"acknowledged with a rev that it never reached": {func(w *world) { w.draft.acks[0].rev = 9 }, []string{elsewhere}},
		"stored twice": {func(w *world) {
			copied := w.room.order[0]
			copied.Seq, copied.Rev, copied.Reactions = 3, 4, nil
			w.room.order, w.room.lastSeq, w.room.lastRev = append(w.room.order, copied), 3, 4
			w.everybodySees(copied)
		}, []string{doubled, elsewhere}},
		"stored though nobody sent it": {func(w *world) {
			w.room.order[0].ClientID = again
			w.everybodySees(w.room.order[0])
		}, []string{foreign, lost}},
		"another body": {func(w *world) {
			w.room.order[0].Body = "good-bye"
			w.everybodySees(w.room.order[0])
		}, []string{foreign}},
		"deleted though nobody asked": {func(w *world) {
			w.room.order[0].Body, w.room.order[0].DeletedAt = "", &w.room.order[0].SentAt
			w.everybodySees(w.room.order[0])
		}, []string{foreign}},
		"an emoji of nobody": {func(w *world) {
			w.room.order[0].Reactions = append(w.room.order[0].Reactions, reaction{"😂", []int64{1}})
			w.everybodySees(w.room.order[0])
		}, []string{foreign}},
		"a line that says too much": {func(w *world) {
			w.room.order[1].Line = &line{"kicked", 2}
			w.reader.rooms[roomID].thread.rows[2] = w.room.order[1]
			w.author.rooms[roomID].thread.rows[2] = w.room.order[1]
		}, []string{foreign}},
		"a gap in seq":            {func(w *world) { w.room.order[1].Seq = 3 }, []string{gap, unequal}},
		"a rev twice":             {func(w *world) { w.room.order[1].Rev = 3 }, []string{gap, unequal}},
		"a last_seq beyond":       {func(w *world) { w.room.lastSeq = 3 }, []string{gap}},
		"a last_rev behind":       {func(w *world) { w.room.lastRev = 2 }, []string{gap}},
		"a row that is not shown": {func(w *world) { delete(w.reader.rooms[roomID].thread.rows, 2) }, []string{unequal}},
		"a room that is not shown": {func(w *world) {
			w.reader.forget(roomID)
		}, []string{unequal}},
		"a row that is not stored": {func(w *world) {
			w.reader.rooms[roomID].thread.apply(row{Seq: 3, Rev: 4})
		}, []string{unequal}},
		"an old body":       {func(w *world) { w.shown(w.reader, func(r *row) { r.Body = "hell" }) }, []string{unequal}},
		"another rev":       {func(w *world) { w.shown(w.reader, func(r *row) { r.Rev = 1 }) }, []string{unequal}},
		"a missing emoji":   {func(w *world) { w.shown(w.reader, func(r *row) { r.Reactions = nil }) }, []string{unequal}},
		"another reading":   {func(w *world) { w.shown(w.author, func(r *row) { r.Reading = nil }) }, []string{unequal}},
		"a microsecond":     {func(w *world) { w.shown(w.author, func(r *row) { r.SentAt = r.SentAt.Add(time.Microsecond) }) }, []string{unequal}},
		"an edit undone":    {func(w *world) { w.draft.edits, w.draft.editedTo, w.draft.editedRev = []string{"hi"}, "hi", 2 }, []string{undone}},
		"a deletion undone": {func(w *world) { w.draft.deletes, w.draft.deleted = 1, true }, []string{undone}},
		"an emoji undone":   {func(w *world) { w.author.emojis[emojiKey{roomID, 1, "😂"}] = &emojiOp{on: true, rev: 2} }, []string{undone}},
		"an emoji that came back": {func(w *world) {
			w.reader.emojis[emojiKey{roomID, 1, "👍"}] = &emojiOp{on: false, rev: 3}
		}, []string{undone}},
		"a kick forgotten": {func(w *world) {
			w.author.seats.kick(place{roomID, 2})
			w.author.seats.kickAnswered(place{roomID, 2}, done)
		}, []string{membership}},
		"a leave forgotten": {func(w *world) {
			w.author.seats.leave(place{roomID, 2})
			w.author.seats.leaveAnswered(place{roomID, 2}, done)
		}, []string{membership}},
		"a member who never asked": {func(w *world) { w.room.members[3] = "joined" }, []string{foreign}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.breaks(w)
			require.ElementsMatch(t, c.kinds, w.kinds())
		})
	}
}

func (w *world) everybodySees(r row) {
	for _, c := range []*client{w.author, w.reader} {
		c.rooms[roomID].thread.rows[r.Seq] = r
	}
}

func TestWhatIsInDoubtIsNotHeldAgainstAnybody(t *testing.T) {
	for name, doubt := range map[string]func(w *world){
		"a message that was never answered": func(w *world) {
			w.author.drafts["x"] = &draft{room: roomID, id: "x", state: failed}
		},
		"an edit that may still come": func(w *world) {
			w.draft.edits, w.draft.late, w.draft.editedTo, w.draft.editedRev = []string{"hello", "hi"}, []string{"hello"}, "hi", 2
		},
		"an emoji that may still come": func(w *world) {
			w.author.emojis[emojiKey{roomID, 1, "😂"}] = &emojiOp{on: true, rev: 2, vague: true}
		},
		"a leave that may still come": func(w *world) {
			w.author.seats.leave(place{roomID, 2})
			w.author.seats.leaveAnswered(place{roomID, 2}, nothing)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			doubt(w)
			require.Empty(t, w.kinds())
		})
	}
}
