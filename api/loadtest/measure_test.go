package loadtest

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestParseStatCountsUserAndSystemTime(t *testing.T) {
	used, err := parseStat("42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 5 0 100 1000 100")
	require.NoError(t, err)
	require.Equal(t, 1750*time.Millisecond, used)
	for _, stat := range []string{"", "42 (x) S 1", "42 (x) S 1 42 42 0 -1 4194304 100 0 0 0 a b 0"} {
		_, err := parseStat(stat)
		require.Error(t, err, stat)
	}
}

func TestTheTimeOfTheMachineIsWhatItIsBusy(t *testing.T) {
	busy, err := parseMachine("cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 2 3\n")
	require.NoError(t, err)
	require.Equal(t, 1710*time.Millisecond, busy)
	for _, stat := range []string{"", "cpu 1 2", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9"} {
		_, err := parseMachine(stat)
		require.Error(t, err, stat)
	}
}

func TestParseStatusFindsMemory(t *testing.T) {
	status := "Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n"
	rss, err := parseStatus(status, "VmRSS")
	require.NoError(t, err)
	require.Equal(t, kibibytes(1024), rss)
	_, err = parseStatus(status, "VmSwap")
	require.Error(t, err)
}

func TestAProcessIsMeasuredWhileItLives(t *testing.T) {
	me := measured{server: []int{os.Getpid()}, database: []int{os.Getpid()}}
	before, err := me.cpu()
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		used, err := me.cpu()
		require.NoError(t, err)
		spent := used.minus(before)
		return spent.server > 0 && spent.database > 0 && spent.redis == 0
	}, 30*time.Second, time.Nanosecond, "asking costs time by itself")
	now, peak, err := me.memory()
	require.NoError(t, err)
	require.Positive(t, now)
	require.GreaterOrEqual(t, peak, now)

	short := exec.CommandContext(t.Context(), "true")
	require.NoError(t, short.Run())
	gone := measured{server: []int{short.Process.Pid}}
	_, err = gone.cpu()
	require.Error(t, err)
	_, _, err = gone.memory()
	require.Error(t, err)
	require.Empty(t, OnlyRedis([]int{os.Getpid(), short.Process.Pid}))
}

func TestTheDatabaseServerIsFound(t *testing.T) {
	pids, err := databasePIDs(t.Context(), testkit.EmptyMariaDBURL(t))
	require.NoError(t, err)
	require.Len(t, pids, 1)
	require.NotEqual(t, os.Getpid(), pids[0])
	pids, err = databasePIDs(t.Context(), "sqlite:///x")
	require.NoError(t, err)
	require.Empty(t, pids)
}

func TestCommitsOfTheDatabaseServerAreCounted(t *testing.T) {
	url := testkit.MariaDBURL(t)
	db := testkit.Open(t, url)
	m := measured{databaseURL: url}
	before, err := m.commits(t.Context())
	require.NoError(t, err)
	for range 5 {
		require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return tx.Exec("DELETE FROM messages").Error }))
	}
	after, err := m.commits(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, after-before, int64(5))

	embedded, err := measured{databaseURL: "sqlite:///x"}.commits(t.Context())
	require.NoError(t, err)
	require.Zero(t, embedded)
}

func TestAProcessThatDoesNotListenIsReportedWithItsWords(t *testing.T) {
	_, err := startProcess(t.Context(), "/bin/sh", nil, "-c", "echo no port is free >&2; exit 3")
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "no port is free")
}

func TestAProcessIsEndedAsIfByItsOperator(t *testing.T) {
	const script = `sleep 60 & trap 'kill $!; echo bye; exit 0' TERM; echo "it is at http://127.0.0.1:7"; wait`
	p, err := startProcess(t.Context(), "/bin/sh", nil, "-c", script)
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:7", p.url)
	require.NoError(t, p.stop())
	require.Contains(t, p.said.String(), "bye")
	require.NoError(t, p.stop(), "a second time changes nothing")
}
