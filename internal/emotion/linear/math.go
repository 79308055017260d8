package linear

import "math"

// The functions here replace math.Exp and math.Log, which use fused instructions on some processors and not on others: a model
// trained anywhere must be the same bytes. The conversions forbid fusing where the compiler would.

// Exp is e to the x, with a relative error below 1e-11.
func Exp(x float64) float64 {
	k, r := reduce(x)
	sum := 1.0
	for _, c := range expSeries() {
		sum = 1 + float64(float64(r*c)*sum)
	}
	return scaled(sum, k)
}

// reduce splits x into k times ln 2 and a small rest.
func reduce(x float64) (k, r float64) {
	x = max(-700, min(700, x))
	k = math.Floor(float64(x*math.Log2E) + 0.5)
	return k, x - float64(k*math.Ln2)
}

func expSeries() [10]float64 {
	return [10]float64{1. / 10, 1. / 9, 1. / 8, 1. / 7, 1. / 6, 1. / 5, 1. / 4, 1. / 3, 1. / 2, 1}
}

// scaled is x times 2^k, which is put together by its bits: k is within the exponents of normal numbers.
func scaled(x, k float64) float64 {
	return x * math.Float64frombits(uint64(int64(k)+1023)<<52)
}

// sigmoids replaces each number, of which there are a multiple of four, by its Sigmoid. A sum of a series waits for itself at each
// step, so four are taken side by side.
func sigmoids(x []float64) {
	series := expSeries()
	for ; len(x) >= 4; x = x[4:] {
		ka, ra := reduce(-x[0])
		kb, rb := reduce(-x[1])
		kc, rc := reduce(-x[2])
		kd, rd := reduce(-x[3])
		a, b, c, d := 1.0, 1.0, 1.0, 1.0
		for i := range series {
			f := series[i]
			a = 1 + float64(float64(ra*f)*a)
			b = 1 + float64(float64(rb*f)*b)
			c = 1 + float64(float64(rc*f)*c)
			d = 1 + float64(float64(rd*f)*d)
		}
		x[0] = 1 / (1 + scaled(a, ka))
		x[1] = 1 / (1 + scaled(b, kb))
		x[2] = 1 / (1 + scaled(c, kc))
		x[3] = 1 / (1 + scaled(d, kd))
	}
}

// Log is the natural logarithm of a positive x.
func Log(x float64) float64 {
	t, exponent := split(x)
	square := float64(t * t)
	sum := 0.0
	for _, c := range logSeries() {
		sum = c + float64(square*sum)
	}
	return joined(sum, t, exponent)
}

// split makes of x what the series wants and a power of two: ln f = 2 artanh((f-1)/(f+1)).
func split(x float64) (t, exponent float64) {
	fraction, e := math.Frexp(x)
	if fraction < math.Sqrt2/2 {
		fraction *= 2
		e--
	}
	return (fraction - 1) / (fraction + 1), float64(e)
}

func logSeries() [10]float64 {
	return [10]float64{1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1}
}

func joined(sum, t, exponent float64) float64 {
	sum *= t
	return float64(2*sum) + float64(exponent*math.Ln2)
}

// logits replaces each number, of which there are a multiple of four, by its Logit; see sigmoids.
func logits(x []float64) {
	series := logSeries()
	for ; len(x) >= 4; x = x[4:] {
		ta, ea := split(odds(x[0]))
		tb, eb := split(odds(x[1]))
		tc, ec := split(odds(x[2]))
		td, ed := split(odds(x[3]))
		qa, qb, qc, qd := float64(ta*ta), float64(tb*tb), float64(tc*tc), float64(td*td)
		var a, b, c, d float64
		for i := range series {
			f := series[i]
			a = f + float64(qa*a)
			b = f + float64(qb*b)
			c = f + float64(qc*c)
			d = f + float64(qd*d)
		}
		x[0], x[1], x[2], x[3] = joined(a, ta, ea), joined(b, tb, eb), joined(c, tc, ec), joined(d, td, ed)
	}
}

// Sigmoid turns a logit into a probability.
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Logit is the inverse of Sigmoid; p is kept away from 0 and 1.
func Logit(p float64) float64 { return Log(odds(p)) }

func odds(p float64) float64 {
	p = max(1e-6, min(1-1e-6, p))
	return p / (1 - p)
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
