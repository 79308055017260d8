package lifecycle_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/testkit"
)

// purgesHere tells a process of this test that it is one that purges, in which database.
const purgesHere = "LIFECYCLE_PURGES"

// TestPurgingProcess is such a process; in others it does nothing.
func TestPurgingProcess(t *testing.T) {
	url := os.Getenv(purgesHere)
	if url == "" {
		return
	}
	w := newWorld(t, testkit.Open(t, url))
	w.clock.Advance(2 * purgeAfter)
	require.NoError(t, w.Purge(t.Context()))
}

// TestAPurgeGoesOnWhereverItWasKilled kills processes that purge as soon as they have removed something, until there is nothing left.
func TestAPurgeGoesOnWhereverItWasKilled(t *testing.T) {
	url := testkit.MariaDBURL(t)
	w := newWorld(t, testkit.Open(t, url))
	w.anAdmin(t, "Boss")
	other := w.person(t, "Other")
	var people []account.ID
	for i := range 24 {
		gone := w.person(t, "Needlework")
		_, group := w.lives(t, gone, other)
		for range 5 {
			w.says(t, gone, group, "more")
		}
		messages := []account.Messages{account.KeepMessages, account.DeleteMessages}[i%2]
		_, err := w.Leave(t.Context(), gone.ID, messages)
		require.NoError(t, err)
		people = append(people, gone.ID)
	}
	kills := 0
	for w.count(t, "users", "id IN ?", people) > 0 {
		killed, output := w.killPurging(t, url)
		if killed {
			kills++
		}
		require.Less(t, kills, 200, output)
	}
	t.Logf("killed %d times", kills)
	require.Greater(t, kills, 5, "or this test has killed nothing in the middle")
	for _, at := range w.traces(t, "Needlework") {
		require.Equal(t, "messages.body", at)
	}
	for _, who := range people {
		require.Equal(t, []string{"audit.actor_id", "messages.sender_id"}, w.pointsAt(t, who))
		require.Len(t, w.actions(t, account.User{ID: who}), 2, "they left, and were purged once")
	}
	for i, who := range people {
		require.Equal(t, i%2 == 0, w.count(t, "messages", "sender_id = ? AND body <> ''", who) > 0, "as they chose")
	}
	broken := `SELECT COUNT(*) FROM rooms r WHERE r.last_seq <> (SELECT COALESCE(MAX(m.seq), 0) FROM messages m WHERE m.room_id = r.id)
		OR r.last_rev < (SELECT COALESCE(MAX(m.rev), 0) FROM messages m WHERE m.room_id = r.id)`
	var rooms int64
	require.NoError(t, w.db.Raw(broken).Scan(&rooms).Error)
	require.Zero(t, rooms)
}

// killPurging starts a process that purges and kills it when so much has gone; it may end before.
func (w *world) killPurging(t *testing.T, url string) (killed bool, output string) {
	t.Helper()
	rows := func() (n int64) {
		for _, table := range []string{"users", "readings", "reactions", "room_users", "friendships", "sessions", "blocks", "calibrations"} {
			n += w.count(t, table, "1 = 1")
		}
		return n - w.count(t, "restore_points", "step = 'purging'") - w.count(t, "messages", "deleted_at IS NOT NULL")
	}
	before := rows()
	enough := time.Now().UnixNano()%40 + 1 // where they are hit is up to chance
	var said bytes.Buffer
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPurgingProcess$")
	process.Env = append(os.Environ(), purgesHere+"="+url)
	process.Stdout, process.Stderr = &said, &said
	require.NoError(t, process.Start())
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(time.Minute)
	for {
		select {
		case err := <-ended:
			require.NoError(t, err, said.String())
			return false, said.String()
		case <-deadline:
			require.Fail(t, "it does not get on", said.String())
		case <-look.C:
			if before-rows() >= enough {
				_ = process.Process.Kill() // it may have come to its end while we counted
				return <-ended != nil, said.String()
			}
		}
	}
}
