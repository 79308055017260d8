package message_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

// FuzzCursor: whatever cursor a stranger makes up, it is refused as invalid or answered with a page that keeps its
// promises: within the bounds, in order, no longer than asked for, and honest about what follows.
func FuzzCursor(f *testing.F) {
	w := newWorld(f, testkit.SQLite(f))
	a, _, id := w.pair(f)
	const count = 12
	for i := range count {
		_, err := w.messages.Send(f.Context(), a, id, draft(fmt.Sprint(i)))
		require.NoError(f, err)
	}
	for _, seq := range []int64{3, 7} { // so that rev and seq differ
		_, err := w.messages.Edit(f.Context(), a, id, seq, "changed")
		require.NoError(f, err)
	}
	f.Add(uint8(0), int64(0), 50)
	f.Add(uint8(1), int64(5), 3)
	f.Add(uint8(2), int64(5), 3)
	f.Add(uint8(4), int64(12), 1)
	f.Add(uint8(3), int64(1), 10)
	f.Add(uint8(4), int64(-1), 10)
	f.Add(uint8(2), int64(1<<62), 200)
	f.Add(uint8(0), int64(0), 201)
	f.Fuzz(func(t *testing.T, given uint8, at int64, limit int) {
		c := message.Cursor{Limit: limit}
		for bit, field := range []**int64{&c.Before, &c.After, &c.SinceRev} {
			if given&(1<<bit) != 0 {
				*field = &at
			}
		}
		page, err := w.messages.History(t.Context(), a, id, c)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		key := func(m message.Message) int64 {
			if c.SinceRev != nil {
				return m.Rev
			}
			return m.Seq
		}
		within := 0
		for _, m := range w.history(t, a, id, message.Cursor{}).Items {
			if (c.Before == nil || m.Seq < at) && (c.After == nil || m.Seq > at) && (c.SinceRev == nil || m.Rev > at) {
				within++
			}
		}
		require.Len(t, page.Items, min(within, limit))
		require.Equal(t, within > limit, page.HasMore)
		require.True(t, slices.IsSortedFunc(page.Items, func(x, y message.Message) int { return int(key(x) - key(y)) }))
		for _, m := range page.Items {
			require.True(t, (c.Before == nil || m.Seq < at) && (c.After == nil || m.Seq > at) && (c.SinceRev == nil || m.Rev > at))
		}
	})
}
