// Package linear is the embedded model itself: which n-grams it knows, what each weighs, and how the weights become scores.
package linear

import (
	"slices"

	"github.com/emosation/emosation/internal/emotion/feature"
)

// Language chooses among the numbers that the model keeps for each language.
type Language int

// The languages; Languages is how many there are.
const (
	English Language = iota
	Korean
	Languages
)

// LanguageOf tells the language of the message that x has read.
func LanguageOf(x *feature.Extractor) Language {
	if x.Korean {
		return Korean
	}
	return English
}

// Rarity is how rare an n-gram is in each language, as its inverse document frequency in steps of 1/RaritySteps; 0 = never seen.
type Rarity [Languages]uint8

// RaritySteps is the resolution of Rarity.
const RaritySteps = 20

// Index knows the n-grams of a model by their hashes. It is never written after NewIndex, so goroutines may share it.
type Index struct {
	grams []gram  // ascending
	slots []int32 // open addressing: feature number + 1
	shift int
	times [16]float32 // what so few occurrences count as
}

// gram is all that the index knows of an n-gram, in one place of the memory.
type gram struct {
	hash   uint32
	rarity Rarity
}

// NewIndex takes hashes in ascending order, and the rarity of each.
func NewIndex(hashes []uint32, rarity []Rarity) *Index {
	bits := 4
	for 1<<bits < 3*len(hashes) {
		bits++
	}
	x := &Index{grams: make([]gram, len(hashes)), slots: make([]int32, 1<<bits), shift: 32 - bits}
	for n := range x.times {
		x.times[n] = damped(int32(max(1, n)))
	}
	for i, h := range hashes {
		x.grams[i] = gram{h, rarity[i]}
		at := h >> x.shift
		for x.slots[at] != 0 {
			at = (at + 1) & uint32(len(x.slots)-1)
		}
		x.slots[at] = int32(i + 1)
	}
	return x
}

// Len is the number of n-grams known.
func (x *Index) Len() int { return len(x.grams) }

// Find returns the number of the n-gram with this hash, or -1.
func (x *Index) Find(hash uint32) int32 {
	at := hash >> x.shift
	for {
		f := x.slots[at] - 1
		if f < 0 || x.grams[f].hash == hash {
			return f
		}
		at = (at + 1) & uint32(len(x.slots)-1)
	}
}

// idf is the weight of rarity. A word of the other language in a mixed message keeps the weight that it has there.
func (x *Index) idf(f int32, language Language) float32 {
	rarity := &x.grams[f].rarity
	r := rarity[language]
	if r == 0 {
		r = max(rarity[English], rarity[Korean])
	}
	return float32(r) / RaritySteps
}

// damped is what so many occurrences of an n-gram count as.
func (x *Index) damped(count int32) float32 {
	if int(count) < len(x.times) {
		return x.times[count]
	}
	return damped(count)
}

// Entry is a known n-gram of one message.
type Entry struct {
	Feature int32
	Count   int32
	Value   float32
	Char    bool
}

// Scratch holds what one reading needs; it belongs to one goroutine at a time.
type Scratch struct {
	Entries []Entry
	Output  [Outputs]float32

	place []int32 // open addressing of Entries: by the hash of an n-gram, its entry + 1
	known []use
	// What a reading's Support works on.
	slopes []slope
}

// use is one occurrence of an entry in the message.
type use struct {
	entry, token int32
	pair         bool
}

// NewScratch makes a scratch for models that use this index.
func (x *Index) NewScratch() *Scratch { return &Scratch{} }

// clear makes room for the n-grams of a message.
func (s *Scratch) clear(features int) {
	s.Entries, s.known = s.Entries[:0], s.known[:0]
	size := 64
	for size < 2*features {
		size *= 2
	}
	if size > cap(s.place) {
		s.place = make([]int32, size)
		return
	}
	s.place = s.place[:size]
	clear(s.place)
}

// entry returns the place among Entries of the n-gram f, which is appended if it is not there.
func (s *Scratch) entry(f int32, ft *feature.Feature) int32 {
	mask := uint32(len(s.place) - 1)
	for at := ft.Hash & mask; ; at = (at + 1) & mask {
		n := s.place[at] - 1
		if n < 0 {
			n = int32(len(s.Entries))
			s.Entries = append(s.Entries, Entry{Feature: f, Char: ft.Char})
			s.place[at] = n + 1
			return n
		}
		if s.Entries[n].Feature == f {
			return n
		}
	}
}

// The shares of the two groups in the length of a message's vector, squared: whole words, and parts of words.
const (
	wordShare = 0.55
	charShare = 0.45
)

// Vector computes the values of the known n-grams of a message: (1 + ln count) × idf, each group scaled to its share.
func (x *Index) Vector(m *feature.Extractor, s *Scratch) []Entry {
	s.clear(len(m.Features))
	for i := range m.Features {
		ft := &m.Features[i]
		f := x.Find(ft.Hash)
		if f < 0 {
			continue
		}
		entry := s.entry(f, ft)
		s.Entries[entry].Count++
		s.known = append(s.known, use{entry, ft.Token, ft.Pair})
	}
	language := LanguageOf(m)
	var words, chars float32
	for i := range s.Entries {
		e := &s.Entries[i]
		e.Value = x.damped(e.Count) * x.idf(e.Feature, language)
		square := e.Value * e.Value
		if e.Char {
			chars += square
		} else {
			words += square
		}
	}
	wordScale, charScale := scale(wordShare, words), scale(charShare, chars)
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Char {
			e.Value *= charScale
		} else {
			e.Value *= wordScale
		}
	}
	return s.Entries
}

// LeastIDF is the weight of the n-gram's rarity in the language where it is more common.
func (x *Index) LeastIDF(f int) float64 {
	least := uint8(255)
	for _, r := range x.grams[f].rarity {
		if r > 0 {
			least = min(least, r)
		}
	}
	return float64(least) / RaritySteps
}

// KoreanAlone is whether the n-gram was seen in Korean messages only.
func (x *Index) KoreanAlone(f int) bool {
	r := &x.grams[f].rarity
	return r[Korean] > 0 && r[English] == 0
}

// Subset keeps only the given n-grams.
func (x *Index) Subset(features []int32) *Index {
	kept := slices.Sorted(slices.Values(features)) // numbers ascend with hashes
	hashes := make([]uint32, len(kept))
	rarity := make([]Rarity, len(kept))
	for i, f := range kept {
		hashes[i], rarity[i] = x.grams[f].hash, x.grams[f].rarity
	}
	return NewIndex(hashes, rarity)
}
