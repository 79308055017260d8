package linear

import "math"

// The functions here replace math.Exp and math.Log, which use fused instructions on some processors and not on others: a model
// trained anywhere must be the same bytes. The conversions forbid fusing where the compiler would.

// Exp is e to the x, with a relative error below 1e-13.
func Exp(x float64) float64 {
	x = max(-700, min(700, x))
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(k*math.Ln2)
	sum, term := 1.0, 1.0
	for i := 1.0; i < 14; i++ {
		term = float64(term*r) / i
		sum += term
	}
	return math.Ldexp(sum, int(k))
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
	sum, power := 0.0, t
	for i := 1.0; i < 28; i += 2 {
		sum += power / i
		power = float64(power * square)
	}
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
