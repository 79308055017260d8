package realtime_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/stretchr/testify/require"
)

// does says in room 7 what somebody does. An envelope of the tests shows the kind, the marks, whether it is of a crowd, the
// count and the reads.
func does(kind realtime.SignalKind, user int64) realtime.Signal {
	return realtime.Signal{Kind: kind, Room: 7, Mark: realtime.Mark{User: user}}
}

func reads(user, seq int64) realtime.Signal {
	return realtime.Signal{Kind: realtime.Reading, Room: 7, Mark: realtime.Mark{User: user, Seq: seq}}
}

func crowded(s realtime.Signal) realtime.Signal {
	s.Crowd = true
	return s
}

func TestSignalsOfAKindAreJoinedHoweverManyPeopleAndNodesThereAre(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, watches := b.connect(9, 9, "", 7)
		_, one := a.connect(1, 1, "", 7)
		_, two := b.connect(2, 2, "", 7)
		_, stranger := a.connect(3, 3, "", 8)
		a.Signal(does(realtime.Typing, 1))
		eventually(t, watches, "1 [{1 0}] false 0 []")
		for range 20 {
			a.Signal(does(realtime.Typing, 1))
			a.Signal(does(realtime.Typing, 4))
			b.Signal(does(realtime.Typing, 2))
		}
		require.Eventually(t, func() bool {
			got := strings.Join(watches.envelopes()[1:], " ")
			return strings.Contains(got, "{2 0}") && strings.Contains(got, "{4 0}")
		}, 5*time.Second, 5*time.Millisecond)
		require.LessOrEqual(t, len(watches.envelopes()), 3, "one of here, and one of what came from there after it")
		for _, envelope := range one.envelopes() {
			require.NotContains(t, envelope, "{1 0}", "nobody is told of their own typing")
		}
		for _, envelope := range two.envelopes() {
			require.NotContains(t, envelope, "{2 0}")
		}
		require.Empty(t, stranger.envelopes())
	})
}

func TestReadMarksGoToOnesOwnOtherConnectionsTheLatestOnly(t *testing.T) {
	n := embedded(t)
	_, own := n.connect(1, 1, "", 7)
	for seq := range int64(50) {
		n.Signal(reads(1, seq+1))
	}
	n.Signal(reads(1, 20)) // an earlier one that was on its way for longer
	n.Signal(reads(2, 7))
	eventually(t, own, "4 [{1 1}] false 0 []", "4 [{1 50} {2 7}] false 0 []")
}

func TestLookingAndLookingAwayReplaceEachOther(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(9, 9, "", 7)
	n.Signal(does(realtime.Looking, 1))
	n.Signal(does(realtime.Looking, 2))
	n.Signal(does(realtime.Away, 1))
	n.Signal(does(realtime.Looking, 1))
	n.Signal(does(realtime.Looking, 3))
	n.Signal(does(realtime.Away, 3))
	eventually(t, p, "2 [{1 0}] false 0 []", "2 [{1 0} {2 0}] false 0 []", "3 [{3 0}] false 0 []")
}

func TestACrowdIsToldCountsOnly(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := b.connect(9, 9, "", 7)
		_, one := a.connect(1, 1, "", 7)
		a.Signal(crowded(does(realtime.Typing, 1)))
		eventually(t, p, "1 [] true 1 []")
		a.Signal(crowded(does(realtime.Typing, 2)))
		b.Signal(crowded(does(realtime.Typing, 3)))
		require.Eventually(t, func() bool {
			got := p.envelopes()
			return got[len(got)-1] == string(text("1 [] true 3 []"))
		}, 5*time.Second, 5*time.Millisecond)
		require.Eventually(t, func() bool {
			got := one.envelopes()
			return len(got) > 0 && got[len(got)-1] == string(text("1 [] true 2 []"))
		}, 5*time.Second, 5*time.Millisecond, "the others")

		looks, _ := a.connect(5, 5, "", 7)
		a.Look(t.Context(), looks, 7)
		before := len(p.envelopes())
		a.Signal(crowded(does(realtime.Looking, 5)))
		a.Signal(crowded(reads(1, 5)))
		require.Eventually(t, func() bool { return len(p.envelopes()) == before+2 }, 5*time.Second, 5*time.Millisecond)
		require.ElementsMatch(t, []string{string(text("2 [] true 1 []")), string(text("4 [] true 0 [{5 2}]"))}, p.envelopes()[before:])
		require.Eventually(t, func() bool {
			got := one.envelopes()
			return got[len(got)-1] == string(text("4 [{1 5}] true 0 [{5 2}]")) || got[len(got)-2] == string(text("4 [{1 5}] true 0 [{5 2}]"))
		}, 5*time.Second, 5*time.Millisecond, "one's own mark by name")
	})
}

func TestWhoIsOutIsNotSeenToDoAnythingAfterwards(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := a.connect(9, 9, "", 7)
		b.connect(1, 1, "", 7)
		b.Signal(does(realtime.Typing, 1))
		b.Signal(does(realtime.Typing, 3))
		eventually(t, p, "1 [{1 0}] false 0 []")
		b.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7})
		b.Deliver(realtime.Delivery{Room: 7, NotFor: 1, Quiet: 7, QuietUser: 1, Envelope: text("out")})
		b.Signal(does(realtime.Typing, 3))
		eventually(t, p, "1 [{1 0}] false 0 []", "out", "1 [{3 0}] false 0 []")
	})
}

func TestNothingWaitsForARoomThatBecameHistory(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, p := b.connect(2, 2, "", 7)
		_, here := a.connect(1, 1, "", 7)
		a.Signal(does(realtime.Typing, 4))
		a.Signal(does(realtime.Typing, 1))
		eventually(t, p, "1 [{4 0}] false 0 []")
		a.Deliver(realtime.Delivery{Users: []int64{1, 2}, Quiet: 7, Envelope: text("history now")})
		a.Signal(realtime.Signal{Kind: realtime.Choosing, Room: 7, Envelope: text("order")})
		eventually(t, p, "1 [{4 0}] false 0 []", "history now", "order")
		eventually(t, here, "1 [{4 0}] false 0 []", "history now", "order")
	})
}

func TestEveryNodeHearsThatARoomShowsOtherReadings(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		_, here := a.connect(1, 1, "", 7)
		_, there := b.connect(2, 2, "", 7)
		heard := func(n *node) (rooms []int64) {
			n.mu.Lock()
			defer n.mu.Unlock()
			return slices.Clone(n.stale)
		}
		a.Signal(realtime.Signal{Kind: realtime.Showing, Room: 7, Envelope: text("once")})
		require.Equal(t, []int64{7}, heard(a), "at once")
		for range 5 {
			a.Signal(realtime.Signal{Kind: realtime.Showing, Room: 7, Envelope: text("more")})
		}
		eventually(t, here, "once", "more")
		eventually(t, there, "once", "more")
		require.Equal(t, []int64{7, 7}, heard(b))
	})
}

func TestOfChoosingTheLatestIsTold(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	for _, order := range []string{"first", "second", "third"} {
		n.Signal(realtime.Signal{Kind: realtime.Choosing, Room: 7, Envelope: text(order)})
	}
	eventually(t, p, "first", "third")
}
