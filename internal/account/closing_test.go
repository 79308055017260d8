package account_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func inTx(t *testing.T, db *gorm.DB, fn func(tx *gorm.DB) error) {
	t.Helper()
	require.NoError(t, storage.Tx(t.Context(), db, fn))
}

func TestAClosedAccountKeepsItsNameAsideUntilItIsRestored(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		u, other := create(t, db, "minji@example.org", "민지"), create(t, db, "ben@example.org", "Ben")
		purge := noon.Add(30 * 24 * time.Hour)
		inTx(t, db, func(tx *gorm.DB) error {
			held, err := account.Hold(tx, u.ID)
			require.NoError(t, err)
			require.Equal(t, u, held)
			_, err = account.Restore(tx, held, noon)
			require.ErrorIs(t, err, account.ErrState)
			_, err = account.SetPurgeAfter(tx, held, purge)
			require.ErrorIs(t, err, account.ErrState)
			point := account.RestorePoint{ClosedAt: noon, ClosedBy: account.BySelf, Messages: account.KeepMessages}
			return account.Close(tx, held, point, purge)
		})
		closed, err := account.Load(db.WithContext(t.Context()), u.ID)
		require.NoError(t, err)
		require.Empty(t, closed.Nickname)
		require.Equal(t, account.Deactivated, closed.State)
		inTx(t, db, func(tx *gorm.DB) error {
			gone, err := account.AreClosed(tx, u.ID, other.ID, 99)
			require.NoError(t, err)
			require.Equal(t, []account.ID{u.ID, 99}, gone)
			require.NoError(t, account.RequireOpen(tx, other.ID))
			require.ErrorIs(t, account.RequireOpen(tx, other.ID, u.ID), account.ErrClosed)
			before, err := account.SetPurgeAfter(tx, closed, purge.Add(time.Hour))
			require.Equal(t, purge.Truncate(time.Microsecond), before)
			return err
		})
		s := account.NewService(db, noRooms, &testkit.Events{}, time.Now)
		_, err = s.Update(t.Context(), u.ID, account.Change{Nickname: new("Back again")})
		require.ErrorIs(t, err, account.ErrClosed, "a change that was on its way")

		inTx(t, db, func(tx *gorm.DB) error {
			back, err := account.Restore(tx, closed, noon)
			require.Equal(t, "민지", back.Nickname)
			return err
		})
		back, err := account.Load(db.WithContext(t.Context()), u.ID)
		require.NoError(t, err)
		require.Equal(t, account.MustReset, back.State)
		require.Equal(t, "민지", back.Nickname)
	})
}

func TestWhatIsPurgedIsNotRestored(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		u := create(t, db, "minji@example.org", "민지")
		inTx(t, db, func(tx *gorm.DB) error {
			point := account.RestorePoint{ClosedAt: noon, ClosedBy: account.BySelf, Messages: account.KeepMessages}
			require.NoError(t, account.Close(tx, u, point, noon))
			return account.SetStep(tx, account.Purging, u.ID)
		})
		inTx(t, db, func(tx *gorm.DB) error {
			closed, err := account.Hold(tx, u.ID)
			require.NoError(t, err)
			_, err = account.Restore(tx, closed, noon)
			require.ErrorIs(t, err, account.ErrState)
			_, err = account.SetPurgeAfter(tx, closed, noon)
			require.ErrorIs(t, err, account.ErrState)
			return nil
		})
	})
}

func TestThereIsAlwaysAnotherAdmin(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		first, second := create(t, db, "first@example.org", "First"), create(t, db, "second@example.org", "Second")
		inTx(t, db, func(tx *gorm.DB) error {
			require.ErrorIs(t, account.RequireAnotherAdmin(tx, first.ID), account.ErrLastAdmin, "there is none at all")
			require.NoError(t, account.SetRole(tx, first.ID, account.RoleAdmin, noon))
			require.ErrorIs(t, account.RequireAnotherAdmin(tx, first.ID), account.ErrLastAdmin)
			require.NoError(t, account.SetRole(tx, second.ID, account.RoleAdmin, noon))
			require.NoError(t, account.RequireAnotherAdmin(tx, first.ID))
			point := account.RestorePoint{ClosedAt: noon, ClosedBy: account.BySelf, Messages: account.KeepMessages}
			require.NoError(t, account.Close(tx, second, point, noon))
			require.ErrorIs(t, account.RequireAnotherAdmin(tx, first.ID), account.ErrLastAdmin, "a closed account is no admin")
			return nil
		})
	})
}
