package chaos

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// seed is the same in every run, unless CHAOS_SEED says otherwise.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("CHAOS_SEED")
	if text == "" {
		return 20
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err)
	return n
}

func TestNoPromiseBreaksWhenEverythingElseDoes(t *testing.T) {
	report, err := Run(t.Context(), Options{
		Seed: seed(t), Faults: 12, Messages: 1000, Nodes: 2, People: 16, Groups: 4, Doors: 2,
		Pace: 60 * time.Millisecond, Pause: 700 * time.Millisecond, Progress: t.Output(),
	})
	require.NoError(t, err)
	report.Print(t.Output())
	require.Zero(t, report.Total())
}
