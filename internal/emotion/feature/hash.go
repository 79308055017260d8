package feature

// hash is an FNV-1a state fed with code points instead of bytes: half the work for Korean, and n-grams that share a beginning
// share its cost.
type hash uint64

const (
	hashOffset = 14695981039346656037
	hashPrime  = 1099511628211
	hashMix    = 0x9E3779B97F4A7C15
)

func begin(tag rune) hash { return hash(hashOffset).rune(tag) }

func (h hash) rune(r rune) hash { return (h ^ hash(r)) * hashPrime }

func (h hash) runes(text []rune) hash {
	for _, r := range text {
		h = h.rune(r)
	}
	return h
}

// sum spreads the state over 32 bits: FNV's own low bits are weak for short inputs.
func (h hash) sum() uint32 {
	h ^= h >> 32
	h *= hashMix
	return uint32(h >> 32)
}
