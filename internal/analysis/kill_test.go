package analysis_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/testkit"
)

// What a process of the test below is told when it is to be a node.
const (
	nodeDatabase = "ANALYSIS_TEST_DATABASE"
	nodeRedis    = "ANALYSIS_TEST_REDIS"
	nodeProvider = "ANALYSIS_TEST_PROVIDER"
)

func TestWhatAKilledNodeHadTakenIsDoneOnceByOneOfTheOthers(t *testing.T) {
	if os.Getenv(nodeDatabase) != "" {
		beNode(t)
		return
	}
	database, redis := testkit.MariaDBURL(t), testkit.RedisURL(t)
	w := newWorld(testkit.Open(t, database), testkit.OpenRedis(t, redis))
	provider := openaitest.New(t)
	thinking := make(chan struct{})
	provider.Script(func(rw http.ResponseWriter, r *openaitest.Request) {
		close(thinking)
		openaitest.Silent()(rw, r)
	}, openaitest.Good())
	others := []*node{w.with(t, asking(t, provider.BaseURL, w.redis)), w.with(t, asking(t, provider.BaseURL, w.redis))}
	ann, _, id := others[0].pair(t)
	sent := others[0].send(t, ann, id, "고마워")
	others[0].queued(t, 1)

	binary, err := os.Executable()
	require.NoError(t, err)
	killed := exec.CommandContext(t.Context(), binary, "-test.run=^"+t.Name()+"$")
	killed.Env = append(os.Environ(), nodeDatabase+"="+database, nodeRedis+"="+redis, nodeProvider+"="+provider.BaseURL)
	killed.Stderr = os.Stderr
	_, err = killed.StdinPipe() // which ends with this process
	require.NoError(t, err)
	require.NoError(t, killed.Start())
	select {
	case <-thinking:
	case <-time.After(soon):
		require.Fail(t, "the node did not begin")
	}
	require.NoError(t, killed.Process.Kill())
	require.ErrorContains(t, killed.Wait(), "signal: killed")
	require.Equal(t, emotion.EmbeddedEngine, w.engineOf(t, id, sent.Seq), "the answer had not come")

	for _, other := range others {
		found, err := other.service.Turn(t.Context())
		require.NoError(t, err)
		require.False(t, found, "nobody knows yet that its worker is dead")
		other.service.Impatient(200 * time.Millisecond)
		run(t, other.service.Run)
	}
	w.improved(t, id, sent.Seq)
	others[0].done(t)
	require.Len(t, provider.Requests(), 2, "one for each that took it")
	require.EqualValues(t, 1, others[0].counted(t, "improved")+others[1].counted(t, "improved"))
	require.Equal(t, []int64{sent.Seq}, w.reread(id))
	page, err := others[0].messages.History(t.Context(), ann, id, message.Cursor{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, sent.Rev+1, page.Items[0].Rev, "changed once")
}

// beNode reads what waits until it is killed, or whoever started it is gone.
func beNode(t *testing.T) {
	redis := testkit.OpenRedis(t, os.Getenv(nodeRedis))
	n := newWorld(testkit.Open(t, os.Getenv(nodeDatabase)), redis).with(t, asking(t, os.Getenv(nodeProvider), redis))
	run(t, n.service.Run)
	_, err := io.Copy(io.Discard, os.Stdin)
	require.NoError(t, err)
}
