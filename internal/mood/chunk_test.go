package mood

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
)

func TestAChunkIsReadAsItWasPacked(t *testing.T) {
	Bound(t, "rapid.nofailfile", "true")
	rapid.Check(t, func(r *rapid.T) {
		list := make([]felt, chunkSize)
		people := rapid.SampledFrom([]int{1, 3, chunkSize}).Draw(r, "people")
		some := rapid.SliceOfN(rapid.IntRange(0, chunkSize-1), 0, 50).Draw(r, "places")
		if people == chunkSize { // all of them
			some = nil
			for i := range list {
				some = append(some, i)
			}
		}
		begin := rapid.Int64Range(0, 1<<(64-quarterBits)-chunkSize).Draw(r, "quarter")
		far := rapid.Int64Range(0, 1<<60).Draw(r, "id")
		valence := rapid.Int64Range(-10_000, 10_000).Draw(r, "valence")
		for _, i := range some {
			list[i] = felt{begin + int64(i), account.ID(far + 1 + int64(i%people)), mark{kind: strange}}
			if k := kind(i % 9); k > 0 {
				list[i].mark = mark{unclear + k, i%2 == 0, valence}
			}
		}
		c, err := unpack(pack(list))
		require.NoError(t, err)
		got := make([]felt, chunkSize)
		for i := range got {
			got[i] = c.at(i)
		}
		require.Equal(t, list, got)
	})
}

func TestWhatIsNoChunkIsNotRead(t *testing.T) {
	whole := pack(make([]felt, chunkSize))
	for _, stored := range [][]byte{nil, whole[:len(whole)-wordSize], append(whole, 1)} {
		_, err := unpack(stored)
		require.Error(t, err)
	}
}

func TestAQuarterIsAllThatATimeIsNeededFor(t *testing.T) {
	Bound(t, "rapid.nofailfile", "true")
	rapid.Check(t, func(r *rapid.T) {
		c := calendar{zone(t, rapid.SampledFrom(odd).Draw(r, "zone"))}
		at := time.UnixMicro(rapid.Int64Range(1.76e15, 2.1e15).Draw(r, "microsecond"))
		if _, change := at.In(c.zone).ZoneBounds(); rapid.Bool().Draw(r, "change") && !change.IsZero() {
			at = change.Add(time.Duration(rapid.Int64Range(-7200e6, 7200e6).Draw(r, "microseconds from it")) * time.Microsecond)
		}
		require.Equal(t, c.around(Hour, at), c.around(Hour, beginOf(quarterOf(at))))
	})
}
