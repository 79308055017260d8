package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

// The matrix holds every operation of openapi.yaml against everybody who may ask. Beside it, permission_test.go looks at what lies between
// two people.

// everybody is who asks, in the order of the matrix's columns: how they stand to a room and its host, of whom they are blocked. The account
// of one is deactivated, though its tokens have time left. The host comes last: what may be done by one person alone is still there to be done.
var everybody = []string{"anonymous", "stranger", "left", "kicked", "blocked", "deactivated", "admin", "member", "host"}

// answers is a status for each of them.
type answers [9]int

const (
	ok, created, accepted, empty = http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent
	signIn, denied, hidden       = http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound
	conflict, wrong              = http.StatusConflict, http.StatusUnprocessableEntity
)

// whoever is what is answered to all of them.
func whoever(status int) answers {
	return answers{status, status, status, status, status, status, status, status, status}
}

// all is what is answered to whoever is signed in.
func all(status int) answers {
	return answers{signIn, status, status, status, status, signIn, status, status, status}
}

// members is what is answered to those in the room; to others it does not exist.
func members(member, host int) answers {
	return answers{signIn, hidden, hidden, hidden, hidden, signIn, hidden, member, host}
}

// admins is what is answered to those with the role.
func admins(status int) answers {
	return answers{signIn, denied, denied, denied, denied, signIn, status, denied, denied}
}

// matrixRow is one operation: what is asked, of this room or of another one, and what each of everybody is answered. A row is named after its
// operation; one that ends with " own" asks about what belongs to whoever asks, the other one about what belongs to others.
type matrixRow struct {
	prepare func(g *group)
	// as returns another person or session in the place of the one who asks, for what they do not live through.
	as     func(g *group, who *person) *person
	ask    func(g *group, room int64) request
	status answers
	shows  *[9]bool // whether the answer shows the room's title
}

// matrix is all rows.
func matrix() map[string]matrixRow {
	rows := roomRows()
	for _, more := range []map[string]matrixRow{ownRows(), peopleRows(), adminRows()} {
		for name, row := range more {
			rows[name] = row
		}
	}
	return rows
}

// TestTheMatrixHasEveryOperation fails for an operation that has no row, or that names something of a person and has no row about one's own.
func TestTheMatrixHasEveryOperation(t *testing.T) {
	rows := matrix()
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	named := map[string]bool{"openSocket": true} // which the generated description leaves out
	for path, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			name := strings.ToLower(operation.OperationID[:1]) + operation.OperationID[1:]
			named[name], named[name+" own"], named[name+" proven"] = true, true, true
			require.Contains(t, rows, name, path)
			if strings.Contains(path, "{userId}") || strings.Contains(path, "{sessionId}") || strings.Contains(path, "{seq}") {
				require.Contains(t, rows, name+" own", path)
			}
		}
	}
	for name := range rows {
		require.True(t, named[name], "%s is no operation", name)
	}
}

func TestEveryOperationAnswersEverybodyAsTheMatrixSays(t *testing.T) {
	t.Parallel()
	w := newTown(t, serverStack(t), time.Now, relay(newMailbox(t))...)
	people, carl := w.actors(t)
	w.admin.proves(t)
	for name, row := range matrix() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, w, people, carl)
			if row.prepare != nil {
				row.prepare(g)
			}
			for i, actor := range everybody {
				g.asking, g.actor = people[actor], actor
				if row.as != nil && actor != "anonymous" && actor != "deactivated" {
					g.asking = row.as(g, g.asking)
				}
				g.answered(row, i)
			}
		})
	}
}

// answered asks as one of everybody, and checks that the answer is as it should be and that a refusal has changed nothing.
func (g *group) answered(row matrixRow, column int) {
	t := g.t
	ask, before := row.ask(g, g.room.Id), g.state()
	status, body := g.asking.call(t, ask.method, ask.path, ask.body)
	require.Equal(t, row.status[column], status, "%s: %s", g.actor, body)
	if row.shows != nil {
		require.Equal(t, row.shows[column], strings.Contains(string(body), *g.room.Title), "%s: %s", g.actor, body)
	}
	if status < http.StatusBadRequest {
		return
	}
	require.Equal(t, before, g.state(), "%s was refused and changed something", g.actor)
	if status == http.StatusNotFound {
		nowhere := row.ask(g, nowhereAtAll)
		_, unknown := g.asking.call(t, nowhere.method, nowhere.path, nowhere.body)
		require.Equal(t, string(unknown), string(body), "%s: unknown and forbidden look alike", g.actor)
	}
}

// nowhereAtAll is an id that nothing has.
const nowhereAtAll = 1 << 40

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
