package main

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

// tally counts answers by status and, of refusals, by code.
type tally map[string]int

// atOnce lets everybody ask at the same moment and counts the answers.
func atOnce(t *testing.T, n int, ask func(i int) (int, []byte)) tally {
	t.Helper()
	got := tally{}
	var mu sync.Mutex
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			status, body := ask(i)
			key := http.StatusText(status)
			if status >= http.StatusBadRequest {
				key = decoded[openapi.Problem](t, body).Code
			}
			mu.Lock()
			defer mu.Unlock()
			got[key]++
		})
	}
	close(start)
	all.Wait()
	return got
}

// nodes returns where a town's server can be reached: on the servers' stack a second one runs beside it.
func (w *town) nodes(t *testing.T) []string {
	t.Helper()
	if w.stack.Name == "embedded" {
		return []string{w.url}
	}
	return []string{w.url, w.secondNode(t).url}
}

func TestRoomsHoldTheirBoundsWhateverComesAtOnce(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newTown(t, stack, time.Now)
		nodes := w.nodes(t)
		people := w.people(t, 200)
		for i, p := range people {
			p.url = nodes[i%len(nodes)]
		}
		host := w.person(t, "host")
		store, _ := w.store(t)
		box, _ := w.box(t)
		var room openapi.Room

		t.Run("100 creations for one box", func(t *testing.T) {
			got := atOnce(t, 100, func(i int) (int, []byte) {
				return people[i].call(t, http.MethodPost, "/rooms", newPickup(store, box.Id, 12))
			})
			require.Equal(t, tally{"Created": 1, "box.booked": 99}, got)
			require.EqualValues(t, 1, count(t, stack.DB, "rooms", "box_id = ?", box.Id))
			require.EqualValues(t, 1, count(t, stack.DB, "bookings", "live_box_id = ?", box.Id))
		})
		t.Run("200 joins to a room of 12", func(t *testing.T) {
			another, _ := w.box(t)
			room = host.opens(t, newPickup(store, another.Id, 12))
			all := append([]*person{host}, people[1:]...)
			got := atOnce(t, 200, func(i int) (int, []byte) { return all[i].call(t, http.MethodPost, at(room.Id, "/members"), nil) })
			require.Equal(t, tally{"OK": 1, "Created": 11, "room.full": 188}, got, "the host is in already")
			require.Len(t, host.members(t, room.Id), 12)
			require.Equal(t, 12, host.sees(t, room.Id).MemberCount)
			require.Len(t, codes(host.history(t, room.Id)), 12, "created, and 11 joined")
		})
		t.Run("20 extensions", func(t *testing.T) {
			before := *host.sees(t, room.Id).ClosesAt
			extend := func(int) (int, []byte) {
				return host.call(t, http.MethodPost, at(room.Id, "/extensions"), map[string]any{"hours": 1})
			}
			require.Equal(t, tally{"OK": 3, "room.extensions_used": 17}, atOnce(t, 20, extend))
			after := host.sees(t, room.Id)
			require.Equal(t, before.Add(3*time.Hour), *after.ClosesAt)
			require.Equal(t, 3, after.Extensions)
		})
		t.Run("20 changes of one version", func(t *testing.T) {
			version := host.ask(t, http.MethodGet, at(room.Id, ""), nil, nil).header.Get("ETag")
			got := atOnce(t, 20, func(int) (int, []byte) {
				a := host.ask(t, http.MethodPut, at(room.Id, "/phase"), map[string]any{"phase": "ORDER_STARTED"}, map[string]string{"If-Match": version})
				return a.status, a.body
			})
			require.Equal(t, tally{"OK": 1, "room.version": 19}, got)
		})
		t.Run("20 repeats of one creation", func(t *testing.T) {
			another, _ := w.box(t)
			repeated := newPickup(store, another.Id, 4)
			got := atOnce(t, 20, func(i int) (int, []byte) {
				again := *host
				again.url = nodes[i%len(nodes)]
				a := again.ask(t, http.MethodPost, "/rooms", repeated, map[string]string{"Idempotency-Key": "once"})
				return a.status, a.body
			})
			require.Equal(t, tally{"Created": 1, "OK": 19}, got)
		})
		t.Run("everybody leaves", func(t *testing.T) {
			open := host.opens(t, newRoom(20))
			for _, p := range people[:10] {
				p.joins(t, open.Id)
			}
			all := append([]*person{host}, people[:10]...)
			got := atOnce(t, len(all), func(i int) (int, []byte) {
				return all[i].call(t, http.MethodDelete, at(open.Id, "/members/me"), nil)
			})
			require.Equal(t, tally{"No Content": 11}, got)
			require.EqualValues(t, 1, count(t, stack.DB, "rooms", "id = ? AND state = 'closed' AND host_id IS NULL", open.Id))
		})
	})
}
