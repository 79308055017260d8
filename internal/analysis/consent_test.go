package analysis_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
)

// withdrawals are what may happen to a message after it was sent, upon which it must not be read remotely any more.
func withdrawals() map[string]func(t *testing.T, n *node, author account.ID, id room.ID, seq int64) {
	return map[string]func(t *testing.T, n *node, author account.ID, id room.ID, seq int64){
		"the author says off": func(t *testing.T, n *node, author account.ID, _ room.ID, _ int64) {
			n.set(t, "users", author, "share_readings", account.ShareOff)
		},
		"the room says off": func(t *testing.T, n *node, _ account.ID, id room.ID, _ int64) {
			n.set(t, "rooms", id, "readings", room.ReadingsOff)
		},
		"the room keeps it here": func(t *testing.T, n *node, _ account.ID, id room.ID, _ int64) {
			n.set(t, "rooms", id, "readings", room.ReadingsLocal)
		},
		"the room has ended": func(t *testing.T, n *node, _ account.ID, id room.ID, _ int64) {
			n.set(t, "rooms", id, "state", room.Closed)
		},
		"it was taken back": func(t *testing.T, n *node, author account.ID, id room.ID, seq int64) {
			require.NoError(t, n.messages.Delete(t.Context(), author, id, seq))
		},
		"its readings were forgotten": func(t *testing.T, n *node, _ account.ID, id room.ID, seq int64) {
			require.NoError(t, emotion.DeleteReading(n.db.WithContext(t.Context()), int64(id), seq))
		},
	}
}

func TestWhatMayNotBeReadAnyMoreReachesNoEngine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		seqs := make(map[room.ID]int64)
		all := withdrawals()
		all["the author's account is closed"] = func(t *testing.T, n *node, author account.ID, _ room.ID, _ int64) {
			n.set(t, "users", author, "state", account.Deactivated)
		}
		for name, withdraw := range all {
			ann, _, id := n.pair(t)
			seqs[id] = n.send(t, ann, id, "secret: "+name).Seq
			withdraw(t, n, ann, id, seqs[id])
		}
		n.queued(t, len(seqs))
		run(t, n.service.Run)
		n.done(t)
		require.Empty(t, n.engine.calls())
		require.EqualValues(t, len(seqs), n.counted(t, "outdated"))
		for id, seq := range seqs {
			require.NotEqual(t, emotion.RemoteEngine, n.engineOf(t, id, seq))
			require.Empty(t, n.reread(id))
		}
	})
}

func TestWhatMayNotBeReadAnyMoreWhileTheEngineThinksIsNotShown(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for name, withdraw := range withdrawals() {
			t.Run(name, func(t *testing.T) {
				var ann account.ID
				var id room.ID
				var seq int64
				engine := &fake{}
				n := w.quiet(t, engine)
				engine.meanwhile = func(context.Context, openai.Conversation) ([]openai.Result, error) {
					withdraw(t, n, ann, id, seq)
					return nil, nil
				}
				ann, _, id = n.pair(t)
				seq = n.send(t, ann, id, "hello").Seq
				n.queued(t, 1)
				stop := run(t, n.service.Run)
				n.done(t)
				stop()
				require.NotEmpty(t, engine.calls())
				require.NotEqual(t, emotion.RemoteEngine, n.engineOf(t, id, seq))
				require.Empty(t, n.reread(id))
				require.EqualValues(t, 1, n.counted(t, "outdated"))
			})
		}
	})
}

func TestAnEditWhileTheEngineThinksIsWhatIsReadInTheEnd(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var ann account.ID
		var id room.ID
		engine := &fake{}
		n := w.quiet(t, engine)
		engine.meanwhile = func(_ context.Context, c openai.Conversation) ([]openai.Result, error) {
			if c.Messages[0].Text == "before" {
				_, err := n.messages.Edit(t.Context(), ann, id, 1, "after")
				require.NoError(t, err)
			}
			return nil, nil
		}
		ann, _, id = n.pair(t)
		n.send(t, ann, id, "before")
		n.queued(t, 1)
		run(t, n.service.Run)
		n.improved(t, id, 1)
		n.done(t)
		require.Equal(t, [][]string{{"before"}, {"after"}}, engine.calls())
		require.Eventually(t, func() bool { return slices.Equal(n.reread(id), []int64{1}) }, soon, poll, "it is told of a moment later")
	})
}

func TestTheContextIsTheLastSixThatMayLeaveTheServer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		ann, bea, id := n.pair(t)
		silent := bea
		for i := range 8 {
			n.send(t, ann, id, fmt.Sprint("ann ", i))
			n.send(t, silent, id, fmt.Sprint("private ", i))
		}
		gone := n.send(t, ann, id, "taken back")
		require.NoError(t, n.messages.Delete(t.Context(), ann, id, gone.Seq))
		n.set(t, "users", silent, "share_readings", account.ShareOff)
		stop := run(t, n.service.Run)
		n.done(t)
		stop()
		seen := n.engine.seen()
		require.NotContains(t, seen, "private")
		require.NotContains(t, seen, "taken back")

		n.set(t, "users", silent, "share_readings", account.ShareSelf)
		n.set(t, "users", ann, "share_readings", account.ShareOff)
		n.send(t, silent, id, "now")
		n.queued(t, 1)
		run(t, n.service.Run)
		n.done(t)
		asked := n.engine.asked[len(n.engine.asked)-1]
		require.Equal(t, []string{"private 2", "private 3", "private 4", "private 5", "private 6", "private 7"}, texts(asked.Context))
		require.Equal(t, []string{"now"}, texts(asked.Messages))
		require.Equal(t, map[int]int64{1: int64(silent)}, asked.Payers)
		require.Equal(t, 1, asked.Messages[0].Number)
		for _, line := range append(asked.Context, asked.Messages...) {
			require.Equal(t, 1, line.Speaker, "people are numbers")
		}
	})
}

func TestWhoSaysOffIsNotEvenQueued(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		ann, bea, id := n.pair(t)
		n.set(t, "users", ann, "share_readings", account.ShareOff)
		n.send(t, ann, id, "private")
		n.send(t, bea, id, "shared")
		n.queued(t, 1)
		run(t, n.service.Run)
		n.done(t)
		require.Equal(t, [][]string{{"shared"}}, n.engine.calls())
	})
}
