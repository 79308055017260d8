package room_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// closes closes an account, as far as rooms notice.
func (w *world) closes(t *testing.T, who account.ID) {
	t.Helper()
	require.NoError(t, storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
		u, err := account.Hold(tx, who)
		require.NoError(t, err)
		point := account.RestorePoint{ClosedAt: w.clock.Now(), ClosedBy: account.BySelf, Messages: account.KeepMessages}
		return account.Close(tx, u, point, w.clock.Now())
	}))
}

func (w *world) restores(t *testing.T, who account.ID) {
	t.Helper()
	require.NoError(t, storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
		u, err := account.Hold(tx, who)
		require.NoError(t, err)
		_, err = account.Restore(tx, u, w.clock.Now())
		return err
	}))
}

func (w *world) suspends(t *testing.T, who account.ID) error {
	t.Helper()
	return errors.Join(w.rooms.Suspend(t.Context(), who, room.Direct), w.rooms.Suspend(t.Context(), who, room.Group))
}

func (w *world) resumes(t *testing.T, who account.ID) error {
	t.Helper()
	return errors.Join(w.rooms.Resume(t.Context(), who, room.Direct), w.rooms.Resume(t.Context(), who, room.Group))
}

func TestWhoIsSuspendedHasLeftEverywhereAndComesBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, plain := w.group(t, 2, room.NewRoom{Capacity: 3})
		place := w.place(t)
		pickup, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "Supper", Capacity: 2, Pickup: &place})
		require.NoError(t, err)
		ended, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "Over", Capacity: 2})
		require.NoError(t, err)
		for _, id := range []room.ID{pickup.ID, ended.ID} {
			_, _, err = w.rooms.Join(t.Context(), others[0], id, room.Entry{})
			require.NoError(t, err)
		}
		_, err = w.rooms.Close(t.Context(), host, ended.ID, room.Expected{})
		require.NoError(t, err)
		direct, _, err := w.rooms.OpenDirect(t.Context(), host, others[0])
		require.NoError(t, err)
		w.events.Take()

		require.NoError(t, w.suspends(t, host))
		require.Equal(t, room.Joined, w.seats(t, plain)[host], "an account that is open is left alone")
		require.Empty(t, w.events.Take())

		w.closes(t, host)
		require.NoError(t, w.suspends(t, host))
		for _, id := range []room.ID{plain, pickup.ID, ended.ID, direct.ID} {
			require.Equal(t, room.Left, w.seats(t, id)[host])
		}
		require.Equal(t, "created joined joined left host", w.said(t, plain))
		require.Equal(t, "created joined left host", w.said(t, pickup.ID))
		require.Contains(t, w.dropped.seats, room.Seat{Room: pickup.ID, User: host}, "and what they chose there")
		require.Equal(t, "created joined closed", w.said(t, ended.ID), "a room that has ended says nothing")
		require.Empty(t, w.said(t, direct.ID))
		require.Equal(t, others[0], w.look(t, others[0], plain).Host)
		seen := w.look(t, others[0], direct.ID)
		require.Equal(t, room.ReadOnly, seen.State)
		require.Equal(t, &account.Person{ID: host}, seen.Peer, "somebody without a name")
		require.Len(t, w.told(), 6, "they left three rooms, of which somebody else is the host now")

		_, _, err = w.rooms.Join(t.Context(), w.person(t), plain, room.Entry{})
		require.ErrorIs(t, err, room.ErrFull, "the seat is kept")
		page, err := w.rooms.ListOpen(t.Context(), others[0], room.Filter{HasSeat: true, Page: 1, Size: 10})
		require.NoError(t, err)
		require.Len(t, page.Items, 1, "and said not to be free")
		require.Equal(t, pickup.ID, page.Items[0].ID)
		_, _, err = w.rooms.Join(t.Context(), w.person(t), pickup.ID, room.Entry{})
		require.NoError(t, err, "but not where it was about one order")

		before := w.said(t, plain)
		require.NoError(t, w.suspends(t, host))
		require.NoError(t, w.resumes(t, host))
		require.Equal(t, before, w.said(t, plain), "nobody comes back before their account does")

		w.restores(t, host)
		w.events.Take()
		require.NoError(t, w.resumes(t, host))
		require.Equal(t, before+" joined", w.said(t, plain))
		require.Equal(t, room.Joined, w.seats(t, ended.ID)[host])
		require.Equal(t, room.Left, w.seats(t, pickup.ID)[host])
		require.Equal(t, room.Open, w.look(t, host, direct.ID).State)
		require.Equal(t, others[0], w.look(t, host, plain).Host)
		require.Len(t, w.told(), 2)
		require.NoError(t, w.resumes(t, host))
		require.Equal(t, before+" joined", w.said(t, plain), "once")
	})
}

func TestARoomOfTwoStaysHistoryWhenTheyAreNoFriendsAnyMoreOrBothAreGone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, b := w.person(t), w.person(t)
		direct, _, err := w.rooms.OpenDirect(t.Context(), a, b)
		require.NoError(t, err)
		for _, who := range []account.ID{a, b} {
			w.closes(t, who)
			require.NoError(t, w.suspends(t, who))
		}
		w.restores(t, a)
		require.NoError(t, w.resumes(t, a))
		require.Equal(t, room.ReadOnly, w.look(t, a, direct.ID).State, "the other one is away still")
		_, _, err = w.rooms.OpenDirect(t.Context(), a, b)
		require.ErrorIs(t, err, room.ErrNoFriend)
		_, _, err = w.rooms.OpenDirect(t.Context(), b, a)
		require.ErrorIs(t, err, account.ErrClosed)
		w.friends = false
		w.restores(t, b)
		require.NoError(t, w.resumes(t, b))
		require.Equal(t, room.ReadOnly, w.look(t, a, direct.ID).State)
	})
}

func TestTheLastOneWhoIsSuspendedEndsTheRoom(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 0)
		w.closes(t, host)
		require.NoError(t, w.suspends(t, host))
		require.Equal(t, "created left emptied", w.said(t, id))
		var held int64
		require.NoError(t, w.db.WithContext(t.Context()).Table("bookings").Where("live_box_id IS NOT NULL").Count(&held).Error)
		require.Zero(t, held)
	})
}

func TestARoomThatEndedOnlyBecauseNobodyWasLeftOpensForTheFirstWhoComesBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.group(t, 1, room.NewRoom{Title: "Book club", Capacity: 3})
		closed, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: "Done", Capacity: 2})
		require.NoError(t, err)
		_, err = w.rooms.Close(t.Context(), host, closed.ID, room.Expected{})
		require.NoError(t, err)
		for _, who := range []account.ID{host, others[0]} {
			w.closes(t, who)
			require.NoError(t, w.suspends(t, who))
		}
		require.Equal(t, "created joined left host left emptied", w.said(t, id))
		stranger := w.person(t)
		_, _, err = w.rooms.Join(t.Context(), stranger, id, room.Entry{})
		require.ErrorIs(t, err, room.ErrClosed)
		_, _, err = w.rooms.Create(t.Context(), stranger, room.NewRoom{Title: "Book club", Capacity: 2})
		require.NoError(t, err, "its title is free")

		w.restores(t, host)
		require.NoError(t, w.resumes(t, host))
		seen := w.look(t, host, id)
		require.Equal(t, room.Open, seen.State)
		require.Equal(t, host, seen.Host)
		require.Nil(t, seen.ClosesAt)
		require.Equal(t, fmt.Sprintf("Book club (%d)", id), *seen.Title)
		require.Equal(t, "created joined left host left emptied joined host", w.said(t, id))
		require.Equal(t, room.Closed, w.look(t, host, closed.ID).State, "what its host has closed stays so")

		w.restores(t, others[0])
		require.NoError(t, w.resumes(t, others[0]))
		require.Equal(t, "created joined left host left emptied joined host joined", w.said(t, id))
		require.Equal(t, host, w.look(t, others[0], id).Host)
		_, _, err = w.rooms.Join(t.Context(), stranger, id, room.Entry{})
		require.NoError(t, err)
	})
}

// TestNothingOfWhatACloserHadOnTheirWayComesToPass lets the account be closed between the look at the door and the step itself.
func TestNothingOfWhatACloserHadOnTheirWayComesToPass(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t, 0, room.NewRoom{Capacity: 12, Password: ptr("moonlight")})
		late := w.person(t)
		deps := w.deps
		deps.Journal = &between{w, func() {
			w.closes(t, late)
			require.NoError(t, w.suspends(t, late))
		}}
		rooms := room.NewService(deps)
		_, _, err := rooms.Join(t.Context(), late, id, room.Entry{Password: ptr("moonlight")})
		require.ErrorIs(t, err, account.ErrClosed)
		require.NotContains(t, w.seats(t, id), late)
		w.restores(t, late)
		deps.Journal = &between{w, func() { w.closes(t, late) }}
		rooms = room.NewService(deps)
		_, _, err = rooms.Create(t.Context(), late, room.NewRoom{Title: "Too late", Capacity: 2})
		require.ErrorIs(t, err, account.ErrClosed)
		var made int64
		require.NoError(t, w.db.WithContext(t.Context()).Table("rooms").Where("creator_id = ?", late).Count(&made).Error)
		require.Zero(t, made)

		guest := w.person(t)
		deps.Journal = &between{w, func() { w.closes(t, host) }}
		e := invited(id, 0, host)
		_, err = w.rooms.ShowInvite(t.Context(), guest, *e.Invite)
		require.NoError(t, err)
		_, _, err = room.NewService(deps).Join(t.Context(), guest, id, e)
		require.ErrorIs(t, err, room.ErrInvite, "what they handed out is worth nothing")
		_, err = w.rooms.ShowInvite(t.Context(), guest, *e.Invite)
		require.ErrorIs(t, err, room.ErrInvite)
	})
}

func TestAnInviteEndsWhenWhoMadeItGoes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		e := invited(id, 0, host)
		guest := w.person(t)
		require.NoError(t, w.rooms.Leave(t.Context(), host, id))
		_, err := w.rooms.ShowInvite(t.Context(), guest, *e.Invite)
		require.ErrorIs(t, err, room.ErrInvite)
		_, _, err = w.rooms.Join(t.Context(), guest, id, e)
		require.ErrorIs(t, err, room.ErrInvite)
		w.clock.Advance(time.Second)
		_, _, err = w.rooms.Join(t.Context(), guest, id, invited(id, 0, others[0]))
		require.NoError(t, err)
	})
}
