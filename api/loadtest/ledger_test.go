package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// told is one thing that a server tells in these tests: an acknowledgement, or a delivery to a member.
type told struct {
	member int // -1 is the acknowledgement
	seq    int64
	number int64
}

const acked = -1

// hear lets sender 0 send four messages into a room of two, of which seq 7 is the latest, and returns the verdict.
func hear(stream []told) Verdict {
	l := newLedger(7, 1, 2)
	for range 4 {
		l.send(0, time.Time{})
	}
	for _, t := range stream {
		s := stamp{number: t.number}
		if t.member == acked {
			l.ack(s, t.seq)
		} else {
			l.deliver(t.member, t.seq, s, true)
		}
	}
	return l.close()
}

// whole is what a server without fault tells: acknowledgements and, to both members, the deliveries of four messages.
func whole() []told {
	var stream []told
	for n := range int64(4) {
		stream = append(stream, told{0, 8 + n, n}, told{acked, 8 + n, n}, told{1, 8 + n, n})
	}
	return stream
}

func TestTheLedgerIsContentWithAWholeStream(t *testing.T) {
	require.Equal(t, Verdict{Deliveries: 8}, hear(whole()))
}

func TestTheLedgerFindsEveryFault(t *testing.T) {
	without := func(i int) []told { return append(whole()[:i:i], whole()[i+1:]...) }
	with := func(more ...told) []told { return append(whole(), more...) }
	changed := func(i int, to told) []told {
		stream := whole()
		stream[i] = to
		return stream
	}
	swapped := func(i, j int) []told {
		stream := whole()
		stream[i], stream[j] = stream[j], stream[i]
		return stream
	}
	for name, c := range map[string]struct {
		stream []told
		want   Verdict
	}{
		"lost in the middle":                {without(5), Verdict{Deliveries: 7, Lost: 1}},
		"the last one lost":                 {without(11), Verdict{Deliveries: 7, Lost: 1}},
		"the last one lost by all":          {append(whole()[:9:9], told{acked, 11, 3}), Verdict{Deliveries: 6, Lost: 2}},
		"everything lost by one":            {append(without(2)[:4:4], without(2)[4], told{0, 10, 2}, told{acked, 10, 2}, told{0, 11, 3}, told{acked, 11, 3}), Verdict{Deliveries: 5, Lost: 3}},
		"delivered twice":                   {with(told{1, 11, 3}), Verdict{Deliveries: 9, Duplicated: 1}},
		"an old one again":                  {with(told{0, 8, 0}), Verdict{Deliveries: 9, Duplicated: 1}},
		"two changed places for one":        {swapped(5, 8), Verdict{Deliveries: 8, Disordered: 1}},
		"acknowledged with another seq":     {changed(4, told{acked, 8, 1}), Verdict{Deliveries: 8, Misplaced: 1}},
		"acknowledged with a seq too high":  {changed(10, told{acked, 1 << 40, 3}), Verdict{Deliveries: 8, Misplaced: 1}},
		"acknowledged from nowhere":         {append(whole()[:9:9], told{acked, 1 << 40, 3}), Verdict{Deliveries: 6, Misplaced: 1}},
		"one place held by different ones":  {changed(5, told{1, 9, 2}), Verdict{Deliveries: 8, Lost: 1, Misplaced: 3}},
		"acknowledged twice":                {with(told{acked, 11, 3}), Verdict{Deliveries: 8, Misplaced: 1}},
		"never acknowledged":                {without(10), Verdict{Deliveries: 8, Unanswered: 1}},
		"neither acknowledged nor sent out": {whole()[:9], Verdict{Deliveries: 6, Unanswered: 1}},
		"nobody sent it":                    {with(told{0, 12, 4}, told{1, 12, 4}), Verdict{Deliveries: 10, Misplaced: 2}},
		"a seq left out":                    {[]told{{0, 9, 0}, {acked, 9, 0}, {1, 9, 0}}, Verdict{Deliveries: 2, Lost: 2, Unanswered: 3}},
		"a seq from nowhere":                {with(told{0, 1 << 50, 3}), Verdict{Deliveries: 9, Misplaced: 1}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, hear(c.stream)) })
	}
}

func TestTheLedgerFindsTwoMessagesAtOnePlace(t *testing.T) {
	l := newLedger(0, 2, 2)
	for sender := range uint16(2) {
		l.send(int(sender), time.Time{})
		l.ack(stamp{sender: sender}, 1)
		l.deliver(int(sender), 1, stamp{sender: sender}, true)
	}
	require.Equal(t, Verdict{Deliveries: 2, Lost: 2}, l.close())
}

func TestTheLedgerFindsASendersMessagesInAnotherOrder(t *testing.T) {
	l := newLedger(0, 1, 1)
	for range 2 {
		l.send(0, time.Time{})
	}
	for seq, number := range map[int64]int64{1: 1, 2: 0} {
		l.ack(stamp{number: number}, seq)
	}
	l.deliver(0, 1, stamp{number: 1}, true)
	l.deliver(0, 2, stamp{number: 0}, true)
	require.Equal(t, Verdict{Deliveries: 2, Disordered: 1}, l.close())
}

func TestTheLedgerTellsWhoHasAMessageAndSinceWhen(t *testing.T) {
	l, at := newLedger(3, 1, 2), time.Unix(1, 0)
	require.Zero(t, l.send(0, at))
	require.Equal(t, delivery{}, l.deliver(0, 3, stamp{}, false), "from before")
	require.Equal(t, delivery{sent: at, fresh: true}, l.deliver(0, 4, stamp{}, true))
	require.Equal(t, delivery{sent: at, fresh: true, whole: true}, l.deliver(1, 4, stamp{}, true))
	require.Equal(t, delivery{}, l.deliver(1, 4, stamp{}, true), "a second time")
	sent, fresh := l.ack(stamp{}, 4)
	require.True(t, fresh)
	require.Equal(t, at, sent)
	require.Equal(t, delivery{}, l.deliver(1, 5, stamp{}, false), "a line of the server has its place too")
	require.Equal(t, Verdict{Deliveries: 4, Foreign: 1, Duplicated: 1, Lost: 1}, l.close())
}

func TestARefusedMessageIsNotWaitedFor(t *testing.T) {
	l := newLedger(0, 1, 1)
	l.send(0, time.Time{})
	require.True(t, l.refuse(stamp{}))
	require.False(t, l.refuse(stamp{}))
	require.Equal(t, Verdict{Refused: 1}, l.close())

	l.deliver(0, 1, stamp{}, true)
	require.Equal(t, Verdict{Deliveries: 1, Refused: 1, Misplaced: 1}, l.close(), "refused and yet stored")
}
