package main

import (
	"math"
	"slices"

	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// corpus is rows as vectors over the n-grams of an index.
type corpus struct {
	rows   []row
	starts []int32
	cells  []cell
	// spread is in how many rows each n-gram occurs.
	spread []int32
}

type cell struct {
	feature int32
	value   float32
}

func (c *corpus) row(i int32) []cell { return c.cells[c.starts[i]:c.starts[i+1]] }

// vectors reads every row with an index.
func vectors(rows []row, index *linear.Index) *corpus {
	c := &corpus{rows: rows, starts: make([]int32, 1, len(rows)+1), spread: make([]int32, index.Len())}
	var x feature.Extractor
	scratch := index.NewScratch()
	for _, r := range rows {
		x.Extract(r.text)
		for _, e := range index.Vector(&x, scratch) {
			c.cells = append(c.cells, cell{e.Feature, e.Value})
			c.spread[e.Feature]++
		}
		c.starts = append(c.starts, int32(len(c.cells)))
	}
	return c
}

// count indexes the n-grams that occur in at least least rows of a language. Worn copies are not counted.
func count(rows []row, least int32) *linear.Index {
	var x feature.Extractor
	var total [linear.Languages]int32
	spread := map[uint32][linear.Languages]int32{}
	seen := map[uint32]int{}
	for i, r := range rows {
		if r.weight != 1 {
			continue
		}
		x.Extract(r.text)
		language := linear.LanguageOf(&x)
		total[language]++
		for _, f := range x.Features {
			if seen[f.Hash] == i+1 {
				continue
			}
			seen[f.Hash] = i + 1
			n := spread[f.Hash]
			n[language]++
			spread[f.Hash] = n
		}
	}
	var hashes []uint32
	for h, n := range spread {
		if slices.Max(n[:]) >= least {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	rarity := make([]linear.Rarity, len(hashes))
	for i, h := range hashes {
		for l, n := range spread[h] {
			if n > 0 {
				idf := linear.Log(float64(1+total[l])/float64(1+n)) + 1
				rarity[i][l] = uint8(min(255, math.Round(idf*linear.RaritySteps)))
			}
		}
	}
	return linear.NewIndex(hashes, rarity)
}
