package analysis_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

func TestABetterReadingFollowsTheMessage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.node(t, &fake{})
		ann, _, id := n.pair(t)
		sent := n.send(t, ann, id, "정말 고마워!")
		require.Equal(t, emotion.EmbeddedEngine, sent.Reading.Engine, "nobody waits for the other one")
		n.improved(t, id, sent.Seq)
		n.done(t)
		require.Equal(t, [][]string{{"정말 고마워!"}}, n.engine.calls())
		require.Eventually(t, func() bool { return slices.Equal(n.reread(id), []int64{sent.Seq}) }, soon, poll, "it is told of a moment later")
		require.EqualValues(t, 1, n.counted(t, "improved"))
		require.Zero(t, n.ledger.fallen())
	})
}

func TestAnEditedMessageIsReadAgainButAReactionChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.node(t, &fake{})
		ann, bea, id := n.pair(t)
		sent := n.send(t, ann, id, "first")
		n.improved(t, id, sent.Seq)
		n.engine.trip(true) // so that the edit stays with its embedded reading
		_, err := n.messages.Edit(t.Context(), ann, id, sent.Seq, "second")
		require.NoError(t, err)
		n.done(t)
		require.Eventually(t, func() bool { return n.counted(t, "busy") == 1 }, soon, poll)
		n.engine.trip(false)
		_, err = n.messages.React(t.Context(), bea, id, sent.Seq, "👍")
		require.NoError(t, err)
		_, err = n.messages.Edit(t.Context(), ann, id, sent.Seq, "third")
		require.NoError(t, err)
		n.improved(t, id, sent.Seq)
		n.done(t)
		require.Equal(t, [][]string{{"first"}, {"third"}}, n.engine.calls())
	})
}

func TestMessagesThatCameMeanwhileAreAskedAboutTogetherInTheirOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		engine := &fake{}
		a, b := w.quiet(t, engine), w.quiet(t, engine)
		ann, bea, id := a.pair(t)
		var want []int64
		for i := range 2*analysis.MostTogether + 3 {
			n, who := a, ann
			if i%3 == 0 {
				n, who = b, bea
			}
			want = append(want, n.send(t, who, id, fmt.Sprint("text ", i)).Seq)
		}
		a.queued(t, len(want))
		run(t, a.service.Run)
		run(t, b.service.Run)
		a.improved(t, id, want[len(want)-1])
		a.done(t)
		require.Equal(t, want, a.reread(id), "as they were said, whichever node read them")
		var sizes []int
		for _, call := range engine.calls() {
			sizes = append(sizes, len(call))
		}
		require.Equal(t, []int{analysis.MostTogether, analysis.MostTogether, 3}, sizes)
	})
}

func TestTwoNodesReadEveryMessageOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		engine := &fake{meanwhile: func(ctx context.Context, _ openai.Conversation) ([]openai.Result, error) {
			select { // long enough for the others to want something to do
			case <-time.After(2 * time.Millisecond):
			case <-ctx.Done():
			}
			return nil, nil
		}}
		a, b := w.node(t, engine), w.node(t, engine)
		type place struct {
			id  room.ID
			who account.ID
		}
		var places []place
		for range 5 {
			ann, _, id := a.pair(t)
			places = append(places, place{id, ann})
		}
		const each = 12
		for i := range each {
			for j, p := range places {
				// Of one room always the same: Redis may hear of two nodes' messages the other way round.
				[]*node{a, b}[j%2].send(t, p.who, p.id, fmt.Sprint(p.id, " says ", i))
			}
		}
		for _, p := range places {
			a.improved(t, p.id, each)
		}
		a.done(t)
		for _, p := range places {
			require.Eventually(t, func() bool { return len(a.reread(p.id)) >= each }, soon, poll, "who asked hears of it a moment before the others")
			seqs := a.reread(p.id)
			require.Len(t, seqs, each)
			require.True(t, slices.IsSorted(seqs), "%v", seqs)
			for i := range each {
				require.Equal(t, 1, engine.times(fmt.Sprint(p.id, " says ", i)))
			}
		}
		require.EqualValues(t, each*len(places), a.counted(t, "improved")+b.counted(t, "improved"))
		require.LessOrEqual(t, engine.most, 2*analysis.MostAtOnce)
	})
}

func TestWhatADeadNodeHadTakenIsDoneByAnother(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		ann, _, id := n.pair(t)
		n.send(t, ann, id, "hello")
		n.queued(t, 1)
		require.NoError(t, n.queue.TakeAndDie(t.Context()))
		more := n.send(t, ann, id, "and more")
		n.queued(t, 2)

		other := w.node(t, &fake{})
		other.improved(t, id, more.Seq)
		other.done(t)
		require.Equal(t, [][]string{{"hello"}, {"and more"}}, other.engine.calls(), "alone what was being read when something went wrong")
	})
}

func TestWhatANodeHasIsNotTakenFromIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		other := w.quiet(t, &fake{})
		n.engine.meanwhile = func(context.Context, openai.Conversation) ([]openai.Result, error) {
			found, err := other.service.Turn(t.Context())
			require.NoError(t, err)
			require.False(t, found)
			return nil, nil
		}
		ann, _, id := n.pair(t)
		sent := n.send(t, ann, id, "hello")
		n.queued(t, 1)
		run(t, n.service.Run)
		n.improved(t, id, sent.Seq)
	})
}

func TestWhatWasStoredBeforeTheNodeDiedIsNotAskedAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		ann, _, id := n.pair(t)
		sent := n.send(t, ann, id, "hello")
		n.queued(t, 1)
		require.NoError(t, n.queue.TakeAndDie(t.Context()))
		better := emotion.Reading{Label: emotion.Joy, Engine: emotion.RemoteEngine, Version: "an older one"}
		require.NoError(t, n.messages.Improve(t.Context(), message.Improvement{Room: id, Seq: sent.Seq, Body: "hello", Reading: better}))

		other := w.node(t, &fake{})
		other.done(t)
		require.Empty(t, other.engine.calls())
		require.Equal(t, []int64{sent.Seq}, w.reread(id), "told once")
	})
}

func TestTheSecondWhoIsDoneWithATurnChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n, other := w.quiet(t, &fake{}), w.quiet(t, &fake{})
		ann, _, id := n.pair(t)
		n.engine.meanwhile = func(context.Context, openai.Conversation) ([]openai.Result, error) {
			require.NoError(t, n.queue.Age(t.Context())) // it thinks for so long that another one has its turn
			found, err := other.service.Turn(t.Context())
			require.NoError(t, err)
			require.True(t, found)
			n.send(t, ann, id, "and more")
			n.queued(t, 1)
			return nil, nil
		}
		sent := n.send(t, ann, id, "hello")
		n.queued(t, 1)
		found, err := n.service.Turn(t.Context())
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, emotion.RemoteEngine, n.engineOf(t, id, sent.Seq))
		require.Equal(t, []int64{sent.Seq}, w.reread(id), "told once")
		require.EqualValues(t, 1, n.turns(t), "for what came meanwhile")
	})
}

func TestAQueueOfWhichRedisThrewPartsAwayRecovers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{})
		lost := func(key string) {
			require.NoError(t, w.redis.Do(t.Context(), w.redis.B().Del().Key(key).Build()).Error())
		}
		ann, _, id := n.pair(t)
		n.send(t, ann, id, "its turn is lost")
		n.queued(t, 1)
		lost(n.queue.TurnsKey())
		n.send(t, ann, id, "but here is another")
		n.queued(t, 2)
		stop := run(t, n.service.Run)
		n.improved(t, id, 2)
		n.done(t)
		stop()

		n.send(t, ann, id, "is lost itself")
		n.queued(t, 1)
		lost(n.queue.RoomKey(id))
		run(t, n.service.Run)
		n.done(t)
		n.improved(t, id, n.send(t, ann, id, "again").Seq)
	})
}

// TestWhatWaitsInAnotherEpochIsNobodysHere: the same places hold other messages once a backup was restored, and the nodes of before may
// still run on the same Redis.
func TestWhatWaitsInAnotherEpochIsNobodysHere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		before := w.quiet(t, &fake{})
		ann, _, id := before.pair(t)
		before.send(t, ann, id, "of the first epoch")
		before.queued(t, 1)
		w.epoch = "second"
		after := w.quiet(t, &fake{})
		nobodysTurn := func(n *node) {
			found, err := n.service.Turn(t.Context())
			require.NoError(t, err)
			require.False(t, found)
		}
		nobodysTurn(after)
		require.Empty(t, after.engine.calls())

		sent := after.send(t, ann, id, "of the second")
		after.queued(t, 1)
		found, err := before.service.Turn(t.Context())
		require.NoError(t, err)
		require.True(t, found)
		nobodysTurn(before)
		after.queued(t, 1)
		require.Equal(t, emotion.EmbeddedEngine, after.engineOf(t, id, sent.Seq))
		run(t, after.service.Run)
		after.improved(t, id, sent.Seq)
	})
}

func TestWhatANodeIsStoppedInIsDoneByAnotherAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		thinking := make(chan struct{})
		a := w.quiet(t, &fake{meanwhile: func(ctx context.Context, _ openai.Conversation) ([]openai.Result, error) {
			close(thinking)
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		ann, _, id := a.pair(t)
		stop := run(t, a.service.Run)
		sent := a.send(t, ann, id, "hello")
		<-thinking
		b := w.node(t, &fake{})
		stop()
		b.improved(t, id, sent.Seq) // well before the turn of a worker that is not heard of would be given away
	})
}

func TestWhatKeepsFailingIsGivenUp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{meanwhile: func(_ context.Context, c openai.Conversation) ([]openai.Result, error) {
			if slices.Contains(texts(c.Messages), "poison") {
				return nil, context.Canceled // as if the worker had gone
			}
			return nil, nil
		}})
		ann, _, id := n.pair(t)
		poison := n.send(t, ann, id, "poison").Seq
		last := n.send(t, ann, id, "after it").Seq
		n.queued(t, 2)
		turns := 0
		for found, err := n.service.Turn(t.Context()); found; found, err = n.service.Turn(t.Context()) {
			require.NoError(t, err)
			require.NoError(t, n.queue.Age(t.Context()))
			turns++
		}
		require.Equal(t, analysis.MostDeliveries+2, turns)
		n.done(t)
		require.Equal(t, emotion.RemoteEngine, n.engineOf(t, id, last))
		require.Equal(t, emotion.EmbeddedEngine, n.engineOf(t, id, poison))
		require.Equal(t, analysis.MostDeliveries, n.engine.times("poison"))
		require.EqualValues(t, 1, n.counted(t, "given_up"))
		n.service.Report(t.Context())
		require.EqualValues(t, 1, n.ledger.fallen())
	})
}

func TestTheQueueWorksInARedisCluster(t *testing.T) {
	t.Parallel() // it waits most of the time
	cluster, err := servers.StartRedisCluster(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	w := newWorld(testkit.SQLite(t), testkit.OpenRedis(t, cluster.URL()))
	n := w.node(t, &fake{})
	ann, _, id := n.pair(t)
	for i := range 5 {
		n.improved(t, id, n.send(t, ann, id, fmt.Sprint(i)).Seq)
	}
	n.done(t)
}

func TestHealthSaysWhatTheEngineAndTheQueueSay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.quiet(t, &fake{open: true})
		ann, _, id := n.pair(t)
		n.send(t, ann, id, "one")
		n.send(t, ann, id, "two")
		n.queued(t, 2)
		health, err := n.service.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, analysis.Health{
			Host: "api.example", Model: model, Breaker: openai.Open, Waiting: 2, Today: openai.Today{Left: 1},
			Latency: openai.Latency{P50: time.Second, P95: 3 * time.Second},
		}, health)
	})
}
