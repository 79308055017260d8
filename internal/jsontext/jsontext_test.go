package jsontext_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/jsontext"
)

// same requires that appending a value gives what encoding/json makes of it, behind what was there.
func same[V any](t require.TestingT, write func([]byte, V) []byte, value V) {
	want, err := json.Marshal(value)
	require.NoError(t, err)
	require.Equal(t, "["+string(want), string(write([]byte{'['}, value)), "%#v", value)
}

func TestStringsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	for c := range 256 {
		same(t, jsontext.AppendString, string([]byte{'a', byte(c), 'b'}))
		same(t, jsontext.AppendString, string(rune(c)))
	}
	for _, s := range []string{
		"", "오늘 정말 고마웠어 ㅠㅠ", "\u2027\u2028\u2029\u202a", "…“”", "\u2028", "\xe2\x80", "a\xe2", "<a href=\"x\">&</a>", "👩‍👩‍👧", "\ufffd", "\xed\xa0\x80",
	} {
		same(t, jsontext.AppendString, s)
	}
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"가나다", "\u2028", "\xe2", "<>&", "\\\"", "\x00\x1f\x7f", "\xff", "’"}))
	rapid.Check(t, func(t *rapid.T) {
		same(t, jsontext.AppendString, strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), ""))
	})
}

func TestNumbersAreWrittenAsEncodingJSONDoes(t *testing.T) {
	for n := range 10_001 {
		same(t, jsontext.AppendFloat, float64(n)/1e4)
	}
	for _, x := range []float64{
		math.Copysign(0, -1), -0.5, 1e-4, 0.00005, 1e-6, 9.9e-7, 1e-9, -1e-9, 1e-10, 1e-100, 1e20, 1e21, 1e22, 1e300, 123456.7891, 999999.9999, 999999.99995,
		0.1 + 0.2, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Nextafter(0.5, 1), math.Nextafter(0.1234, 0),
	} {
		same(t, jsontext.AppendFloat, x)
	}
	rapid.Check(t, func(t *rapid.T) {
		same(t, jsontext.AppendFloat, rapid.Float64().Draw(t, "any"))
		same(t, jsontext.AppendFloat, rapid.Float64Range(0, 1).Draw(t, "share"))
		same(t, jsontext.AppendFloat, float64(rapid.Int64Range(0, 1e12).Draw(t, "n"))/1e4)
	})
}

func TestTimesAreWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", 60*rapid.IntRange(-23*60, 23*60).Draw(t, "minutes east"))
		at := time.Unix(rapid.Int64Range(0, 1<<36).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		same(t, jsontext.AppendTime, at.UTC())
		same(t, jsontext.AppendTime, at.In(zone))
		same(t, jsontext.AppendTime, at.Truncate(time.Millisecond).UTC())
		same(t, jsontext.AppendTime, at.Truncate(time.Second).UTC())
	})
}
