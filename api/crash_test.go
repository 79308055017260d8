package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/servers"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// writer is one socket that sends numbered messages, eight unacknowledged at a time, and sends again what was not
// acknowledged when its server died.
type writer struct {
	person *person
	room   int64
	ids    []string
	acked  map[string]int64 // client id → seq
}

const (
	crashSockets  = 50
	crashMessages = 200 // a socket
	crashWindow   = 8
)

// run sends until everything is acknowledged. A lost connection ends it early.
func (w *writer) run(t *testing.T, progress *atomic.Int64) (whole bool) {
	s, err := w.person.tryDial(t)
	if err != nil {
		return false
	}
	defer s.conn.CloseNow()
	var waiting []string
	for _, id := range w.ids {
		if _, ok := w.acked[id]; !ok {
			waiting = append(waiting, id)
		}
	}
	seen, flying := 0, 0
	deadline := time.Now().Add(2 * time.Minute)
	for len(waiting) > 0 || flying > 0 {
		for flying < crashWindow && len(waiting) > 0 {
			frame := fmt.Sprintf(`{"type":"message","room":%d,"clientId":%q,"body":"message %s"}`, w.room, waiting[0], waiting[0])
			if s.conn.Write(t.Context(), websocket.MessageText, []byte(frame)) != nil {
				return false
			}
			waiting, flying = waiting[1:], flying+1
		}
		<-s.notify
		s.mu.Lock()
		fresh, failed := s.got[seen:], s.err
		s.mu.Unlock()
		seen += len(fresh)
		for _, e := range fresh {
			switch e.Type {
			case "ack":
				w.acked[e.ClientID] = e.Seq
				flying--
				progress.Add(1)
			case "error": // nothing is wrong with what is sent
				t.Errorf("%s: %s", e.ClientID, e.Code)
				return false
			}
		}
		if failed != nil || time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// TestAKillLosesAndDoublesNoAcknowledgedMessage kills the server in the middle of 10 000 sends from 50 sockets.
func TestAKillLosesAndDoublesNoAcknowledgedMessage(t *testing.T) {
	binary, err := servers.BuildAPI(t.Context(), t.TempDir())
	require.NoError(t, err)
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		if stack.Name != "embedded" {
			stack.DatabaseURL = testkit.DurableURL(t)
		}
		settings := []string{
			"EMOSATION_DATABASE_URL=" + stack.DatabaseURL, "EMOSATION_REDIS_URL=" + stack.RedisURL,
			"EMOSATION_JWT_KEY=" + testKey(t), "EMOSATION_RATE_LIMITS=off",
			"EMOSATION_PUBLIC_URL=http://chat.example.org", // the issuer of tokens, which must hold over a restart
		}
		api, err := servers.StartAPI(t.Context(), binary, settings...)
		require.NoError(t, err)
		writers, readers := crashWriters(t, api.URL)

		var progress atomic.Int64
		var first sync.WaitGroup
		for _, w := range writers {
			first.Go(func() { w.run(t, &progress) })
		}
		require.Eventually(t, func() bool { return progress.Load() > crashSockets*crashMessages/3 }, 2*time.Minute, time.Millisecond)
		require.NoError(t, api.Stop()) // kill -9
		first.Wait()
		require.Less(t, progress.Load(), int64(crashSockets*crashMessages), "the kill came too late to prove anything")

		again, err := servers.StartAPI(t.Context(), binary, settings...)
		require.NoError(t, err)
		defer func() { require.NoError(t, again.Stop()) }()
		var second sync.WaitGroup
		whole := make([]bool, len(writers))
		for i, w := range writers {
			w.person.url = again.URL
			second.Go(func() { whole[i] = w.run(t, &progress) })
		}
		second.Wait()
		for i, w := range writers {
			require.True(t, whole[i])
			readers[i].url = again.URL
			checkWhole(t, w, readers[i])
		}
	})
}

// crashWriters makes pairs of friends; both of a pair write into their room, so that order is contested.
func crashWriters(t *testing.T, url string) (writers []*writer, readers []*person) {
	for i := range crashSockets / 2 {
		a, b := newcomer(t, http.DefaultClient, url, fmt.Sprintf("A%d", i)), newcomer(t, http.DefaultClient, url, fmt.Sprintf("B%d", i))
		room := befriend(t, a, b)
		for _, p := range []*person{a, b} {
			w := &writer{person: p, room: room, acked: make(map[string]int64)}
			for range crashMessages {
				w.ids = append(w.ids, uuid.NewString())
			}
			writers = append(writers, w)
		}
		readers = append(readers, b, a)
	}
	return writers, readers
}

// checkWhole reads a room as the writer's friend: no gap in seq, each message once, each where its acknowledgement said.
func checkWhole(t *testing.T, w *writer, reader *person) {
	t.Helper()
	place := make(map[string]int64)
	for i, m := range reader.history(t, w.room) {
		require.EqualValues(t, i+1, m.Seq, "seq has no gap")
		id := m.ClientId.String()
		require.Zero(t, place[id], "stored twice")
		require.Equal(t, "message "+id, m.Body)
		place[id] = m.Seq
	}
	require.Len(t, place, 2*crashMessages)
	for _, id := range w.ids {
		require.Equal(t, w.acked[id], place[id])
	}
}
