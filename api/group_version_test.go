package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/emosation/emosation/api/openapi"
	"github.com/stretchr/testify/require"
)

// guarded returns the requests that If-Match guards, in an order in which each of them is possible.
func guarded(room int64) []request {
	return []request{
		{http.MethodPatch, at(room, ""), map[string]any{"capacity": 11}},
		{http.MethodPost, at(room, "/extensions"), map[string]any{"hours": 1}},
		{http.MethodPut, at(room, "/phase"), map[string]any{"phase": "ORDER_STARTED"}},
		{http.MethodPost, at(room, "/close"), nil},
	}
}

func TestAStaleVersionChangesNothing(t *testing.T) {
	w := serverTown(t)
	host, guest := w.person(t, "host"), w.person(t, "guest")
	store, _ := w.store(t)
	box, _ := w.box(t)
	room := host.opens(t, newPickup(store, box.Id, 12)).Id
	version := func() string {
		a := host.ask(t, http.MethodGet, at(room, ""), nil, nil)
		require.Equal(t, fmt.Sprintf("%q", itoa(decoded[openapi.Room](t, a.body).Version)), a.header.Get("ETag"))
		return a.header.Get("ETag")
	}
	start := version()
	guest.joins(t, room)
	require.Equal(t, start, version(), "who comes and goes changes no setting")
	for _, ask := range guarded(room) {
		seen := version()
		before := host.must(t, http.MethodGet, at(room, ""), nil)
		for _, stale := range []string{`"999"`, `"999999999999999999"`} {
			a := host.ask(t, ask.method, ask.path, ask.body, map[string]string{"If-Match": stale})
			require.Equal(t, http.StatusPreconditionFailed, a.status, string(a.body))
			require.Equal(t, "room.version", decoded[openapi.Problem](t, a.body).Code)
			require.Equal(t, before, host.must(t, http.MethodGet, at(room, ""), nil))
		}
		denied := guest.ask(t, ask.method, ask.path, ask.body, map[string]string{"If-Match": `"999"`})
		require.Equal(t, http.StatusForbidden, denied.status, "who may not is told so first")

		done := host.ask(t, ask.method, ask.path, ask.body, map[string]string{"If-Match": seen})
		require.Equal(t, http.StatusOK, done.status, string(done.body))
		require.Equal(t, version(), done.header.Get("ETag"))
		require.NotEqual(t, seen, done.header.Get("ETag"))
	}
}

func TestAStarAndNothingMatchAnyVersion(t *testing.T) {
	w := serverTown(t)
	host := w.person(t, "host")
	store, _ := w.store(t)
	for _, header := range []map[string]string{nil, {"If-Match": "*"}} {
		box, _ := w.box(t)
		for _, ask := range guarded(host.opens(t, newPickup(store, box.Id, 12)).Id) {
			a := host.ask(t, ask.method, ask.path, ask.body, header)
			require.Equal(t, http.StatusOK, a.status, "%v %s: %s", header, ask.path, a.body)
		}
	}
}

func TestEveryAnswerWithARoomNamesItsVersion(t *testing.T) {
	w := serverTown(t)
	host, guest := w.person(t, "host"), w.person(t, "guest")
	key := map[string]string{"Idempotency-Key": "once"}
	input := newRoom(4)
	created := host.ask(t, http.MethodPost, "/rooms", input, key)
	require.Equal(t, http.StatusCreated, created.status)
	room := decoded[openapi.Room](t, created.body).Id
	all := []answer{created, host.ask(t, http.MethodPost, "/rooms", input, key)}
	for range 2 {
		all = append(all, guest.ask(t, http.MethodPost, at(room, "/members"), nil, nil))
	}
	all = append(all, host.ask(t, http.MethodPut, at(room, "/host"), map[string]any{"userId": guest.id}, nil))
	for _, a := range all {
		require.Equal(t, fmt.Sprintf("%q", itoa(decoded[openapi.Room](t, a.body).Version)), a.header.Get("ETag"))
	}
}

func TestARepeatedCreationIsTheSameRoom(t *testing.T) {
	w := serverTown(t)
	host, other := w.person(t, "host"), w.person(t, "other")
	store, _ := w.store(t)
	box, _ := w.box(t)
	create := func(p *person, key string, input map[string]any) (int, openapi.Room) {
		a := p.ask(t, http.MethodPost, "/rooms", input, map[string]string{"Idempotency-Key": key})
		return a.status, decoded[openapi.Room](t, a.body)
	}
	input := newPickup(store, box.Id, 4)
	status, first := create(host, "a", input)
	require.Equal(t, http.StatusCreated, status)
	status, again := create(host, "a", input)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, first, again)
	require.Len(t, codes(host.history(t, first.Id)), 1, "it was created once")

	status, theirs := create(other, "a", newRoom(4))
	require.Equal(t, http.StatusCreated, status, "the key is the user's own")
	require.NotEqual(t, first.Id, theirs.Id)
	status, second := create(host, "b", newRoom(4))
	require.Equal(t, http.StatusCreated, status)
	require.NotEqual(t, first.Id, second.Id)
}
