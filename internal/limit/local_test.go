package limit_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
)

func TestEachPersonMayDoSoMuchOnANode(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	rule := limit.Rule{Name: "local", Burst: 3, Every: 10 * time.Second}
	refusals := limit.NewRefusals([]limit.Rule{rule})
	local := limit.New(nil, true).Counted(refusals).Local(rule, func() time.Time { return at })
	for range 3 {
		require.NoError(t, local.Allow(1))
	}
	at = at.Add(4 * time.Second)
	err := local.Allow(1)
	require.ErrorIs(t, err, limit.ErrTooMany)
	var told *fault.Error
	require.ErrorAs(t, err, &told)
	require.Equal(t, 6*time.Second, told.RetryAfter)
	require.InDelta(t, 1, testutil.ToFloat64(refusals.WithLabelValues("local")), 0)
	require.NoError(t, local.Allow(2), "somebody else")
	at = at.Add(6 * time.Second)
	require.NoError(t, local.Allow(1), "the wait is over")
	require.ErrorIs(t, local.Allow(1), limit.ErrTooMany)
}

func TestNoLimitAllowsEverything(t *testing.T) {
	none := limit.New(nil, false).Local(limit.Rule{Name: "local", Burst: 1, Every: time.Hour}, time.Now)
	for range 1000 {
		require.NoError(t, none.Allow(1))
	}
}
