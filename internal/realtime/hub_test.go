package realtime

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// counter is a connection that counts.
type counter struct{ n int }

func (c *counter) Send([]byte) { c.n++ }
func (c *counter) View(string) {}
func (c *counter) End()        {}

// recorder is a connection that remembers what it was sent.
type recorder struct{ got []string }

func (r *recorder) Send(envelope []byte) { r.got = append(r.got, string(envelope)) }
func (r *recorder) View(string)          {}
func (r *recorder) End()                 {}

func quietHub() *Hub { return newHub(func(int64) {}, func(int64) {}) }

// TestWhateverTheOrderOfArrivalARoomIsInOrderAndWhole delivers the changes of a room in any order, some twice and some not
// at all, with the database asked whenever it pleases.
func TestWhateverTheOrderOfArrivalARoomIsInOrderAndWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		last := rapid.Int64Range(1, 30).Draw(rt, "changes")
		overtaken := make(map[int64]bool) // by a later change of the same message
		for rev := int64(1); rev < last; rev++ {
			overtaken[rev] = rapid.Float64Range(0, 1).Draw(rt, "overtaken") < 0.2
		}
		delivery := func(rev int64) Delivery { return Delivery{Room: 1, Rev: rev, Envelope: fmt.Append(nil, rev)} }
		var arriving []int64
		for rev := int64(1); rev <= last; rev++ {
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(rt, "copies") {
				arriving = append(arriving, rev)
			}
		}
		arriving = rapid.Permutation(arriving).Draw(rt, "order")

		h, p := quietHub(), &recorder{}
		c := NewConn(1, 1, "", p)
		h.add(c)
		h.settle(c, []Head{{Room: 1}}, nil)
		ask := func() {
			since, upTo, late := h.waits(1)
			if !late {
				return
			}
			var list []Delivery
			for rev := since + 1; rev <= last; rev++ {
				if !overtaken[rev] {
					list = append(list, delivery(rev))
				}
			}
			h.fill(1, since, list, upTo)
		}
		for _, rev := range arriving {
			d := delivery(rev)
			h.deliver(&d)
			if rapid.Float64Range(0, 1).Draw(rt, "ask") < 0.1 {
				ask()
			}
		}
		h.learn(Head{Room: 1, Rev: last})
		ask()

		sent := make(map[string]bool)
		before := int64(0)
		for _, envelope := range p.got {
			var rev int64
			_, err := fmt.Sscan(envelope, &rev)
			require.NoError(rt, err)
			require.Greater(rt, rev, before)
			before = rev
			sent[envelope] = true
		}
		for rev := int64(1); rev <= last; rev++ {
			require.True(rt, sent[fmt.Sprint(rev)] || overtaken[rev], "change %d", rev)
		}
	})
}

func BenchmarkDeliver(b *testing.B) {
	for _, members := range []int64{10, 1000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			h, peers := quietHub(), &counter{}
			for user := range members {
				c := NewConn(user+1, user+1, []string{"ko", "en", ""}[user%3], peers)
				h.add(c)
				h.settle(c, []Head{{Room: 1}}, nil)
			}
			d := Delivery{Room: 1, Envelope: []byte("{}"), Views: []View{{"ko", []byte("{}")}, {"en", []byte("{}")}}}
			b.ReportAllocs()
			for b.Loop() {
				d.Rev++
				h.deliver(&d)
			}
			if peers.n < b.N*int(members) {
				b.Fatal("something was not sent")
			}
		})
	}
}
