package linear

// Support tells how much each token spoke for a label in the scoring that s has just been used for: the sum of its n-grams'
// contributions to the label's logit. An n-gram of two tokens counts half for each. It appends one number a token to dst.
func (m *Model) Support(dst []float32, s *Scratch, scores *Scores, label, tokens int) []float32 {
	base := len(dst)
	for range tokens {
		dst = append(dst, 0)
	}
	sum := dst[base:]
	gradient := m.gradient(scores, label)
	for i := range s.Entries {
		e := &s.Entries[i]
		row := m.weights[int(e.Feature)*Outputs:][:Outputs]
		total := float32(0)
		for l, g := range gradient {
			total += float32(g * float32(row[l]))
		}
		// The value is not needed any more: keep what one occurrence contributes.
		e.Value *= float32(total*m.table[m.scales[e.Feature]]) / float32(e.Count)
	}
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

// gradient is how the label's logit follows the outputs, near enough: partly by its own output, partly by its fine labels, each as
// probable as it was.
func (m *Model) gradient(scores *Scores, label int) [FineOutputs + LabelOutputs]float32 {
	var g [FineOutputs + LabelOutputs]float32
	own := 0.0
	for manner, share := range scores.Share {
		own += float64(share * ownShare(Manner(manner)))
	}
	g[FineOutputs+label] = float32(own)
	sum := 0.0
	parents := FineParents()
	for f, p := range scores.Fine {
		if parents[f] == label {
			sum += p
		}
	}
	for f, p := range scores.Fine {
		if parents[f] == label && sum > 0 {
			g[f] = float32((1 - own) * p / sum)
		}
	}
	return g
}
