package main

import (
	"net/http"
	"testing"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

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
	note   int64            // the seq of a message of the host's
	notes  map[string]int64 // by actor: the seq of a message of theirs

	asking *person // who asks, and which of everybody that is
	actor  string
}

// actors are the people of the table. They may play in many rooms at once.
func (w *town) actors(t *testing.T) (all map[string]*person, carl *person) {
	t.Helper()
	all = map[string]*person{"anonymous": w.machine(), "admin": w.admin}
	for _, name := range []string{"stranger", "left", "kicked", "blocked", "deactivated", "member", "host"} {
		all[name] = w.person(t, "the "+name)
	}
	all["host"].must(t, http.MethodPut, "/blocks/"+itoa(all["blocked"].id), nil)
	w.closes(t, all["deactivated"].id)
	return all, w.person(t, "Carl")
}

// closes has the admin close somebody's account.
func (w *town) closes(t *testing.T, id int64) {
	t.Helper()
	w.admin.proves(t)
	w.admin.must(t, http.MethodPost, "/admin/users/"+itoa(id)+"/deactivation", map[string]any{})
}

func newGroup(t *testing.T, w *town, people map[string]*person, carl *person) *group {
	t.Helper()
	g := &group{town: w, t: t, people: people, carl: carl, notes: map[string]int64{}}
	var dishes []int64
	g.store, dishes = w.store(t, 12_000)
	g.dish = dishes[0]
	g.box, g.key = w.box(t)
	host := people["host"]
	g.room = host.opens(t, newPickup(g.store, g.box.Id, 12))
	for _, p := range []*person{people["member"], people["left"], people["kicked"], carl} {
		p.joins(t, g.room.Id)
	}
	for _, name := range []string{"member", "left", "kicked"} {
		g.notes[name] = decoded[openapi.Message](t, people[name].must(t, http.MethodPost, messages(g.room.Id), note("my own"))).Seq
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
