package room_test

import (
	"sync"
	"testing"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestTwoPeopleHaveOneDirectRoomWhoeverOpensIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b := w.person(t), w.person(t)
		const each = 10
		var openers sync.WaitGroup
		ids, made := make(chan room.ID, 2*each), make(chan bool, 2*each)
		for range each {
			for _, pair := range [][2]account.ID{{a, b}, {b, a}} {
				openers.Go(func() {
					mine, created, err := w.rooms.OpenDirect(t.Context(), pair[0], pair[1])
					if err == nil {
						ids <- mine.ID
						made <- created
					}
				})
			}
		}
		openers.Wait()
		close(ids)
		close(made)
		require.Len(t, ids, 2*each)
		first := <-ids
		for id := range ids {
			require.Equal(t, first, id)
		}
		created := 0
		for c := range made {
			if c {
				created++
			}
		}
		require.Equal(t, 1, created)
		all := w.events.All()
		require.Len(t, all, 1)
		require.Equal(t, first, all[0].(room.Opened).Room)
	})
}

func TestADirectRoomNeedsAFriend(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.friends = false
		_, _, err := w.rooms.OpenDirect(t.Context(), w.person(t), w.person(t))
		require.ErrorIs(t, err, room.ErrNoFriend)
		require.Empty(t, w.events.All())
	})
}

func TestEachSeesTheOtherAndNobodyElseSeesTheRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b, stranger := w.person(t), w.person(t), w.person(t)
		mine, created, err := w.rooms.OpenDirect(t.Context(), a, b)
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, &account.Person{ID: b, Nickname: "P2"}, mine.Peer)
		list, err := w.rooms.List(t.Context(), b)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, &account.Person{ID: a, Nickname: "P1"}, list[0].Peer)

		members, r, err := w.rooms.Members(t.Context(), a, mine.ID)
		require.NoError(t, err)
		require.Equal(t, room.Open, r.State)
		require.ElementsMatch(t, []account.Person{{ID: a, Nickname: "P1"}, {ID: b, Nickname: "P2"}}, []account.Person{members[0].Person, members[1].Person})

		for _, id := range []room.ID{mine.ID, mine.ID + 99} {
			_, err = w.rooms.Get(t.Context(), stranger, id)
			require.ErrorIs(t, err, room.ErrNotFound)
			_, _, err = w.rooms.Members(t.Context(), stranger, id)
			require.ErrorIs(t, err, room.ErrNotFound)
			require.ErrorIs(t, w.rooms.MarkRead(t.Context(), stranger, id, 1), room.ErrNotFound)
		}
		none, err := w.rooms.List(t.Context(), stranger)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}

func TestReadMarksMoveForwardOnlyAndNotBeyondTheEnd(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b := w.person(t), w.person(t)
		mine, _, err := w.rooms.OpenDirect(t.Context(), a, b)
		require.NoError(t, err)
		w.grow(t, mine.ID, 5)
		w.events.Take()
		for _, step := range []struct{ mark, want int64 }{{3, 3}, {2, 3}, {3, 3}, {99, 5}} {
			require.NoError(t, w.rooms.MarkRead(t.Context(), b, mine.ID, step.mark))
			got, err := w.rooms.Get(t.Context(), b, mine.ID)
			require.NoError(t, err)
			require.Equal(t, step.want, got.LastReadSeq)
			require.Equal(t, 5-step.want, got.Unread())
		}
		require.Equal(t, []any{
			room.Read{Room: mine.ID, User: b, Seq: 3, Open: true}, room.Read{Room: mine.ID, User: b, Seq: 5, Open: true},
		}, w.events.All())
	})
}

func TestAFrozenRoomHidesWhatTheOtherDoes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b := w.person(t), w.person(t)
		mine, _, err := w.rooms.OpenDirect(t.Context(), a, b)
		require.NoError(t, err)
		w.grow(t, mine.ID, 5)
		db := w.db.WithContext(t.Context())
		id, err := w.rooms.SetDirectOpen(db, b, a, false)
		require.NoError(t, err)
		require.EqualValues(t, mine.ID, id)
		require.NoError(t, w.rooms.MarkRead(t.Context(), b, mine.ID, 2))
		told := w.events.Take()
		require.False(t, told[len(told)-1].(room.Read).Open, "only their own devices are told")
		members, r, err := w.rooms.Members(t.Context(), a, mine.ID)
		require.NoError(t, err)
		require.Equal(t, room.ReadOnly, r.State)
		for _, m := range members {
			if m.ID == b {
				require.EqualValues(t, 5, m.LastReadSeq)
			} else {
				require.EqualValues(t, 0, m.LastReadSeq)
			}
		}
		_, err = w.rooms.SetDirectOpen(db, a, b, true)
		require.NoError(t, err)
		again, err := w.rooms.Get(t.Context(), a, mine.ID)
		require.NoError(t, err)
		require.Equal(t, room.Open, again.State)
		none, err := w.rooms.SetDirectOpen(db, a, w.person(t), true)
		require.NoError(t, err)
		require.Zero(t, none)
	})
}

// grow makes a room look as if n messages had been sent.
func (w *world) grow(t *testing.T, id room.ID, n int64) {
	t.Helper()
	db := w.db.WithContext(t.Context())
	rooms, err := room.Lock(db, []room.ID{id})
	require.NoError(t, err)
	rooms[id].LastSeq, rooms[id].LastRev = n, n
	require.NoError(t, room.SaveCounters(db, rooms))
}
