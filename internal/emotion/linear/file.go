package linear

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// magic begins every model file and changes with the layout.
const magic = "EMOLIN2\n"

// ErrFormat says that a file is not a model of the layout that this program reads.
var ErrFormat = errors.New("not a model file of this layout")

// header is the readable part of the file. After it come, for each feature: hashes (4 bytes, little endian), rarities, scales,
// then the rows of weights.
type header struct {
	Version  string
	Features int
	Outputs  int
	Tuning   [Languages]Tuning
}

const bytesPerFeature = 4 + int(Languages) + 1 + Outputs

// Decode makes a model from a file's bytes.
func Decode(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok || len(rest) < 4 {
		return nil, ErrFormat
	}
	size := binary.LittleEndian.Uint32(rest)
	rest = rest[4:]
	if uint64(size) > uint64(len(rest)) {
		return nil, ErrFormat
	}
	var h header
	if err := json.Unmarshal(rest[:size], &h); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrFormat, err)
	}
	rest = rest[size:]
	if h.Outputs != Outputs || h.Features < 0 || len(rest) != h.Features*bytesPerFeature {
		return nil, fmt.Errorf("%w: %d features of %d outputs in %d bytes", ErrFormat, h.Features, h.Outputs, len(rest))
	}
	hashes := make([]uint32, h.Features)
	for i := range hashes {
		hashes[i] = binary.LittleEndian.Uint32(rest[4*i:])
	}
	if !slices.IsSorted(hashes) {
		return nil, fmt.Errorf("%w: hashes out of order", ErrFormat)
	}
	rest = rest[4*h.Features:]
	rarity := make([]Rarity, h.Features)
	for i := range rarity {
		rarity[i] = Rarity(rest[int(Languages)*i:])
	}
	rest = rest[int(Languages)*h.Features:]
	m := newModel(NewIndex(hashes, rarity), h)
	for i := range m.rows {
		m.rows[i].scale = rest[i]
		copy(m.rows[i].weights[:], rest[h.Features+Outputs*i:])
	}
	return m, nil
}

func newModel(index *Index, h header) *Model {
	m := &Model{Index: index, Version: h.Version, Tuning: h.Tuning, rows: make([]row, index.Len())}
	for i := range m.steps {
		m.steps[i] = float32(math.Ldexp(eighth(i%8), i/8-32))
		m.numbers[i] = float32(int8(i))
	}
	return m
}

// eighth is 2^(i/8), by square roots, which are the same on every processor.
func eighth(i int) float64 {
	root := math.Sqrt(math.Sqrt(math.Sqrt2))
	product := 1.0
	for range i {
		product = float64(product * root)
	}
	return product
}

// Encode writes the model as a file that Decode reads.
func (m *Model) Encode() ([]byte, error) {
	text, err := json.Marshal(header{Version: m.Version, Features: m.Len(), Outputs: Outputs, Tuning: m.Tuning})
	if err != nil {
		return nil, fmt.Errorf("encode model header: %w", err)
	}
	out := slices.Grow([]byte(magic), 4+len(text)+m.Len()*bytesPerFeature)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, text...)
	for _, g := range m.grams {
		out = binary.LittleEndian.AppendUint32(out, g.hash)
	}
	for _, g := range m.grams {
		out = append(out, g.rarity[:]...)
	}
	for i := range m.rows {
		out = append(out, m.rows[i].scale)
	}
	for i := range m.rows {
		out = append(out, m.rows[i].weights[:]...)
	}
	return out, nil
}

// Quantize makes a model of full-precision rows (Outputs for each feature): each row keeps its own scale and 8 bits a weight.
func Quantize(version string, index *Index, rows []float32, tuning [Languages]Tuning) *Model {
	m := newModel(index, header{Version: version, Tuning: tuning})
	for f := range index.Len() {
		row := rows[f*Outputs:][:Outputs]
		most := float32(0)
		for _, w := range row {
			most = max(most, w, -w)
		}
		step := 0
		for step < len(m.steps)-1 && float32(127*m.steps[step]) < most {
			step++
		}
		m.rows[f].scale = uint8(step)
		for l, w := range row {
			m.rows[f].weights[l] = byte(int8(math.RoundToEven(float64(w / m.steps[step]))))
		}
	}
	return m
}
