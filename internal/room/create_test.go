package room_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
)

func TestACreatorIsHostAndFirstMember(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host := w.person(t)
		mine, created, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: " 야식 ", Capacity: 300, Password: ptr("moonlight")})
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, room.Mine{
			Room: room.Room{
				ID: mine.ID, Kind: room.Group, State: room.Open, Title: ptr("야식"), LastSeq: 1, LastRev: 1, CreatedAt: morning,
				Host: host, Capacity: 300, HasPassword: true,
			},
			LastReadSeq: 1, Members: 1,
		}, seen(mine))
		require.Equal(t, []room.Line{{Code: room.LineCreated}}, w.lines(t, mine.ID))
		told := w.events.All()
		require.Equal(t, room.Changed{Room: mine.ID, Change: room.ChangeJoined, State: room.Open, User: host}, told[0], "their devices attach")
		require.IsType(t, message.Posted{}, told[1])
		require.Len(t, told, 2)

		members, _, err := w.rooms.Members(t.Context(), host, mine.ID)
		require.NoError(t, err)
		require.Equal(t, []room.Member{{
			Person: account.Person{ID: host, Nickname: "P1"}, State: room.Joined, JoinedAt: morning, LastReadSeq: 1,
		}}, members)
	})
}

func TestAPickupRoomHoldsABoxAndEndsAfterThreeHours(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, place := w.person(t), w.place(t)
		mine, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "Chicken", Capacity: 12, Pickup: &place})
		require.NoError(t, err)
		require.Equal(t, &place, mine.Pickup)
		require.Equal(t, room.Created, mine.Phase)
		require.Equal(t, ptr(morning.Add(3*time.Hour)), mine.ClosesAt)
		require.Equal(t, "Moon Chicken", mine.Place.Store.Name)
		require.Equal(t, "Harbour Box", mine.Place.Box.Name)
		require.True(t, mine.Place.Box.Booked)
		require.False(t, w.free(t, place.Box))

		list, err := w.rooms.List(t.Context(), host)
		require.NoError(t, err)
		require.Equal(t, []room.Mine{mine}, list)
	})
}

func TestWhatIsWrongWithANewRoomIsNamed(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	host, place := w.person(t), w.place(t)
	for name, c := range map[string]struct {
		change func(*room.NewRoom)
		field  string
	}{
		"no title":             {func(n *room.NewRoom) { n.Title = " \u3164 " }, "body.title"},
		"a long title":         {func(n *room.NewRoom) { n.Title = strings.Repeat("달", 61) }, "body.title"},
		"a hidden title":       {func(n *room.NewRoom) { n.Title = "ab\u202ecd" }, "body.title"},
		"no seat":              {func(n *room.NewRoom) { n.Capacity = 0 }, "body.capacity"},
		"too many seats":       {func(n *room.NewRoom) { n.Capacity = 301 }, "body.capacity"},
		"13 around a box":      {func(n *room.NewRoom) { n.Capacity, n.Pickup = 13, &place }, "body.capacity"},
		"a short password":     {func(n *room.NewRoom) { n.Password = ptr("달달달") }, "body.password"},
		"a long password":      {func(n *room.NewRoom) { n.Password = ptr(strings.Repeat("x", 65)) }, "body.password"},
		"an empty password":    {func(n *room.NewRoom) { n.Password = ptr("") }, "body.password"},
		"a password of no use": {func(n *room.NewRoom) { n.Password = ptr("\xff\xff\xff\xff") }, "body.password"},
	} {
		t.Run(name, func(t *testing.T) {
			n := room.NewRoom{Title: "Fine", Capacity: 12}
			c.change(&n)
			_, _, err := w.rooms.Create(t.Context(), host, n)
			require.ErrorIs(t, err, fault.ErrInvalid)
			f, ok := errors.AsType[*fault.Error](err)
			require.True(t, ok)
			require.Equal(t, c.field, f.Fields[0].Name)
		})
	}
	require.True(t, w.free(t, place.Box))
}

func TestOpenRoomsHaveTitlesOfTheirOwn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t, 0, room.NewRoom{Title: "Pizza Night", Capacity: 2})
		other, _, second := w.group(t, 0, room.NewRoom{Title: "Else", Capacity: 2})
		place := w.place(t)
		for _, same := range []string{"Pizza Night", "pizza night", "ＰＩＺＺＡ Night"} {
			_, _, err := w.rooms.Create(t.Context(), other, room.NewRoom{Title: same, Capacity: 2, Pickup: &place})
			require.ErrorIs(t, err, room.ErrTitleTaken)
			_, err = w.rooms.Update(t.Context(), other, second, room.Update{Title: &same}, room.Expected{})
			require.ErrorIs(t, err, room.ErrTitleTaken)
		}
		require.True(t, w.free(t, place.Box), "no room, no booking")
		require.Equal(t, "Else", *w.look(t, other, second).Title)

		mine, err := w.rooms.Update(t.Context(), host, id, room.Update{Title: ptr("pizza NIGHT")}, room.Expected{})
		require.NoError(t, err, "one may write one's own differently")
		require.Equal(t, "pizza NIGHT", *mine.Title)
		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		_, _, err = w.rooms.Create(t.Context(), other, room.NewRoom{Title: "Pizza Night", Capacity: 2})
		require.NoError(t, err, "a room that has ended keeps no title from others")
		require.Equal(t, "pizza NIGHT", *w.look(t, host, id).Title)
	})
}

func TestARepeatedKeyIsTheSameRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b := w.person(t), w.person(t)
		place := w.place(t)
		n := room.NewRoom{Title: "Once", Capacity: 4, Password: ptr("moonlight"), Pickup: &place, Key: "k-1"}
		type outcome struct {
			id      room.ID
			created bool
			err     error
		}
		got := make(chan outcome, 20)
		var asking sync.WaitGroup
		second := newWorld(t, w.db) // another node: its writer does not wait for the first's
		for i := range cap(got) {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			asking.Go(func() {
				mine, created, err := rooms.Create(t.Context(), a, n)
				got <- outcome{mine.ID, created, err}
			})
		}
		asking.Wait()
		close(got)
		first, made := room.ID(0), 0
		for o := range got {
			require.NoError(t, o.err)
			if first == 0 {
				first = o.id
			}
			require.Equal(t, first, o.id)
			if o.created {
				made++
			}
		}
		require.Equal(t, 1, made)

		_, _, err := w.rooms.Create(t.Context(), b, n)
		require.ErrorIs(t, err, booking.ErrBoxBooked, "the key is another person's")
		mine, created, err := w.rooms.Create(t.Context(), b, room.NewRoom{Title: "Mine", Capacity: 1, Key: "k-1"})
		require.NoError(t, err)
		require.True(t, created)
		require.NotEqual(t, first, mine.ID)
	})
}

func TestABoxThatCannotBeBookedMakesNoRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, good, broken := w.person(t), w.place(t), w.place(t)
		require.NoError(t, w.db.WithContext(t.Context()).Table("boxes").Where("id = ?", broken.Box).Update("condition", booking.Broken).Error)
		for want, place := range map[error]room.Pickup{
			booking.ErrNoBox:   {Store: good.Store, Box: good.Box + 100},
			booking.ErrNoStore: {Store: good.Store + 100, Box: good.Box},
			booking.ErrBoxOut:  broken,
		} {
			_, created, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "Nothing", Capacity: 2, Pickup: &place})
			require.ErrorIs(t, err, want)
			require.False(t, created)
		}
		list, err := w.rooms.List(t.Context(), host)
		require.NoError(t, err)
		require.Empty(t, list)
		require.Empty(t, w.events.All())
		require.True(t, w.free(t, good.Box))
	})
}

func TestAHundredWantOneBoxAndOneGetsIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const wanting = 100
		place, people := w.place(t), w.persons(t, wanting)
		second := newWorld(t, w.db) // on two nodes
		refused := make(chan error, wanting)
		var asking sync.WaitGroup
		for i, who := range people {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			asking.Go(func() {
				_, _, err := rooms.Create(t.Context(), who, room.NewRoom{Title: fmt.Sprint("Room ", i), Capacity: 12, Pickup: &place})
				if err != nil {
					refused <- err
				}
			})
		}
		asking.Wait()
		close(refused)
		require.Len(t, refused, wanting-1)
		for err := range refused {
			require.ErrorIs(t, err, booking.ErrBoxBooked)
		}
		var rooms int64
		require.NoError(t, w.db.WithContext(t.Context()).Table("rooms").Count(&rooms).Error)
		require.EqualValues(t, 1, rooms)
	})
}

func TestNobodyMakesRoomsEndlessly(t *testing.T) {
	redis := testkit.OpenRedis(t, "embedded")
	w := newWorld(t, testkit.SQLite(t), func(d *room.Deps) { d.Limits = limit.New(redis, true) })
	host := w.person(t)
	for i := range 10 {
		_, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: fmt.Sprint(i), Capacity: 1, Key: fmt.Sprint(i)})
		require.NoError(t, err)
	}
	_, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "10", Capacity: 1})
	require.ErrorIs(t, err, limit.ErrTooMany)
	_, created, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "9", Capacity: 1, Key: "9"})
	require.NoError(t, err, "a repeat makes nothing")
	require.False(t, created)
	_, _, err = w.rooms.Create(t.Context(), w.person(t), room.NewRoom{Title: "10", Capacity: 1})
	require.NoError(t, err)
}

// seen is what people outside the package can see of a room, for comparing.
func seen(m room.Mine) room.Mine {
	return room.Mine{
		Room: room.Room{
			ID: m.ID, Kind: m.Kind, State: m.State, Title: m.Title, LastSeq: m.LastSeq, LastRev: m.LastRev, CreatedAt: m.CreatedAt,
			Host: m.Host, Capacity: m.Capacity, HasPassword: m.HasPassword, Version: m.Version,
			Pickup: m.Pickup, Phase: m.Phase, ClosesAt: m.ClosesAt, Extensions: m.Extensions,
		},
		Peer: m.Peer, LastReadSeq: m.LastReadSeq, Members: m.Members, Place: m.Place,
	}
}
