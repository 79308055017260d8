package message_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
)

// told returns how far each batch of changes that are not published goes, since it was last asked.
func (w *world) told(id room.ID) (list []room.ReadingsChanged) {
	for _, event := range w.events.Take() {
		if c, ok := event.(room.ReadingsChanged); ok && c.Room == id {
			list = append(list, c)
		}
	}
	return list
}

func TestErasingTakesWordsOrOnlyReadingsOfOnePerson(t *testing.T) {
	for name, words := range map[string]bool{"words": true, "readings": false} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				gone, other, id := w.pair(t)
				for i := range 3 {
					w.send(t, gone, id, fmt.Sprint("pomegranate ", i))
					w.send(t, other, id, fmt.Sprint("pomegranate of mine ", i))
				}
				_, err := w.messages.Correct(t.Context(), gone, id, 1, emotion.Correction{Label: emotion.Fear})
				require.NoError(t, err)
				_, err = w.messages.React(t.Context(), other, id, 1, "🎉")
				require.NoError(t, err)
				find := search.NewService(w.db, limit.Limiter{}, time.Now, zap.NewNop())
				require.NoError(t, find.Index(t.Context(), 1))
				before := w.history(t, other, id, message.Cursor{}).Room
				w.events.Take()

				any, err := w.messages.Erase(t.Context(), gone, id, words)
				require.NoError(t, err)
				require.True(t, any)
				after := w.history(t, other, id, message.Cursor{})
				require.Equal(t, before.LastSeq, after.Room.LastSeq)
				require.Equal(t, before.LastRev+3, after.Room.LastRev)
				require.Equal(t, []room.ReadingsChanged{{Room: id, State: room.Open, Since: before.LastRev, Rev: before.LastRev + 3}}, w.told(id))
				for i, m := range after.Items {
					if m.Sender == other {
						require.NotEmpty(t, m.Body)
						require.NotNil(t, m.Reading)
						continue
					}
					require.Equal(t, words, m.Body == "", m.Body)
					require.Equal(t, words, m.DeletedAt != nil)
					require.Equal(t, words || i > 0, len(m.Reactions) == 0)
					require.Nil(t, m.Reading)
					require.Greater(t, m.Rev, before.LastRev, "who has it asks for it again")
				}
				require.Zero(t, w.rows(t, "corrections"))
				found, err := find.Find(t.Context(), other, search.Query{Text: "pomegranate", Limit: 10})
				require.NoError(t, err)
				require.Len(t, found.Places, map[bool]int{true: 3, false: 6}[words])

				any, err = w.messages.Erase(t.Context(), gone, id, words)
				require.NoError(t, err)
				require.False(t, any, "there is nothing left")
				require.Empty(t, w.events.Take())
			})
		})
	}
}

func TestErasingGoesInStepsBetweenWhichOthersWrite(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		gone, other, id := w.pair(t)
		for i := range 250 {
			w.send(t, gone, id, fmt.Sprint(i))
		}
		w.send(t, other, id, "hello")
		w.events.Take()
		_, err := w.messages.Erase(t.Context(), gone, id, true)
		require.NoError(t, err)
		told := w.told(id)
		require.Len(t, told, 3)
		require.Equal(t, []bool{true, true, false}, []bool{told[0].More, told[1].More, told[2].More}, "they look again once")
		require.Equal(t, told[0].Rev, told[1].Since)
		var left int64
		require.NoError(t, w.db.Table("messages").Where("sender_id = ? AND (body <> '' OR deleted_at IS NULL)", gone).Count(&left).Error)
		require.Zero(t, left)
	})
}

func TestErasedReactionsAreChangesOfTheirMessages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		gone, other, id := w.pair(t)
		third := w.person(t, account.ShareOff)
		elsewhere, _, err := w.rooms.OpenDirect(t.Context(), gone, third)
		require.NoError(t, err)
		for _, at := range []room.ID{id, elsewhere.ID} {
			said := w.send(t, gone, at, "said")
			for _, emoji := range []string{"🎉", "👍"} {
				_, err = w.messages.React(t.Context(), gone, at, said.Seq, emoji)
				require.NoError(t, err)
			}
		}
		_, err = w.messages.React(t.Context(), other, id, 1, "🎉")
		require.NoError(t, err)
		before := w.history(t, other, id, message.Cursor{}).Room
		rooms, err := w.messages.EraseReactions(t.Context(), gone)
		require.NoError(t, err)
		require.ElementsMatch(t, []room.ID{id, elsewhere.ID}, rooms)
		after := w.history(t, other, id, message.Cursor{})
		require.Equal(t, []message.Reaction{{Emoji: "🎉", Users: []account.ID{other}}}, after.Items[0].Reactions)
		require.Equal(t, before.LastRev+1, after.Items[0].Rev)
		rooms, err = w.messages.EraseReactions(t.Context(), gone)
		require.NoError(t, err)
		require.Empty(t, rooms)
	})
}
