package room_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
)

// switches switches the readings of a room.
func (w *world) switches(t *testing.T, who account.ID, id room.ID, to room.Readings) room.Mine {
	t.Helper()
	mine, err := w.rooms.Update(t.Context(), who, id, room.Update{Readings: &to}, room.Expected{})
	require.NoError(t, err)
	return mine
}

func TestASwitchOfReadingsIsSaidAndToldAndCounted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, group := w.plain(t, 1)
		low, high := w.person(t), w.person(t)
		pair, _, err := w.rooms.OpenDirect(t.Context(), low, high)
		require.NoError(t, err)
		w.events.Take()
		for id, who := range map[room.ID][]account.ID{group: {host}, pair.ID: {low, high}} {
			before := w.look(t, who[0], id)
			require.Equal(t, room.ReadingsOn, before.Readings)
			for i, c := range []struct {
				to   room.Readings
				line room.LineCode
			}{
				{room.ReadingsLocal, room.LineReadingsLocal},
				{room.ReadingsOff, room.LineReadingsOff},
				{room.ReadingsOn, room.LineReadingsOn},
			} {
				by := who[i%len(who)]
				after := w.switches(t, by, id, c.to)
				require.Equal(t, c.to, after.Readings)
				require.Equal(t, before.Version+1, after.Version)
				require.Equal(t, before.MembersRev+1, after.MembersRev, "what is remembered of the room holds no longer")
				require.Equal(t, before.ReadingsRev+1, after.ReadingsRev)
				require.Equal(t, before.Capacity, after.Capacity)
				lines := w.lines(t, id)
				require.Equal(t, room.Line{Code: c.line, User: by}, lines[len(lines)-1])
				events := w.events.Take()
				require.Contains(t, events, room.ReadingsChanged{Room: id, State: room.Open})
				require.Contains(t, events, room.Changed{Room: id, Change: room.ChangeSettings, State: room.Open})
				require.Equal(t, after, w.switches(t, by, id, c.to), "it is so already")
				require.Empty(t, w.events.Take())
				before = after
			}
		}
	})
}

func TestWhoMaySwitchReadings(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		low, high, stranger := w.person(t), w.person(t), w.person(t)
		pair, _, err := w.rooms.OpenDirect(t.Context(), low, high)
		require.NoError(t, err)
		try := func(who account.ID, id room.ID, u room.Update, expect room.Expected) error {
			_, err := w.rooms.Update(t.Context(), who, id, u, expect)
			return err
		}
		off := room.Update{Readings: ptr(room.ReadingsOff)}
		require.ErrorIs(t, try(others[0], id, off, room.Expected{}), room.ErrHostOnly)
		require.ErrorIs(t, try(stranger, id, off, room.Expected{}), room.ErrNotFound)
		require.ErrorIs(t, try(stranger, pair.ID, off, room.Expected{}), room.ErrNotFound)
		require.ErrorIs(t, try(low, pair.ID, off, room.Expected{Version: 7, Given: true}), room.ErrVersion)
		for _, more := range []room.Update{
			{Title: ptr("us")}, {Capacity: ptr(3)}, {Password: ptr("moonlight")}, {RemovePassword: true},
		} {
			require.ErrorIs(t, try(low, pair.ID, more, room.Expected{}), room.ErrDirect)
			more.Readings = off.Readings
			require.ErrorIs(t, try(low, pair.ID, more, room.Expected{}), room.ErrDirect)
		}
		require.ErrorIs(t, try(host, id, room.Update{Readings: ptr(room.Readings("loud"))}, room.Expected{}), fault.ErrInvalid)
		_, err = w.rooms.SetDirectOpen(w.db, low, high, false)
		require.NoError(t, err)
		require.ErrorIs(t, try(low, pair.ID, off, room.Expected{}), room.ErrReadOnly)
		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		require.ErrorIs(t, try(host, id, off, room.Expected{}), room.ErrClosed)
		require.Equal(t, room.ReadingsOn, w.look(t, low, pair.ID).Readings)
	})
}

// The notice is gone for who has put it away, and comes back for everybody when more may be done than they knew.
func TestTheNoticeOfReadingsComesOnceForEachThatIsAllowed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		guest := others[0]
		rooms := map[emotion.Mode]*room.Service{}
		for _, operator := range []emotion.Mode{emotion.ModeOff, emotion.ModeEmbedded, emotion.ModeOpenAI} {
			deps := w.deps
			deps.Emotion = operator
			rooms[operator] = room.NewService(deps)
		}
		noticed := func(operator emotion.Mode, want bool, why string) {
			t.Helper()
			for _, who := range []account.ID{host, guest} {
				require.Equal(t, want, w.look(t, who, id).Notice(operator), why)
			}
		}
		dismiss := func(operator emotion.Mode) {
			t.Helper()
			for _, who := range []account.ID{host, guest} {
				require.NoError(t, rooms[operator].DismissNotice(t.Context(), who, id))
			}
		}
		noticed(emotion.ModeOff, false, "nothing is read")
		noticed(emotion.ModeEmbedded, true, "at first")
		require.NoError(t, rooms[emotion.ModeEmbedded].DismissNotice(t.Context(), guest, id))
		require.False(t, w.look(t, guest, id).Notice(emotion.ModeEmbedded))
		require.True(t, w.look(t, host, id).Notice(emotion.ModeEmbedded), "nobody puts it away for another")
		dismiss(emotion.ModeEmbedded)
		noticed(emotion.ModeEmbedded, false, "all have put it away")
		noticed(emotion.ModeOpenAI, true, "now texts leave the server")
		dismiss(emotion.ModeOpenAI)
		noticed(emotion.ModeOpenAI, false, "they know")

		w.switches(t, host, id, room.ReadingsLocal)
		noticed(emotion.ModeOpenAI, false, "less than they know")
		w.switches(t, host, id, room.ReadingsOn)
		noticed(emotion.ModeEmbedded, true, "from local to on")
		dismiss(emotion.ModeOpenAI)
		w.switches(t, host, id, room.ReadingsOff)
		noticed(emotion.ModeOpenAI, false, "nothing is read")
		w.switches(t, host, id, room.ReadingsLocal)
		noticed(emotion.ModeOpenAI, true, "from off to local")

		stranger := w.person(t)
		require.ErrorIs(t, rooms[emotion.ModeOpenAI].DismissNotice(t.Context(), stranger, id), room.ErrNotFound)
		require.ErrorIs(t, rooms[emotion.ModeOpenAI].DismissNotice(t.Context(), stranger, 99999), room.ErrNotFound)
	})
}

func TestWhoSharesOtherwiseIsToldOfWhereverTheyWrote(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, _, here := w.plain(t, 0)
		_, _, left := w.plain(t, 0)
		_, _, never := w.plain(t, 0)
		who := w.person(t)
		for _, id := range []room.ID{here, left} {
			_, _, err := w.rooms.Join(t.Context(), who, id, room.Entry{})
			require.NoError(t, err)
		}
		require.NoError(t, w.rooms.Leave(t.Context(), who, left))
		revs := func() map[room.ID]int64 {
			rooms, err := room.Lock(w.db, []room.ID{here, left, never})
			require.NoError(t, err)
			return map[room.ID]int64{here: rooms[here].ReadingsRev, left: rooms[left].ReadingsRev, never: rooms[never].ReadingsRev}
		}
		before := revs()
		events, err := room.ShareChanged(w.db, who)
		require.NoError(t, err)
		want := []any{room.ReadingsChanged{Room: here, State: room.Open}, room.ReadingsChanged{Room: left, State: room.Open}}
		require.ElementsMatch(t, want, events)
		require.True(t, slices.IsSortedFunc(events, func(a, b any) int {
			return int(a.(room.ReadingsChanged).Room - b.(room.ReadingsChanged).Room)
		}), "locks are taken in the order of ids")
		require.Equal(t, map[room.ID]int64{here: before[here] + 1, left: before[left] + 1, never: before[never]}, revs())
		require.NoError(t, room.AuthorChanged(w.db, who))
		require.Equal(t, map[room.ID]int64{here: before[here] + 1, left: before[left] + 1, never: before[never]}, revs(), "what was read stays")
	})
}

func TestWhatWasWrittenWhileTextsStayedHereStaysHere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.plain(t, 0)
		require.Zero(t, w.look(t, host, id).RemoteAfter, "from the beginning")
		w.switches(t, host, id, room.ReadingsLocal)
		require.Zero(t, w.look(t, host, id).RemoteAfter)
		before := w.look(t, host, id).LastSeq
		require.Equal(t, before, w.switches(t, host, id, room.ReadingsOn).RemoteAfter)
		w.switches(t, host, id, room.ReadingsOff)
		require.Equal(t, before, w.look(t, host, id).RemoteAfter)
		before = w.look(t, host, id).LastSeq
		require.Equal(t, before, w.switches(t, host, id, room.ReadingsOn).RemoteAfter)
	})
}
