package realtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
)

// post is a change that the database has and that is delivered.
func (n *node) post(revs ...int64) {
	for _, rev := range revs {
		n.store(change(rev))
		n.Deliver(change(rev))
	}
}

// published counts what was published on a server, by everybody.
func published(t *testing.T, redis rueidis.Client) (n int) {
	stats, err := redis.Do(t.Context(), redis.B().Info().Section("commandstats").Build()).ToString()
	require.NoError(t, err)
	for _, found := range regexp.MustCompile(`cmdstat_s?publish:calls=(\d+)`).FindAllStringSubmatch(stats, -1) {
		calls, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		n += calls
	}
	return n
}

// revs are the envelopes of changes.
func revs(from, to int64) (list []string) {
	for rev := from; rev <= to; rev++ {
		list = append(list, fmt.Sprint(rev))
	}
	return list
}

func TestALoneNodePublishesNothingUntilAnotherComes(t *testing.T) {
	redis := testkit.Redis(t)
	w := newTruth()
	a := newNode(t, redis, w)
	_, here := a.connect(1, 1, "", 7)
	before := published(t, redis)
	a.post(1, 2, 3)
	a.Signal(realtime.Signal{Kind: realtime.Typing, Room: 7, Mark: realtime.Mark{User: 2}})
	require.Equal(t, before, published(t, redis))

	b := newNode(t, redis, w)
	_, there := b.connect(2, 2, "", 7)
	a.post(4)
	eventually(t, there, "4")
	eventually(t, here, "1", "2", "3", "1 [{2 0}] false 0 []", "4")

	b.stop()
	require.Eventually(t, func() bool {
		before := published(t, redis)
		a.Deliver(realtime.Delivery{Room: 7})
		return published(t, redis) == before
	}, 5*time.Second, 5*time.Millisecond, "alone again")
}

// TestNodesThatStartMissNothing lets nodes come while two of them change rooms all the time.
func TestNodesThatStartMissNothing(t *testing.T) {
	redis := testkit.Redis(t)
	w := newTruth()
	first := newNode(t, redis, w)
	const last = 400
	var turn sync.Mutex // revs are given one after the other, as under the lock of a room's row
	var rev int64
	next := func() (int64, bool) {
		turn.Lock()
		defer turn.Unlock()
		if rev == last {
			return 0, false
		}
		rev++
		w.store(change(rev))
		return rev, true
	}
	var writers sync.WaitGroup
	write := func(n *node) {
		writers.Go(func() {
			for at, ok := next(); ok; at, ok = next() {
				n.Bus.Deliver(change(at))
				<-time.After(rand.N(time.Millisecond)) // as long as a commit takes
			}
		})
	}
	write(first)
	type receiver struct {
		p    *peer
		from int64
	}
	var receivers []receiver
	receive := func(n *node, user int64) {
		w.join(user, 7)
		r := receiver{p: &peer{}}
		err := n.Connect(t.Context(), realtime.NewConn(user, user, "", r.p), func(ctx context.Context) ([]realtime.Head, error) {
			heads, err := w.heads(ctx, []int64{7})
			r.from = heads[0].Rev
			return heads, err
		})
		require.NoError(t, err)
		receivers = append(receivers, r)
	}
	receive(first, 1)
	for user := int64(2); user < 5; user++ {
		n := newNode(t, redis, w)
		receive(n, user)
		if user == 2 {
			write(n)
		}
	}
	writers.Wait()
	for _, r := range receivers {
		require.Eventually(t, func() bool {
			got := r.p.envelopes()
			return len(got) > 0 && got[len(got)-1] == string(text(fmt.Sprint(last)))
		}, 5*time.Second, 5*time.Millisecond)
		want := revs(r.from+1, last)
		got := r.p.envelopes()
		require.GreaterOrEqual(t, len(got), len(want))
		for i, envelope := range got[len(got)-len(want):] {
			require.Equal(t, string(text(want[i])), envelope)
		}
	}
}

func TestWhatIsSaidBeforeARoomIsListenedToIsNotMissed(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *node) {
		a.connect(1, 1, "", 7)
		a.post(1)
		p := &peer{}
		b.join(2, 7)
		err := b.Connect(t.Context(), realtime.NewConn(2, 2, "", p), func(ctx context.Context) ([]realtime.Head, error) {
			heads, err := b.heads(ctx, []int64{7})
			a.post(2) // nobody of the other node was in the room until now
			return heads, err
		})
		require.NoError(t, err)
		eventually(t, p, "2")
	})
}

func TestWhatRedisDidNotCarryArrivesWhenItIsBack(t *testing.T) {
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	w := newTruth()
	a := newNode(t, testkit.OpenRedis(t, server.URL()), w)
	b := newNode(t, testkit.OpenRedis(t, server.URL()), w)
	_, here := a.connect(1, 1, "", 7)
	_, there := b.connect(2, 2, "", 7)
	_, kicked := b.connect(3, 3, "", 7)
	_, ended := b.connect(4, 4, "", 7)
	a.post(1)
	eventually(t, there, "1")

	require.NoError(t, server.Kill(t.Context()))
	a.post(2, 3)
	b.post(4)
	a.Deliver(realtime.Delivery{Users: []int64{3}, Detach: 7})
	a.Deliver(realtime.Delivery{Users: []int64{4}, EndSessions: []int64{4}})
	a.post(5)
	require.NoError(t, server.Restart(t.Context()))
	eventually(t, here, revs(1, 5)...)
	eventually(t, there, revs(1, 5)...)
	require.Eventually(t, ended.hasEnded, 5*time.Second, 5*time.Millisecond)
	b.post(6)
	eventually(t, here, revs(1, 6)...)
	eventually(t, there, revs(1, 6)...)
	require.NotContains(t, kicked.envelopes(), string(text("6")))
}

func TestAKickIsHeardThoughOnlyItsNodeWasCutOff(t *testing.T) {
	server := testkit.RedisURL(t)
	w := newTruth()
	way := newLink(t, server)
	a := newNode(t, testkit.OpenRedis(t, way.url()), w)
	b := newNode(t, testkit.OpenRedis(t, server), w)
	_, here := a.connect(1, 1, "", 7)
	_, there := b.connect(2, 2, "", 7)
	_, kicked := b.connect(3, 3, "", 7)
	a.post(1)
	eventually(t, kicked, "1")

	way.set(true)
	a.Deliver(realtime.Delivery{Users: []int64{3}, Detach: 7, Envelope: text("out")})
	a.Deliver(realtime.Delivery{Room: 7, NotFor: 3, Envelope: text("one less")})
	a.post(2)
	b.post(3)
	way.fails(t)
	way.set(false)
	eventually(t, here, "1", "one less", "2", "3")
	require.Eventually(t, func() bool { return len(there.envelopes()) == 4 }, 5*time.Second, 2*time.Millisecond)
	require.Subset(t, there.envelopes(), []string{string(text("2")), string(text("3")), string(text("one less"))})
	require.Eventually(t, func() bool {
		got := kicked.envelopes()
		return got[len(got)-1] == string(text("out"))
	}, 5*time.Second, 2*time.Millisecond)
	a.post(4)
	eventually(t, here, "1", "one less", "2", "3", "4")
	got := kicked.envelopes()
	require.Equal(t, string(text("out")), got[len(got)-1])
}

// Whoever tells another node once more, because it did not hear that it had told it, may tell it twice.
func TestWhatMayComeOnlyOnceIsNotTriedAgain(t *testing.T) {
	server := testkit.RedisURL(t)
	w := newTruth()
	way := newLink(t, server)
	a := newNode(t, testkit.OpenRedis(t, way.url()), w)
	b := newNode(t, testkit.OpenRedis(t, server), w)
	_, here := a.connect(1, 1, "")
	_, there := b.connect(1, 2, "")
	a.Deliver(realtime.Delivery{Users: []int64{1}, Once: true, Envelope: text("first")})
	eventually(t, there, "first")
	way.set(true)
	a.Deliver(realtime.Delivery{Users: []int64{1}, Once: true, Envelope: text("second")})
	a.Deliver(realtime.Delivery{Users: []int64{1}, Envelope: text("third")})
	way.fails(t)
	way.set(false)
	eventually(t, there, "first", "third")
	eventually(t, here, "first", "second", "third")
}

func TestACommandThatComesLateDoesNotUndoALaterOne(t *testing.T) {
	server := testkit.RedisURL(t)
	w := newTruth()
	way := newLink(t, server)
	a := newNode(t, testkit.OpenRedis(t, way.url()), w)
	b := newNode(t, testkit.OpenRedis(t, server), w)
	_, p := b.connect(1, 1, "", 7)
	way.set(true)
	a.Deliver(realtime.Delivery{Users: []int64{1}, Detach: 7, Envelope: text("left")})
	b.Deliver(realtime.Delivery{Users: []int64{1}, Attach: 7, Envelope: text("back")})
	way.fails(t)
	way.set(false)
	require.Eventually(t, func() bool { return len(p.envelopes()) == 3 }, 5*time.Second, 2*time.Millisecond)
	b.Deliver(realtime.Delivery{Room: 7, Envelope: text("here")})
	eventually(t, p, "back", "left", "7 true", "here")
}

func TestTooMuchForOneInterruptionIsLookedUp(t *testing.T) {
	server := testkit.RedisURL(t)
	w := newTruth()
	way := newLink(t, server)
	a := newNode(t, testkit.OpenRedis(t, way.url()), w)
	b := newNode(t, testkit.OpenRedis(t, server), w)
	_, there := b.connect(1, 1, "", 7)
	_, ended := b.connect(2, 2, "", 7)
	a.connect(3, 3, "", 7)
	way.set(true)
	for range 9000 {
		a.Bus.Deliver(realtime.Delivery{Room: 8, Envelope: text("settings")})
	}
	a.post(1, 2, 3)
	a.Deliver(realtime.Delivery{Users: []int64{2}, EndSessions: []int64{2}})
	way.fails(t)
	way.set(false)
	require.Eventually(t, ended.hasEnded, 10*time.Second, 5*time.Millisecond)
	eventually(t, there, "1", "2", "3")
}
