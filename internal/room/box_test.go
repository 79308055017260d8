package room_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

func TestAMembersCodeOpensTheBoxOnceAndTheRoomHearsOfIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		box := w.look(t, host, id).Pickup.Box
		key, err := w.bookings.NewKey(t.Context(), audit.Actor{User: w.admin}, box)
		require.NoError(t, err)
		code, err := w.rooms.BoxCode(t.Context(), others[0], id)
		require.NoError(t, err)
		require.Equal(t, box, code.Box.ID)
		require.Empty(t, w.events.All(), "a code is nobody else's business")

		in, who, err := w.bookings.Open(t.Context(), box, key, code.Digits)
		require.NoError(t, err)
		require.Equal(t, others[0], who)
		require.NoError(t, w.rooms.BoxOpened(t.Context(), room.ID(in), who))
		lines := w.lines(t, id)
		require.Equal(t, room.Line{Code: room.LineBoxOpened, User: others[0]}, lines[len(lines)-1])
		require.Zero(t, w.look(t, others[0], id).Unread(), "it was them")
		_, _, err = w.bookings.Open(t.Context(), box, key, code.Digits)
		require.ErrorIs(t, err, booking.ErrCode)

		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		require.NoError(t, w.rooms.BoxOpened(t.Context(), id, host), "the door is open already")
		require.True(t, strings.HasSuffix(w.said(t, id), "box_opened closed"))
	})
}

func TestACodeDiesWithTheMembership(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		box := w.look(t, host, id).Pickup.Box
		key, err := w.bookings.NewKey(t.Context(), audit.Actor{User: w.admin}, box)
		require.NoError(t, err)
		code, err := w.rooms.BoxCode(t.Context(), others[0], id)
		require.NoError(t, err)
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, others[0]))
		_, _, err = w.bookings.Open(t.Context(), box, key, code.Digits)
		require.ErrorIs(t, err, booking.ErrCode)
		_, err = w.rooms.BoxCode(t.Context(), others[0], id)
		require.ErrorIs(t, err, room.ErrNotFound)
	})
}

func TestThereIsNoCodeWithoutABox(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.plain(t, 0)
		_, err := w.rooms.BoxCode(t.Context(), host, id)
		require.ErrorIs(t, err, room.ErrNotPickup)
	})
}

func TestADrawIsMadeAndAnnouncedByTheServer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 3)
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, others[2]))
		w.events.Take()
		for _, count := range []int{1, 2, 3} {
			drawn, _, err := w.rooms.Draw(t.Context(), others[0], id, count, "")
			require.NoError(t, err)
			require.Len(t, drawn, count)
			require.Subset(t, []account.ID{host, others[0], others[1]}, drawn)
			lines := w.lines(t, id)
			require.Equal(t, room.Line{Code: room.LineDrawn, Users: drawn}, lines[len(lines)-1])
			once := map[account.ID]bool{}
			for _, who := range drawn {
				require.False(t, once[who], "nobody is drawn twice")
				once[who] = true
			}
		}
		for _, count := range []int{-1, 0, 4} {
			_, _, err := w.rooms.Draw(t.Context(), host, id, count, "")
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
	})
}

func TestARepeatedKeyDrawsOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 5)
		before := len(w.lines(t, id))
		const tries = 12
		drawn, now, failed := make([][]account.ID, tries), make([]bool, tries), make([]error, tries)
		second := newWorld(t, w.db) // another node: its writer does not wait for the first's
		var asking sync.WaitGroup
		for i := range tries {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			asking.Go(func() { drawn[i], now[i], failed[i] = rooms.Draw(t.Context(), host, id, 3, "key") })
		}
		asking.Wait()
		times := 0
		for i := range tries {
			require.NoError(t, failed[i])
			require.Equal(t, drawn[0], drawn[i])
			if now[i] {
				times++
			}
		}
		require.Equal(t, 1, times)
		lines := w.lines(t, id)
		require.Len(t, lines, before+1)
		require.Equal(t, drawn[0], lines[before].Users)

		again, anew, err := w.rooms.Draw(t.Context(), host, id, 1, "key")
		require.NoError(t, err)
		require.False(t, anew)
		require.Equal(t, drawn[0], again, "whatever the repeat asks for")
		_, anew, err = w.rooms.Draw(t.Context(), others[0], id, 3, "key")
		require.NoError(t, err)
		require.True(t, anew, "the key is another person's")
		_, _, elsewhere := w.plain(t, 0)
		_, _, err = w.rooms.Draw(t.Context(), host, elsewhere, 1, "key")
		require.ErrorIs(t, err, room.ErrNotFound)
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, others[0]))
		_, _, err = w.rooms.Draw(t.Context(), others[0], id, 3, "key")
		require.ErrorIs(t, err, room.ErrNotFound, "whoever is out learns nothing more")
	})
}

// Each of four is expected 100 times; fewer than 60 or more than 140 happens once in 50 000 runs.
func TestADrawIsFair(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	host, others, id := w.plain(t, 3)
	times := map[account.ID]int{}
	for range 400 {
		drawn, _, err := w.rooms.Draw(t.Context(), host, id, 1, "")
		require.NoError(t, err)
		times[drawn[0]]++
	}
	for _, who := range append(others, host) {
		require.InDelta(t, 100, times[who], 40)
	}
}

func TestNobodyFillsARoomWithDraws(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t), func(d *room.Deps) { d.Limits = limit.New(testkit.OpenRedis(t, "embedded"), true) })
	host, _, id := w.plain(t, 0)
	_, _, err := w.rooms.Draw(t.Context(), w.person(t), id, 1, "")
	require.ErrorIs(t, err, room.ErrNotFound)
	_, _, err = w.rooms.Draw(t.Context(), host, id, 1, "key")
	require.NoError(t, err)
	made := 1
	for ; made < 50; made++ { // a slow machine is allowed some more
		if _, _, err = w.rooms.Draw(t.Context(), host, id, 1, ""); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, limit.ErrTooMany)
	require.GreaterOrEqual(t, made, 5)
	_, _, err = w.rooms.Draw(t.Context(), host, id, 1, "key")
	require.NoError(t, err, "a repeat is no draw")
}
