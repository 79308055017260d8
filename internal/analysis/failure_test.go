package analysis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
)

func TestWhatIsNotReadStaysWithItsEmbeddedReading(t *testing.T) {
	n := newWorld(testkit.SQLite(t), testkit.Redis(t)).quiet(t, &fake{})
	run(t, n.service.Run)
	only := func(place int, err *openai.Error) func(openai.Conversation) ([]openai.Result, error) {
		return func(c openai.Conversation) ([]openai.Result, error) {
			results := answers(c)
			results[place] = openai.Result{Number: place + 1, Err: err}
			return results, nil
		}
	}
	all := func(err error) func(openai.Conversation) ([]openai.Result, error) {
		return func(openai.Conversation) ([]openai.Result, error) { return nil, err }
	}
	const remote, embedded = emotion.RemoteEngine, emotion.EmbeddedEngine
	for name, c := range map[string]struct {
		answer func(openai.Conversation) ([]openai.Result, error)
		want   [3]string
		why    string
	}{
		"one is refused":               {only(1, &openai.Error{Kind: openai.Refused}), [3]string{remote, embedded, remote}, "refused"},
		"its author had enough today":  {only(0, &openai.Error{Kind: openai.Spent, After: time.Hour}), [3]string{embedded, remote, remote}, "spent"},
		"the budget of the day is out": {all(&openai.Error{Kind: openai.Spent, After: time.Hour}), [3]string{embedded, embedded, embedded}, "spent"},
		"the provider is down":         {all(&openai.Error{Kind: openai.Busy, After: time.Minute}), [3]string{embedded, embedded, embedded}, "busy"},
		"the key is wrong":             {all(&openai.Error{Kind: openai.Permanent}), [3]string{embedded, embedded, embedded}, "permanent"},
		"the answer makes no sense":    {all(&openai.Error{Kind: openai.Invalid}), [3]string{embedded, embedded, embedded}, "invalid"},
		"there are too few answers": {func(c openai.Conversation) ([]openai.Result, error) { return answers(c)[:2], nil },
			[3]string{embedded, embedded, embedded}, "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			ann, _, id := n.pair(t)
			release := make(chan struct{})
			n.engine.meanwhile = func(_ context.Context, asked openai.Conversation) ([]openai.Result, error) {
				if asked.Messages[0].Text == "before "+name {
					<-release // so that the others come together
					return nil, nil
				}
				return c.answer(asked)
			}
			before, fell := n.counted(t, c.why), n.ledger.fallen()
			n.send(t, ann, id, "before "+name)
			require.Eventually(t, func() bool { return n.engine.times("before "+name) == 1 }, soon, poll)
			for i := range 3 {
				n.send(t, ann, id, fmt.Sprint(name, i))
			}
			n.queued(t, 4)
			close(release)
			n.done(t)
			stayed := int64(0)
			for i, want := range c.want {
				require.Equal(t, want, n.engineOf(t, id, int64(i)+2), i)
				if want == embedded {
					stayed++
				}
			}
			require.Equal(t, 1, n.engine.times(name+"0"), "the engine has tried again where that helps")
			require.Equal(t, before+stayed, n.counted(t, c.why))
			require.Eventually(t, func() bool { return n.ledger.fallen() == fell+stayed }, soon, poll)
		})
	}
}

func TestAProviderThatIsLeftAloneIsNotAskedAndNothingPilesUp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := w.node(t, &fake{open: true})
		ann, _, id := n.pair(t)
		const many = 3 * analysis.MostTogether
		for i := range many {
			n.send(t, ann, id, fmt.Sprint(i))
		}
		n.done(t)
		require.Empty(t, n.engine.calls())
		require.Eventually(t, func() bool { return n.ledger.fallen() == many }, soon, poll)
		n.engine.trip(false)
		n.improved(t, id, n.send(t, ann, id, "again").Seq)
	})
}

func TestWhatTheLedgerDoesNotTakeIsToldLater(t *testing.T) {
	n := newWorld(testkit.SQLite(t), testkit.Redis(t)).quiet(t, &fake{open: true})
	n.ledger.down = true
	ann, _, id := n.pair(t)
	n.send(t, ann, id, "hello")
	n.queued(t, 1)
	found, err := n.service.Turn(t.Context())
	require.NoError(t, err)
	require.True(t, found)
	n.service.Report(t.Context())
	require.Zero(t, n.ledger.fallen())
	n.ledger.down = false
	n.service.Report(t.Context())
	require.EqualValues(t, 1, n.ledger.fallen())
}

// heard is a message as it is published.
func heard(id room.ID, seq int64) message.Posted {
	return message.Posted{Message: message.Message{
		Room: id, Seq: seq, Rev: seq, Reach: emotion.Remote, Reading: &emotion.Reading{Engine: emotion.EmbeddedEngine},
	}}
}

func TestPublishingNeverWaitsForTheQueue(t *testing.T) {
	w := newWorld(nil, testkit.Redis(t))
	n := &node{world: w, registry: prometheus.NewRegistry()}
	metrics, err := analysis.NewMetrics(n.registry)
	require.NoError(t, err)
	n.queue = analysis.NewQueue(w.redis, w.epoch, metrics, zap.NewNop())
	listener := n.queue.Listen(w.events)
	const over = 5
	for seq := range int64(analysis.HandOff + over) { // while nobody takes them to Redis
		listener.Publish(t.Context(), heard(room.ID(seq/analysis.MostWaitingInRoom), seq))
	}
	require.Len(t, w.events.All(), analysis.HandOff+over, "everything is passed on")
	require.EqualValues(t, over, n.counted(t, "full"))

	run(t, n.queue.Run)
	n.queued(t, analysis.HandOff)
}

func TestWhatWaitsIsBounded(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(nil, s.Redis)
		n := &node{world: w, registry: prometheus.NewRegistry()}
		metrics, err := analysis.NewMetrics(n.registry)
		require.NoError(t, err)
		n.queue = analysis.NewQueue(w.redis, w.epoch, metrics, zap.NewNop())
		listener := n.queue.Listen(w.events)
		run(t, n.queue.Run)
		const flood = analysis.MostWaitingInRoom + 100
		for seq := range int64(flood) {
			listener.Publish(t.Context(), heard(1, seq))
		}
		require.Eventually(t, func() bool { return n.counted(t, "full") == 100 }, soon, poll)
		n.queued(t, analysis.MostWaitingInRoom)

		rooms := analysis.MostWaiting / analysis.MostWaitingInRoom
		for id := range rooms {
			for seq := range int64(analysis.MostWaitingInRoom) {
				listener.Publish(t.Context(), heard(room.ID(id+2), seq))
				if seq%100 == 99 {
					n.hasTaken(t)
				}
			}
		}
		require.Eventually(t, func() bool { return n.counted(t, "full") == 100+analysis.MostWaitingInRoom }, soon, poll)
		n.queued(t, analysis.MostWaiting)
		require.EqualValues(t, rooms, n.turns(t), "one for each room in which something waits")
	})
}

// hasTaken waits until the queue has taken what it heard of.
func (n *node) hasTaken(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool { return n.queue.Heard() == 0 }, soon, time.Millisecond)
}

func TestARedisThatGoesAwayAndComesBack(t *testing.T) {
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	w := newWorld(testkit.SQLite(t), testkit.OpenRedis(t, server.URL()))
	n := w.node(t, &fake{})
	ann, _, id := n.pair(t)
	n.improved(t, id, n.send(t, ann, id, "before").Seq)

	require.NoError(t, server.Kill(t.Context()))
	during := n.send(t, ann, id, "during")
	require.Equal(t, emotion.EmbeddedEngine, during.Reading.Engine)
	require.Eventually(t, func() bool { return n.counted(t, "lost") == 1 }, soon, poll)

	require.NoError(t, server.Restart(t.Context()))
	require.Eventually(t, func() bool { // the first ones may be lost, too
		after := n.send(t, ann, id, "after")
		deadline := time.Now().Add(time.Second)
		for time.Now().Before(deadline) && n.engineOf(t, id, after.Seq) != emotion.RemoteEngine {
			<-time.After(poll)
		}
		return n.engineOf(t, id, after.Seq) == emotion.RemoteEngine
	}, soon, poll)
	require.Equal(t, emotion.EmbeddedEngine, n.engineOf(t, id, during.Seq), "Redis did not hear of it")
	require.NotContains(t, strings.Join(flat(n.engine.calls()), " "), "during")
}

func flat(lists [][]string) (all []string) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
