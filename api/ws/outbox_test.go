package ws

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOutboxJoinsWhatWaitsInOrder(t *testing.T) {
	o := newOutbox()
	require.Nil(t, o.take(nil))
	for _, e := range []string{"a", "b", "c"} {
		require.True(t, o.put([]byte(e)))
	}
	require.Equal(t, "a\nb\nc", string(o.take(nil)))
	require.Nil(t, o.take(nil))
}

func TestOutboxIsBounded(t *testing.T) {
	o := newOutbox()
	for range maxWaiting {
		require.True(t, o.put([]byte("x")))
	}
	require.False(t, o.put([]byte("one too many")))
	for o.take(nil) != nil {
	}
	half := []byte(strings.Repeat("x", maxWaitingBytes/2+1))
	require.True(t, o.put(half))
	require.False(t, o.put(half))
	require.Equal(t, half, o.take(nil), "a large envelope still goes out whole")
	require.True(t, o.put(half))
}

// Whatever is put in comes out once, in order, in frames that are no larger than they may be.
func TestOutboxLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := newOutbox()
		var put, taken []string
		var buffer []byte
		take := func() {
			buffer = o.take(buffer)
			if buffer == nil {
				return
			}
			lines := strings.Split(string(buffer), "\n")
			if len(buffer) > maxJoined && len(lines) > 1 {
				t.Fatalf("a frame of %d bytes in %d envelopes", len(buffer), len(lines))
			}
			taken = append(taken, lines...)
		}
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				e := bytes.Repeat([]byte("x"), rapid.IntRange(1, maxJoined+10).Draw(t, "size"))
				if o.put(e) {
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
