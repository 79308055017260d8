package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

// TestNeighboursOrderTogether is the life of a pickup room from its creation to its end.
func TestNeighboursOrderTogether(t *testing.T) {
	t.Parallel()
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newTown(t, stack, time.Now)
		store, dishes := w.store(t, 9_990, 12_500)
		input := storeInput()
		input["deliveryFee"] = 2_000
		w.admin.must(t, http.MethodPut, "/admin/stores/"+itoa(store), input)
		box, key := w.box(t)
		host, ann, ben := w.person(t, "Host"), w.person(t, "Ann"), w.person(t, "Ben")

		locked := newPickup(store, box.Id, 4)
		locked["password"] = "moonlight"
		room := host.opens(t, locked)
		id := room.Id
		require.Equal(t, openapi.PhaseCREATED, *room.Phase)
		require.Equal(t, box.Name, room.Pickup.Box.Name)
		require.Equal(t, 3*time.Hour, room.ClosesAt.Sub(room.CreatedAt))
		enter := at(id, "/members")
		ann.refused(t, "room.password_required", http.MethodPost, enter, nil)
		ann.refused(t, "room.password_wrong", http.MethodPost, enter, map[string]any{"password": "starlight"})
		ann.must(t, http.MethodPost, enter, map[string]any{"password": "moonlight"})
		invite := decoded[openapi.Invite](t, host.must(t, http.MethodPost, at(id, "/invites"), nil)).Token
		require.Equal(t, *room.Title, decoded[openapi.OpenRoom](t, ben.must(t, http.MethodPost, "/invites", map[string]any{"token": invite})).Title)
		ben.must(t, http.MethodPost, enter, map[string]any{"invite": invite})
		live := ann.dial(t)

		selection := at(id, "/order/selection")
		host.must(t, http.MethodPut, selection, choice(dishes[0], 1))
		ann.must(t, http.MethodPut, selection, choice(dishes[1], 2))
		host.refused(t, "order.incomplete", http.MethodPut, at(id, "/order/confirmation"), nil)
		require.Equal(t, []int64{ben.id}, decoded[openapi.Order](t, ben.must(t, http.MethodGet, at(id, "/order"), nil)).Missing)
		ben.must(t, http.MethodPut, selection, choice(dishes[0], 3))
		ben.refused(t, "room.host_only", http.MethodPut, at(id, "/order/confirmation"), nil)
		order := decoded[openapi.Order](t, host.must(t, http.MethodPut, at(id, "/order/confirmation"), nil))
		requireShares(t, order, map[int64]int64{host.id: 9_990 + 667, ann.id: 25_000 + 667, ben.id: 29_970 + 666}, 66_960)

		w.admin.must(t, http.MethodPut, "/admin/stores/"+itoa(store)+"/menu/"+itoa(dishes[0]), dish("Dearer", 99_000))
		require.Equal(t, order, decoded[openapi.Order](t, ann.must(t, http.MethodGet, at(id, "/order"), nil)), "what was confirmed stands still")
		ann.refused(t, "order.confirmed", http.MethodPut, selection, choice(dishes[1], 1))
		w.person(t, "late").refused(t, "room.joining_closed", http.MethodPost, enter, map[string]any{"invite": invite})

		phase := func(p string) map[string]any { return map[string]any{"phase": p} }
		require.Equal(t, openapi.PhaseORDERSTARTED, *host.sees(t, id).Phase)
		host.refused(t, "room.phase_order", http.MethodPut, at(id, "/phase"), phase("DELIVERY_IN_PROGRESS"))
		host.must(t, http.MethodPut, at(id, "/phase"), phase("ORDER_COMPLETED"))
		host.must(t, http.MethodPut, at(id, "/phase"), phase("DELIVERY_IN_PROGRESS"))
		ann.refused(t, "order.not_delivered", http.MethodPut, at(id, "/order/receipt"), nil)
		atBox := "/boxes/" + itoa(box.Id)
		for range 2 { // the courier is in a hurry
			require.Equal(t, http.StatusNoContent, w.machine().ask(t, http.MethodPost, atBox+"/arrivals", nil, key).status)
		}
		require.Equal(t, openapi.PhaseDELIVERED, *ann.sees(t, id).Phase)
		live.wait(t, "arrival", func(e envelope) bool {
			return e.Message != nil && e.Message.Line != nil && e.Message.Line.Code == openapi.LineCodeArrived
		})

		opens := func(code string) string {
			a := w.machine().ask(t, http.MethodPost, atBox+"/openings", map[string]any{"code": code}, key)
			if a.status == http.StatusNoContent {
				return "open"
			}
			return decoded[openapi.Problem](t, a.body).Code
		}
		code := func(p *person) string {
			made := decoded[openapi.BoxCode](t, p.must(t, http.MethodPost, at(id, "/box-code"), nil))
			require.Regexp(t, `^\d{6}$`, made.Code)
			require.Equal(t, box.Id, made.Box.Id)
			return made.Code
		}
		first, second, other := code(ann), code(ann), code(ben)
		require.Equal(t, "box.wrong_code", opens(first), "it was replaced")
		require.Equal(t, "open", opens(second))
		require.Equal(t, "box.wrong_code", opens(second), "it works once")
		require.Equal(t, "open", opens(other))
		for _, p := range []*person{ann, ben, ben} {
			order = decoded[openapi.Order](t, p.must(t, http.MethodPut, at(id, "/order/receipt"), nil))
		}
		require.Nil(t, order.Selections[0].ReceivedAt)
		require.NotNil(t, order.Selections[1].ReceivedAt)

		ended := decoded[openapi.Room](t, host.must(t, http.MethodPost, at(id, "/close"), nil))
		require.Equal(t, openapi.RoomStateClosed, ended.State)
		require.Equal(t, []openapi.LineCode{
			"created", "joined", "joined", "order_confirmed", "phase", "phase", "phase", "arrived", "box_opened", "box_opened", "received", "received", "closed",
		}, codes(ann.history(t, id)), "the whole story, for those who were there")
		ann.refused(t, "room.closed", http.MethodPost, messages(id), note("bye"))
		require.Equal(t, order.Total, decoded[openapi.Order](t, ann.must(t, http.MethodGet, at(id, "/order"), nil)).Total)
		host.must(t, http.MethodPut, at(id, "/order/receipt"), nil)
		again := w.person(t, "next").opens(t, newPickup(store, box.Id, 2))
		require.Equal(t, box.Id, again.Pickup.Box.Id, "the box is free")
		require.Equal(t, "box.wrong_code", opens(first), "and no code of before opens it")
	})
}

// requireShares checks who pays what, and that no won is lost.
func requireShares(t *testing.T, o openapi.Order, want map[int64]int64, total int64) {
	t.Helper()
	got, sum := map[int64]int64{}, int64(0)
	for _, s := range o.Selections {
		require.Equal(t, s.Total, s.ItemsTotal+s.DeliveryShare)
		got[s.User] = s.Total
		sum += s.Total
	}
	require.Equal(t, want, got)
	require.Equal(t, total, o.Total)
	require.Equal(t, total, sum)
}

// TestAPickupRoomIsWarnedAndEndsByItself turns the clock of two servers that both look for rooms whose time is over.
func TestAPickupRoomIsWarnedAndEndsByItself(t *testing.T) {
	t.Parallel()
	c := testkit.NewClock(time.Now())
	w := newTown(t, serverStack(t), c.Now)
	there := startAt(t, w.settings, c.Now)
	store, _ := w.store(t)
	box, key := w.box(t)
	another, _ := w.box(t)
	host, guest := w.person(t, "host"), w.person(t, "guest").on(there)
	room := host.opens(t, newPickup(store, box.Id, 4))
	extended := host.opens(t, newPickup(store, another.Id, 4)).Id
	plain := host.opens(t, newRoom(4)).Id
	guest.joins(t, room.Id)
	s := guest.dial(t)
	line := func(code openapi.LineCode, minutes int64) {
		t.Helper()
		s.wait(t, string(code), func(e envelope) bool {
			return e.Room == room.Id && e.Message != nil && e.Message.Line != nil && e.Message.Line.Code == code &&
				(minutes == 0 || *e.Message.Line.Number == minutes)
		})
	}
	c.Advance(2*time.Hour + 45*time.Minute)
	line(openapi.LineCodeWarning, 15)
	require.Eventually(t, func() bool { return len(codes(host.history(t, extended))) == 2 }, 30*time.Second, 10*time.Millisecond)
	host.must(t, http.MethodPost, at(extended, "/extensions"), map[string]any{"hours": 2})
	c.Advance(10 * time.Minute)
	line(openapi.LineCodeWarning, 5)
	w.person(t, "neighbour").refused(t, "box.booked", http.MethodPost, "/rooms", newPickup(store, box.Id, 4))
	c.Advance(5 * time.Minute)
	line(openapi.LineCodeExpired, 0)

	closed := s.wait(t, "the end", func(e envelope) bool { return e.Room == room.Id && e.Change == "closed" })
	require.Equal(t, "closed", closed.State)
	ended := guest.sees(t, room.Id)
	require.Equal(t, openapi.RoomStateClosed, ended.State)
	require.False(t, ended.ClosesAt.Before(*room.ClosesAt))
	require.Equal(t, []openapi.LineCode{"created", "joined", "warning", "warning", "expired"}, codes(guest.history(t, room.Id)),
		"each once, however many nodes there are")
	guest.refused(t, "room.closed", http.MethodPost, messages(room.Id), note("hello"))
	gone := w.machine().ask(t, http.MethodPost, "/boxes/"+itoa(box.Id)+"/arrivals", nil, key)
	require.Equal(t, "box.not_booked", decoded[openapi.Problem](t, gone.body).Code)
	w.person(t, "neighbour").opens(t, newPickup(store, box.Id, 4))

	require.Equal(t, openapi.RoomStateOpen, host.sees(t, extended).State)
	require.Equal(t, []openapi.LineCode{"created", "warning", "extended"}, codes(host.history(t, extended)))
	require.Equal(t, openapi.RoomStateOpen, host.sees(t, plain).State, "a plain room has no end")
}
