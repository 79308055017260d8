package room_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// eachInviting is a world whose invites are signed as in production.
func eachInviting(t *testing.T, test func(t *testing.T, w *world)) {
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	key, err := auth.NewKey(private)
	require.NoError(t, err)
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		test(t, newWorld(t, db, func(d *room.Deps) { d.Signer = key }))
	})
}

func (w *world) invite(t *testing.T, host account.ID, id room.ID, hours int) string {
	t.Helper()
	invite, err := w.rooms.CreateInvite(t.Context(), host, id, hours)
	require.NoError(t, err)
	return invite.Token
}

func TestAnInviteTakesThePlaceOfThePassword(t *testing.T) {
	eachInviting(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t, 0, room.NewRoom{Title: "Behind the moon", Capacity: 2, Password: ptr("moonlight")})
		guest, late := w.person(t), w.person(t)
		token := w.invite(t, host, id, 24)

		seen, err := w.rooms.ShowInvite(t.Context(), guest, token)
		require.NoError(t, err)
		require.Equal(t, room.Listing{
			ID: id, Title: "Behind the moon", Capacity: 2, Members: 1, HasPassword: true, Host: account.Person{ID: host, Nickname: "P1"},
			CreatedAt: seen.CreatedAt,
		}, seen)
		_, joined, err := w.rooms.Join(t.Context(), guest, id, room.Entry{Invite: &token})
		require.NoError(t, err)
		require.True(t, joined)
		seen, err = w.rooms.ShowInvite(t.Context(), guest, token)
		require.NoError(t, err)
		require.True(t, seen.Joined)
		require.Equal(t, 2, seen.Members)

		_, _, err = w.rooms.Join(t.Context(), late, id, room.Entry{Invite: &token})
		require.ErrorIs(t, err, room.ErrFull, "but not of a seat")
	})
}

func TestAnInviteDoesNotUndoAKickOrAStartedOrder(t *testing.T) {
	eachInviting(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		token := w.invite(t, host, id, 24)
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, others[0]))
		_, err := w.rooms.ShowInvite(t.Context(), others[0], token)
		require.ErrorIs(t, err, room.ErrInvite)
		_, _, err = w.rooms.Join(t.Context(), others[0], id, room.Entry{Invite: &token})
		require.ErrorIs(t, err, room.ErrKicked)

		_, err = w.rooms.SetPhase(t.Context(), host, id, room.OrderStarted, room.Expected{})
		require.NoError(t, err)
		guest := w.person(t)
		seen, err := w.rooms.ShowInvite(t.Context(), guest, token)
		require.NoError(t, err)
		require.Equal(t, room.OrderStarted, seen.Phase, "they see why")
		_, _, err = w.rooms.Join(t.Context(), guest, id, room.Entry{Invite: &token})
		require.ErrorIs(t, err, room.ErrJoiningClosed)
	})
}

func TestAnInviteThatLeadsNowhereIsRefused(t *testing.T) {
	eachInviting(t, func(t *testing.T, w *world) {
		host, _, id := w.plain(t, 0)
		_, _, other := w.plain(t, 0)
		guest := w.person(t)
		refused := func(id room.ID, token, why string) {
			t.Helper()
			_, err := w.rooms.ShowInvite(t.Context(), guest, token)
			require.ErrorIs(t, err, room.ErrInvite, why)
			_, _, err = w.rooms.Join(t.Context(), guest, id, room.Entry{Invite: &token})
			require.ErrorIs(t, err, room.ErrInvite, why)
		}
		refused(id, "", "nothing")
		refused(id, "a.b.c", "no token")
		foreign, err := openSigner{}.SignInvite(int64(id), 0, int64(host), w.clock.Now().Add(time.Hour))
		require.NoError(t, err)
		refused(id, foreign, "signed by nobody")

		short, long := w.invite(t, host, id, 1), w.invite(t, host, id, 168)
		_, _, err = w.rooms.Join(t.Context(), guest, other, room.Entry{Invite: &long})
		require.ErrorIs(t, err, room.ErrInvite, "into another room")

		w.clock.Advance(time.Hour - 2*time.Second)
		_, err = w.rooms.ShowInvite(t.Context(), guest, short)
		require.NoError(t, err)
		w.clock.Advance(2 * time.Second)
		refused(id, short, "expired")
		_, err = w.rooms.ShowInvite(t.Context(), guest, long)
		require.NoError(t, err)

		version := w.look(t, host, id).Version
		w.events.Take()
		said := w.said(t, id)
		require.NoError(t, w.rooms.RevokeInvites(t.Context(), host, id))
		require.Equal(t, version, w.look(t, host, id).Version, "nobody else's view of the room is stale by it")
		require.Empty(t, w.events.Take())
		require.Equal(t, said, w.said(t, id))
		refused(id, long, "revoked")
		again := w.invite(t, host, id, 1)
		_, err = w.rooms.ShowInvite(t.Context(), guest, again)
		require.NoError(t, err, "a new one works")

		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		_, err = w.rooms.ShowInvite(t.Context(), guest, again)
		require.ErrorIs(t, err, room.ErrInvite, "closed")
		_, _, err = w.rooms.Join(t.Context(), guest, id, room.Entry{Invite: &again})
		require.ErrorIs(t, err, room.ErrClosed)
	})
}

func TestOnlyTheHostInvitesIntoAnOpenGroupRoom(t *testing.T) {
	eachInviting(t, func(t *testing.T, w *world) {
		host, others, id := w.plain(t, 1)
		direct, _, err := w.rooms.OpenDirect(t.Context(), host, others[0])
		require.NoError(t, err)
		stranger, _, closed := w.plain(t, 0)
		_, err = w.rooms.Close(t.Context(), stranger, closed, room.Expected{})
		require.NoError(t, err)
		for name, c := range map[string]struct {
			who  account.ID
			id   room.ID
			want error
		}{
			"another member": {others[0], id, room.ErrHostOnly}, "a stranger": {stranger, id, room.ErrNotFound}, "no room": {host, id + 99, room.ErrNotFound},
			"a direct room": {host, direct.ID, room.ErrNotGroup}, "a closed room": {stranger, closed, room.ErrClosed},
		} {
			_, err := w.rooms.CreateInvite(t.Context(), c.who, c.id, 1)
			require.ErrorIs(t, err, c.want, name)
			require.ErrorIs(t, w.rooms.RevokeInvites(t.Context(), c.who, c.id), c.want, name)
		}
		for _, hours := range []int{-1, 0, 169} {
			_, err := w.rooms.CreateInvite(t.Context(), host, id, hours)
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
		invite, err := w.rooms.CreateInvite(t.Context(), host, id, 168)
		require.NoError(t, err)
		require.Equal(t, w.clock.Now().Add(7*24*time.Hour).Truncate(time.Second), invite.ExpiresAt)
	})
}

func TestNobodySignsInvitesEndlessly(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t), func(d *room.Deps) { d.Limits = limit.New(testkit.OpenRedis(t, "embedded"), true) })
	host, _, id := w.plain(t, 0)
	other, _, elsewhere := w.plain(t, 0)
	for range 20 {
		w.invite(t, host, id, 1)
	}
	_, err := w.rooms.CreateInvite(t.Context(), host, id, 1)
	require.ErrorIs(t, err, limit.ErrTooMany)
	w.invite(t, other, elsewhere, 1)
}
