package message_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/message"
)

func TestChangesSinceARevAreThoseOfTheHistory(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, id := w.pair(t)
		for i := range message.MaxPage + 5 {
			w.send(t, a, id, strconv.Itoa(i))
		}
		_, err := w.messages.React(t.Context(), b, id, 1, "👍")
		require.NoError(t, err)
		list, more, err := w.messages.Since(t.Context(), id, 2)
		require.NoError(t, err)
		require.True(t, more)
		since := int64(2)
		require.Equal(t, w.history(t, a, id, message.Cursor{SinceRev: &since, Limit: message.MaxPage}).Items, list)
		list, more, err = w.messages.Since(t.Context(), id, message.MaxPage+4)
		require.NoError(t, err)
		require.False(t, more)
		require.Len(t, list, 2)
		require.Equal(t, []int64{message.MaxPage + 5, 1}, []int64{list[0].Seq, list[1].Seq}, "a changed one comes last")
		require.Len(t, list[1].Reactions, 1)
	})
}
