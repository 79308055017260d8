package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The actors of the table of group rooms, in the order of its columns. The host comes last: what may be done by one
// person alone is still there to be done.
var groupActors = []string{"anonymous", "stranger", "left", "kicked", "admin", "member", "host"}

// group is a pickup room and who stands how to it. There is one more member, Carl, to whom things are done.
type group struct {
	*town
	t      *testing.T
	people map[string]*person
	carl   *person
	room   openapi.Room
	store  int64
	dish   int64
	box    openapi.Box
	key    map[string]string
	invite string
	note   int64 // the seq of a message of the host's
}

// actors are the people of the table. They may play in many rooms at once.
func (w *town) actors(t *testing.T) (all map[string]*person, carl *person) {
	t.Helper()
	all = map[string]*person{"anonymous": w.machine(), "admin": w.admin}
	for _, name := range []string{"stranger", "left", "kicked", "member", "host"} {
		all[name] = w.person(t, "the "+name)
	}
	return all, w.person(t, "Carl")
}

func newGroup(t *testing.T, w *town, people map[string]*person, carl *person) *group {
	t.Helper()
	g := &group{town: w, t: t, people: people, carl: carl}
	var dishes []int64
	g.store, dishes = w.store(t, 12_000)
	g.dish = dishes[0]
	g.box, g.key = w.box(t)
	host := people["host"]
	g.room = host.opens(t, newPickup(g.store, g.box.Id, 12))
	for _, p := range []*person{people["member"], people["left"], people["kicked"], carl} {
		p.joins(t, g.room.Id)
	}
	people["left"].leaves(t, g.room.Id)
	host.kicks(t, g.room.Id, people["kicked"])
	g.note = decoded[openapi.Message](t, host.must(t, http.MethodPost, messages(g.room.Id), note("hello"))).Seq
	g.invite = decoded[openapi.Invite](t, host.must(t, http.MethodPost, at(g.room.Id, "/invites"), nil)).Token
	return g
}

// chosen lets everybody choose.
func (g *group) chosen() {
	for _, p := range []*person{g.people["host"], g.people["member"], g.carl} {
		p.must(g.t, http.MethodPut, at(g.room.Id, "/order/selection"), choice(g.dish, 1))
	}
}

// delivered takes the room to its last phase.
func (g *group) delivered() {
	g.chosen()
	g.people["host"].must(g.t, http.MethodPut, at(g.room.Id, "/order/confirmation"), nil)
	require.Equal(g.t, http.StatusNoContent, g.machine().ask(g.t, http.MethodPost, g.atBox("/arrivals"), nil, g.key).status)
}

func (g *group) atBox(path string) string { return "/boxes/" + itoa(g.box.Id) + path }

func choice(dish int64, quantity int) map[string]any {
	return map[string]any{"items": []any{map[string]any{"itemId": dish, "quantity": quantity}}, "done": true}
}

// groupRow is one operation: what is asked, of this room or of another one, and what each actor is answered.
type groupRow struct {
	prepare func(g *group)
	ask     func(g *group, room int64) request
	status  [7]int
	shows   *[7]bool // whether the answer shows the room's title
}

func groupOperations() map[string]groupRow {
	const signedIn, hidden, denied = http.StatusUnauthorized, http.StatusNotFound, http.StatusForbidden
	inRoom := func(method, path string, body any) func(*group, int64) request {
		return func(_ *group, room int64) request { return request{method, at(room, path), body} }
	}
	plain := func(method, path string, body any) func(*group, int64) request {
		return func(*group, int64) request { return request{method, path, body} }
	}
	ofNote := func(method, path string, body any) func(*group, int64) request {
		return func(g *group, room int64) request {
			return request{method, messages(room) + "/" + itoa(g.note) + path, body}
		}
	}
	place := func(method, path string, body any, of func(g *group) int64) func(*group, int64) request {
		return func(g *group, _ int64) request {
			return request{method, strings.Replace(path, "{id}", itoa(of(g)), 1), body}
		}
	}
	theStore, theBox := func(g *group) int64 { return g.store }, func(g *group) int64 { return g.box.Id }
	all := func(status int) [7]int { return [7]int{signedIn, status, status, status, status, status, status} }
	members := func(member, host int) [7]int { return [7]int{signedIn, hidden, hidden, hidden, hidden, member, host} }
	admins := func(status int) [7]int { return [7]int{signedIn, denied, denied, denied, status, denied, denied} }
	const ok, created, empty = http.StatusOK, http.StatusCreated, http.StatusNoContent
	boxInput := map[string]any{"name": "Box", "zip": "90101", "address": "Moon Street 3", "lat": 37.5, "lng": 127.01}

	return map[string]groupRow{
		"createRoom": {ask: func(*group, int64) request { return request{http.MethodPost, "/rooms", newRoom(4)} }, status: all(created)},
		"listOpenRooms": {ask: func(g *group, _ int64) request {
			return request{http.MethodGet, "/rooms/open?q=" + url.QueryEscape(*g.room.Title), nil}
		}, status: all(ok), shows: &[7]bool{false, true, true, false, true, true, true}},
		"listRooms": {ask: plain(http.MethodGet, "/rooms", nil), status: all(ok), shows: &[7]bool{5: true, 6: true}},
		"showInvite": {ask: func(g *group, _ int64) request {
			return request{http.MethodPost, "/invites", map[string]any{"token": g.invite}}
		}, status: [7]int{signedIn, ok, ok, denied, ok, ok, ok}, shows: &[7]bool{false, true, true, false, true, true, true}},
		"joinRoom":    {ask: inRoom(http.MethodPost, "/members", nil), status: [7]int{signedIn, created, created, denied, created, ok, ok}},
		"leaveRoom":   {ask: inRoom(http.MethodDelete, "/members/me", nil), status: members(empty, empty)},
		"getRoom":     {ask: inRoom(http.MethodGet, "", nil), status: members(ok, ok)},
		"updateRoom":  {ask: inRoom(http.MethodPatch, "", map[string]any{"capacity": 11}), status: members(denied, ok)},
		"closeRoom":   {ask: inRoom(http.MethodPost, "/close", nil), status: members(denied, ok)},
		"extendRoom":  {ask: inRoom(http.MethodPost, "/extensions", map[string]any{"hours": 1}), status: members(denied, ok)},
		"setPhase":    {ask: inRoom(http.MethodPut, "/phase", map[string]any{"phase": "ORDER_STARTED"}), status: members(denied, ok)},
		"drawMembers": {ask: inRoom(http.MethodPost, "/draws", nil), status: members(created, created)},
		"kickMember": {ask: func(g *group, room int64) request {
			return request{http.MethodDelete, at(room, "/members/"+itoa(g.carl.id)), nil}
		}, status: members(denied, empty)},
		"transferHost": {ask: func(g *group, room int64) request {
			return request{http.MethodPut, at(room, "/host"), map[string]any{"userId": g.carl.id}}
		}, status: members(denied, ok)},
		"listMembers":   {ask: inRoom(http.MethodGet, "/members", nil), status: members(ok, ok)},
		"createInvite":  {ask: inRoom(http.MethodPost, "/invites", nil), status: members(denied, created)},
		"revokeInvites": {ask: inRoom(http.MethodDelete, "/invites", nil), status: members(denied, empty)},

		"searchMessages": {ask: func(_ *group, room int64) request {
			return request{http.MethodGet, "/search/messages?q=hello&roomId=" + itoa(room), nil}
		}, status: members(ok, ok)},
		"listMessages":   {ask: inRoom(http.MethodGet, "/messages", nil), status: members(ok, ok)},
		"getMood":        {ask: inRoom(http.MethodGet, "/mood?days=1", nil), status: members(ok, ok)},
		"getDigest":      {ask: inRoom(http.MethodGet, "/digest", nil), status: members(ok, ok)},
		"sendMessage":    {ask: func(_ *group, room int64) request { return request{http.MethodPost, messages(room), note("hello")} }, status: members(created, created)},
		"editMessage":    {ask: ofNote(http.MethodPatch, "", map[string]any{"body": "changed"}), status: members(denied, ok)},
		"deleteMessage":  {ask: ofNote(http.MethodDelete, "", nil), status: members(denied, empty)},
		"addReaction":    {ask: ofNote(http.MethodPut, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},
		"removeReaction": {ask: ofNote(http.MethodDelete, "/reactions/%F0%9F%91%8D", nil), status: members(ok, ok)},

		"correctReading":        {ask: ofNote(http.MethodPut, "/reading", map[string]any{"label": "joy", "fine": "gratitude"}), status: members(denied, ok)},
		"withdrawCorrection":    {ask: ofNote(http.MethodDelete, "/reading", nil), status: members(denied, ok)},
		"dismissReadingsNotice": {ask: inRoom(http.MethodDelete, "/readings-notice", nil), status: members(empty, empty)},
		"previewReading": {ask: func(_ *group, room int64) request {
			return request{http.MethodPost, "/emotion/preview", map[string]any{"text": "how will this read?", "roomId": room}}
		}, status: members(ok, ok)},

		"getOrder": {ask: inRoom(http.MethodGet, "/order", nil), status: members(ok, ok)},
		"saveSelection": {ask: func(g *group, room int64) request {
			return request{http.MethodPut, at(room, "/order/selection"), choice(g.dish, 2)}
		}, status: members(ok, ok)},
		"confirmOrder":   {prepare: (*group).chosen, ask: inRoom(http.MethodPut, "/order/confirmation", nil), status: members(denied, ok)},
		"confirmReceipt": {prepare: (*group).delivered, ask: inRoom(http.MethodPut, "/order/receipt", nil), status: members(ok, ok)},
		"createBoxCode":  {ask: inRoom(http.MethodPost, "/box-code", nil), status: members(created, created)},

		"listAreas":  {ask: plain(http.MethodGet, "/areas?q=90101", nil), status: all(ok)},
		"listStores": {ask: plain(http.MethodGet, "/stores?lat=37.5&lng=127.01", nil), status: all(ok)},
		"getStore":   {ask: place(http.MethodGet, "/stores/{id}", nil, theStore), status: all(ok)},
		"listBoxes":  {ask: plain(http.MethodGet, "/boxes?zip=90101", nil), status: all(ok)},
		// Of what was announced to admins nobody else knows.
		"readAnnouncement": {ask: func(g *group, room int64) request {
			id := g.announced(g.t, audience("admin", nil), time.Now()).Id
			if room != g.room.Id { // to be compared with what is not there
				id = 1 << 40
			}
			return request{http.MethodPut, "/announcements/" + itoa(id) + "/read", nil}
		}, status: [7]int{signedIn, hidden, hidden, hidden, empty, hidden, hidden}},
		// No person is a box, whoever they are.
		"announceArrival": {ask: place(http.MethodPost, "/boxes/{id}/arrivals", nil, theBox), status: all(signedIn)},
		"openBox":         {ask: place(http.MethodPost, "/boxes/{id}/openings", map[string]any{"code": "000000"}, theBox), status: all(signedIn)},

		"getEmotionHealth": {ask: plain(http.MethodGet, "/admin/emotion", nil), status: admins(ok)},
		"getStats":         {ask: plain(http.MethodGet, "/admin/stats", nil), status: admins(ok)},

		"listAllAnnouncements": {ask: plain(http.MethodGet, "/admin/announcements", nil), status: admins(ok)},
		"createAnnouncement":   {ask: plain(http.MethodPost, "/admin/announcements", announcementFor(audience("admin", "ko"), time.Now())), status: admins(created)},
		"replaceAnnouncement":  {ask: ofAnnouncement(http.MethodPut, announcementFor(audience("admin", "ko"), time.Now())), status: admins(ok)},
		"withdrawAnnouncement": {ask: ofAnnouncement(http.MethodDelete, nil), status: admins(empty)},

		"listAllStores":   {ask: plain(http.MethodGet, "/admin/stores", nil), status: admins(ok)},
		"createStore":     {ask: plain(http.MethodPost, "/admin/stores", storeInput()), status: admins(created)},
		"replaceStore":    {ask: place(http.MethodPut, "/admin/stores/{id}", storeInput(), theStore), status: admins(ok)},
		"deleteStore":     {ask: place(http.MethodDelete, "/admin/stores/{id}", nil, theStore), status: admins(empty)},
		"createMenuItem":  {ask: place(http.MethodPost, "/admin/stores/{id}/menu", dish("Another", 5_000), theStore), status: admins(created)},
		"replaceMenuItem": {ask: ofDish(http.MethodPut, dish("Changed", 6_000)), status: admins(ok)},
		"deleteMenuItem":  {ask: ofDish(http.MethodDelete, nil), status: admins(empty)},
		"listAllBoxes":    {ask: plain(http.MethodGet, "/admin/boxes", nil), status: admins(ok)},
		"createBox":       {ask: plain(http.MethodPost, "/admin/boxes", boxInput), status: admins(created)},
		"replaceBox":      {ask: place(http.MethodPut, "/admin/boxes/{id}", boxInput, theBox), status: admins(ok)},
		"deleteBox": { // it is booked
			prepare: func(g *group) { g.people["host"].must(g.t, http.MethodPost, at(g.room.Id, "/close"), nil) },
			ask:     place(http.MethodDelete, "/admin/boxes/{id}", nil, theBox), status: admins(empty),
		},
		"createBoxKey": {ask: place(http.MethodPost, "/admin/boxes/{id}/key", nil, theBox), status: admins(created)},

		"listUsers":          {ask: plain(http.MethodGet, "/admin/users", nil), status: admins(ok)},
		"getUser":            {ask: ofSomebody(http.MethodGet, "", nil), status: admins(ok)},
		"listUserSessions":   {ask: ofSomebody(http.MethodGet, "/sessions", nil), status: admins(ok)},
		"revokeUserSessions": {ask: ofSomebody(http.MethodDelete, "/sessions", nil), status: admins(empty)},
		"revokeUserSession": {ask: func(g *group, _ int64) request {
			p := g.person(g.t, "somebody")
			session := decoded[openapi.SessionList](g.t, p.must(g.t, http.MethodGet, "/auth/sessions", nil)).Items[0].Id
			return request{http.MethodDelete, "/admin/users/" + itoa(p.id) + "/sessions/" + itoa(session), nil}
		}, status: admins(empty)},
		"deactivateUser": {ask: ofSomebody(http.MethodPost, "/deactivation", map[string]any{}), status: admins(ok)},
		"restoreUser":    {ask: ofSomebody(http.MethodPost, "/restoration", map[string]any{"access": "password"}), status: admins(http.StatusConflict)},
		"setPurgeDate": {
			ask: ofSomebody(http.MethodPut, "/purge-date", map[string]any{"purgeAfter": "2030-01-01T00:00:00Z"}), status: admins(http.StatusConflict),
		},
		"setUserRole":  {ask: ofSomebody(http.MethodPut, "/role", map[string]any{"role": "user"}), status: admins(ok)},
		"listAllRooms": {ask: plain(http.MethodGet, "/admin/rooms", nil), status: admins(ok), shows: &[7]bool{}},
		"listAudit":    {ask: plain(http.MethodGet, "/admin/audit", nil), status: admins(ok)},
	}
}

func ofDish(method string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, "/admin/stores/" + itoa(g.store) + "/menu/" + itoa(g.dish), body}
	}
}

// ofAnnouncement asks about an announcement that is not out yet.
func ofAnnouncement(method string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		id := g.announced(g.t, audience("admin", "ko"), time.Now().Add(time.Hour)).Id
		return request{method, "/admin/announcements/" + itoa(id), body}
	}
}

// ofSomebody asks about a person of whom nothing else depends.
func ofSomebody(method, path string, body any) func(*group, int64) request {
	return func(g *group, _ int64) request {
		return request{method, "/admin/users/" + itoa(g.person(g.t, "somebody").id) + path, body}
	}
}

// state is everything that a forbidden request could have changed in a room or in the places it has chosen.
func (g *group) state() string {
	var all strings.Builder
	for _, path := range []string{at(g.room.Id, ""), at(g.room.Id, "/members"), messages(g.room.Id), at(g.room.Id, "/order")} {
		all.Write(g.carl.must(g.t, http.MethodGet, path, nil))
	}
	all.Write(g.admin.must(g.t, http.MethodGet, "/stores/"+itoa(g.store), nil))
	all.Write(g.admin.must(g.t, http.MethodGet, "/boxes?zip="+g.box.Zip, nil))
	return all.String()
}

func TestEveryOperationOfGroupRoomsAnswersEveryActorAsTheTableSays(t *testing.T) {
	t.Parallel()
	w := serverTown(t)
	people, carl := w.actors(t)
	for name, row := range groupOperations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, w, people, carl)
			if row.prepare != nil {
				row.prepare(g)
			}
			for i, actor := range groupActors {
				who, ask, before := people[actor], row.ask(g, g.room.Id), g.state()
				status, body := who.call(t, ask.method, ask.path, ask.body)
				require.Equal(t, row.status[i], status, "%s: %s", actor, body)
				if row.shows != nil {
					require.Equal(t, row.shows[i], strings.Contains(string(body), *g.room.Title), "%s: %s", actor, body)
				}
				if status < http.StatusBadRequest {
					continue
				}
				require.Equal(t, before, g.state(), "%s was refused and changed something", actor)
				if status == http.StatusNotFound {
					nowhere := row.ask(g, 1<<40)
					_, unknown := who.call(t, nowhere.method, nowhere.path, nowhere.body)
					require.Equal(t, string(unknown), string(body), "%s: unknown and forbidden look alike", actor)
				}
			}
		})
	}
}

func TestARoleThatIsTakenAwayIsGoneAtOnce(t *testing.T) {
	w := serverTown(t)
	w.admin.must(t, http.MethodGet, "/admin/boxes", nil)
	w.grant(t, w.admin, account.RoleUser)
	w.admin.refused(t, "auth.admin_only", http.MethodGet, "/admin/boxes", nil)
}

func TestTheKeyOfABoxSpeaksForThatBoxAlone(t *testing.T) {
	w := serverTown(t)
	people, carl := w.actors(t)
	one, other := newGroup(t, w, people, carl), newGroup(t, w, people, carl)
	for name, key := range map[string]map[string]string{
		"another box's": other.key, "made up": {"X-Box-Key": uuid.NewString()}, "empty": {"X-Box-Key": ""}, "an admin's token": {"X-Box-Key": w.admin.token},
	} {
		for _, box := range []int64{one.box.Id, 1 << 40} {
			for path, body := range map[string]any{"/arrivals": nil, "/openings": map[string]any{"code": "123456"}} {
				a := w.machine().ask(t, http.MethodPost, "/boxes/"+itoa(box)+path, body, key)
				require.Equal(t, http.StatusUnauthorized, a.status, name)
				require.Equal(t, "box.key", decoded[openapi.Problem](t, a.body).Code)
				require.Equal(t, "X-Box-Key", a.header.Get("WWW-Authenticate"))
			}
		}
	}
	before := one.key
	w.admin.proves(t)
	one.key = map[string]string{"X-Box-Key": decoded[openapi.BoxKey](t, w.admin.must(t, http.MethodPost, "/admin/boxes/"+itoa(one.box.Id)+"/key", nil)).Key}
	require.Equal(t, http.StatusUnauthorized, w.machine().ask(t, http.MethodPost, one.atBox("/arrivals"), nil, before).status, "it was replaced")
	require.Equal(t, http.StatusConflict, w.machine().ask(t, http.MethodPost, one.atBox("/arrivals"), nil, one.key).status, "nothing is expected yet")
}
