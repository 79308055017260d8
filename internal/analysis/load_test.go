package analysis_test

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// chat is a load of rooms in which people talk at once, each message after the one before it was stored.
type chat struct {
	ids []room.ID
	who []account.ID
}

func (n *node) chat(t *testing.T, rooms int) (c chat) {
	for range rooms {
		ann, _, id := n.pair(t)
		c.ids, c.who = append(c.ids, id), append(c.who, ann)
	}
	return c
}

// talk sends so many messages in each room, and returns how many goroutines there were at most.
func (n *node) talk(t *testing.T, c chat, each int) int {
	var most atomic.Int64
	var talking sync.WaitGroup
	for i := range c.ids {
		talking.Go(func() {
			for j := range each {
				draft := message.Draft{ClientID: uuid.NewString(), Body: fmt.Sprintf("고마워 %d", j)}
				if _, err := n.messages.Send(t.Context(), c.who[i], c.ids[i], draft); err != nil {
					t.Error(err)
					return
				}
				now := int64(runtime.NumGoroutine())
				for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
				}
			}
		})
	}
	talking.Wait()
	return int(most.Load())
}

func TestSendingDoesNotTouchTheEngine(t *testing.T) {
	n := newWorld(testkit.SQLite(t), testkit.Redis(t)).quiet(t, &fake{})
	c := n.chat(t, 3)
	n.talk(t, c, 30) // while nobody reads: everything is stored and told
	require.Empty(t, n.engine.calls())
	require.Eventually(t, func() bool {
		posted := 0
		for _, event := range n.events.All() {
			if e, ok := event.(message.Posted); ok && e.Message.Reading.Engine == emotion.EmbeddedEngine {
				posted++
			}
		}
		return posted == 3*30
	}, soon, poll)
}

// A provider that fails in every way it can, for as long as people chat. What the engine does about it takes its time from the
// breaker and the backoff, not from this test, which asks whether the chat notices.
func TestAProviderThatFailsUnderLoadHarmsNothing(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		provider := openaitest.New(t)
		var at atomic.Int64
		ways := []openaitest.Step{
			openaitest.Status(http.StatusInternalServerError), openaitest.Good(), openaitest.WrongSchema(), openaitest.Silent(), openaitest.NotJSON(),
			openaitest.Reset(true), openaitest.Good(), openaitest.Truncated(), openaitest.Refusal(), openaitest.TooMany("1"), openaitest.Good(),
			openaitest.Slow(time.Minute), openaitest.Huge(),
		}
		var now, most atomic.Int64
		provider.Script(func(w http.ResponseWriter, r *openaitest.Request) {
			n := now.Add(1)
			for before := most.Load(); n > before && !most.CompareAndSwap(before, n); before = most.Load() {
			}
			defer now.Add(-1)
			ways[int(at.Add(1))%len(ways)](w, r)
		})
		cfg := openai.Config{BaseURL: provider.BaseURL, Model: model, Timeout: 300 * time.Millisecond}
		engine, err := openai.New(cfg, openai.NewBudget(s.Redis, cfg, time.Now), openai.NewMetrics(prometheus.NewRegistry()), time.Now)
		require.NoError(t, err)
		n := newWorld(s.DB, s.Redis).with(t, engine)
		const rooms, each = 8, 20
		c := n.chat(t, rooms)
		n.talk(t, c, 1) // so that connections are open
		without := n.talk(t, c, each)
		stop := run(t, n.service.Run)
		with := n.talk(t, c, each)
		n.done(t)

		for _, id := range c.ids {
			seqs := make([]int64, 2*each+1)
			for i := range seqs {
				seqs[i] = int64(i) + 1
			}
			readings, err := emotion.LoadReadings(s.DB, int64(id), seqs)
			require.NoError(t, err)
			require.Len(t, readings, len(seqs), "a reading, or an honest unclear, for every message")
		}
		require.NotZero(t, n.counted(t, "improved"), "some calls went well")
		require.NotZero(t, n.ledger.fallen())
		require.LessOrEqual(t, most.Load(), int64(2*analysis.MostAtOnce), "what was given up may still be on its way")
		// A worker, its call and its connections: a few for each room that is read at once, none for a message.
		require.LessOrEqual(t, with, without+20*analysis.MostAtOnce)
		stop()
		engine.Close()
	})
}
