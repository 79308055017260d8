package directory_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/audit"
)

func TestAClosedAccountShowsWhatItHadAndHowItWasClosed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.registered("민지", "MinJi@example.org", noon)
		want := directory.Account{
			ID: minji, Email: "MinJi@example.org", Nickname: "민지", Role: account.RoleUser, Locale: account.Korean,
			State: account.Active, CreatedAt: noon, Online: minji%3 == 0,
		}
		got, err := w.Account(t.Context(), minji)
		require.NoError(t, err)
		require.Equal(t, want, got)

		w.exec("UPDATE users SET email_verified_at = ?, last_seen_at = ? WHERE id = ?", noon, noon, minji)
		w.close(minji, account.ByAdmin, "spam")
		want.EmailVerified, want.LastSeenAt, want.State = true, &noon, account.Deactivated
		want.Closing = &directory.Closing{By: account.ByAdmin, At: noon, PurgeAfter: new(noon.Add(time.Hour)), Messages: account.DeleteMessages, Reason: "spam"}
		for _, text := range []string{"민", "minji@", ""} {
			page, err := w.List(t.Context(), w.admin, directory.Query{Text: text, State: account.Deactivated, Size: 5})
			require.NoError(t, err)
			require.Equal(t, []directory.Account{want}, page.Accounts, text)
		}

		w.restore(minji)
		want.State, want.Closing = account.MustReset, nil
		got, err = w.Account(t.Context(), minji)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestLookingAtAnAccountIsInTheAudit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.user("minji")
		_, err := w.View(t.Context(), w.by, minji)
		require.NoError(t, err)
		require.Equal(t, []audit.Entry{{
			ID: 1, At: noon, Actor: &account.Person{ID: w.admin, Nickname: "Boss"}, Action: audit.UserViewed,
			Target: audit.Target{Type: audit.User, ID: int64(minji)}, Changes: []audit.Change{}, Address: "192.0.2.7",
		}}, w.entries())
		_, err = w.View(t.Context(), w.by, 999)
		require.ErrorIs(t, err, account.ErrUnknown)
		_, err = w.View(t.Context(), audit.Actor{User: minji}, minji)
		require.ErrorIs(t, err, account.ErrAdminOnly)
		require.Len(t, w.entries(), 1, "only who saw something is noted")
	})
}

func TestARoleIsGivenAndTaken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, minji := t.Context(), w.user("minji")
		for _, c := range []struct {
			role account.Role
			said int
		}{{account.RoleAdmin, 1}, {account.RoleAdmin, 0}, {account.RoleUser, 1}} {
			got, err := w.SetRole(ctx, w.by, minji, c.role)
			require.NoError(t, err)
			require.Equal(t, c.role, got.Role)
			entry := w.entries()[0]
			require.Equal(t, audit.UserRoleChanged, entry.Action)
			require.Len(t, entry.Changes, c.said)
		}
		before := len(w.entries())
		_, err := w.SetRole(ctx, w.by, 999, account.RoleAdmin)
		require.ErrorIs(t, err, account.ErrUnknown)
		_, err = w.SetRole(ctx, audit.Actor{User: minji}, minji, account.RoleAdmin)
		require.ErrorIs(t, err, account.ErrAdminOnly)
		_, err = w.SetRole(ctx, w.by, minji, "root")
		require.Error(t, err)
		w.close(minji, account.BySelf, "")
		for _, role := range []account.Role{account.RoleUser, account.RoleAdmin} {
			_, err = w.SetRole(ctx, w.by, minji, role)
			require.ErrorIs(t, err, account.ErrState)
		}
		require.Len(t, w.entries(), before, "what is refused is not noted")
	})
}

func TestTheLastAdminKeepsTheRole(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, other := t.Context(), w.user("other")
		_, err := w.SetRole(ctx, w.by, w.admin, account.RoleUser)
		require.ErrorIs(t, err, account.ErrLastAdmin)
		_, err = w.SetRole(ctx, w.by, w.admin, account.RoleAdmin)
		require.NoError(t, err, "keeping it is no matter")
		w.role(other, account.RoleAdmin)
		w.close(other, account.ByAdmin, "")
		_, err = w.SetRole(ctx, w.by, w.admin, account.RoleUser)
		require.ErrorIs(t, err, account.ErrLastAdmin, "who has left is no admin")
		w.restore(other)
		_, err = w.SetRole(ctx, w.by, w.admin, account.RoleUser)
		require.ErrorIs(t, err, account.ErrLastAdmin, "who cannot sign in yet is none either")
		_, err = w.SetRole(ctx, w.by, other, account.RoleUser)
		require.NoError(t, err)
		w.role(other, account.RoleAdmin)
		w.exec("UPDATE users SET state = 'active' WHERE id = ?", other)
		got, err := w.SetRole(ctx, w.by, w.admin, account.RoleUser)
		require.NoError(t, err)
		require.Equal(t, account.RoleUser, got.Role)
	})
}

// Two admins take the role from each other, or each from themselves, at the same moment. One of them is an admin afterwards.
func TestTwoAdminsDoNotTakeTheRoleFromEachOther(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann, bora := w.user("Ann"), w.user("Bora")
		w.exec("UPDATE users SET role = 'user' WHERE id = ?", w.admin)
		for round := range 30 {
			w.role(ann, account.RoleAdmin)
			w.role(bora, account.RoleAdmin)
			pairs := [][2]account.ID{{ann, bora}, {bora, ann}}
			if round%2 == 1 {
				pairs = [][2]account.ID{{ann, ann}, {bora, bora}}
			}
			var errs [2]error
			var both sync.WaitGroup
			for i, p := range pairs {
				both.Go(func() { _, errs[i] = w.SetRole(t.Context(), audit.Actor{User: p[0]}, p[1], account.RoleUser) })
			}
			both.Wait()
			var admins int64
			require.NoError(t, w.db.Table("users").Where("role = 'admin'").Count(&admins).Error)
			require.EqualValues(t, 1, admins, "%v", errs)
			require.NotEqual(t, errs[0] == nil, errs[1] == nil, "%v", errs)
			refused := errors.Join(errs[:]...)
			require.True(t, errors.Is(refused, account.ErrAdminOnly) || errors.Is(refused, account.ErrLastAdmin), "%v", refused)
		}
	})
}

func TestTheOperatorMakesAnAdminWithoutBeingOne(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx, minji, gone := t.Context(), w.user("minji"), w.user("gone")
		require.NoError(t, w.MakeAdmin(ctx, minji))
		require.NoError(t, account.RequireAdmin(w.db, minji))
		entry := w.entries()[0]
		require.Equal(t, audit.AdminCreated, entry.Action)
		require.Equal(t, audit.Target{Type: audit.User, ID: int64(minji)}, entry.Target)
		require.Nil(t, entry.Actor)
		require.Empty(t, entry.Address)
		w.close(gone, account.BySelf, "")
		require.ErrorIs(t, w.MakeAdmin(ctx, gone), account.ErrState)
		require.ErrorIs(t, w.MakeAdmin(ctx, 999), account.ErrUnknown)
		require.Len(t, w.entries(), 1)
	})
}
