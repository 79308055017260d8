package main

// random is the splitmix64 generator: ours, so that no release of Go can change the model.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (r *random) below(n int) int { return int((r.next() >> 33) % uint64(n)) }

// chance is true in percent of 100 calls.
func (r *random) chance(percent int) bool { return r.below(100) < percent }

func (r *random) shuffle(order []int32) {
	for i := len(order) - 1; i > 0; i-- {
		j := r.below(i + 1)
		order[i], order[j] = order[j], order[i]
	}
}
