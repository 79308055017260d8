package room_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
)

func TestMoreThanAHundredAreACrowd(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t, 99, room.NewRoom{Capacity: 120})
		mine := w.look(t, host, id)
		require.False(t, mine.Crowd(), "a hundred know each other")
		_, _, err := w.rooms.Join(t.Context(), w.person(t), id, room.Entry{Address: "192.0.2.1"})
		require.NoError(t, err)
		mine = w.look(t, host, id)
		require.True(t, mine.Crowd())
		w.events.Take()
		require.NoError(t, w.rooms.MarkRead(t.Context(), host, id, mine.LastSeq))
		require.Equal(t, []any{room.Read{Room: id, User: host, Seq: mine.LastSeq, Open: true, Crowd: true}}, w.events.Take())
	})
}

func TestHowFarMembersHaveReadIsCounted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 4)
		w.grow(t, id, 50)
		require.NoError(t, w.rooms.MarkRead(t.Context(), host, id, 50))
		require.NoError(t, w.rooms.MarkRead(t.Context(), others[0], id, 30))
		require.NoError(t, w.rooms.MarkRead(t.Context(), others[1], id, 30))
		require.NoError(t, w.rooms.Leave(t.Context(), others[2], id))
		counts, err := w.rooms.Reads(t.Context(), id)
		require.NoError(t, err)
		// Who has read nothing counts from where they joined: the fourth was let in as the last of the lines.
		require.Equal(t, []room.Tally{{Seq: 5, Count: 1}, {Seq: 30, Count: 2}, {Seq: 50, Count: 1}}, counts)
	})
}

func TestRoomsOfManyAreLookedUpTogether(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, first := w.plain(t, 2)
		_, strangers, second := w.plain(t, 1)
		w.grow(t, first, 50)
		require.NoError(t, w.rooms.Leave(t.Context(), others[1], first))
		one, err := w.rooms.Joined(t.Context(), host)
		require.NoError(t, err)
		require.Equal(t, []room.JoinedRoom{{ID: first, LastRev: 51, State: room.Open}}, one, "and the line that somebody left")
		joined, err := w.rooms.JoinedOf(t.Context(), []account.ID{host, others[0], others[1], strangers[0]})
		require.NoError(t, err)
		require.Len(t, joined, 3)
		require.Equal(t, one, joined[host])
		require.Equal(t, one, joined[others[0]])
		require.Equal(t, second, joined[strangers[0]][0].ID)
		revs, err := w.rooms.Revs(t.Context(), []room.ID{first, 12345})
		require.NoError(t, err)
		require.Equal(t, one, revs)
		none, err := w.rooms.JoinedOf(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
