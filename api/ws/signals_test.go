package ws

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
)

func TestSignalsAsTheyAreSent(t *testing.T) {
	marks := []realtime.Mark{{User: 1, Seq: 4}, {User: 2, Seq: 5}, {User: 3, Seq: 5}}
	for want, joined := range map[string]realtime.Joined{
		`{"room":7,"type":"typing","user":1}`:                {Kind: realtime.Typing, Marks: marks[:1]},
		`{"others":[2,3],"room":7,"type":"typing","user":1}`: {Kind: realtime.Typing, Marks: marks},
		`{"count":12,"room":7,"type":"typing"}`:              {Kind: realtime.Typing, Crowd: true, Count: 12},
		`{"others":[2],"room":7,"type":"enter","user":1}`:    {Kind: realtime.Looking, Marks: marks[:2]},
		`{"count":0,"room":7,"type":"enter"}`:                {Kind: realtime.Looking, Crowd: true},
		`{"room":7,"type":"close","user":1}`:                 {Kind: realtime.Away, Marks: marks[:1]},
		`{"room":7,"seq":4,"type":"read","user":1}`:          {Kind: realtime.Reading, Marks: marks[:1]},
		`{"others":[{"seq":5,"user":2},{"seq":5,"user":3}],"room":7,"seq":4,"type":"read","user":1}`: {
			Kind: realtime.Reading, Marks: marks,
		},
		`{"counts":[{"count":90,"seq":3},{"count":20,"seq":4}],"room":7,"seq":4,"type":"read","user":1}`: {
			Kind: realtime.Reading, Marks: marks[:1], Crowd: true, Reads: []realtime.Tally{{Seq: 3, Count: 90}, {Seq: 4, Count: 20}},
		},
		`{"counts":[],"room":7,"type":"read"}`: {Kind: realtime.Reading, Crowd: true},
	} {
		joined.Room = 7
		require.JSONEq(t, want, string(EncodeSignals(joined)))
	}
}

// TestWhatIsOverIsNotWaitedFor says of which signals nothing may wait any more.
func TestWhatIsOverIsNotWaitedFor(t *testing.T) {
	kicked := Encode(room.Changed{Room: 7, Change: room.ChangeKicked, State: room.Open, User: 3})
	require.Len(t, kicked, 2)
	require.Equal(t, int64(7), kicked[0].Detach)
	require.Equal(t, []int64{7, 3}, []int64{kicked[1].Quiet, kicked[1].QuietUser}, "the other nodes hear of it too")
	closed := Encode(room.Changed{Room: 7, Change: room.ChangeClosed, State: room.Closed})
	require.Equal(t, []int64{7, 0}, []int64{closed[0].Quiet, closed[0].QuietUser})
}

func TestWhoJoinsIsToldWhatIsNewer(t *testing.T) {
	joined := Encode(room.Changed{Room: 7, Change: room.ChangeJoined, State: room.Open, User: 3, Rev: 12})
	require.Equal(t, []int64{7, 12}, []int64{joined[0].Attach, joined[0].Rev})
	require.Zero(t, joined[1].Rev, "that somebody came is no change of a message")
}
