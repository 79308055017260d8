package ws

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// all takes one frame out.
func (o *outbox) all() string {
	var buffer []byte
	frame, _ := o.take(&buffer)
	return string(frame)
}

func fits(o *outbox, envelope string) bool {
	ok, _ := o.put([]byte(envelope))
	return ok
}

func TestOutboxJoinsWhatWaitsInOrder(t *testing.T) {
	var o outbox
	require.Empty(t, o.all())
	for _, e := range []string{"a", "b", "c"} {
		require.True(t, fits(&o, e))
	}
	require.Equal(t, "a\nb\nc", o.all())
	require.Empty(t, o.all())
}

func TestOutboxCopiesNothingForOneEnvelope(t *testing.T) {
	var o outbox
	envelope := []byte("shared by all")
	o.put(envelope)
	var buffer []byte
	frame, n := o.take(&buffer)
	require.Equal(t, 1, n)
	require.Same(t, &envelope[0], &frame[0])
	require.Nil(t, buffer)
}

func TestOutboxIsBounded(t *testing.T) {
	var o outbox
	for range maxWaiting {
		require.True(t, fits(&o, "x"))
	}
	require.False(t, fits(&o, "one too many"))
	for o.all() != "" {
	}
	half := strings.Repeat("x", maxWaitingBytes/2+1)
	require.True(t, fits(&o, half))
	require.False(t, fits(&o, half))
	require.Equal(t, half, o.all(), "a large envelope still goes out whole")
	require.True(t, fits(&o, half))
}

func TestOutboxHasOneTakerAtATime(t *testing.T) {
	var o outbox
	put := func() bool {
		_, first := o.put([]byte("x"))
		return first
	}
	require.True(t, put())
	require.False(t, put(), "somebody takes them out")
	o.all()
	require.False(t, put(), "and is not done")
	more, _ := o.done()
	require.True(t, more)
	o.all()
	more, last := o.done()
	require.False(t, more)
	require.False(t, last)
	require.True(t, put())
}

func TestOutboxEndsWithTheLastEnvelope(t *testing.T) {
	var o outbox
	fits(&o, "a")
	require.False(t, o.finish([]byte("bye")), "somebody takes them out")
	require.True(t, fits(&o, "too late"))
	require.Equal(t, "a\nbye", o.all())
	_, last := o.done()
	require.True(t, last)
	_, last = o.done()
	require.False(t, last, "the last one is the last one once")

	var idle outbox
	require.True(t, idle.finish([]byte("bye")))
	require.False(t, idle.finish([]byte("bye")))

	var dropped outbox
	dropped.finish([]byte("bye"))
	dropped.drop()
	require.Empty(t, dropped.all())
	_, last = dropped.done()
	require.False(t, last, "nobody was told")
}

func TestAnEmptyOutboxKeepsLittle(t *testing.T) {
	var o outbox
	for range 3 {
		for range maxWaiting {
			require.True(t, fits(&o, "x"))
		}
		for o.all() != "" {
		}
		require.LessOrEqual(t, cap(o.waiting), maxSlots)
	}
}

// Whatever is put in comes out once, in order, in frames that are no larger than they may be.
func TestOutboxLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o outbox
		var put, taken []string
		var buffer []byte
		take := func() {
			frame, n := o.take(&buffer)
			if n == 0 {
				return
			}
			lines := strings.Split(string(frame), "\n")
			if len(lines) != n || len(frame) > maxJoined && n > 1 {
				t.Fatalf("a frame of %d bytes in %d envelopes", len(frame), len(lines))
			}
			taken = append(taken, lines...)
		}
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				e := bytes.Repeat([]byte("x"), rapid.IntRange(1, maxJoined+10).Draw(t, "size"))
				if fits(&o, string(e)) {
					put = append(put, string(e))
				}
			} else {
				take()
			}
		}
		for o.bytes > 0 {
			take()
		}
		if strings.Join(put, ",") != strings.Join(taken, ",") {
			t.Fatalf("put %d, took %d", len(put), len(taken))
		}
	})
}
