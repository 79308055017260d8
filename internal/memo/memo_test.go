package memo_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/memo"
)

func TestAMemoIsBoundedAndNeverRemembersWrongly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 100
		m := memo.New[int, int](most)
		last, costs := make(map[int]int), make(map[int]int)
		for i := range rapid.IntRange(1, 300).Draw(t, "puts") {
			key := rapid.IntRange(0, 20).Draw(t, "key")
			if rapid.Bool().Draw(t, "get") {
				if value, ok := m.Get(key); ok {
					require.Equal(t, last[key], value)
				}
				continue
			}
			last[key], costs[key] = i, rapid.IntRange(0, 60).Draw(t, "cost")
			m.Put(key, i, costs[key])
			value, ok := m.Get(key)
			require.Equal(t, costs[key] <= most/2, ok)
			if ok {
				require.Equal(t, i, value)
			}
		}
		held := 0
		for key, cost := range costs {
			if m.Has(key) {
				held += cost
			}
		}
		require.LessOrEqual(t, held, most)
	})
}

func TestWhatIsUsedStays(t *testing.T) {
	m := memo.New[int, string](100)
	m.Put(0, "used", 10)
	for i := 1; i < 1000; i++ {
		m.Put(i, "passing", 10)
		value, ok := m.Get(0)
		require.True(t, ok)
		require.Equal(t, "used", value)
	}
	_, ok := m.Get(1)
	require.False(t, ok)
}
