package rest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/testkit"
)

// input returns a valid object with some fields set otherwise; nil takes one away.
func input(base map[string]any, change map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range base {
		out[name] = value
	}
	for name, value := range change {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}

func TestBadInputAboutRoomsAndPlacesIsNamedAndChangesNothing(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	require.NoError(t, account.SetRole(w.DB, account.ID(minji.id), account.RoleAdmin, time.Now()))
	type fields = map[string]any
	newRoom := fields{"kind": "group", "title": "Room", "capacity": 4}
	store := fields{"name": "Store", "category": "korean", "address": "Street", "lat": 37.5, "lng": 127.0, "minOrder": 0, "deliveryFee": 0}
	dish := fields{"section": "Soups", "name": "Dish", "price": 1}
	box := fields{"name": "Box", "zip": "90101", "address": "Street", "lat": 37.5, "lng": 127.0}
	id := func(path string, body any) string {
		a := minji.call(t, "POST", path, body)
		require.Equal(t, http.StatusCreated, a.status, a.text)
		return fmt.Sprintf("%.0f", a.body["id"])
	}
	theStore, theBox := id("/admin/stores", store), id("/admin/boxes", box)
	theDish := id("/admin/stores/"+theStore+"/menu", dish)
	plain := "/rooms/" + id("/rooms", newRoom)
	pickup := "/rooms/" + id("/rooms", input(newRoom, fields{"title": "Pickup", "pickup": fields{"storeId": number(theStore), "boxId": number(theBox)}}))
	many := make([]any, 51)
	for i := range many {
		many[i] = fields{"itemId": i + 1, "quantity": 1}
	}
	selection := func(items ...any) fields { return fields{"items": items, "done": true} }
	item := func(id any, quantity any) fields { return fields{"itemId": id, "quantity": quantity} }
	long := strings.Repeat("가", 201)
	minji.proves(t)

	for name, c := range map[string]struct {
		method, path string
		body         any
		fields       []string
	}{
		"a room of nothing":                {"POST", "/rooms", fields{}, []string{"body.kind", "body.title", "body.capacity"}},
		"a room of another kind":           {"POST", "/rooms", input(newRoom, fields{"kind": "direct"}), []string{"body.kind"}},
		"a room with a host":               {"POST", "/rooms", input(newRoom, fields{"host": 1}), []string{"body.host"}},
		"a room without seats":             {"POST", "/rooms", input(newRoom, fields{"capacity": 0}), []string{"body.capacity"}},
		"a room of half a seat":            {"POST", "/rooms", input(newRoom, fields{"capacity": 1.5}), []string{"body.capacity"}},
		"a room of more than is allowed":   {"POST", "/rooms", input(newRoom, fields{"title": "Large", "capacity": 101}), []string{"body.capacity"}},
		"a pickup room of 13":              {"POST", "/rooms", input(newRoom, fields{"title": "13", "capacity": 13, "pickup": fields{"storeId": 1, "boxId": 1}}), []string{"body.capacity"}},
		"a blank title":                    {"POST", "/rooms", input(newRoom, fields{"title": "\u3164 "}), []string{"body.title"}},
		"a title too long":                 {"POST", "/rooms", input(newRoom, fields{"title": long}), []string{"body.title"}},
		"a title that writes backwards":    {"POST", "/rooms", input(newRoom, fields{"title": "a\u202eb"}), []string{"body.title"}},
		"a short password":                 {"POST", "/rooms", input(newRoom, fields{"title": "x", "password": "123"}), []string{"body.password"}},
		"a long password":                  {"POST", "/rooms", input(newRoom, fields{"title": "x", "password": long}), []string{"body.password"}},
		"half a pickup":                    {"POST", "/rooms", input(newRoom, fields{"title": "x", "pickup": fields{"storeId": 1}}), []string{"body.pickup.boxId"}},
		"no change":                        {"PATCH", plain, fields{}, []string{"body"}},
		"a password that is none":          {"PATCH", plain, fields{"password": "moonlight", "removePassword": true}, []string{"body.removePassword"}},
		"a capacity of too many":           {"PATCH", plain, fields{"capacity": 101}, []string{"body.capacity"}},
		"a pickup room's, of too many":     {"PATCH", pickup, fields{"capacity": 13}, []string{"body.capacity"}},
		"an extension of three hours":      {"POST", pickup + "/extensions", fields{"hours": 3}, []string{"body.hours"}},
		"a phase that is none":             {"PUT", pickup + "/phase", fields{"phase": "EATEN"}, []string{"body.phase"}},
		"a draw of nobody":                 {"POST", plain + "/draws", fields{"count": 0}, []string{"body.count"}},
		"a draw of more than there are":    {"POST", plain + "/draws", fields{"count": 2}, []string{"body.count"}},
		"an invite for ever":               {"POST", plain + "/invites", fields{"hours": 169}, []string{"body.hours"}},
		"an empty invite":                  {"POST", "/invites", fields{"token": ""}, []string{"body.token"}},
		"a join with an empty password":    {"POST", plain + "/members", fields{"password": ""}, []string{"body.password"}},
		"a host who is nobody":             {"PUT", plain + "/host", fields{"userId": 0}, []string{"body.userId"}},
		"members of no room":               {"GET", "/rooms/x/members", nil, []string{"path.roomId"}},
		"pages that are none":              {"GET", "/rooms/open?page=0&size=101&zip=9010&phase=x&hasSeat=2&withoutPassword=perhaps&q=", nil, []string{"query.page", "query.size", "query.zip", "query.phase", "query.hasSeat", "query.withoutPassword", "query.q"}},
		"a page too far":                   {"GET", "/rooms/open?page=10001", nil, []string{"query.page"}},
		"dishes without an end":            {"PUT", pickup + "/order/selection", fields{"items": "all", "done": 1}, []string{"body.items", "body.done"}},
		"no dish at all":                   {"PUT", pickup + "/order/selection", selection(item(number(theDish), 0), item(0, 1)), []string{"body.items.0.quantity", "body.items.1.itemId"}},
		"a hundred of a dish":              {"PUT", pickup + "/order/selection", selection(item(number(theDish), 100)), []string{"body.items.0.quantity"}},
		"a dish with a price of one's own": {"PUT", pickup + "/order/selection", selection(fields{"itemId": number(theDish), "quantity": 1, "price": 0}), []string{"body.items.0.price"}},
		"a dish twice":                     {"PUT", pickup + "/order/selection", selection(item(number(theDish), 1), item(number(theDish), 1)), []string{"body.items.1.itemId"}},
		"a dish that is nowhere":           {"PUT", pickup + "/order/selection", selection(item(999, 1)), []string{"body.items.0.itemId"}},
		"too many dishes":                  {"PUT", pickup + "/order/selection", selection(many...), []string{"body.items"}},
		"areas without a name":             {"GET", "/areas", nil, []string{"query.q"}},
		"areas of a blank name":            {"GET", "/areas?q=%20", nil, []string{"query.q"}},
		"stores beyond the poles":          {"GET", "/stores?lat=91&lng=-181&radius=0&category=shoes", nil, []string{"query.lat", "query.lng", "query.radius", "query.category"}},
		"stores along a line":              {"GET", "/stores?lat=37.5", nil, []string{"query.lng"}},
		"stores at no number":              {"GET", "/stores?lat=NaN&lng=-Inf", nil, []string{"query.lat", "query.lng"}},
		"boxes of no place":                {"GET", "/boxes?zip=%EA%B0%80&available=perhaps", nil, []string{"query.zip", "query.available"}},
		"a store of nothing":               {"POST", "/admin/stores", fields{}, []string{"body.name", "body.category", "body.address", "body.lat", "body.lng", "body.minOrder", "body.deliveryFee"}},
		"a store of wrong values":          {"PUT", "/admin/stores/" + theStore, input(store, fields{"name": long, "category": "x", "lat": 1e9, "minOrder": -1, "deliveryFee": 0.5}), []string{"body.name", "body.category", "body.lat", "body.minOrder", "body.deliveryFee"}},
		"a store without a name to see":    {"POST", "/admin/stores", input(store, fields{"name": "\u3164"}), []string{"body.name"}},
		"a dish for less than nothing":     {"POST", "/admin/stores/" + theStore + "/menu", input(dish, fields{"price": -1}), []string{"body.price"}},
		"a dish without a name":            {"PUT", "/admin/stores/" + theStore + "/menu/" + theDish, input(dish, fields{"name": nil}), []string{"body.name"}},
		"a box nowhere":                    {"POST", "/admin/boxes", input(box, fields{"zip": "1234", "lng": 181, "condition": "fine"}), []string{"body.zip", "body.lng", "body.condition"}},
		"a password of nothing":            {"POST", "/auth/reauthentication", fields{}, []string{"body.password"}},
		"a password that is another":       {"POST", "/auth/reauthentication", fields{"password": "another"}, []string{"body.password"}},
		"a box of no number":               {"POST", "/admin/boxes/x/key", nil, []string{"path.boxId"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := minji.do(t, request{method: c.method, path: c.path, body: c.body, wrong: true})
			require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
			require.ElementsMatch(t, c.fields, a.fields(t), a.text)
		})
	}
	wrongKey := map[string]string{"Idempotency-Key": strings.Repeat("a", 65)}
	for _, r := range []request{
		{method: "PATCH", path: plain, body: fields{"capacity": 5}, header: map[string]string{"If-Match": "7"}},
		{method: "POST", path: "/rooms", body: input(newRoom, fields{"title": "x"}), header: wrongKey},
		{method: "POST", path: plain + "/draws", header: wrongKey},
		{method: "POST", path: "/admin/stores", body: store, header: wrongKey},
		{method: "POST", path: "/admin/stores/" + theStore + "/menu", body: dish, header: wrongKey},
		{method: "POST", path: "/admin/boxes", body: box, header: wrongKey},
	} {
		r.wrong = true
		a := minji.do(t, r)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
		for header := range r.header {
			require.Equal(t, []string{"header." + header}, a.fields(t))
		}
	}
	for table, want := range map[string]int64{"rooms": 2, "messages": 2, "stores": 1, "menu_items": 1, "boxes": 1, "bookings": 1, "selections": 0} {
		var n int64
		require.NoError(t, w.DB.Table(table).Count(&n).Error)
		require.Equal(t, want, n, table)
	}
}

func number(text string) (n int64) {
	if _, err := fmt.Sscan(text, &n); err != nil {
		panic(err)
	}
	return n
}

func TestPasswordsAndCodesAreNotTriedWithoutEnd(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, func(set *settings) { set.RateLimits = true })
		minji, juno := w.join(t, "minji"), w.join(t, "juno")
		made := minji.call(t, "POST", "/rooms", map[string]any{"kind": "group", "title": "Room", "capacity": 4, "password": "moonlight"})
		require.Equal(t, http.StatusCreated, made.status, made.text)
		door := fmt.Sprintf("/rooms/%.0f/members", made.body["id"])
		for range 20 {
			require.Equal(t, "room.password_required", juno.call(t, "POST", door, nil).body["code"], "knocking is no attempt")
		}
		for range 5 {
			require.Equal(t, "room.password_wrong", juno.call(t, "POST", door, map[string]any{"password": "starlight"}).body["code"])
		}
		requireWait(t, juno.call(t, "POST", door, map[string]any{"password": "moonlight"}), 12)

		require.NoError(t, account.SetRole(w.DB, account.ID(minji.id), account.RoleAdmin, time.Now()))
		box := minji.call(t, "POST", "/admin/boxes", map[string]any{"name": "Box", "zip": "90101", "address": "Street", "lat": 37.5, "lng": 127.0})
		path := fmt.Sprintf("/boxes/%.0f", box.body["id"])
		minji.proves(t)
		key := minji.call(t, "POST", "/admin"+path+"/key", nil).body["key"].(string)
		open := func(key string) answer {
			return w.do(t, request{method: "POST", path: path + "/openings", body: map[string]any{"code": "123456"}, header: map[string]string{"X-Box-Key": key}})
		}
		for range 20 {
			require.Equal(t, "box.key", open("made up").body["code"], "who has no key uses nothing up")
		}
		for range 5 {
			require.Equal(t, "box.not_booked", open(key).body["code"])
		}
		requireWait(t, open(key), 30)
	})
}

func TestCorrectionsAndDraftsComeAsFastAsPeopleMakeThem(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, func(set *settings) { set.RateLimits = true })
		minji, juno := w.join(t, "minji"), w.join(t, "juno")
		for path, method := range map[string]string{"/rooms/1/messages/1/reading": "DELETE", "/emotion/preview": "POST"} {
			body := any(nil)
			if method == "POST" {
				body = map[string]any{"text": "hello", "roomId": 1}
			}
			last := answer{}
			for range 60 { // more than are allowed at once, and in the time that takes
				if last = minji.call(t, method, path, body); last.status != http.StatusNotFound {
					break
				}
			}
			requireWait(t, last, 2)
			require.Equal(t, http.StatusNotFound, juno.call(t, method, path, body).status)
		}
	})
}

// requireWait checks that a request is refused for some seconds.
func requireWait(t *testing.T, a answer, most int) {
	t.Helper()
	require.Equal(t, http.StatusTooManyRequests, a.status, a.text)
	wait, err := strconv.Atoi(a.header.Get("Retry-After"))
	require.NoError(t, err)
	require.True(t, wait >= 1 && wait <= most, "%d s", wait)
}

func TestNobodyFloodsRoomsOrTriesEverybody(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		clock := testkit.NewClock(time.Now())
		w := newWorld(t, s, func(set *settings) { set.RateLimits, set.Now = true, clock.Now })
		minji, juno := w.join(t, "minji"), w.join(t, "juno")
		for name, c := range map[string]struct {
			burst, wait int
			attempts    []request
		}{
			"people":   {30, 1, []request{{method: "GET", path: "/users?query=a@example.org"}}},
			"requests": {30, 20, []request{{method: "POST", path: "/friends", body: map[string]any{"userId": 999}}}},
			"changes of messages": {240, 1, []request{
				{method: "POST", path: "/rooms/1/messages", body: map[string]any{"clientId": uuid.NewString(), "body": "hello"}},
				{method: "PATCH", path: "/rooms/1/messages/1", body: map[string]any{"body": "hello"}},
				{method: "DELETE", path: "/rooms/1/messages/1"},
				{method: "PUT", path: "/rooms/1/messages/1/reactions/%F0%9F%91%8D"},
			}},
		} {
			for i := range c.burst {
				a := minji.do(t, c.attempts[i%len(c.attempts)])
				require.NotEqual(t, http.StatusTooManyRequests, a.status, "%s: number %d", name, i)
			}
			for _, attempt := range c.attempts {
				requireWait(t, minji.do(t, attempt), c.wait)
				require.NotEqual(t, http.StatusTooManyRequests, juno.do(t, attempt).status, "%s: somebody else", name)
			}
		}
	})
}
