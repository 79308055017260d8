package linear

// Support tells how much each token spoke for a label in the scoring that s has just been used for: the sum of its n-grams'
// contributions to the label's logit. An n-gram of two tokens counts half for each. It appends one number a token to dst.
func (m *Model) Support(dst []float32, s *Scratch, scores *Scores, label, tokens int) []float32 {
	base := len(dst)
	for range tokens {
		dst = append(dst, 0)
	}
	sum := dst[base:]
	s.slopes = m.gradient(s.slopes[:0], scores, label)
	m.contributions(s.Entries, s.slopes)
	for _, u := range s.known {
		c := s.Entries[u.entry].Value
		switch {
		case u.token < 0: // a flag of the whole message
		case u.pair:
			sum[u.token] += c / 2
			sum[u.token-1] += c / 2
		default:
			sum[u.token] += c
		}
	}
	return dst
}

// contributions replaces the value of each n-gram, which is not needed any more, by what one occurrence of it contributes. It
// takes four at a time, each sum in the order of the slopes.
func (m *Model) contributions(entries []Entry, slopes []slope) {
	numbers := &m.numbers
	for ; len(entries) >= 4; entries = entries[4:] {
		a, b, c, d := &m.rows[entries[0].Feature], &m.rows[entries[1].Feature], &m.rows[entries[2].Feature], &m.rows[entries[3].Feature]
		var sa, sb, sc, sd float32
		for _, g := range slopes {
			sa += float32(g.by * numbers[a.weights[g.output]])
			sb += float32(g.by * numbers[b.weights[g.output]])
			sc += float32(g.by * numbers[c.weights[g.output]])
			sd += float32(g.by * numbers[d.weights[g.output]])
		}
		entries[0].Value *= float32(sa*m.steps[a.scale]) / float32(entries[0].Count)
		entries[1].Value *= float32(sb*m.steps[b.scale]) / float32(entries[1].Count)
		entries[2].Value *= float32(sc*m.steps[c.scale]) / float32(entries[2].Count)
		entries[3].Value *= float32(sd*m.steps[d.scale]) / float32(entries[3].Count)
	}
	for i := range entries {
		r, sum := &m.rows[entries[i].Feature], float32(0)
		for _, g := range slopes {
			sum += float32(g.by * numbers[r.weights[g.output]])
		}
		entries[i].Value *= float32(sum*m.steps[r.scale]) / float32(entries[i].Count)
	}
}

// slope is how much a label's logit rises with an output.
type slope struct {
	output int
	by     float32
}

// gradient is how the label's logit follows the outputs, near enough: partly by its own output, partly by its fine labels, each as
// probable as it was. Most outputs do not matter to it and are left out. It appends to dst.
func (m *Model) gradient(dst []slope, scores *Scores, label int) []slope {
	own := 0.0
	for manner, share := range scores.Share {
		own += float64(share * ownShare(Manner(manner)))
	}
	sum := 0.0
	parents := FineParents()
	for f, p := range scores.Fine {
		if parents[f] == label {
			sum += p
		}
	}
	for f, p := range scores.Fine {
		if parents[f] == label && sum > 0 {
			dst = append(dst, slope{f, float32((1 - own) * p / sum)})
		}
	}
	return append(dst, slope{FineOutputs + label, float32(own)})
}
