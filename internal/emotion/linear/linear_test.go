package linear_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// indexOf knows every n-gram of the texts, all as rare as each other.
func indexOf(texts ...string) *linear.Index {
	var x feature.Extractor
	var hashes []uint32
	for _, text := range texts {
		x.Extract(text)
		for _, f := range x.Features {
			hashes = append(hashes, f.Hash)
		}
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	rarity := make([]linear.Rarity, len(hashes))
	for i := range rarity {
		rarity[i] = linear.Rarity{40, 40}
	}
	return linear.NewIndex(hashes, rarity)
}

func modelOf(texts ...string) *linear.Model {
	index := indexOf(texts...)
	rows := make([]float32, index.Len()*linear.Outputs)
	for i := range rows {
		rows[i] = float32(i%17-8) / 10
	}
	var tuning [linear.Languages]linear.Tuning
	for l := range tuning {
		for m := range tuning[l].Calibration {
			for i := range tuning[l].Calibration[m] {
				tuning[l].Calibration[m][i] = linear.Line{Slope: 1, Offset: 0.5}
			}
		}
		for i := range tuning[l].Mended {
			tuning[l].Mended[i] = linear.Line{Slope: 1}
		}
		tuning[l].Unclear = 0.25
	}
	return linear.Quantize("test-1", index, rows, tuning)
}

func TestExpAndLogAgreeWithMath(t *testing.T) {
	for x := -30.0; x < 30; x += 0.37 {
		require.InEpsilon(t, math.Exp(x), linear.Exp(x), 1e-10)
		require.InDelta(t, x, linear.Log(math.Exp(x)), 1e-9)
		require.InDelta(t, max(-13.8, min(13.8, x)), linear.Logit(linear.Sigmoid(x)), 0.02)
	}
	require.Zero(t, linear.Sigmoid(-1e9)*1e9 > 1, "far values stay in range")
	require.InDelta(t, 1, linear.Sigmoid(1e9), 1e-9)
}

func TestIndexFindsWhatItKnows(t *testing.T) {
	index := linear.NewIndex([]uint32{0, 1, 7, 1 << 31, math.MaxUint32}, make([]linear.Rarity, 5))
	for i, h := range []uint32{0, 1, 7, 1 << 31, math.MaxUint32} {
		require.EqualValues(t, i, index.Find(h))
	}
	require.EqualValues(t, -1, index.Find(2))
	require.EqualValues(t, -1, linear.NewIndex(nil, nil).Find(0))
}

func TestVectorsHaveOneLengthWhateverTheText(t *testing.T) {
	index := indexOf("such a good day", "정말 좋은 하루")
	scratch := index.NewScratch()
	var x feature.Extractor
	for _, text := range []string{"good", "such a good good good day", "정말 좋은 하루"} {
		x.Extract(text)
		sum := 0.0
		for _, e := range index.Vector(&x, scratch) {
			sum += float64(e.Value * e.Value)
		}
		require.InDelta(t, 1, sum, 1e-5, text)
	}
	x.Extract("xyzzy")
	for _, e := range index.Vector(&x, scratch) {
		require.False(t, e.Char, "nothing of an unknown word is known")
	}
}

func TestModelSurvivesItsFile(t *testing.T) {
	model := modelOf("such a good day", "정말 좋은 하루")
	encoded, err := model.Encode()
	require.NoError(t, err)
	decoded, err := linear.Decode(encoded)
	require.NoError(t, err)
	require.Equal(t, "test-1", decoded.Version)
	require.Equal(t, model.Tuning, decoded.Tuning)

	var x feature.Extractor
	x.Extract("a good day, 정말")
	require.Equal(t,
		model.Score(&x, &[linear.Outputs]float32{}, model.NewScratch()),
		decoded.Score(&x, &[linear.Outputs]float32{}, decoded.NewScratch()))

	again, err := decoded.Encode()
	require.NoError(t, err)
	require.Equal(t, encoded, again)
}

func TestDecodeRefusesWhatIsNotAModel(t *testing.T) {
	good, err := modelOf("a good day").Encode()
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"nothing":       nil,
		"another file":  []byte("PK\x03\x04 and so on and on"),
		"half a header": good[:20],
		"cut short":     good[:len(good)-1],
		"too long":      append(slices.Clone(good), 0),
	} {
		_, err := linear.Decode(data)
		require.ErrorIs(t, err, linear.ErrFormat, name)
	}
}

func TestQuantizeKeepsWeightsWithinAHundredth(t *testing.T) {
	// One n-gram alone makes its word's vector, so an output is its weights' sum.
	index := indexOf("ok")
	rows := make([]float32, index.Len()*linear.Outputs)
	for i := range rows {
		rows[i] = float32(math.Sin(float64(i))) * 3
	}
	model := linear.Quantize("q", index, rows, [linear.Languages]linear.Tuning{})
	var x feature.Extractor
	x.Extract("ok")
	scratch := model.NewScratch()
	model.Score(&x, &[linear.Outputs]float32{}, scratch)
	for l, got := range scratch.Output {
		want := float32(0)
		for _, e := range scratch.Entries {
			want += e.Value * rows[int(e.Feature)*linear.Outputs+l]
		}
		require.InDelta(t, want, got, 0.05)
	}
}

func TestSupportSumsToWhatTheTokensSaid(t *testing.T) {
	model := modelOf("such a good day")
	var x feature.Extractor
	x.Extract("such a good day")
	scratch := model.NewScratch()
	scores := model.Score(&x, &[linear.Outputs]float32{}, scratch)
	support := model.Support(nil, scratch, &scores, 3, len(x.Tokens))
	require.Len(t, support, 4)
	total := float32(0)
	for _, s := range support {
		total += s
	}
	require.NotZero(t, total)
}
