package room_test

import (
	"errors"
	"testing"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestEachChangeOfSettingsHasItsLine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		for i, c := range []struct {
			update room.Update
			lines  []room.Line
		}{
			{room.Update{Title: ptr(" 아침 ")}, []room.Line{{Code: room.LineRenamed, Title: "아침"}}},
			{room.Update{Capacity: ptr(2)}, []room.Line{{Code: room.LineCapacity, Number: 2}}},
			{room.Update{Password: ptr("moonlight")}, []room.Line{{Code: room.LinePasswordSet}}},
			{room.Update{Password: ptr("sunshine")}, []room.Line{{Code: room.LinePasswordSet}}},
			{room.Update{RemovePassword: true}, []room.Line{{Code: room.LinePasswordRemoved}}},
			{
				room.Update{Title: ptr("Lunch"), Capacity: ptr(300), Password: ptr("moonlight")},
				[]room.Line{{Code: room.LineRenamed, Title: "Lunch"}, {Code: room.LineCapacity, Number: 300}, {Code: room.LinePasswordSet}},
			},
		} {
			mine, err := w.rooms.Update(t.Context(), host, id, c.update, room.Expected{Version: int64(i), Given: true})
			require.NoError(t, err)
			require.EqualValues(t, i+1, mine.Version)
			lines := w.lines(t, id)
			require.Equal(t, c.lines, lines[len(lines)-len(c.lines):])
			require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeSettings, State: room.Open}}, w.told(), "one change, however many lines")
		}
		mine := w.look(t, others[0], id)
		require.Equal(t, "Lunch", *mine.Title)
		require.Equal(t, 300, mine.Capacity)
		require.True(t, mine.HasPassword)
		_, _, err := w.rooms.Join(t.Context(), w.person(t), id, room.Entry{Password: ptr("sunshine")})
		require.ErrorIs(t, err, room.ErrPasswordWrong, "the one before the last")
		_, _, err = w.rooms.Join(t.Context(), w.person(t), id, room.Entry{Password: ptr("moonlight")})
		require.NoError(t, err)
	})
}

func TestWhatIsSoAlreadyLeavesNoTrace(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.plain(t, 0)
		before := w.look(t, host, id)
		for _, u := range []room.Update{{}, {Title: before.Title}, {Capacity: ptr(12)}, {RemovePassword: true}} {
			mine, err := w.rooms.Update(t.Context(), host, id, u, room.Expected{})
			require.NoError(t, err)
			require.Equal(t, before, mine)
		}
		require.Empty(t, w.events.All())
	})
}

func TestSettingsThatCannotBe(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 2)
		before := w.look(t, host, id)
		for name, c := range map[string]struct {
			update room.Update
			want   error
		}{
			"fewer seats than people":        {room.Update{Title: ptr("Lost too"), Capacity: ptr(2)}, room.ErrTooSmall},
			"no seats":                       {room.Update{Capacity: ptr(0)}, fault.ErrInvalid},
			"more seats than a box is for":   {room.Update{Capacity: ptr(13)}, fault.ErrInvalid},
			"no title":                       {room.Update{Title: ptr(" ")}, fault.ErrInvalid},
			"a short password":               {room.Update{Password: ptr("abc")}, fault.ErrInvalid},
			"a password and none":            {room.Update{Password: ptr("moonlight"), RemovePassword: true}, fault.ErrInvalid},
			"from another idea of the room":  {room.Update{Capacity: ptr(5)}, room.ErrVersion},
			"from another idea, nothing new": {room.Update{}, room.ErrVersion},
		} {
			expect := room.Expected{Version: before.Version, Given: true}
			if errors.Is(c.want, room.ErrVersion) {
				expect.Version++
			}
			_, err := w.rooms.Update(t.Context(), host, id, c.update, expect)
			require.ErrorIs(t, err, c.want, name)
		}
		require.Equal(t, before, w.look(t, host, id))
		require.Empty(t, w.events.All())
	})
}
