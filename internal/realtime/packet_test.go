package realtime

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func packets() []packet {
	view := "en"
	return []packet{
		{kind: ofHello}, {kind: ofGoodbye}, {kind: ofDoubt},
		{kind: ofAnswer, to: newNodeID()},
		{kind: ofHandover, to: newNodeID(), users: []int64{1, 300, math.MaxInt64}, within: 30_000},
		{kind: ofPoke, head: Head{Room: math.MaxInt64, Rev: 1}},
		{kind: ofDelivery},
		{kind: ofDelivery, late: true, delivery: Delivery{Attach: 3, Rev: 9, View: &view, EndSessions: []int64{1, 300}}},
		{kind: ofDelivery, delivery: Delivery{Detach: 3, Quiet: 3, QuietUser: 4, NotFor: 5, Envelope: []byte{}}},
		{kind: ofDelivery, delivery: Delivery{Room: 3, Rev: 300, Skip: 200}},
		{kind: ofDelivery, delivery: Delivery{
			Room: 1 << 40, Rev: 2, Envelope: []byte(`{"a":1}`), ViewsFor: 8,
			Views: []View{{Name: "ko", Envelope: []byte(`"기쁨"`)}, {Name: "", Envelope: []byte{}}},
		}},
		{kind: ofSignals, signals: signals{room: 7, family: Choosing.family(), marks: []mark{}, envelope: []byte("{}")}},
		{kind: ofSignals, signals: signals{room: 7, family: Reading.family(), crowd: true, marks: []mark{
			{Reading, Mark{User: 1, Seq: 200}}, {Away, Mark{User: 2}},
		}}},
	}
}

func TestPacketsArriveAsTheyWereSent(t *testing.T) {
	from := newNodeID()
	for _, p := range packets() {
		data := appendPacket(nil, from, &p)
		sender, ok := senderOf(string(data))
		require.True(t, ok)
		require.Equal(t, from, sender)
		got, err := decodePacket(data)
		require.NoError(t, err)
		require.Equal(t, p, got)
	}
}

func TestAPacketThatIsCutOrLongerIsNone(t *testing.T) {
	for _, p := range packets() {
		data := appendPacket(nil, newNodeID(), &p)
		for n := range data {
			_, err := decodePacket(data[:n])
			require.Error(t, err)
		}
		_, err := decodePacket(append(data, 0))
		require.Error(t, err)
	}
}

func FuzzDecodePacket(f *testing.F) {
	for _, p := range packets() {
		f.Add(appendPacket(nil, nodeID{}, &p))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decodePacket(data)
		if err != nil {
			return
		}
		once := appendPacket(nil, nodeID{}, &p)
		p, err = decodePacket(once)
		require.NoError(t, err)
		require.Equal(t, once, appendPacket(nil, nodeID{}, &p))
	})
}

func BenchmarkPacket(b *testing.B) {
	body := make([]byte, 400)
	p := packet{kind: ofDelivery, delivery: Delivery{
		Room: 123456, Rev: 98765, Envelope: body, Views: []View{{"ko", make([]byte, 700)}, {"en", make([]byte, 700)}},
	}}
	data := appendPacket(nil, nodeID{}, &p)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		buffer := make([]byte, 0, 4096)
		for b.Loop() {
			buffer = appendPacket(buffer[:0], nodeID{}, &p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodePacket(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
