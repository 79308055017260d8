package message_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// What somebody wants when their message is stored decides, whatever they wanted when an engine began with it.
func TestAReadingIsDroppedWhenConsentGoesAwayMeanwhile(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, guest, id := w.group(t)
		off, on := room.ReadingsOff, room.ReadingsOn
		for name, c := range map[string]struct{ withdraw, restore func() }{
			"by the author": {func() { setShare(t, w, guest, account.ShareOff) }, func() { setShare(t, w, guest, account.ShareEveryone) }},
			"by the room":   {func() { w.readings(t, host, id, off) }, func() { w.readings(t, host, id, on) }},
		} {
			require.NotNil(t, w.send(t, guest, id, "now this node knows the room").Reading)
			asked := len(w.engine.seen())
			w.engine.meanwhile(c.withdraw)
			sent := w.send(t, guest, id, "begun while it was allowed")
			require.Len(t, w.engine.seen(), asked+1, name)
			require.Nil(t, sent.Reading, name)
			require.Equal(t, account.ShareOff, sent.Share, name)
			c.restore()
			require.Nil(t, w.history(t, guest, id, message.Cursor{After: new(sent.Seq - 1)}).Items[0].Reading, "nor was it stored")

			edited, err := w.messages.Edit(t.Context(), guest, id, sent.Seq, fmt.Sprint("edited ", name))
			require.NoError(t, err)
			require.NotNil(t, edited.Reading)
			c.withdraw()
			require.Nil(t, w.history(t, guest, id, message.Cursor{After: new(sent.Seq - 1)}).Items[0].Reading, name)
			asked = len(w.engine.seen())
			_, err = w.messages.Edit(t.Context(), guest, id, sent.Seq, "edited again")
			require.NoError(t, err)
			require.Len(t, w.engine.seen(), asked, "an edit is read no more than what is sent")
			c.restore()
		}
	})
}

// A node that is told of a change asks no engine any more, though it remembers otherwise.
func TestANodeThatIsToldAsksNoEngine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, guest, id := w.group(t)
		other := w.secondNode(t)
		w.send(t, guest, id, "now this node knows the room")
		asked := len(w.engine.seen())
		off := room.ReadingsOff
		other.readings(t, host, id, off)
		w.messages.Doubt(id)
		require.Nil(t, w.send(t, guest, id, "told by the bus").Reading)
		require.Len(t, w.engine.seen(), asked)

		other.readings(t, host, id, room.ReadingsOn)
		require.NotNil(t, w.send(t, guest, id, "on again").Reading)
		setShare(t, other, guest, account.ShareOff)
		asked = len(w.engine.seen())
		rooms, err := room.Lock(w.db, []room.ID{id})
		require.NoError(t, err)
		w.messages.Saw(room.Sight{ID: id, MembersRev: rooms[id].MembersRev})
		require.Nil(t, w.send(t, guest, id, "seen by the request").Reading)
		require.Len(t, w.engine.seen(), asked)
		w.messages.Saw(room.Sight{ID: id, MembersRev: rooms[id].MembersRev})
		require.Nil(t, w.send(t, guest, id, "nothing new").Reading)
	})
}

// readings switches the readings of a room.
func (w *world) readings(t *testing.T, who account.ID, id room.ID, to room.Readings) {
	t.Helper()
	_, err := w.rooms.Update(t.Context(), who, id, room.Update{Readings: &to}, room.Expected{})
	require.NoError(t, err)
}
