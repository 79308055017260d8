package rest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestMessagesAreFoundByTheirWords(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno := w.join(t, "minji"), w.join(t, "juno")
		require.Equal(t, http.StatusOK, minji.call(t, "PATCH", "/users/me", map[string]any{"shareReadings": "off"}).status) // nobody reads here
		require.Equal(t, http.StatusCreated, minji.call(t, "POST", "/friends", map[string]any{"userId": juno.id}).status)
		require.Equal(t, http.StatusOK, juno.call(t, "PUT", fmt.Sprintf("/friends/%d", minji.id), nil).status)
		room := minji.call(t, "POST", "/rooms/direct", map[string]any{"userId": juno.id})
		id := int64(room.body["id"].(float64))
		say := func(body string) {
			a := minji.call(t, "POST", fmt.Sprintf("/rooms/%d/messages", id), map[string]any{"clientId": uuid.NewString(), "body": body})
			require.Equal(t, http.StatusCreated, a.status, a.text)
		}
		find := func(query string) answer {
			a := juno.call(t, "GET", "/search/messages?"+query, nil)
			require.Equal(t, http.StatusOK, a.status, a.text)
			return a
		}
		say("👍 내일 회의실 Tomorrow")
		say("다른 이야기")
		say("회의는 없다")

		both := find("q=" + url.QueryEscape("회의"))
		require.Len(t, both.items(), 2)
		require.NotContains(t, both.body, "next")
		newest := both.items()[0].(map[string]any)
		require.EqualValues(t, id, newest["room"])
		require.Equal(t, "회의는 없다", newest["message"].(map[string]any)["body"])
		one := find("q=" + url.QueryEscape("tomor 회의")).items()
		require.Len(t, one, 1)
		require.Equal(t, []any{
			map[string]any{"start": float64(5), "end": float64(7)}, map[string]any{"start": float64(9), "end": float64(14)},
		}, one[0].(map[string]any)["marks"])

		first := find("limit=1&q=" + url.QueryEscape("회의"))
		require.Equal(t, both.items()[:1], first.items())
		rest := find("limit=1&q=" + url.QueryEscape("회의") + "&cursor=" + first.body["next"].(string))
		require.Equal(t, both.items()[1:], rest.items())
		require.Empty(t, find("q=nothing").items())
		require.Equal(t, http.StatusNotFound, w.join(t, "hana").call(t, "GET", fmt.Sprintf("/search/messages?q=a&roomId=%d", id), nil).status)
	})
}
