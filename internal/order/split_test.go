package order_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/emosation/emosation/internal/order"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhatDoesNotDivideEvenlyGoesToTheLargestRemaindersAndThenTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		total   int64
		weights []int64
		want    []int64
	}{
		"evenly":                  {3000, []int64{1, 1, 1}, []int64{1000, 1000, 1000}},
		"one over":                {3100, []int64{1, 1, 1}, []int64{1034, 1033, 1033}},
		"two over":                {3500, []int64{1, 1, 1}, []int64{1167, 1167, 1166}},
		"less than there are":     {2, []int64{1, 1, 1}, []int64{1, 1, 0}},
		"who has nothing pays 0":  {3100, []int64{0, 1, 0, 1}, []int64{0, 1550, 0, 1550}},
		"the largest, not first":  {10, []int64{1, 2, 4}, []int64{1, 3, 6}},
		"alone":                   {999, []int64{7}, []int64{999}},
		"nothing to divide":       {0, []int64{3, 1}, []int64{0, 0}},
		"nobody to give it to":    {3100, []int64{0, 0}, []int64{0, 0}},
		"nobody at all":           {3100, nil, []int64{}},
		"as large as it can be":   {math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, []int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2}},
		"largest beside smallest": {math.MaxInt64, []int64{1, math.MaxInt64}, []int64{1, math.MaxInt64 - 1}},
	} {
		require.Equal(t, c.want, order.Split(c.total, c.weights), name)
	}
}

func TestNoWonIsLostAndNobodyIsAWonOff(t *testing.T) {
	weight := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1_000_000), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "total")
		weights := rapid.SliceOfN(weight, 1, 20).Draw(t, "weights")
		shares := order.Split(total, weights)
		require.Equal(t, shares, order.Split(total, weights), "it is the same every time")
		require.Len(t, shares, len(weights))

		sum, given := new(big.Int), new(big.Int)
		for i, w := range weights {
			sum.Add(sum, big.NewInt(w))
			given.Add(given, big.NewInt(shares[i]))
		}
		if sum.Sign() == 0 {
			require.Zero(t, given.Sign())
			return
		}
		require.Zero(t, given.Cmp(big.NewInt(total)), "what is given is the total")
		for i, w := range weights {
			if w == 0 {
				require.Zero(t, shares[i])
			}
			// |share − total·w/sum| < 1 without a division: |share·sum − total·w| < sum
			off := new(big.Int).Mul(big.NewInt(shares[i]), sum)
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(w)))
			require.Negative(t, off.CmpAbs(sum), "share %d of %v", i, shares)
			for j := range i { // of two who weigh the same, the first never gets less
				if weights[j] == w {
					require.GreaterOrEqual(t, shares[j], shares[i])
				}
			}
		}
	})
}
