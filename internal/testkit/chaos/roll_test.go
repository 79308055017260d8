package chaos

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPeopleNoticeNothingButGoodByesWhenNodesAreReplaced(t *testing.T) {
	t.Parallel()
	report, err := Roll(t.Context(), Options{
		Seed: seed(t), Nodes: 2, People: 40, Groups: 10, Doors: 2, Pace: 400 * time.Millisecond, Progress: t.Output(),
	}, Replacement{Rounds: 1})
	require.NoError(t, err)
	report.Print(t.Output())
	require.Zero(t, report.Total())
	require.GreaterOrEqual(t, report.GoodByes, 20, "a node that goes loses connections; who has just none of their own doing hears no good-bye")
}

// TestAnUpgradeUnderLoadLosesNothing: nodes of the last release go on while its database, with what people left there, gets a newer
// schema, and are replaced then.
func TestAnUpgradeUnderLoadLosesNothing(t *testing.T) {
	t.Parallel()
	report, err := Upgrade(t.Context(), Options{
		Seed: seed(t) + 1, Nodes: 2, People: 20, Groups: 5, Doors: 2, Pace: 200 * time.Millisecond, Progress: t.Output(),
	})
	require.NoError(t, err)
	report.Print(t.Output())
	require.Zero(t, report.Total())
	require.GreaterOrEqual(t, report.GoodByes, 10)
}
