package mood

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
)

// kind is what a reading says, as short as it can be said.
type kind uint8

const (
	absent     kind = iota // there is no reading
	strange                // there is one, of no label that is counted
	unclear                // there is one that says so
	firstLabel             // it is clear and of this label, or of one of those after it, in the order of emotion.Labels
)

// mark is what is counted of a reading.
type mark struct {
	kind    kind
	love    bool
	valence int64 // in 1/10000; 0 unless it is clear
}

// felt is a message with what is counted of its reading.
type felt struct {
	quarter int64 // when it was sent, in quarters of hours since 1970: wherever clocks are, that is when hours begin
	author  account.ID
	mark
}

func quarterOf(at time.Time) int64 { return at.Unix() / int64(quarter/time.Second) }

func beginOf(q int64) time.Time { return time.Unix(q*int64(quarter/time.Second), 0) }

const quarter = 15 * time.Minute

// felt leaves out of a message what is not counted.
func (r reading) felt() felt {
	f := felt{quarter: quarterOf(r.at), author: r.author}
	labels := emotion.Labels()
	place := slices.Index(labels[:], r.label)
	switch {
	case !r.there:
		return felt{}
	case r.unclear:
		f.kind = unclear
	case place < 0:
		f.kind = strange
	default:
		f.mark = mark{firstLabel + kind(place), r.love && r.label == emotion.Joy, r.valence}
	}
	return f
}

// A chunk is chunkSize consecutive messages of a room, the first of which has a seq that is one more than a multiple of that. It is
// stored as a word of eight bytes for each of them, and after these the ids of their authors. A message without a reading is a word
// of zeros; the others have, from the least bit on, 16 bits of valence, 4 of kind, 1 of love, 15 of the place of the author among
// the ids and 28 of the quarter of an hour. With a few dozen authors that is a page of MariaDB.
const (
	chunkSize = 2000
	wordSize  = 8

	kindBits, loveBit, authorBits, quarterBits = 16, 20, 21, 36
)

// firstOf returns the first seq of the chunk that a message belongs to.
func firstOf(seq int64) int64 { return (seq-1)/chunkSize*chunkSize + 1 }

// pack is how a chunk is stored. Of what is not there, list has zeros.
func pack(list []felt) []byte {
	words := make([]byte, 0, (len(list)+1)*wordSize)
	var authors []byte
	places := make(map[account.ID]uint64)
	for _, f := range list {
		if f.kind == absent {
			words = append(words, make([]byte, wordSize)...)
			continue
		}
		place, known := places[f.author]
		if !known {
			place = uint64(len(places))
			places[f.author] = place
			authors = binary.LittleEndian.AppendUint64(authors, uint64(f.author))
		}
		word := uint64(uint16(f.valence)) | uint64(f.kind)<<kindBits | place<<authorBits | uint64(f.quarter)<<quarterBits
		if f.love {
			word |= 1 << loveBit
		}
		words = binary.LittleEndian.AppendUint64(words, word)
	}
	return append(words, authors...)
}

// chunk is one as it is stored.
type chunk struct {
	words   []byte
	authors []account.ID
}

func unpack(stored []byte) (chunk, error) {
	if len(stored) < chunkSize*wordSize || len(stored)%wordSize != 0 {
		return chunk{}, fmt.Errorf("a chunk of %d bytes", len(stored))
	}
	c := chunk{words: stored[:chunkSize*wordSize]}
	for rest := stored[len(c.words):]; len(rest) > 0; rest = rest[wordSize:] {
		c.authors = append(c.authors, account.ID(binary.LittleEndian.Uint64(rest)))
	}
	return c, nil
}

// at returns the message at a place in the chunk, which is not there when its kind is absent.
func (c chunk) at(i int) felt {
	word := binary.LittleEndian.Uint64(c.words[i*wordSize:])
	if word == 0 {
		return felt{}
	}
	return felt{int64(word >> quarterBits), c.authors[word>>authorBits&(1<<(quarterBits-authorBits)-1)], mark{
		kind: kind(word >> kindBits & (1<<(loveBit-kindBits) - 1)), love: word>>loveBit&1 == 1, valence: int64(int16(word)),
	}}
}

// each goes through the messages from a place and a time on whose authors may be seen.
func (c chunk) each(place int, from int64, seen func(account.ID) bool, take func(felt)) {
	const nobody = 0
	authors := slices.Clone(c.authors)
	for i, author := range authors {
		if !seen(author) {
			authors[i] = nobody
		}
	}
	c.authors = authors
	for ; place < chunkSize; place++ {
		if f := c.at(place); f.kind != absent && f.author != nobody && f.quarter >= from {
			take(f)
		}
	}
}
