package realtime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit"
)

func TestNodesOfAnotherEpochAreNeitherHeardNorSeen(t *testing.T) {
	redis := testkit.Redis(t)
	before, after := newTruth(), newTruth()
	before.epoch, after.epoch = "before", "after"
	old := newNode(t, redis, before)
	companion := newNode(t, redis, before) // so that the old one does publish
	_, there := companion.connect(1, 1, "", 7)
	restored := newNode(t, redis, after)
	beside := newNode(t, redis, after)
	_, here := restored.connect(2, 2, "", 7)

	old.post(1, 2, 3)
	require.Eventually(t, func() bool { return len(there.envelopes()) == 3 }, 10*time.Second, 5*time.Millisecond)
	beside.post(1)
	require.Eventually(t, func() bool { return len(here.envelopes()) > 0 }, 10*time.Second, 5*time.Millisecond)
	require.Len(t, here.envelopes(), 1, "nothing of the other history came before it")

	require.Equal(t, map[int64]bool{2: true}, online(beside, 1, 2))
	require.Equal(t, 2, restored.Connected(t.Context()).Nodes)
}

// online returns who of some users is online, as a node sees it.
func online(n *node, users ...int64) map[int64]bool {
	found := make(map[int64]bool)
	for user, is := range n.Online(n.t.Context(), users) {
		if is {
			found[user] = true
		}
	}
	return found
}
