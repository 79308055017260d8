package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
)

var cheap = account.HashCost{Memory: 8, Time: 1, Threads: 1}

func newHasher(t *testing.T, cost account.HashCost) (*account.Hasher, *prometheus.Registry) {
	metrics := prometheus.NewRegistry()
	h, err := account.NewHasher(cost, metrics)
	require.NoError(t, err)
	return h, metrics
}

func TestPasswordsMatchTheirOwnHashOnly(t *testing.T) {
	h, _ := newHasher(t, cheap)
	hash, err := h.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$"), hash)
	require.LessOrEqual(t, len(hash), 200, "must fit its column")
	for password, want := range map[string]bool{
		"correct horse battery":  true,
		"correct horse battery ": false,
		"Correct horse battery":  false,
		"":                       false,
	} {
		got, err := h.Matches(t.Context(), password, hash)
		require.NoError(t, err)
		require.Equal(t, want, got, "%q", password)
	}
}

func TestPasswordsMatchHoweverAKeyboardComposesThem(t *testing.T) {
	h, _ := newHasher(t, cheap)
	hash, err := h.Hash(t.Context(), "비밀번호 é")
	require.NoError(t, err)
	got, err := h.Matches(t.Context(), "\u1107\u1175\u1106\u1175\u11af\u1107\u1165\u11ab\u1112\u1169 e\u0301", hash)
	require.NoError(t, err)
	require.True(t, got)
}

func TestEqualPasswordsHaveDifferentHashes(t *testing.T) {
	h, _ := newHasher(t, cheap)
	one, err := h.Hash(t.Context(), "same")
	require.NoError(t, err)
	two, err := h.Hash(t.Context(), "same")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
}

func TestHashesOfAnotherCostStillMatch(t *testing.T) {
	old, _ := newHasher(t, cheap)
	hash, err := old.Hash(t.Context(), "password")
	require.NoError(t, err)
	h, _ := newHasher(t, account.HashCost{Memory: 16, Time: 2, Threads: 1})
	got, err := h.Matches(t.Context(), "password", hash)
	require.NoError(t, err)
	require.True(t, got)
}

func TestDecoyCostsAComputationAndMatchesNothing(t *testing.T) {
	h, metrics := newHasher(t, cheap)
	decoy := h.Decoy()
	got, err := h.Matches(t.Context(), "", decoy)
	require.NoError(t, err)
	require.False(t, got)
	require.NotEqual(t, decoy, h.Decoy())
	require.NoError(t, testutil.GatherAndCompare(metrics, strings.NewReader(`
		# HELP emosation_password_hashes_total Argon2id computations, for new passwords and for comparisons.
		# TYPE emosation_password_hashes_total counter
		emosation_password_hashes_total 1
	`)))
}

func TestDefaultCostIsTheRecommendedOne(t *testing.T) {
	h, _ := newHasher(t, account.DefaultHashCost)
	require.True(t, strings.HasPrefix(h.Decoy(), "$argon2id$v=19$m=19456,t=2,p=1$"))
}

func TestUnreadableHashesAreErrors(t *testing.T) {
	h, _ := newHasher(t, cheap)
	good := h.Decoy()
	for _, hash := range []string{
		"", "plain", "$argon2id$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "m=8", "m=x", 1), good[:len(good)-4], good + "$",
	} {
		got, err := h.Matches(t.Context(), "", hash)
		require.Error(t, err, "%q", hash)
		require.False(t, got)
	}
}

func TestAPasswordThatWaitsTooLongIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := newHasher(t, cheap)
		release := h.Occupy()
		_, err := h.Hash(t.Context(), "password")
		require.ErrorIs(t, err, account.ErrBusy)
		require.Positive(t, account.ErrBusy.RetryAfter)

		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("gone"))
		_, err = h.Hash(ctx, "password")
		require.ErrorIs(t, err, context.Canceled)

		release()
		_, err = h.Hash(t.Context(), "password")
		require.NoError(t, err)
	})
}
