package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/openai/openaitest"
)

// asking returns the engine of production, which asks a provider.
func asking(t testing.TB, baseURL string, redis rueidis.Client) *openai.Engine {
	t.Helper()
	cfg := openai.Config{BaseURL: baseURL, Model: model}
	engine, err := openai.New(cfg, openai.NewBudget(redis, cfg, time.Now), openai.NewMetrics(prometheus.NewRegistry()), time.Now)
	require.NoError(t, err)
	t.Cleanup(engine.Close)
	return engine
}

func TestACallHasTheTextsOfOnePersonAndOnlyTheGistOfOthers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		provider := openaitest.New(t)
		n := w.with(t, asking(t, provider.BaseURL, w.redis))
		ann, bea, id := n.pair(t)
		for i := range 4 {
			n.send(t, ann, id, fmt.Sprintf("ann 고마워 정말 좋다 %d", i))
			n.send(t, bea, id, fmt.Sprintf("bea %d, ann is furious whatever she says?", i))
		}
		n.queued(t, 8)
		stop := run(t, n.service.Run)
		n.done(t)
		stop()
		requests := provider.Requests()
		require.Len(t, requests, 2)
		for _, r := range requests {
			require.Len(t, r.Messages, 4)
			require.NotEqual(t, strings.Contains(r.Data, "ann 고마워"), strings.Contains(r.Data, "bea 0"))
		}
		gists := func(own string) (feelings []string) {
			calls := provider.Requests()
			last := calls[slices.IndexFunc(calls, func(r openaitest.Request) bool { return strings.Contains(r.Data, own) })]
			for _, line := range last.Lines {
				if line.Text == "" {
					feelings = append(feelings, line.Feeling)
				}
			}
			return feelings
		}
		first, err := emotion.LoadGuesses(w.db.Where("room_id = ? AND seq = 1", id))
		require.NoError(t, err)
		require.Equal(t, emotion.Joy, first[0].Reading.Label)
		require.Equal(t, []string{"joy", "joy", "joy", "joy"}, gists("bea 0"), "as they were read when they were sent")
		for seq := int64(1); seq <= 8; seq++ {
			require.Equal(t, emotion.RemoteEngine, n.engineOf(t, id, seq))
		}

		for _, share := range []account.ShareReadings{account.ShareSelf, account.ShareOff} {
			n.set(t, "users", ann, "share_readings", share)
			own := fmt.Sprint("bea knows that it is ", share)
			sent := n.send(t, bea, id, own)
			stop = run(t, n.service.Run)
			n.improved(t, id, sent.Seq)
			stop()
			if share == account.ShareSelf {
				require.Equal(t, []string{"unclear", "unclear", "unclear"}, gists(own), "what is not for others to see is not told")
			} else {
				require.Empty(t, gists(own))
			}
		}
	})
}
