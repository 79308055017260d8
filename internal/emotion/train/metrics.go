package main

import (
	"cmp"
	"math"
	"slices"
)

// tally counts one label's hits and misses.
type tally struct{ hit, wrong, missed float64 }

func (t tally) f1() float64 {
	if t.hit == 0 {
		return 0
	}
	return 2 * t.hit / (2*t.hit + t.wrong + t.missed)
}

// table is the tallies of a set of labels.
type table []tally

func (t table) add(truth, said uint32) {
	for l := range t {
		switch {
		case truth>>l&1 == 1 && said>>l&1 == 1:
			t[l].hit++
		case said>>l&1 == 1:
			t[l].wrong++
		case truth>>l&1 == 1:
			t[l].missed++
		}
	}
}

// empty is whether nothing was ever true or said.
func (t table) empty() bool { return t.weight() == 0 }

func (t table) weight() float64 {
	rows := 0.0
	for _, c := range t {
		rows += c.hit + c.missed
	}
	return rows
}

func (t table) macro() float64 {
	sum := 0.0
	for _, c := range t {
		sum += c.f1()
	}
	return sum / float64(len(t))
}

func (t table) micro() float64 {
	var all tally
	for _, c := range t {
		all.hit += c.hit
		all.wrong += c.wrong
		all.missed += c.missed
	}
	return all.f1()
}

// weighted is the mean of F1 by how often each label is true.
func (t table) weighted() float64 {
	sum := 0.0
	for _, c := range t {
		sum += (c.hit + c.missed) * c.f1()
	}
	return sum / t.weight()
}

// sample is a number that was said of a label, with the truth about it.
type sample struct {
	x     float64
	truth bool
}

const calibrationBins = 15

// calibrationError is the mean distance between what probabilities promise and what comes true, in bins of equal width.
func calibrationError(samples []sample) float64 {
	var promised, came [calibrationBins]float64
	for _, s := range samples {
		bin := min(calibrationBins-1, int(s.x*calibrationBins))
		promised[bin] += s.x
		if s.truth {
			came[bin]++
		}
	}
	sum := 0.0
	for bin := range promised {
		sum += math.Abs(promised[bin] - came[bin])
	}
	return sum / float64(max(1, len(samples)))
}

// risks gives, for each share of the samples with the highest numbers, how many of those are wrong; then the mean over all shares.
func risks(samples []sample, coverages ...float64) (at []float64, area float64) {
	sorted := slices.Clone(samples)
	slices.SortStableFunc(sorted, func(a, b sample) int { return cmp.Compare(b.x, a.x) })
	wrong := make([]int, len(sorted)+1)
	for i, s := range sorted {
		wrong[i+1] = wrong[i]
		if !s.truth {
			wrong[i+1]++
		}
		area += float64(wrong[i+1]) / float64(i+1) / float64(len(sorted))
	}
	for _, coverage := range coverages {
		taken := max(1, int(math.Round(coverage*float64(len(sorted)))))
		at = append(at, float64(wrong[min(taken, len(sorted))])/float64(taken))
	}
	return at, area
}

// correlation is Pearson's.
func correlation(x, y []float64) float64 {
	var mx, my, xx, yy, xy float64
	for i := range x {
		mx += x[i] / float64(len(x))
		my += y[i] / float64(len(y))
	}
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xx += dx * dx
		yy += dy * dy
		xy += dx * dy
	}
	return xy / math.Sqrt(xx*yy)
}
