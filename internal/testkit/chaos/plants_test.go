package chaos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnAcknowledgementBeforeItsCommitIsFound builds the program with that mistake. make chaos tries all plants.
func TestAnAcknowledgementBeforeItsCommitIsFound(t *testing.T) {
	report, err := Plants()[0].Find(t.Context(), seed(t), t.Output())
	require.NoError(t, err)
	report.Print(t.Output())
}

func TestEveryPlantStillHasItsPlace(t *testing.T) {
	for _, p := range Plants() {
		_, err := p.overlay(t.Context(), t.TempDir())
		require.NoError(t, err)
	}
	moved := Plants()[0]
	moved.edits[0].anchor = "what nobody wrote"
	_, err := moved.overlay(t.Context(), t.TempDir())
	require.ErrorContains(t, err, "0 times")
}
