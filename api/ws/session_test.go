package ws

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/room"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
)

func TestEnvelopesOfManySizesArriveInOrder(t *testing.T) {
	s, conn := newNode(t).dial(t)
	var sent []string
	for i := range 400 {
		size := []int{1, 12, 14, 16, 30, 124, 126, 130, 600, 5000, 16 << 10, 70 << 10}[i%12]
		sent = append(sent, fmt.Sprintf("%d %s", i, strings.Repeat("x", size)))
	}
	go func() {
		for _, e := range sent {
			s.Send([]byte(e))
		}
	}()
	got, err := read(t.Context(), conn, len(sent))
	require.NoError(t, err)
	require.Equal(t, sent, got)
}

func TestSlowClientsAreLetGoAndDelayNobody(t *testing.T) {
	n := newNode(t)
	const slow, quick, rounds = 20, 5, 300
	var all []*session
	for range slow { // these never read
		s, _ := n.dial(t)
		all = append(all, s)
	}
	var reading sync.WaitGroup
	for range quick {
		s, conn := n.dial(t)
		all = append(all, s)
		reading.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			got, err := read(ctx, conn, rounds)
			if err != nil || len(got) != rounds {
				t.Errorf("who reads got %d of %d: %v", len(got), rounds, err)
			}
		})
	}
	envelope := []byte(strings.Repeat("x", 64<<10)) // the buffers of the kernel take some megabytes, then a queue fills
	for i := range rounds {
		for _, s := range all {
			s.Send(envelope)
		}
		for _, s := range all[slow:] { // who reads keeps up with this, whatever the others do
			require.Eventually(t, func() bool {
				s.out.mu.Lock()
				defer s.out.mu.Unlock()
				return len(s.out.waiting) < 10
			}, 10*time.Second, time.Millisecond, "round %d", i)
		}
	}
	reading.Wait()
	for _, s := range all[:slow] {
		require.ErrorIs(t, s.ending(), errSlow)
		s.out.mu.Lock()
		owed := len(s.out.waiting)
		s.out.mu.Unlock()
		require.Zero(t, owed, "what it was owed is thrown away at once")
	}
	require.Eventually(t, func() bool { return testutil.ToFloat64(n.meter.open) == quick }, 20*time.Second, 10*time.Millisecond)
	require.InDelta(t, slow, testutil.ToFloat64(n.meter.closed.WithLabelValues("slow")), 0)
}

func TestGoodbyeComesAfterWhatIsBeingStored(t *testing.T) {
	s, conn := newNode(t).dial(t)
	require.True(t, s.flight.begin())
	s.End()
	require.False(t, s.flight.begin(), "nothing new begins")
	s.Send([]byte(`{"type":"ack"}`))
	got, err := read(t.Context(), conn, 1)
	require.NoError(t, err)
	require.Equal(t, []string{`{"type":"ack"}`}, got, "it is open as long as something is under way")
	s.Send([]byte("the last ack"))
	s.flight.end()
	got, err = read(t.Context(), conn, 100)
	require.Equal(t, StatusSessionEnded, websocket.CloseStatus(err))
	require.Len(t, got, 2)
	require.Equal(t, "the last ack", got[0])
	var bye openapi.ByeEnvelope
	require.NoError(t, json.Unmarshal([]byte(got[1]), &bye))
	require.Equal(t, openapi.ByeEnvelope{Type: "bye", Reason: "session_ended"}, bye)
}

func TestSettlingEndsWithPatience(t *testing.T) {
	var f flight
	require.True(t, f.begin())
	done := make(chan struct{})
	f.settle(time.Millisecond, func() { close(done) })
	<-done
	f.end() // and that does not end it again
}

func TestShutdownTellsEverybodyWhenToComeBack(t *testing.T) {
	n := newNode(t)
	conns := make([]*websocket.Conn, 60)
	for i := range conns {
		_, conns[i] = n.dial(t)
	}
	var reading sync.WaitGroup
	var mu sync.Mutex
	retries := make(map[int]int)
	for _, conn := range conns {
		reading.Go(func() {
			got, err := read(t.Context(), conn, 2)
			var bye openapi.ByeEnvelope
			if websocket.CloseStatus(err) != websocket.StatusGoingAway || len(got) != 1 || json.Unmarshal([]byte(got[0]), &bye) != nil {
				t.Errorf("%v %v", got, err)
			}
			mu.Lock()
			defer mu.Unlock()
			retries[bye.RetryAfter]++
		})
	}
	_, deaf := n.dial(t) // does not even answer the close frame
	ctx, cancel := context.WithTimeout(t.Context(), closeBefore+2*time.Second)
	defer cancel()
	require.NoError(t, n.Shutdown(ctx))
	reading.Wait()
	require.Equal(t, map[int]int{1: 60}, retries)
	require.Zero(t, testutil.ToFloat64(n.meter.open))
	_, err := n.enlist(auth.Principal{User: 1})
	require.ErrorIs(t, err, errClosing)
	require.NotZero(t, errClosing.RetryAfter)
	deaf.CloseNow()
}

func TestManyComeBackOverALongerTime(t *testing.T) {
	for sockets, want := range map[int]int{0: 1, 1: 1, 500: 1, 501: 2, 10_000: 20, 1_000_000: 30} {
		require.Equal(t, want, retryWindow(sockets), sockets)
	}
	h := &Handler{leaving: 10_000}
	seen := make(map[int]int)
	for range 2000 {
		var bye openapi.ByeEnvelope
		require.NoError(t, json.Unmarshal(h.farewell(errShutdown), &bye))
		seen[bye.RetryAfter]++
	}
	require.Len(t, seen, 20)
	require.NotContains(t, seen, 0)
	require.NotContains(t, seen, 21)
}

func TestWhoDoesNotAnswerAPingIsLetGo(t *testing.T) {
	n := newNode(t)
	s, conn := n.dial(t)
	ponged := make(chan struct{})
	go func() {
		defer close(ponged)
		s.ping()
	}()
	reading := conn.CloseRead(t.Context())
	<-ponged
	require.NoError(t, s.ending())
	require.NoError(t, reading.Err())
	s.stop(errSilent)
	<-reading.Done()
	require.Eventually(t, func() bool { return testutil.ToFloat64(n.meter.closed.WithLabelValues("silent")) == 1 }, 10*time.Second, time.Millisecond)
}

func TestEveryConnectionIsVisitedOnceARound(t *testing.T) {
	var w wheel
	sessions := make([]*session, 10*wheelSlots+7)
	for i := range sessions {
		sessions[i] = &session{}
		w.add(sessions[i])
	}
	for i := 0; i < len(sessions); i += 3 {
		w.remove(sessions[i])
	}
	require.Len(t, w.all(), w.count)
	seen := make(map[*session]int)
	for range wheelSlots {
		slot := w.next()
		require.LessOrEqual(t, len(slot), 11, "they are spread")
		for _, s := range slot {
			seen[s]++
		}
	}
	for i, s := range sessions {
		want := 1
		if i%3 == 0 {
			want = 0
		}
		require.Equal(t, want, seen[s], i)
	}
}

func TestAPersonHasOneBudgetForAllConnections(t *testing.T) {
	n := newNode(t)
	var sessions []*session
	for range maxSockets {
		s, err := n.enlist(auth.Principal{User: 7})
		require.NoError(t, err)
		sessions = append(sessions, s)
	}
	_, err := n.enlist(auth.Principal{User: 7})
	require.ErrorIs(t, err, errSockets)
	allowed := 0
	for _, s := range sessions {
		mine := 0
		for s.budget.allow() {
			mine++
		}
		require.LessOrEqual(t, mine, envelopesAtOnce+10)
		allowed += mine
	}
	require.LessOrEqual(t, allowed, userAtOnce+60)
	other, err := n.enlist(auth.Principal{User: 8})
	require.NoError(t, err)
	require.True(t, other.budget.allow(), "what somebody else sends is their business")
	for _, s := range append(sessions, other) {
		n.dismiss(s)
	}
	require.Empty(t, n.byUser)
	require.Equal(t, account.ID(8), other.who.User)
}

func TestReadMarksAreJoined(t *testing.T) {
	var m marks
	first, ok := m.add(7, 3)
	require.True(t, first && ok)
	id, seq, ok := m.next()
	require.True(t, ok)
	require.EqualValues(t, 7, id)
	require.EqualValues(t, 3, seq)
	for seq := range int64(100) { // while the first one is being stored
		first, ok := m.add(7, seq+4)
		require.True(t, ok)
		require.False(t, first)
	}
	m.add(7, 50)
	waited := make(chan struct{})
	go func() {
		m.wait()
		close(waited)
	}()
	_, seq, ok = m.next()
	require.True(t, ok)
	require.EqualValues(t, 103, seq, "the furthest")
	_, _, ok = m.next()
	require.False(t, ok)
	<-waited
	m.wait() // nothing to wait for
	for id := range maxMarks {
		_, ok := m.add(room.ID(1000+id), 1)
		require.True(t, ok)
	}
	_, ok = m.add(1, 1)
	require.False(t, ok, "there is an end to what is remembered for a client")
	_, ok = m.add(1000, 2)
	require.True(t, ok)
}
