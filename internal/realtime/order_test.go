package realtime_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

// change is a change of a message in room 7.
func change(rev int64) realtime.Delivery {
	return realtime.Delivery{Room: 7, Rev: rev, Envelope: text(fmt.Sprint(rev))}
}

func (n *node) storeRevs(revs ...int64) {
	for _, rev := range revs {
		n.store(change(rev))
	}
}

func (n *node) deliver(revs ...int64) {
	for _, rev := range revs {
		n.Deliver(change(rev))
	}
}

func embedded(t *testing.T) *node { return newNode(t, testkit.OpenRedis(t, "embedded"), newTruth()) }

func TestChangesAreReceivedInTheOrderOfTheirRevs(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	n.deliver(1, 3, 5, 4, 1, 3)
	eventually(t, p, "1")
	n.deliver(2, 2)
	eventually(t, p, "1", "2", "3", "4", "5")
	require.Zero(t, n.lookups(), "nobody was asked for what came by itself")
}

func TestAChangeThatDoesNotComeIsLookedUp(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	n.storeRevs(2, 3, 4, 6, 8, 9) // 5 and 7 were overtaken by later changes of their messages
	n.deliver(1, 8, 9)
	eventually(t, p, "1", "2", "3", "4", "6", "8", "9")
	n.deliver(10)
	eventually(t, p, "1", "2", "3", "4", "6", "8", "9", "10")
}

func TestADeliveryMayStandForManyChanges(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	n.deliver(1)
	n.Deliver(realtime.Delivery{Room: 7, Rev: 500, Skip: 498, Envelope: text("all up to 500")})
	n.deliver(501, 503)
	n.Deliver(realtime.Delivery{Room: 7, Rev: 600, Skip: 96, Envelope: text("all up to 600")})
	n.deliver(502)
	eventually(t, p, "1", "all up to 500", "501", "502", "503", "all up to 600")
	require.Zero(t, n.lookups())
}

func TestADeliveryThatStandsForManyIsLookedUpWhenItDoesNotFit(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	n.storeRevs(2, 3, 4, 5)
	n.deliver(1)
	n.Deliver(realtime.Delivery{Room: 7, Rev: 5, Skip: 2, Envelope: text("all up to 5")}) // 2 does not come
	eventually(t, p, "1", "2", "3", "4", "5")
	n.deliver(6)
	eventually(t, p, "1", "2", "3", "4", "5", "6")
}

func TestAChangeThatIsNotToBeFoundHoldsNothingUp(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	n.storeRevs(3)
	n.deliver(3)
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("said after it")})
	n.deliver(4)
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("and this")})
	require.Empty(t, p.envelopes())
	eventually(t, p, "3", "said after it", "4", "and this")
}

func TestAFloodThatOvertakesIsBoundedAndWhole(t *testing.T) {
	n := embedded(t)
	_, p := n.connect(1, 1, "", 7)
	var want []string
	for rev := range int64(600) {
		n.storeRevs(rev + 1)
		want = append(want, fmt.Sprint(rev+1))
	}
	n.Deliver(change(300))
	n.Deliver(realtime.Delivery{Room: 7, Envelope: text("no message")})
	for rev := range int64(599) {
		n.Deliver(change(rev + 2))
	}
	require.Eventually(t, func() bool { return len(p.envelopes()) == 601 }, 5*time.Second, 2*time.Millisecond)
	got := p.envelopes()
	require.Equal(t, string(text("no message")), got[0], "kept no longer than there is room for it")
	for i, w := range want {
		require.Equal(t, string(text(w)), got[i+1])
	}
}

func TestWhoConnectsLaterKnowsWhatIsOnItsWay(t *testing.T) {
	n := embedded(t)
	_, first := n.connect(1, 1, "", 7)
	n.storeRevs(1, 2)
	_, p := n.connect(2, 2, "", 7)
	eventually(t, first, "1", "2")
	eventually(t, p, "1", "2")
}

func TestAccessEndsAtOnceWhateverIsHeldBack(t *testing.T) {
	n := embedded(t)
	_, stays := n.connect(1, 1, "", 7)
	_, goes := n.connect(2, 2, "", 7)
	n.deliver(2, 3)
	n.Deliver(realtime.Delivery{Users: []int64{2}, Detach: 7, Envelope: text("out")})
	require.Equal(t, []string{string(text("out"))}, goes.envelopes())
	n.deliver(1)
	eventually(t, stays, "1", "2", "3")
	require.Len(t, goes.envelopes(), 1)
}

func TestWhatIsLookedUpReachesNobodyWhoIsOut(t *testing.T) {
	n := embedded(t)
	_, stays := n.connect(1, 1, "", 7)
	_, out := n.connect(2, 2, "", 7)
	n.deliver(1)
	eventually(t, stays, "1")
	eventually(t, out, "1")
	n.leave(2, 7) // and nobody tells this node
	n.storeRevs(2, 3)
	n.deliver(3)
	eventually(t, stays, "1", "2", "3")
	eventually(t, out, "1", "7 false")
	n.deliver(4)
	eventually(t, stays, "1", "2", "3", "4")
	eventually(t, out, "1", "7 false")
}
