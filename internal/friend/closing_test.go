package friend_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/storage"
)

func (w *world) closes(t *testing.T, who account.User) {
	t.Helper()
	require.NoError(t, storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
		u, err := account.Hold(tx, who.ID)
		require.NoError(t, err)
		point := account.RestorePoint{ClosedAt: time.Now(), ClosedBy: account.BySelf, Messages: account.KeepMessages}
		return account.Close(tx, u, point, time.Now())
	}))
}

func TestAClosedAccountIsNobodysFriendAndFoundByNobody(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 4)
		gone, old, asker, stranger := p[0], p[1], p[2], p[3]
		w.befriend(t, gone, old)
		_, _, err := w.Request(t.Context(), asker.ID, gone.ID)
		require.NoError(t, err)
		w.closes(t, gone)
		w.changes()

		for _, who := range []account.User{old, asker} {
			require.Equal(t, friend.None, w.state(t, who, gone))
		}
		friends, err := w.Friends(t.Context(), old.ID)
		require.NoError(t, err)
		require.Empty(t, friends)
		friends, err = w.Friends(t.Context(), gone.ID)
		require.NoError(t, err)
		require.Empty(t, friends, "whom their last connection could be told to")
		for _, query := range []string{gone.Email, gone.Nickname} {
			found, err := w.Search(t.Context(), stranger.ID, query)
			require.NoError(t, err)
			require.Empty(t, found, query)
		}
		_, _, err = w.Request(t.Context(), stranger.ID, gone.ID)
		require.ErrorIs(t, err, friend.ErrUnknown)
		_, _, err = w.Request(t.Context(), asker.ID, gone.ID)
		require.ErrorIs(t, err, friend.ErrUnknown)
		require.NoError(t, w.Block(t.Context(), stranger.ID, gone.ID), "they may come back")
		require.NoError(t, w.Unblock(t.Context(), stranger.ID, gone.ID))

		// What the one who closes had on their way.
		_, _, err = w.Request(t.Context(), gone.ID, stranger.ID)
		require.ErrorIs(t, err, account.ErrClosed)
		_, err = w.Accept(t.Context(), gone.ID, asker.ID)
		require.ErrorIs(t, err, account.ErrClosed)
		require.ErrorIs(t, w.Block(t.Context(), gone.ID, stranger.ID), account.ErrClosed)
		require.ErrorIs(t, w.Remove(t.Context(), gone.ID, old.ID), account.ErrClosed)

		ties, err := w.Ties(t.Context(), gone.ID)
		require.NoError(t, err)
		require.Len(t, ties, 2)
		require.Equal(t, friend.Accepted, ties[0].State)
		require.Equal(t, friend.Incoming, ties[1].State)
		require.Equal(t, friend.Changed{A: account.Person{ID: gone.ID}, B: old.Person(), StateForA: friend.None, StateForB: friend.None, Room: 7},
			ties[0].Vanished(gone.ID, 7))
		require.Equal(t, friend.Changed{A: gone.Person(), B: asker.Person(), StateForA: friend.Incoming, StateForB: friend.Outgoing},
			ties[1].Returned(gone.Person(), 0, false))
	})
}

func TestNoTieWithAClosedAccountComesOfARace(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 12)
		for i := 0; i+2 < len(p); i += 3 {
			gone, asked, asking := p[i], p[i+1], p[i+2]
			_, _, err := w.Request(t.Context(), asked.ID, gone.ID)
			require.NoError(t, err)
			var accepted, requested error
			at(func() { w.closes(t, gone) },
				func() { _, accepted = w.Accept(t.Context(), gone.ID, asked.ID) },
				func() { _, _, requested = w.Request(t.Context(), asking.ID, gone.ID) })
			for _, err := range []error{accepted, requested} {
				if err != nil && !errors.Is(err, account.ErrClosed) {
					require.ErrorIs(t, err, friend.ErrUnknown)
				}
			}
			_, _, err = w.Request(t.Context(), asking.ID, gone.ID)
			require.ErrorIs(t, err, friend.ErrUnknown)
			require.Equal(t, friend.None, w.state(t, asking, gone))
			require.Equal(t, friend.None, w.state(t, asked, gone))
		}
	})
}
