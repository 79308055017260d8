package chaos

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hear lets a client hear envelopes over one connection and returns what it complains about.
func hear(t *testing.T, c *client, envelopes ...map[string]any) []string {
	t.Helper()
	conn := &connection{revs: make(map[int64]int64), ended: make(map[int64]bool)}
	for _, e := range envelopes {
		text, err := json.Marshal(e)
		require.NoError(t, err)
		c.received(t.Context(), conn, string(text))
	}
	return slices.Sorted(maps.Keys(c.findings.counts))
}

func message(room, seq, rev int64) map[string]any {
	return map[string]any{"type": "message", "room": room, "message": row{Seq: seq, Rev: rev, Kind: "text", Sender: 9, SentAt: time.Now()}}
}

func change(room int64, what string, user int64) map[string]any {
	return map[string]any{"type": "room", "room": room, "change": what, "state": "open", "user": user}
}

func TestAClientComplainsOfWhatIsNotForIt(t *testing.T) {
	typing := map[string]any{"type": "typing", "room": roomID, "user": 9}
	for name, c := range map[string]struct {
		envelopes []map[string]any
		kinds     []string
	}{
		"in order":                      {[]map[string]any{message(roomID, 1, 4), message(roomID, 2, 5), message(roomID, 1, 7), typing}, nil},
		"twice":                         {[]map[string]any{message(roomID, 1, 4), message(roomID, 1, 4)}, []string{disorder}},
		"the later one first":           {[]map[string]any{message(roomID, 2, 5), message(roomID, 1, 4)}, []string{disorder}},
		"a room where they never were":  {[]map[string]any{message(8, 1, 1)}, []string{trespass}},
		"a signal of such a room":       {[]map[string]any{{"type": "read", "room": 8, "user": 9, "seq": 1}}, []string{trespass}},
		"their own end":                 {[]map[string]any{change(roomID, "kicked", 1)}, nil},
		"somebody else's end":           {[]map[string]any{change(roomID, "kicked", 9), message(roomID, 1, 4)}, nil},
		"a message after their end":     {[]map[string]any{change(roomID, "kicked", 1), message(roomID, 1, 4)}, []string{afterEnd}},
		"a signal after their end":      {[]map[string]any{change(roomID, "left", 1), typing}, []string{afterEnd}},
		"an end that is old news":       {[]map[string]any{change(roomID, "left", 1), message(roomID, 1, 4)}, nil},
		"after they have come back":     {[]map[string]any{change(roomID, "left", 1), change(roomID, "joined", 1), typing}, nil},
		"an answer after their end":     {[]map[string]any{change(roomID, "left", 1), {"type": "error", "room": roomID, "code": "room.not_found"}}, nil},
		"an acknowledgement of nothing": {[]map[string]any{{"type": "ack", "room": roomID, "clientId": "x", "seq": 1, "rev": 1}}, []string{misbehaviour}},
	} {
		t.Run(name, func(t *testing.T) {
			me := newWorld(t).author
			me.http, me.urls = unreachable(), []string{"http://127.0.0.1:1"}
			defer me.work.Wait()
			if slices.Contains(c.kinds, afterEnd) {
				me.seats.leave(place{roomID, 1})
				me.seats.leaveAnswered(place{roomID, 1}, done)
			}
			require.Equal(t, c.kinds, hear(t, me, c.envelopes...))
		})
	}
}

func TestTheEndOfAnAccessMayTakeASecondOfCalm(t *testing.T) {
	me, ago := place{roomID, 1}, func(d time.Duration) time.Time { return time.Now().Add(-d) }
	for name, c := range map[string]struct {
		ended    time.Time
		happened time.Time
		troubles []disturbance
		access   bool
	}{
		"at once":                   {ago(time.Minute), ago(time.Minute - 500*time.Millisecond), nil, true},
		"a second later":            {ago(time.Minute), ago(time.Minute - 1100*time.Millisecond), nil, false},
		"while something is broken": {ago(time.Minute), ago(0), []disturbance{{from: ago(time.Minute)}}, true},
		"just after it is whole":    {ago(time.Minute), ago(27 * time.Second), []disturbance{{ago(time.Minute), ago(30 * time.Second)}}, true},
		"a while after it is whole": {ago(time.Minute), ago(25 * time.Second), []disturbance{{ago(time.Minute), ago(30 * time.Second)}}, false},
		"what broke long before":    {ago(time.Minute), ago(58 * time.Second), []disturbance{{ago(2 * time.Minute), ago(70 * time.Second)}}, false},
		"what broke long after":     {ago(time.Minute), ago(0), []disturbance{{ago(10 * time.Second), ago(9 * time.Second)}}, false},
		"one thing after another": {ago(time.Minute), ago(25 * time.Second),
			[]disturbance{{ago(time.Minute), ago(35 * time.Second)}, {ago(34 * time.Second), ago(28 * time.Second)}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			bus := &disturbances{}
			for _, d := range c.troubles {
				bus.all = append(bus.all, &d)
			}
			s := newSeats(bus)
			s.joined(me)
			s.leave(me)
			s.leaveAnswered(me, done)
			s.all[me].ended = c.ended
			require.Equal(t, c.access, s.access(me, c.happened))
		})
	}
}

func TestAThreadIsWholeOnlyUpToItsFirstGap(t *testing.T) {
	th := newThread()
	th.apply(row{Seq: 1, Rev: 1}, row{Seq: 3, Rev: 4})
	require.EqualValues(t, 1, th.rev)
	require.True(t, th.behind())
	th.changes(5, []row{{Seq: 4, Rev: 6}}, 6, false)
	require.EqualValues(t, 1, th.rev, "what lies between is not known")
	th.changes(1, []row{{Seq: 2, Rev: 2}}, 6, true)
	require.EqualValues(t, 2, th.rev)
	th.apply(row{Seq: 1, Rev: 3, Body: "edited"})
	require.EqualValues(t, 4, th.rev)
	th.apply(row{Seq: 1, Rev: 1, Body: "late"})
	require.Equal(t, "edited", th.rows[1].Body)
	th.changes(4, nil, 6, false)
	require.EqualValues(t, 6, th.rev)
	require.False(t, th.behind())
}
