package order

import (
	"math/big"
	"slices"
)

// Split divides total in proportion to weights, by largest remainder: each share is its quota rounded down, and what
// is left over goes, one each, to the largest remainders, of equal ones to the first. So the shares sum up to the
// total and each is less than one off its quota. Nothing is negative. Where all weights are zero there is nobody to
// give anything to, and every share is zero.
func Split(total int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	sum := new(big.Int) // weights may be so large that neither they add up nor a product fits into 64 bits
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	if sum.Sign() == 0 {
		return shares
	}
	remainders, order, left := make([]*big.Int, len(weights)), make([]int, len(weights)), total
	for i, w := range weights {
		quota := new(big.Int).Mul(big.NewInt(total), big.NewInt(w))
		remainders[i] = new(big.Int)
		quota.QuoRem(quota, sum, remainders[i])
		shares[i], order[i] = quota.Int64(), i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return remainders[b].Cmp(remainders[a]) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
