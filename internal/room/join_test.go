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
			entry func(id room.ID, host account.ID) room.Entry
			want  error
		}{
			"everybody where there is no password": {room: room.NewRoom{Capacity: 2}},
			"nobody where no seat is left":         {room: room.NewRoom{Capacity: 1}, want: room.ErrFull},
			"nobody without the password":          {room: secret, want: room.ErrPasswordRequired},
			"nobody with another password": {
				room: secret, entry: func(room.ID, account.ID) room.Entry { return room.Entry{Password: ptr("sunshine")} }, want: room.ErrPasswordWrong,
			},
			"whoever knows the password": {room: secret, entry: func(room.ID, account.ID) room.Entry { return room.Entry{Password: ptr("moonlight")} }},
			"whoever has an invite":      {room: secret, entry: func(id room.ID, host account.ID) room.Entry { return invited(id, 0, host) }},
			"nobody with an invite into another room": {
				room: secret, entry: func(id room.ID, host account.ID) room.Entry { return invited(id+1, 0, host) }, want: room.ErrInvite,
			},
			"nobody with a revoked invite": {
				room: secret, entry: func(id room.ID, host account.ID) room.Entry { return invited(id, 1, host) }, want: room.ErrInvite,
			},
			"nobody with an invite that was never made": {
				room: room.NewRoom{Capacity: 2}, entry: func(room.ID, account.ID) room.Entry { return room.Entry{Invite: ptr("let me in")} }, want: room.ErrInvite,
			},
			"nobody with a bad invite and the password": {
				room: secret, entry: func(id room.ID, host account.ID) room.Entry {
					return room.Entry{Invite: invited(id, 1, host).Invite, Password: ptr("moonlight")}
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
				room: secret, want: room.ErrKicked, entry: func(id room.ID, host account.ID) room.Entry { return invited(id, 0, host) },
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
					e = c.entry(id, host)
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

func invited(id room.ID, epoch int64, maker account.ID) room.Entry {
	token, _ := openSigner{}.SignInvite(int64(id), epoch, int64(maker), morning.Add(24*time.Hour)) // never fails
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

		w.clock.Advance(time.Minute)
		mine, is, err := w.rooms.Join(t.Context(), back, id, room.Entry{})
		require.NoError(t, err)
		require.True(t, is)
		require.Zero(t, mine.Unread())
		members, _, err = w.rooms.Members(t.Context(), host, id)
		require.NoError(t, err)
		require.Equal(t, []account.ID{host, others[1], back}, people(members))
		require.Equal(t, room.Member{
			Person: members[2].Person, State: room.Joined, JoinedAt: w.clock.Now(),
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
			entry   func(id room.ID, host account.ID) room.Entry
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
				entry: func(id room.ID, host account.ID) room.Entry { return invited(id, 0, host) },
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
					e = c.entry(id, host)
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
		host, _, id := w.group(t, 0, room.NewRoom{Capacity: 12, Password: ptr("moonlight")})
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
		_, _, err = w.rooms.Join(t.Context(), w.person(t), id, invited(id, 0, host))
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
