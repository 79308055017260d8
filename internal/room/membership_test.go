package room_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

func TestJoinNeverOverfills(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const wanting, seats = 200, 12
		host, _, id := w.plain(t, 0)
		people := w.persons(t, wanting)
		second := newWorld(t, w.db) // on two nodes
		refused := make(chan error, wanting)
		var joining sync.WaitGroup
		for i, who := range people {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			joining.Go(func() {
				if _, _, err := rooms.Join(t.Context(), who, id, room.Entry{}); err != nil {
					refused <- err
				}
			})
		}
		joining.Wait()
		close(refused)
		require.Len(t, refused, wanting-(seats-1))
		for err := range refused {
			require.ErrorIs(t, err, room.ErrFull)
		}
		require.Equal(t, seats, w.look(t, host, id).Members)
		require.Len(t, w.seats(t, id), seats)
		require.Len(t, w.lines(t, id), seats, "one line each")
	})
}

func TestWhoMayComeIn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		secret := room.NewRoom{Capacity: 12, Password: ptr("moonlight")}
		for name, c := range map[string]struct {
			room  room.NewRoom
			then  func(host, who account.ID, id room.ID) // what happened before
			entry func(id room.ID) room.Entry
			want  error
		}{
			"everybody where there is no password": {room: room.NewRoom{Capacity: 2}},
			"nobody where no seat is left":         {room: room.NewRoom{Capacity: 1}, want: room.ErrFull},
			"nobody without the password":          {room: secret, want: room.ErrPasswordRequired},
			"nobody with another password": {
				room: secret, entry: func(room.ID) room.Entry { return room.Entry{Password: ptr("sunshine")} }, want: room.ErrPasswordWrong,
			},
			"whoever knows the password": {room: secret, entry: func(room.ID) room.Entry { return room.Entry{Password: ptr("moonlight")} }},
			"whoever has an invite":      {room: secret, entry: func(id room.ID) room.Entry { return invited(id, 0) }},
			"nobody with an invite into another room": {
				room: secret, entry: func(id room.ID) room.Entry { return invited(id+1, 0) }, want: room.ErrInvite,
			},
			"nobody with a revoked invite": {
				room: secret, entry: func(id room.ID) room.Entry { return invited(id, 1) }, want: room.ErrInvite,
			},
			"nobody with an invite that was never made": {
				room: room.NewRoom{Capacity: 2}, entry: func(room.ID) room.Entry { return room.Entry{Invite: ptr("let me in")} }, want: room.ErrInvite,
			},
			"nobody with a bad invite and the password": {
				room: secret, entry: func(id room.ID) room.Entry {
					return room.Entry{Invite: invited(id, 1).Invite, Password: ptr("moonlight")}
				}, want: room.ErrInvite,
			},
			"nobody after the room has ended": {
				room: secret, want: room.ErrClosed,
				then: func(host, _ account.ID, id room.ID) {
					_, err := w.rooms.Close(ctx, host, id, room.Expected{})
					require.NoError(t, err)
				},
			},
			"nobody after the order has started": {
				room: room.NewRoom{Capacity: 12, Pickup: &room.Pickup{}}, want: room.ErrJoiningClosed,
				then: func(host, _ account.ID, id room.ID) {
					_, err := w.rooms.SetPhase(ctx, host, id, room.OrderStarted, room.Expected{})
					require.NoError(t, err)
				},
			},
			"nobody who was kicked": {
				room: secret, want: room.ErrKicked, entry: func(id room.ID) room.Entry { return invited(id, 0) },
				then: func(host, who account.ID, id room.ID) {
					_, _, err := w.rooms.Join(ctx, who, id, room.Entry{Password: ptr("moonlight")})
					require.NoError(t, err)
					require.NoError(t, w.rooms.Kick(ctx, host, id, who))
				},
			},
			"who left, by the password": {
				room: secret, want: room.ErrPasswordRequired,
				then: func(_, who account.ID, id room.ID) {
					_, _, err := w.rooms.Join(ctx, who, id, room.Entry{Password: ptr("moonlight")})
					require.NoError(t, err)
					require.NoError(t, w.rooms.Leave(ctx, who, id))
				},
			},
		} {
			t.Run(name, func(t *testing.T) {
				if c.room.Pickup != nil {
					place := w.place(t)
					c.room.Pickup = &place
				}
				host, _, id := w.group(t, 0, c.room)
				who := w.person(t)
				if c.then != nil {
					c.then(host, who, id)
				}
				var e room.Entry
				if c.entry != nil {
					e = c.entry(id)
				}
				before := w.seats(t, id)
				mine, joined, err := w.rooms.Join(t.Context(), who, id, e)
				if c.want != nil {
					require.ErrorIs(t, err, c.want)
					require.Equal(t, before, w.seats(t, id))
					return
				}
				require.NoError(t, err)
				require.True(t, joined)
				require.Equal(t, 2, mine.Members)
				require.Zero(t, mine.Unread(), "what was said before is not new to them")
			})
		}
		for _, id := range []room.ID{12345, w.direct(t)} {
			_, _, err := w.rooms.Join(t.Context(), w.person(t), id, room.Entry{})
			require.ErrorIs(t, err, room.ErrNotFound)
		}
	})
}

func invited(id room.ID, epoch int64) room.Entry {
	token, _ := openSigner{}.SignInvite(int64(id), epoch, morning.Add(24*time.Hour)) // never fails
	return room.Entry{Invite: &token}
}

// direct makes a room of two friends.
func (w *world) direct(t *testing.T) room.ID {
	t.Helper()
	mine, _, err := w.rooms.OpenDirect(t.Context(), w.person(t), w.person(t))
	require.NoError(t, err)
	return mine.ID
}

func TestJoiningAgainChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.group(t, 1, room.NewRoom{Capacity: 2, Password: ptr("moonlight")})
		before := w.look(t, others[0], id)
		for _, again := range []func() error{
			func() error { return nil },
			func() error { _, err := w.rooms.Close(t.Context(), host, id, room.Expected{}); return err },
		} {
			require.NoError(t, again())
			w.events.Take()
			mine, joined, err := w.rooms.Join(t.Context(), others[0], id, room.Entry{})
			require.NoError(t, err, "neither the password nor a seat is needed")
			require.False(t, joined)
			require.Equal(t, w.look(t, others[0], id), mine)
			require.Empty(t, w.events.All())
		}
		require.Equal(t, before.Members, w.look(t, others[0], id).Members)
	})
}

func TestWhoComesBackStartsAnew(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 2)
		back := others[0]
		require.NoError(t, w.rooms.Leave(t.Context(), back, id))
		members, _, err := w.rooms.Members(t.Context(), host, id)
		require.NoError(t, err)
		require.Equal(t, []account.ID{host, others[1], back}, people(members), "who was there comes last")
		require.Equal(t, []room.MemberState{room.Joined, room.Joined, room.Left}, states(members))
		_, err = w.rooms.Get(t.Context(), back, id)
		require.ErrorIs(t, err, room.ErrNotFound)
		joined, err := w.rooms.Joined(t.Context(), back)
		require.NoError(t, err)
		require.Empty(t, joined)

		w.clock.advance(time.Minute)
		mine, is, err := w.rooms.Join(t.Context(), back, id, room.Entry{})
		require.NoError(t, err)
		require.True(t, is)
		require.Zero(t, mine.Unread())
		members, _, err = w.rooms.Members(t.Context(), host, id)
		require.NoError(t, err)
		require.Equal(t, []account.ID{host, others[1], back}, people(members))
		require.Equal(t, room.Member{
			Person: members[2].Person, State: room.Joined, JoinedAt: w.clock.now(),
			JoinedSeq: 4, LastReadSeq: 5, // created, joined, joined, left; joined
		}, members[2])
	})
}

func people(members []room.Member) (ids []account.ID) {
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	return ids
}

func states(members []room.Member) (list []room.MemberState) {
	for _, m := range members {
		list = append(list, m.State)
	}
	return list
}

// between lets something happen before a step that was decided on is carried out.
type between struct {
	*world
	happens func()
}

func (b *between) Record(ctx context.Context, step room.Step) error {
	if h := b.happens; h != nil {
		b.happens = nil
		h()
	}
	return b.messages.Record(ctx, step)
}

func TestWhatOpensTheDoorMustStillBeTrueAtTheDoor(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		changed := room.Update{Password: ptr("sunshine")}
		for name, c := range map[string]struct {
			entry   func(id room.ID) room.Entry
			happens func(host account.ID, id room.ID) error
			want    error
		}{
			"another password": {
				happens: func(host account.ID, id room.ID) error {
					_, err := w.rooms.Update(ctx, host, id, changed, room.Expected{})
					return err
				},
				want: room.ErrPasswordWrong,
			},
			"the same password again": {
				happens: func(host account.ID, id room.ID) error {
					_, err := w.rooms.Update(ctx, host, id, room.Update{Password: ptr("moonlight")}, room.Expected{})
					return err
				},
			},
			"no password any more": {
				happens: func(host account.ID, id room.ID) error {
					_, err := w.rooms.Update(ctx, host, id, room.Update{RemovePassword: true}, room.Expected{})
					return err
				},
			},
			"invites revoked": {
				entry: func(id room.ID) room.Entry { return invited(id, 0) },
				happens: func(_ account.ID, id room.ID) error {
					return w.db.WithContext(ctx).Exec("UPDATE rooms SET invite_epoch = 1 WHERE id = ?", id).Error
				},
				want: room.ErrInvite,
			},
			"ended": {
				happens: func(host account.ID, id room.ID) error {
					_, err := w.rooms.Close(ctx, host, id, room.Expected{})
					return err
				},
				want: room.ErrClosed,
			},
		} {
			t.Run(name, func(t *testing.T) {
				host, _, id := w.group(t, 0, room.NewRoom{Capacity: 12, Password: ptr("moonlight")})
				deps := w.deps
				deps.Journal = &between{w, func() { require.NoError(t, c.happens(host, id)) }}
				e := room.Entry{Password: ptr("moonlight")}
				if c.entry != nil {
					e = c.entry(id)
				}
				_, joined, err := room.NewService(deps).Join(t.Context(), w.person(t), id, e)
				require.Equal(t, c.want == nil, joined)
				if c.want != nil {
					require.ErrorIs(t, err, c.want)
				} else {
					require.NoError(t, err)
				}
			})
		}
	})
}

func TestPasswordsCannotBeTriedOften(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s.DB, func(d *room.Deps) { d.Limits = limit.New(s.Redis, true) })
		_, _, id := w.group(t, 0, room.NewRoom{Capacity: 12, Password: ptr("moonlight")})
		try := func(address, password string) error {
			_, _, err := w.rooms.Join(t.Context(), w.person(t), id, room.Entry{Password: &password, Address: address})
			return err
		}
		for range 5 {
			require.ErrorIs(t, try("2001:db8::1", "wrong"), room.ErrPasswordWrong)
		}
		require.ErrorIs(t, try("2001:db8::2", "moonlight"), limit.ErrTooMany, "the same network")
		_, _, err := w.rooms.Join(t.Context(), w.person(t), id, room.Entry{Address: "2001:db8::1"})
		require.ErrorIs(t, err, room.ErrPasswordRequired, "no password is no attempt")
		_, _, err = w.rooms.Join(t.Context(), w.person(t), id, invited(id, 0))
		require.NoError(t, err, "an invite is none either")
		wrong := 5
		for ; wrong < 100; wrong++ { // a slow machine is allowed some more
			if err = try(fmt.Sprintf("198.51.100.%d", wrong), "wrong"); !errors.Is(err, room.ErrPasswordWrong) {
				break
			}
		}
		require.ErrorIs(t, err, limit.ErrTooMany, "wherever they come from")
		require.GreaterOrEqual(t, wrong, 30)
	})
}

func TestTheLongestMemberFollowsAHostWhoLeaves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 2)
		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id))
		w.clock.advance(time.Second)
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
		for _, e := range []room.Entry{{}, invited(id, 0)} {
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
			"draw":     func(who account.ID, id room.ID) error { _, err := w.rooms.Draw(ctx, who, id, 1); return err },
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
			require.ErrorIs(t, c(friend, pair.ID), room.ErrNotGroup, name)
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
