package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

func TestNothingOfAClosedAccountWorksAndAllOfItComesBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.anAdmin(t, "Boss")
		gone, friendly, asker := w.person(t, "민지"), w.person(t, "Ben"), w.person(t, "Ann")
		direct := w.befriend(t, gone, friendly)
		_, _, err := w.friends.Request(t.Context(), asker.ID, gone.ID)
		require.NoError(t, err)
		group := w.group(t, "Choir", gone, friendly)
		w.says(t, gone, direct, "hello")
		tokens, p := w.login(t, gone)
		ticket, _, err := w.auth.CreateTicket(t.Context(), p)
		require.NoError(t, err)
		_, other := w.login(t, gone)
		invite, err := w.rooms.CreateInvite(t.Context(), gone.ID, group, 1)
		require.NoError(t, err)
		require.NoError(t, w.db.Exec("INSERT INTO links (token_hash, user_id, purpose, created_at, expires_at) VALUES (?, ?, 'reset', ?, ?)",
			"a", gone.ID, w.clock.Now(), w.clock.Now()).Error)
		w.events.Take()

		at, err := w.Leave(t.Context(), gone.ID, account.KeepMessages)
		require.NoError(t, err)
		require.Equal(t, w.clock.Now().Add(purgeAfter), at)
		_, err = w.auth.Authenticate(t.Context(), tokens.Access)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.auth.Refresh(t.Context(), auth.Client{}, tokens.Refresh)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.auth.RedeemTicket(t.Context(), ticket)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
		_, err = w.auth.Login(t.Context(), auth.Client{}, gone.Email, password)
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
		_, err = w.rooms.ShowInvite(t.Context(), asker.ID, invite.Token)
		require.ErrorIs(t, err, room.ErrInvite)
		require.Zero(t, w.count(t, "links", "user_id = ?", gone.ID))
		require.Zero(t, w.count(t, "mails", "user_id = ?", gone.ID))

		told := w.events.Take()
		require.Contains(t, told, auth.SessionEnded{User: gone.ID, Session: p.Session})
		require.Contains(t, told, auth.SessionEnded{User: gone.ID, Session: other.Session})
		for who, id := range map[account.User]room.ID{friendly: direct, asker: 0} {
			require.Contains(t, told, friend.Changed{
				A: account.Person{ID: gone.ID}, B: who.Person(), StateForA: friend.None, StateForB: friend.None, Room: int64(id),
			})
		}
		seen, err := w.rooms.Get(t.Context(), friendly.ID, direct)
		require.NoError(t, err)
		require.Equal(t, room.ReadOnly, seen.State)
		require.Equal(t, &account.Person{ID: gone.ID}, seen.Peer)
		require.Equal(t, []audit.Action{audit.UserLeft}, w.actions(t, gone))
		_, err = w.Leave(t.Context(), gone.ID, account.KeepMessages)
		require.ErrorIs(t, err, account.ErrClosed)
		require.ErrorIs(t, w.Deactivate(t.Context(), w.admin, gone.ID, ""), account.ErrState)

		_, err = w.Restore(t.Context(), w.admin, gone.ID, lifecycle.ByLink)
		require.NoError(t, err)
		back, err := account.Load(w.db.WithContext(t.Context()), gone.ID)
		require.NoError(t, err)
		require.Equal(t, account.MustReset, back.State)
		require.Equal(t, "민지", back.Nickname)
		require.EqualValues(t, 1, w.count(t, "mails", "user_id = ? AND purpose = 'restore'", gone.ID))
		require.Zero(t, w.count(t, "restore_points", "user_id = ?", gone.ID))
		for id, state := range map[room.ID]room.State{direct: room.Open, group: room.Open} {
			mine, err := w.rooms.Get(t.Context(), gone.ID, id)
			require.NoError(t, err)
			require.Equal(t, state, mine.State)
		}
		told = w.events.Take()
		require.Contains(t, told, friend.Changed{
			A: gone.Person(), B: friendly.Person(), StateForA: friend.Accepted, StateForB: friend.Accepted, Room: int64(direct), RoomOpen: true,
		})
		require.Contains(t, told, friend.Changed{A: gone.Person(), B: asker.Person(), StateForA: friend.Incoming, StateForB: friend.Outgoing})
		_, err = w.auth.Authenticate(t.Context(), tokens.Access)
		require.ErrorIs(t, err, auth.ErrSessionEnded, "what has ended stays so")
		_, err = w.auth.Login(t.Context(), auth.Client{}, gone.Email, password)
		require.Error(t, err, "the old password lets nobody in")
		_, err = w.Restore(t.Context(), w.admin, gone.ID, lifecycle.ByLink)
		require.ErrorIs(t, err, account.ErrState)
		require.Equal(t, []audit.Action{audit.UserLeft, audit.UserRestored}, w.actions(t, gone))
	})
}

func TestAdminsCloseRestoreAndPutOffPurges(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		boss := w.anAdmin(t, "Boss")
		stranger := w.person(t, "Stranger")
		gone := w.person(t, "Gone")
		nobody := audit.Actor{User: stranger.ID}
		require.ErrorIs(t, w.Deactivate(t.Context(), nobody, gone.ID, ""), account.ErrAdminOnly)
		require.ErrorIs(t, w.Deactivate(t.Context(), w.admin, boss.ID, ""), account.ErrOwn)
		require.ErrorIs(t, w.Deactivate(t.Context(), w.admin, 999, ""), account.ErrUnknown)
		_, err := w.Leave(t.Context(), boss.ID, account.KeepMessages)
		require.ErrorIs(t, err, account.ErrLastAdmin)
		_, err = w.Leave(t.Context(), gone.ID, "some")
		require.ErrorIs(t, err, fault.ErrInvalid)
		_, err = w.Restore(t.Context(), w.admin, gone.ID, lifecycle.ByLink)
		require.ErrorIs(t, err, account.ErrState)
		require.ErrorIs(t, w.SetPurgeDate(t.Context(), w.admin, gone.ID, w.clock.Now()), account.ErrState)
		require.Empty(t, w.actions(t, gone))

		require.NoError(t, w.Deactivate(t.Context(), w.admin, gone.ID, "spam"))
		require.EqualValues(t, 1, w.count(t, "restore_points", "user_id = ? AND closed_by = 'admin' AND reason = 'spam' AND step = 'closed'", gone.ID))
		require.ErrorIs(t, w.SetPurgeDate(t.Context(), nobody, gone.ID, w.clock.Now()), account.ErrAdminOnly)
		require.ErrorIs(t, w.SetPurgeDate(t.Context(), w.admin, gone.ID, time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)), fault.ErrInvalid)
		later := w.clock.Now().Add(time.Hour)
		require.NoError(t, w.SetPurgeDate(t.Context(), w.admin, gone.ID, later))
		require.EqualValues(t, 1, w.count(t, "users", "id = ? AND purge_after = ?", gone.ID, later))
		_, err = w.Restore(t.Context(), nobody, gone.ID, lifecycle.ByPassword)
		require.ErrorIs(t, err, account.ErrAdminOnly)
		_, err = w.Restore(t.Context(), w.admin, gone.ID, "door")
		require.ErrorIs(t, err, fault.ErrInvalid)

		deps := w.Deps
		deps.Mails = nil
		_, err = lifecycle.NewService(deps).Restore(t.Context(), w.admin, gone.ID, lifecycle.ByLink)
		require.ErrorIs(t, err, mail.ErrUnavailable)
		require.EqualValues(t, 1, w.count(t, "users", "id = ? AND state = 'deactivated' AND nickname = ''", gone.ID), "nobody is let in half way")

		temporary, err := w.Restore(t.Context(), w.admin, gone.ID, lifecycle.ByPassword)
		require.NoError(t, err)
		require.Len(t, temporary, 19)
		hash, err := account.PasswordHash(w.db.WithContext(t.Context()), gone.ID)
		require.NoError(t, err)
		right, err := w.Passwords.Matches(t.Context(), temporary, hash)
		require.NoError(t, err)
		require.True(t, right)
		require.Equal(t, []audit.Action{audit.UserDeactivated, audit.UserPurgeDateChanged, audit.UserRestored}, w.actions(t, gone))
	})
}

func TestOneOfTwoAdminsWhoGoAtOnceStays(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for range 5 {
			one, two := w.anAdmin(t, "One"), w.anAdmin(t, "Two")
			require.NoError(t, w.db.Exec("UPDATE users SET role = 'user' WHERE id NOT IN ?", []account.ID{one.ID, two.ID}).Error)
			errs := atOnce(
				func() error { _, err := w.Leave(t.Context(), one.ID, account.KeepMessages); return err },
				func() error { return w.Deactivate(t.Context(), audit.Actor{User: one.ID}, two.ID, "") },
				func() error { return w.Deactivate(t.Context(), audit.Actor{User: two.ID}, one.ID, "") },
				func() error { _, err := w.Leave(t.Context(), two.ID, account.KeepMessages); return err },
			)
			done := 0
			for _, err := range errs {
				if err == nil {
					done++
				}
			}
			require.Equal(t, 1, done, errs)
			require.EqualValues(t, 1, w.count(t, "users", "role = 'admin' AND state = 'active'"))
		}
	})
}

// TestWhatACrashLeftIsFinished stops after the moment in which access ends, as a node does that dies there.
func TestWhatACrashLeftIsFinished(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.anAdmin(t, "Boss")
		gone, friendly := w.person(t, "Gone"), w.person(t, "Friend")
		direct := w.befriend(t, gone, friendly)
		group := w.group(t, "Choir", gone, friendly)
		dead := *w.Service
		deps := dead.Deps
		deps.Rooms = deadRooms(w)
		crashing := lifecycle.NewService(deps)

		_, err := crashing.Leave(t.Context(), gone.ID, account.KeepMessages)
		require.NoError(t, err)
		require.EqualValues(t, 2, w.count(t, "room_users", "user_id = ? AND state = 'joined'", gone.ID), "the rooms know nothing yet")
		require.NoError(t, w.Settle(t.Context()))
		require.EqualValues(t, 2, w.count(t, "room_users", "user_id = ? AND state = 'left' AND suspended", gone.ID))
		require.EqualValues(t, 1, w.count(t, "restore_points", "user_id = ? AND step = 'closed'", gone.ID))

		_, err = crashing.Restore(t.Context(), w.admin, gone.ID, lifecycle.ByLink)
		require.NoError(t, err)
		require.EqualValues(t, 2, w.count(t, "room_users", "user_id = ? AND suspended", gone.ID))
		require.NoError(t, w.Settle(t.Context()))
		for _, id := range []room.ID{direct, group} {
			_, err = w.rooms.Get(t.Context(), gone.ID, id)
			require.NoError(t, err)
		}
		require.Zero(t, w.count(t, "restore_points", "1 = 1"))
		require.NoError(t, w.Settle(t.Context()))
	})
}

// deadRooms are the rooms of a node whose writer does not write any more.
func deadRooms(w *world) *room.Service {
	return room.NewService(room.Deps{
		DB: w.db, AreFriends: friend.AreFriends, Journal: unwritten{}, Events: &testkit.Events{}, Now: w.clock.Now, Log: w.Log,
	})
}

type unwritten struct{}

func (unwritten) Record(context.Context, room.Step) error { return gorm.ErrInvalidTransaction }
