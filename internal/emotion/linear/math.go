package linear

import "math"

// The functions here replace math.Exp and math.Log, which use fused instructions on some processors and not on others: a model
// trained anywhere must be the same bytes. The conversions forbid fusing where the compiler would.

// Exp is e to the x, with a relative error below 1e-11.
func Exp(x float64) float64 {
	x = max(-700, min(700, x))
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(k*math.Ln2)
	sum := 1.0
	for _, c := range [...]float64{1. / 10, 1. / 9, 1. / 8, 1. / 7, 1. / 6, 1. / 5, 1. / 4, 1. / 3, 1. / 2, 1} {
		sum = 1 + float64(float64(r*c)*sum)
	}
	// 2^k, put together by its bits: k is within the exponents of normal numbers.
	return sum * math.Float64frombits(uint64(int64(k)+1023)<<52)
}

// Log is the natural logarithm of a positive x.
func Log(x float64) float64 {
	fraction, exponent := math.Frexp(x)
	if fraction < math.Sqrt2/2 {
		fraction *= 2
		exponent--
	}
	// ln f = 2 artanh((f-1)/(f+1))
	t := (fraction - 1) / (fraction + 1)
	square := float64(t * t)
	sum := 0.0
	for _, c := range [...]float64{1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1} {
		sum = c + float64(square*sum)
	}
	sum *= t
	return float64(2*sum) + float64(float64(exponent)*math.Ln2)
}

// Sigmoid turns a logit into a probability.
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Logit is the inverse of Sigmoid; p is kept away from 0 and 1.
func Logit(p float64) float64 {
	p = max(1e-6, min(1-1e-6, p))
	return Log(p / (1 - p))
}

func damped(count int32) float32 {
	if count == 1 {
		return 1
	}
	return float32(1 + Log(float64(count)))
}

// scale is the factor that brings a group of squared length to its share.
func scale(share float64, square float32) float32 {
	if square == 0 {
		return 0
	}
	return float32(math.Sqrt(share / float64(square)))
}
