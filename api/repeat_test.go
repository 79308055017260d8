package main

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

// TestARepeatMakesNothing: whatever openapi.yaml lets carry an Idempotency-Key is made once under it.
func TestARepeatMakesNothing(t *testing.T) {
	w := serverTown(t)
	store, _ := w.store(t)
	room := w.admin.opens(t, newRoom(4)).Id
	w.person(t, "guest").joins(t, room)
	asks := map[string]request{
		"CreateRoom":         {http.MethodPost, "/rooms", newRoom(4)},
		"DrawMembers":        {http.MethodPost, at(room, "/draws"), nil},
		"CreateAnnouncement": {http.MethodPost, "/admin/announcements", announcementFor(audience("admin", nil), time.Now().Add(time.Hour))},
		"CreateStore":        {http.MethodPost, "/admin/stores", storeInput()},
		"CreateMenuItem":     {http.MethodPost, "/admin/stores/" + itoa(store) + "/menu", dish("Soup", 5_000)},
		"CreateBox":          {http.MethodPost, "/admin/boxes", w.boxInput()},
	}
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if slices.ContainsFunc(operation.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == "Idempotency-Key" }) {
				require.Contains(t, asks, operation.OperationID, "is not held against this table")
			}
		}
	}
	key := map[string]string{"Idempotency-Key": "one"} // for all: what it is for is a part of it
	for name, r := range asks {
		t.Run(name, func(t *testing.T) {
			first := w.admin.ask(t, r.method, r.path, r.body, key)
			require.Equal(t, http.StatusCreated, first.status, "%s", first.body)
			for range 3 {
				again := w.admin.ask(t, r.method, r.path, r.body, key)
				require.Equal(t, http.StatusOK, again.status, "%s", again.body)
				require.JSONEq(t, string(first.body), string(again.body))
			}
		})
	}
	lines := codes(w.admin.history(t, room))
	require.Equal(t, []openapi.LineCode{openapi.LineCodeDrawn}, lines[len(lines)-1:])
	require.Len(t, lines, 3, "created, joined, drawn once")
}
