package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
)

func TestAnExportHasEverythingOfOnePersonAndNothingOfOthers(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newTown(t, s, time.Now)
		ann, ben, carl := w.person(t, "Ann"), w.person(t, "Ben"), w.person(t, "Carl")
		direct := befriend(t, ann, ben)
		carl.must(t, http.MethodPost, "/friends", map[string]any{"userId": ann.id})
		ann.must(t, http.MethodPut, "/blocks/"+itoa(carl.id), nil)
		store, dishes := w.store(t, 12_000)
		box, _ := w.box(t)
		pickup := ann.opens(t, newPickup(store, box.Id, 4)).Id
		ann.must(t, http.MethodPut, at(pickup, "/order/selection"), choice(dishes[0], 2))
		left := ben.opens(t, newRoom(4)).Id
		ann.joins(t, left)
		for n := range 3 {
			ann.must(t, http.MethodPost, messages(left), note(fmt.Sprintf("I say %d", n)))
			ben.must(t, http.MethodPost, messages(left), note("Ben's own words"))
		}
		ann.leaves(t, left)
		first := ann.read(t, direct, "I am so happy today!")
		ann.must(t, http.MethodPut, messages(direct)+"/"+itoa(first.Seq)+"/reactions/%F0%9F%91%8D", nil)
		reply := note("edited later")
		reply["replyTo"] = first.Seq
		second := decoded[openapi.Message](t, ann.must(t, http.MethodPost, messages(direct), reply))
		ann.must(t, http.MethodPatch, messages(direct)+"/"+itoa(second.Seq), map[string]any{"body": "edited"})
		third := decoded[openapi.Message](t, ann.must(t, http.MethodPost, messages(direct), note("taken back")))
		ann.must(t, http.MethodDelete, messages(direct)+"/"+itoa(third.Seq), nil)
		w.admin.must(t, http.MethodPost, "/admin/announcements", map[string]any{
			"title": "News", "body": "for all", "audience": map[string]any{"role": nil, "locale": nil},
		})
		w.admin.must(t, http.MethodPost, "/admin/announcements", map[string]any{
			"title": "Secret", "body": "for admins", "audience": map[string]any{"role": "admin", "locale": nil},
		})

		body := ann.must(t, http.MethodGet, "/users/me/export", nil)
		got := decoded[openapi.PersonExport](t, body)
		require.Equal(t, ann.email, got.User.Email)
		require.Len(t, got.Sessions, 1)
		require.True(t, got.Sessions[0].Current)
		require.Len(t, got.Friends, 1)
		require.Equal(t, openapi.UserSummary{Id: ben.id, Nickname: "Ben"}, got.Friends[0].User)
		require.Len(t, got.Blocks, 1)
		require.Equal(t, carl.id, got.Blocks[0].User.Id)
		states := map[int64]openapi.MemberState{}
		for _, r := range got.Rooms {
			states[r.Room] = r.State
		}
		require.Equal(t, map[int64]openapi.MemberState{direct: "joined", pickup: "joined", left: "left"}, states)

		var said []string
		for _, m := range got.Messages {
			said = append(said, fmt.Sprintf("%d %s", m.Room, m.Body))
		}
		require.Equal(t, []string{
			fmt.Sprintf("%d I am so happy today!", direct), fmt.Sprintf("%d edited", direct),
			fmt.Sprintf("%d I say 0", left), fmt.Sprintf("%d I say 1", left), fmt.Sprintf("%d I say 2", left),
		}, said)
		require.Equal(t, first.Seq, *got.Messages[1].ReplyTo)
		require.NotNil(t, got.Messages[1].EditedAt)
		require.Len(t, got.Reactions, 1)
		require.Equal(t, "👍", got.Reactions[0].Emoji)
		require.Len(t, got.Selections, 1)
		require.Equal(t, []openapi.ExportedItem{{Item: dishes[0], Quantity: 2}}, got.Selections[0].Items)
		require.Len(t, got.Announcements, 1)
		require.Equal(t, "News", got.Announcements[0].Title)
		require.NotEmpty(t, got.Readings.Readings)

		text := string(body)
		for _, foreign := range []string{"Ben's own words", "taken back", ben.email, carl.email, w.admin.email} {
			require.NotContains(t, text, foreign)
		}
	})
}

// TestAnExportIsStreamed goes through more messages than are read together.
func TestAnExportIsStreamed(t *testing.T) {
	w := serverTown(t)
	ann, ben := w.person(t, "Ann"), w.person(t, "Ben")
	room := befriend(t, ann, ben)
	socket := ann.dial(t)
	const many = 1200
	for n := range many {
		command := note(fmt.Sprint(n))
		command["type"], command["room"] = "message", room
		socket.send(t, command)
	}
	last := itoa(many - 1)
	socket.wait(t, last, func(e envelope) bool { return e.Type == "ack" && e.Seq == many })
	got := decoded[openapi.PersonExport](t, ann.must(t, http.MethodGet, "/users/me/export", nil))
	require.Len(t, got.Messages, many)
	for n, m := range got.Messages {
		require.Equal(t, fmt.Sprint(n), m.Body)
	}
}
