package room_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

func TestTheLongestMemberFollowsAHostWhoLeaves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 2)
		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id))
		w.clock.Advance(time.Second)
		_, _, err := w.rooms.Join(t.Context(), others[0], id, room.Entry{}) // now the youngest
		require.NoError(t, err)
		version := w.look(t, host, id).Version
		w.events.Take()

		require.NoError(t, w.rooms.Leave(t.Context(), host, id))
		mine := w.look(t, others[1], id)
		require.Equal(t, others[1], mine.Host)
		require.Equal(t, version+1, mine.Version)
		require.Equal(t, []room.Changed{
			{Room: id, Change: room.ChangeLeft, State: room.Open, User: host},
			{Room: id, Change: room.ChangeHost, State: room.Open, User: others[1]},
		}, w.told())
		lines := w.lines(t, id)
		require.Equal(t, []room.Line{{Code: room.LineLeft, User: host}, {Code: room.LineHost, User: others[1]}}, lines[len(lines)-2:])

		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id))
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeLeft, State: room.Open, User: others[0]}}, w.told())
		require.Equal(t, []room.Seat{{Room: id, User: others[0]}, {Room: id, User: host}, {Room: id, User: others[0]}}, w.dropped.seats)
		require.ErrorIs(t, w.rooms.Leave(t.Context(), host, id), room.ErrNotFound)
	})
}

func TestTheLastOneOutClosesTheRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		place := *w.look(t, host, id).Pickup
		require.NoError(t, w.rooms.Leave(t.Context(), host, id))
		require.False(t, w.free(t, place.Box))
		w.events.Take()
		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id))
		require.True(t, w.free(t, place.Box))
		require.Equal(t, []room.Changed{
			{Room: id, Change: room.ChangeLeft, State: room.Open, User: others[0]},
			{Room: id, Change: room.ChangeClosed, State: room.Closed},
		}, w.told())
		require.Equal(t, "created joined left host left emptied", w.said(t, id))
		_, _, err := w.rooms.Join(t.Context(), host, id, room.Entry{})
		require.ErrorIs(t, err, room.ErrClosed)
		_, _, again := w.group(t, 0, room.NewRoom{Title: fmt.Sprint("Room of ", host), Capacity: 1, Pickup: &place})
		require.NotZero(t, again, "title and box are free")
	})
}

func TestEverybodyLeavesAtOnceAndTheRoomClosesOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 11)
		box := w.look(t, host, id).Pickup.Box
		second := newWorld(t, w.db)
		var leaving sync.WaitGroup
		failed := make(chan error, 12)
		for i, who := range append(others, host) {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			leaving.Go(func() {
				if err := rooms.Leave(t.Context(), who, id); err != nil {
					failed <- err
				}
			})
		}
		leaving.Wait()
		close(failed)
		for err := range failed {
			require.NoError(t, err)
		}
		require.True(t, w.free(t, box))
		closed := 0
		for _, c := range append(w.told(), second.told()...) {
			if c.Change == room.ChangeClosed {
				closed++
			}
		}
		require.Equal(t, 1, closed)
		lines := w.lines(t, id)
		require.Equal(t, room.LineEmptied, lines[len(lines)-1].Code)
		var seqs []int64
		require.NoError(t, w.db.WithContext(t.Context()).Table("messages").Where("room_id = ?", id).Order("seq").Pluck("seq", &seqs).Error)
		for i, seq := range seqs {
			require.EqualValues(t, i+1, seq)
		}
	})
}

func TestARoomThatHasEndedIsLeftWithoutAWord(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		_, err := w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		ended := w.look(t, others[0], id)
		w.events.Take()
		require.NoError(t, w.rooms.Leave(t.Context(), host, id))
		require.Equal(t, []room.Changed{
			{Room: id, Change: room.ChangeLeft, State: room.Closed, User: host},
			{Room: id, Change: room.ChangeHost, State: room.Closed, User: others[0]},
		}, w.told())
		mine := w.look(t, others[0], id)
		require.Equal(t, ended.LastSeq, mine.LastSeq)
		require.Equal(t, ended.ClosesAt, mine.ClosesAt)
		require.Equal(t, others[0], mine.Host)
		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id))
		require.Equal(t, "created joined closed", w.said(t, id))
	})
}

func TestAKickIsForEver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 2)
		version := w.look(t, host, id).Version
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, others[0]))
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeKicked, State: room.Open, User: others[0]}}, w.told())
		require.Equal(t, []room.Seat{{Room: id, User: others[0]}}, w.dropped.seats)
		require.Equal(t, version, w.look(t, host, id).Version)
		_, err := w.rooms.Get(t.Context(), others[0], id)
		require.ErrorIs(t, err, room.ErrNotFound)
		for _, e := range []room.Entry{{}, invited(id, 0, host)} {
			_, _, err = w.rooms.Join(t.Context(), others[0], id, e)
			require.ErrorIs(t, err, room.ErrKicked)
		}
		require.ErrorIs(t, w.rooms.Leave(t.Context(), others[0], id), room.ErrNotFound, "it cannot be turned into a leave")
		require.Equal(t, room.Kicked, w.seats(t, id)[others[0]])
		members, _, err := w.rooms.Members(t.Context(), others[1], id)
		require.NoError(t, err)
		require.Equal(t, []room.MemberState{room.Joined, room.Joined, room.Kicked}, states(members))

		require.ErrorIs(t, w.rooms.Kick(t.Context(), host, id, others[0]), room.ErrMember, "once is enough")
		require.ErrorIs(t, w.rooms.Kick(t.Context(), host, id, w.person(t)), room.ErrMember)
		require.ErrorIs(t, w.rooms.Kick(t.Context(), host, id, host), room.ErrSelf)
	})
}

func TestTheHostHandsOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		for user, want := range map[account.ID]error{host: room.ErrSelf, w.person(t): room.ErrMember} {
			_, err := w.rooms.TransferHost(t.Context(), host, id, user)
			require.ErrorIs(t, err, want)
		}
		mine, err := w.rooms.TransferHost(t.Context(), host, id, others[0])
		require.NoError(t, err)
		require.Equal(t, others[0], mine.Host)
		require.EqualValues(t, 1, mine.Version)
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeHost, State: room.Open, User: others[0]}}, w.told())
		_, err = w.rooms.TransferHost(t.Context(), host, id, others[0])
		require.ErrorIs(t, err, room.ErrHostOnly)
		require.NoError(t, w.rooms.Kick(t.Context(), others[0], id, host))
	})
}

// Nobody gets further with any command than they should, and says why.
func TestEveryCommandAsksWhoWantsIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		type command func(who account.ID, id room.ID) error
		second := func(_ room.Mine, err error) error { return err }
		ofHost := map[string]command{
			"kick":      func(who account.ID, id room.ID) error { return w.rooms.Kick(ctx, who, id, who) },
			"hand over": func(who account.ID, id room.ID) error { return second(w.rooms.TransferHost(ctx, who, id, who)) },
			"update": func(who account.ID, id room.ID) error {
				return second(w.rooms.Update(ctx, who, id, room.Update{Capacity: ptr(3)}, room.Expected{}))
			},
			"change the password": func(who account.ID, id room.ID) error {
				return second(w.rooms.Update(ctx, who, id, room.Update{Password: ptr("moonlight")}, room.Expected{}))
			},
			"extend": func(who account.ID, id room.ID) error {
				return second(w.rooms.Extend(ctx, who, id, 1, room.Expected{}))
			},
			"set the phase": func(who account.ID, id room.ID) error {
				return second(w.rooms.SetPhase(ctx, who, id, room.OrderStarted, room.Expected{}))
			},
			"close": func(who account.ID, id room.ID) error { return second(w.rooms.Close(ctx, who, id, room.Expected{})) },
		}
		ofMembers := map[string]command{
			"draw":     func(who account.ID, id room.ID) error { _, _, err := w.rooms.Draw(ctx, who, id, 1, ""); return err },
			"box code": func(who account.ID, id room.ID) error { _, err := w.rooms.BoxCode(ctx, who, id); return err },
		}
		host, others, id := w.pickup(t, 2)
		stranger := w.person(t)
		require.NoError(t, w.rooms.Kick(ctx, host, id, others[1]))
		ended, _, closed := w.pickup(t, 0)
		_, err := w.rooms.Close(ctx, ended, closed, room.Expected{})
		require.NoError(t, err)
		friend := w.person(t)
		pair, _, err := w.rooms.OpenDirect(ctx, friend, w.person(t))
		require.NoError(t, err)
		w.events.Take()

		all := map[string]command{"leave": func(who account.ID, id room.ID) error { return w.rooms.Leave(ctx, who, id) }}
		for name, c := range ofHost {
			all[name] = c
			require.ErrorIs(t, c(others[0], id), room.ErrHostOnly, name)
			require.ErrorIs(t, c(ended, closed), room.ErrClosed, name)
		}
		for name, c := range ofMembers {
			all[name] = c
			require.ErrorIs(t, c(ended, closed), room.ErrClosed, name)
		}
		for name, c := range all {
			for _, who := range []account.ID{stranger, others[1]} {
				require.ErrorIs(t, c(who, id), room.ErrNotFound, name)
				require.ErrorIs(t, c(who, 99999), room.ErrNotFound, name)
			}
			inPair := room.ErrNotGroup
			if name == "update" || name == "change the password" {
				inPair = room.ErrDirect
			}
			require.ErrorIs(t, c(friend, pair.ID), inPair, name)
		}
		require.Empty(t, w.events.All(), "nothing came of any of it")
	})
}

func TestASelectionThatCannotBeForgottenKeepsItsPersonIn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		deps := w.deps
		deps.Selections = func(*gorm.DB, room.ID, account.ID) error { return context.DeadlineExceeded }
		rooms := room.NewService(deps)
		require.ErrorIs(t, rooms.Leave(t.Context(), others[0], id), context.DeadlineExceeded)
		require.ErrorIs(t, rooms.Kick(t.Context(), host, id, others[0]), context.DeadlineExceeded)
		require.Equal(t, 2, w.look(t, host, id).Members)
		require.Empty(t, w.events.All())
	})
}

func TestMembersRevTellsWhoIsJoinedAndWhatTheyShare(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		guest := w.person(t)
		host, _, id := w.plain(t, 1)
		last := int64(-1)
		moved := func(what string, moves bool) {
			mine, err := w.rooms.Get(t.Context(), host, id)
			require.NoError(t, err)
			require.Equal(t, moves, mine.MembersRev > last, what)
			last = mine.MembersRev
		}
		moved("the room is new", true)
		_, _, err := w.rooms.Join(t.Context(), guest, id, room.Entry{})
		require.NoError(t, err)
		moved("somebody joined", true)
		_, _, err = w.rooms.Join(t.Context(), guest, id, room.Entry{})
		require.NoError(t, err)
		moved("they are joined already", false)
		require.NoError(t, w.rooms.Leave(t.Context(), guest, id))
		moved("they left", true)
		_, err = room.ShareChanged(w.db, guest)
		require.NoError(t, err)
		moved("somebody who was there shares otherwise", true)
		require.NoError(t, room.AuthorChanged(w.db, guest))
		moved("somebody who was there is read otherwise", true)
		_, err = room.ShareChanged(w.db, w.person(t))
		require.NoError(t, err)
		moved("that was never here", false)
	})
}
