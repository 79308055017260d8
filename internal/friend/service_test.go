package friend_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// world is the friend domain joined with the real rooms.
type world struct {
	*friend.Service
	db     *gorm.DB
	rooms  *room.Service
	events *testkit.Events
	online online
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		w := &world{db: db, events: &testkit.Events{}, online: online{}}
		w.rooms = room.NewService(room.Deps{DB: db, AreFriends: friend.AreFriends, Events: w.events, Now: time.Now})
		w.Service = friend.NewService(db, w.rooms, w.online, w.events, time.Now)
		test(t, w)
	})
}

// people makes users a, b, c…
func (w *world) people(t *testing.T, n int) []account.User {
	t.Helper()
	users := make([]account.User, n)
	for i := range users {
		name := string(rune('a' + i))
		users[i] = w.person(t, name+"@example.org", name)
	}
	return users
}

func (w *world) person(t *testing.T, email, nickname string) account.User {
	t.Helper()
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: email, Nickname: nickname, Locale: account.Korean, ShareReadings: account.ShareOff,
	}, time.Now())
	require.NoError(t, err)
	return u
}

func (w *world) befriend(t *testing.T, a, b account.User) {
	t.Helper()
	_, _, err := w.Request(t.Context(), a.ID, b.ID)
	require.NoError(t, err)
	_, err = w.Accept(t.Context(), b.ID, a.ID)
	require.NoError(t, err)
	w.changes()
}

// state is what who sees of other in their list.
func (w *world) state(t *testing.T, who, other account.User) friend.State {
	t.Helper()
	all, err := w.List(t.Context(), who.ID)
	require.NoError(t, err)
	for _, f := range all {
		if f.ID == other.ID {
			require.Equal(t, other.Person(), f.Person)
			return f.State
		}
	}
	return friend.None
}

// openRoom opens the direct room of two friends.
func (w *world) openRoom(t *testing.T, a, b account.User) room.ID {
	t.Helper()
	mine, _, err := w.rooms.OpenDirect(t.Context(), a.ID, b.ID)
	require.NoError(t, err)
	return mine.ID
}

func (w *world) roomState(t *testing.T, who account.User, id room.ID) room.State {
	t.Helper()
	mine, err := w.rooms.Get(t.Context(), who.ID, id)
	require.NoError(t, err)
	return mine.State
}

// online is who has an open connection.
type online map[account.ID]bool

func (o online) Online(_ context.Context, ids []account.ID) (map[account.ID]bool, error) {
	found := map[account.ID]bool{}
	for _, id := range ids {
		found[id] = o[id]
	}
	return found, nil
}

// changes returns what became different since the last call.
func (w *world) changes() (list []friend.Changed) {
	for _, event := range w.events.Take() {
		if c, ok := event.(friend.Changed); ok {
			list = append(list, c)
		}
	}
	return list
}

func TestARequestIsAccepted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 3)
		a, b, c := p[0], p[1], p[2]
		w.online[a.ID] = true

		f, made, err := w.Request(t.Context(), a.ID, b.ID)
		require.NoError(t, err)
		require.True(t, made)
		require.Equal(t, friend.Friend{Person: b.Person(), State: friend.Outgoing, Since: f.Since}, f)
		require.WithinDuration(t, time.Now(), f.Since, time.Minute)
		require.Equal(t, friend.Outgoing, w.state(t, a, b))
		require.Equal(t, friend.Incoming, w.state(t, b, a))
		require.Equal(t, []friend.Changed{
			{A: a.Person(), B: b.Person(), StateForA: friend.Outgoing, StateForB: friend.Incoming},
		}, w.changes())

		f, err = w.Accept(t.Context(), b.ID, a.ID)
		require.NoError(t, err)
		require.Equal(t, friend.Friend{Person: a.Person(), State: friend.Accepted, Since: f.Since, Online: true}, f)
		require.Equal(t, friend.Accepted, w.state(t, a, b))
		require.Equal(t, friend.Accepted, w.state(t, b, a))
		require.Equal(t, []friend.Changed{
			{A: b.Person(), B: a.Person(), StateForA: friend.Accepted, StateForB: friend.Accepted, RoomOpen: true},
		}, w.changes())

		again, err := w.Accept(t.Context(), b.ID, a.ID)
		require.NoError(t, err)
		require.Equal(t, f, again)
		again, made, err = w.Request(t.Context(), b.ID, a.ID)
		require.NoError(t, err)
		require.False(t, made)
		require.Equal(t, f, again)
		require.Empty(t, w.changes(), "repeats change nothing")

		_, _, err = w.Request(t.Context(), c.ID, b.ID)
		require.NoError(t, err)
		listed, err := w.List(t.Context(), b.ID)
		require.NoError(t, err)
		require.Equal(t, []account.ID{a.ID, c.ID}, []account.ID{listed[0].ID, listed[1].ID}, "by nickname")
		require.True(t, listed[0].Online)
		friends, err := w.Friends(t.Context(), b.ID)
		require.NoError(t, err)
		require.Equal(t, []account.ID{a.ID}, friends, "without requests")
	})
}

func TestPresenceIsForFriendsOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 2)
		w.online[p[0].ID], w.online[p[1].ID] = true, true
		f, _, err := w.Request(t.Context(), p[0].ID, p[1].ID)
		require.NoError(t, err)
		require.False(t, f.Online)
		for _, u := range p {
			listed, err := w.List(t.Context(), u.ID)
			require.NoError(t, err)
			require.False(t, listed[0].Online)
		}
	})
}

func TestDecliningWithdrawingAndEndingLeaveNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 2)
		a, b := p[0], p[1]
		for name, c := range map[string]struct {
			prepare func()
			who     account.User
		}{
			"declined":  {func() { _, _, _ = w.Request(t.Context(), a.ID, b.ID) }, b},
			"withdrawn": {func() { _, _, _ = w.Request(t.Context(), a.ID, b.ID) }, a},
			"ended":     {func() { w.befriend(t, a, b) }, b},
		} {
			c.prepare()
			require.NotEqual(t, friend.None, w.state(t, a, b), name)
			w.changes()
			other := a
			if c.who.ID == a.ID {
				other = b
			}
			require.NoError(t, w.Remove(t.Context(), c.who.ID, other.ID), name)
			require.Equal(t, []friend.Changed{
				{A: c.who.Person(), B: other.Person(), StateForA: friend.None, StateForB: friend.None},
			}, w.changes(), name)
			require.Equal(t, friend.None, w.state(t, a, b), name)
			require.NoError(t, w.Remove(t.Context(), c.who.ID, other.ID), name)
			require.Empty(t, w.changes(), name)
		}
	})
}

func TestTheDirectRoomFollowsTheFriendship(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 2)
		a, b := p[0], p[1]
		_, _, err := w.rooms.OpenDirect(t.Context(), a.ID, b.ID)
		require.Error(t, err, "strangers have no room")
		w.befriend(t, a, b)
		id := w.openRoom(t, a, b)
		for name, end := range map[string]func() error{
			"remove": func() error { return w.Remove(t.Context(), a.ID, b.ID) },
			"block":  func() error { return w.Block(t.Context(), b.ID, a.ID) },
		} {
			require.Equal(t, room.Open, w.roomState(t, a, id), name)
			require.NoError(t, end(), name)
			require.Equal(t, room.ReadOnly, w.roomState(t, a, id), name)
			require.Equal(t, room.ReadOnly, w.roomState(t, b, id), name)
			changes := w.changes()
			require.Len(t, changes, 1, name)
			require.Equal(t, int64(id), changes[0].Room, name)
			require.False(t, changes[0].RoomOpen, name)

			require.NoError(t, w.Unblock(t.Context(), b.ID, a.ID))
			_, _, err := w.Request(t.Context(), a.ID, b.ID)
			require.NoError(t, err, name)
			w.changes()
			_, err = w.Accept(t.Context(), b.ID, a.ID)
			require.NoError(t, err, name)
			changes = w.changes()
			require.Equal(t, int64(id), changes[0].Room, name)
			require.True(t, changes[0].RoomOpen, name)
		}
	})
}

func TestABlockKeepsTheOtherAway(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 2)
		a, b := p[0], p[1]
		w.befriend(t, a, b)
		require.NoError(t, w.Block(t.Context(), a.ID, b.ID))
		require.Equal(t, []friend.Changed{
			{A: a.Person(), B: b.Person(), StateForA: friend.None, StateForB: friend.None},
		}, w.changes(), "it looks like a removal")
		require.NoError(t, w.Block(t.Context(), a.ID, b.ID), "twice is no error")
		require.Empty(t, w.changes())

		_, _, unknown := w.Request(t.Context(), b.ID, 999)
		_, _, blocked := w.Request(t.Context(), b.ID, a.ID)
		require.ErrorIs(t, unknown, friend.ErrUnknown)
		require.ErrorIs(t, blocked, friend.ErrUnknown, "they look alike")
		_, unknown = w.Accept(t.Context(), b.ID, 999)
		_, blocked = w.Accept(t.Context(), b.ID, a.ID)
		require.ErrorIs(t, unknown, friend.ErrNoRequest)
		require.ErrorIs(t, blocked, friend.ErrNoRequest)
		require.NoError(t, w.Remove(t.Context(), b.ID, 999))
		require.NoError(t, w.Remove(t.Context(), b.ID, a.ID))
		require.NoError(t, w.Unblock(t.Context(), b.ID, 999))
		require.NoError(t, w.Unblock(t.Context(), b.ID, a.ID), "it lifts one's own block only")
		_, _, blocked = w.Request(t.Context(), b.ID, a.ID)
		require.ErrorIs(t, blocked, friend.ErrUnknown)

		_, _, err := w.Request(t.Context(), a.ID, b.ID)
		require.ErrorIs(t, err, friend.ErrBlocked)
		require.Equal(t, friend.None, w.state(t, a, b))

		blocks, err := w.Blocks(t.Context(), a.ID)
		require.NoError(t, err)
		require.Len(t, blocks, 1)
		require.Equal(t, b.Person(), blocks[0].Person)
		require.WithinDuration(t, time.Now(), blocks[0].Since, time.Minute)
		blocks, err = w.Blocks(t.Context(), b.ID)
		require.NoError(t, err)
		require.Empty(t, blocks, "who is blocked is not told")

		require.NoError(t, w.Unblock(t.Context(), a.ID, b.ID))
		require.Equal(t, friend.None, w.state(t, a, b), "friendship has to be asked for again")
		_, made, err := w.Request(t.Context(), b.ID, a.ID)
		require.NoError(t, err)
		require.True(t, made)
	})
}

func TestOneCanBlockWhoBlockedFirst(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 2)
		require.NoError(t, w.Block(t.Context(), p[0].ID, p[1].ID))
		require.NoError(t, w.Block(t.Context(), p[1].ID, p[0].ID))
		require.NoError(t, w.Unblock(t.Context(), p[0].ID, p[1].ID))
		_, _, err := w.Request(t.Context(), p[0].ID, p[1].ID)
		require.ErrorIs(t, err, friend.ErrUnknown)
	})
}

func TestNobodyIsTheirOwnFriend(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a := w.people(t, 1)[0]
		_, _, err := w.Request(t.Context(), a.ID, a.ID)
		require.ErrorIs(t, err, friend.ErrSelf)
		_, err = w.Accept(t.Context(), a.ID, a.ID)
		require.ErrorIs(t, err, friend.ErrNoRequest)
		require.ErrorIs(t, w.Block(t.Context(), a.ID, a.ID), friend.ErrSelf)
		require.NoError(t, w.Remove(t.Context(), a.ID, a.ID))
		require.NoError(t, w.Unblock(t.Context(), a.ID, a.ID))
		require.Empty(t, w.changes())
	})
}

func TestABlockOfNobodyChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a := w.people(t, 1)[0]
		require.NoError(t, w.Block(t.Context(), a.ID, 999))
		blocks, err := w.Blocks(t.Context(), a.ID)
		require.NoError(t, err)
		require.Empty(t, blocks)
		require.Empty(t, w.changes())
	})
}

func TestSearchFindsByNicknameStartOrExactEmail(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		me := w.person(t, "me@example.org", "민")
		minji := w.person(t, "Minji@example.org", "민지")
		minsu := w.person(t, "minsu@example.org", "민수")
		jane := w.person(t, "jane@example.org", "JaneDoe")
		percent := w.person(t, "percent@example.org", "100%_ok")
		last := w.person(t, "last@example.org", "jane\U0010fffd")
		w.befriend(t, me, minji)
		_, _, err := w.Request(t.Context(), minsu.ID, me.ID)
		require.NoError(t, err)
		for query, want := range map[string][]friend.Match{
			"민":                   {{Person: minsu.Person(), State: friend.Incoming}, {Person: minji.Person(), State: friend.Accepted}},
			"민지":                  {{Person: minji.Person(), State: friend.Accepted}},
			"\u1106\u1175\u11ab지": {{Person: minji.Person(), State: friend.Accepted}},
			"ＪＡＮＥd":               {{Person: jane.Person(), State: friend.None}},
			"  jane ":             {{Person: jane.Person(), State: friend.None}, {Person: last.Person(), State: friend.None}},
			"doe":                 {},
			"MINJI@EXAMPLE.ORG":   {{Person: minji.Person(), State: friend.Accepted}},
			"minji@example":       {},
			"me@example.org":      {},
			"%":                   {},
			"_":                   {},
			"100%":                {{Person: percent.Person(), State: friend.None}},
			"' OR 1=1 --":         {},
			"nobody":              {},
		} {
			got, err := w.Search(t.Context(), me.ID, query)
			require.NoError(t, err)
			require.Equal(t, want, got, "%q", query)
		}
		for _, blank := range []string{"", "  ", "\u3000\t"} {
			_, err := w.Search(t.Context(), me.ID, blank)
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
	})
}

func TestSearchHidesPeopleWhoBlockedEachOther(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 3)
		a, b, c := p[0], p[1], p[2]
		require.NoError(t, w.Block(t.Context(), a.ID, b.ID))
		for _, x := range []struct {
			who, other account.User
			found      int
		}{{a, b, 0}, {b, a, 0}, {a, c, 1}, {c, a, 1}, {c, b, 1}} {
			for _, query := range []string{x.other.Nickname, x.other.Email} {
				got, err := w.Search(t.Context(), x.who.ID, query)
				require.NoError(t, err)
				require.Len(t, got, x.found, "%s looks for %s", x.who.Nickname, query)
			}
		}
	})
}

func TestSearchReturnsTwentyByNickname(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		me := w.person(t, "me@example.org", "me")
		for i := range 25 {
			w.person(t, fmt.Sprintf("u%d@example.org", i), fmt.Sprintf("user %02d", 24-i))
		}
		got, err := w.Search(t.Context(), me.ID, "USER")
		require.NoError(t, err)
		require.Len(t, got, 20)
		require.Equal(t, "user 00", got[0].Nickname)
		require.Equal(t, "user 19", got[19].Nickname)
	})
}
