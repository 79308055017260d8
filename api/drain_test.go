package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// A server that is told to stop while people write: what it acknowledged is there, once; what it did not is there at most
// once and can be sent again; everybody is told before their connection closes; and it ends well.
func TestAServerThatStopsLosesNothingItAcknowledged(t *testing.T) {
	settings := stackSettings(t, testkit.Stack{DatabaseURL: testkit.MariaDBURL(t), RedisURL: testkit.RedisURL(t)}, "EMOSATION_HTTP_ADDR=127.0.0.1:0")
	server := start(t, settings)
	const pairs, idle = 4, 25
	var people []*person
	var rooms []int64
	var listeners []*socket
	for i := range pairs {
		a := newcomer(t, http.DefaultClient, server.url, fmt.Sprint("Ann", i))
		b := newcomer(t, http.DefaultClient, server.url, fmt.Sprint("Ben", i))
		rooms = append(rooms, befriend(t, a, b))
		people = append(people, a, b)
		for range idle {
			listeners = append(listeners, a.dial(t))
		}
	}
	sent := make([][]string, len(people))
	sockets := make([]*socket, len(people))
	var sending sync.WaitGroup
	for i, p := range people {
		sockets[i] = p.dial(t)
		sending.Go(func() { sent[i] = talk(t, sockets[i], rooms[i/2]) })
	}
	for _, p := range people { // each has been heard
		require.Eventually(t, func() bool { return len(p.history(t, rooms[slices.Index(people, p)/2])) > 0 }, 30*time.Second, 10*time.Millisecond)
	}
	require.Equal(t, exitOK, server.stop())
	sending.Wait()
	for _, s := range append(listeners, sockets...) {
		require.Equal(t, websocket.StatusGoingAway, s.closed(t))
		all := s.all()
		bye := decoded[openapi.ByeEnvelope](t, []byte(all[len(all)-1].raw))
		require.Equal(t, openapi.ByeReasonShutdown, bye.Reason, "the last thing that is said")
		require.Equal(t, 1, bye.RetryAfter, "they are few")
	}

	again := start(t, settings)
	for i, p := range people {
		p.url = again.url
		stored := make(map[string]int64)
		for _, m := range p.history(t, rooms[i/2]) {
			require.Zero(t, stored[m.ClientId.String()], "twice")
			stored[m.ClientId.String()] = m.Seq
		}
		acked := 0
		for _, e := range sockets[i].all() {
			if e.Type == "ack" {
				acked++
				require.Equal(t, e.Seq, stored[e.ClientID])
			}
		}
		require.Positive(t, acked)
		last := sent[i][len(sent[i])-1]
		repeat := decoded[openapi.Message](t, p.must(t, http.MethodPost, messages(rooms[i/2]), map[string]any{"clientId": last, "body": "message " + last}))
		if seq, ok := stored[last]; ok {
			require.Equal(t, seq, repeat.Seq, "sending it again changes nothing")
		}
	}
}

// talk sends messages, a few unacknowledged at a time, until the connection closes.
func talk(t *testing.T, s *socket, room int64) (sent []string) {
	const window = 16
	for {
		s.mu.Lock()
		acked, err := 0, s.err
		for _, e := range s.got {
			if e.Type == "ack" {
				acked++
			}
		}
		s.mu.Unlock()
		if err != nil {
			return sent
		}
		if len(sent)-acked >= window {
			<-s.notify
			continue
		}
		id := uuid.NewString()
		frame := fmt.Sprintf(`{"type":"message","room":%d,"clientId":%q,"body":"message %s"}`, room, id, id)
		if s.conn.Write(t.Context(), websocket.MessageText, []byte(frame)) != nil {
			return sent
		}
		sent = append(sent, id)
	}
}

func TestWhatWasReadLastIsStoredEvenByWhoLeaves(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		server := start(t, stackSettings(t, stack))
		ann, ben := newcomer(t, http.DefaultClient, server.url, "Ann"), newcomer(t, http.DefaultClient, server.url, "Ben")
		room := befriend(t, ann, ben)
		const count = 60
		for i := range count {
			ann.must(t, http.MethodPost, messages(room), note(fmt.Sprint(i)))
		}
		a, b := ann.dial(t), ben.dial(t)
		for seq := range count {
			b.send(t, map[string]any{"type": "read", "room": room, "seq": seq + 1})
		}
		require.NoError(t, b.conn.Close(websocket.StatusNormalClosure, ""))
		a.wait(t, "the last mark", func(e envelope) bool { return e.Type == "read" && e.Seq == count })
		require.Eventually(t, func() bool {
			return decoded[openapi.Room](t, ben.must(t, http.MethodGet, "/rooms/"+itoa(room), nil)).Unread == 0
		}, 10*time.Second, 10*time.Millisecond)
	})
}

// TestANodeGivesNoticeBeforeItGoes: to balancers by /readyz, to clients by asking them to connect anew; and it does its work
// meanwhile.
func TestANodeGivesNoticeBeforeItGoes(t *testing.T) {
	server := start(t, append(embedded(t), "EMOSATION_DRAIN_DELAY=2"))
	ann := newcomer(t, http.DefaultClient, server.url, "Ann")
	before := ann.dial(t)
	look := func() (*http.Response, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+"/.well-known/jwks.json", nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
		}
		return answer, err
	}
	answer, err := look()
	require.NoError(t, err)
	require.False(t, answer.Close)

	ended := make(chan int, 1)
	go func() { ended <- server.stop() }()
	require.Eventually(t, func() bool {
		status, _ := get(t, server.ops+"/readyz")
		return status == http.StatusServiceUnavailable
	}, 10*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		answer, err = look()
		require.NoError(t, err)
		return answer.Close
	}, time.Second, time.Millisecond, "the next request comes by another connection")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	during := ann.dial(t)
	require.Empty(t, before.all())

	for _, s := range []*socket{before, during} {
		s.waitType(t, "bye")
		require.Equal(t, websocket.StatusGoingAway, s.closed(t))
	}
	require.Equal(t, exitOK, <-ended)
	_, err = look()
	require.Error(t, err)
}
