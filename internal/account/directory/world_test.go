package directory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/testkit"
)

var noon = time.Date(2026, 11, 22, 3, 0, 0, 123456000, time.UTC)

// world is a database with accounts in it.
type world struct {
	*directory.Service
	t     testing.TB
	db    *gorm.DB
	admin account.ID
	by    audit.Actor // the admin at work
}

func newWorld(t testing.TB, db *gorm.DB) *world {
	t.Helper()
	w := &world{Service: directory.NewService(db, everyThird{}, func() time.Time { return noon }), t: t, db: db}
	w.admin = w.user("Boss")
	w.role(w.admin, account.RoleAdmin)
	w.by = audit.Actor{User: w.admin, Address: "192.0.2.7"}
	return w
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

// everyThird is a presence of people by their ids.
type everyThird struct{}

func (everyThird) Online(_ context.Context, ids []account.ID) (map[account.ID]bool, error) {
	online := map[account.ID]bool{}
	for _, id := range ids {
		online[id] = id%3 == 0
	}
	return online, nil
}

func (w *world) user(nickname string) account.ID {
	return w.registered(nickname, fmt.Sprintf("%s@example.org", nickname), noon)
}

func (w *world) registered(nickname, email string, at time.Time) account.ID {
	w.t.Helper()
	u, err := account.Create(w.db.WithContext(w.t.Context()), account.New{
		Email: email, Nickname: nickname, PasswordHash: "-", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, at)
	require.NoError(w.t, err)
	return u.ID
}

func (w *world) role(id account.ID, role account.Role) {
	w.t.Helper()
	require.NoError(w.t, account.SetRole(w.db.WithContext(w.t.Context()), id, role, noon))
}

func (w *world) close(id account.ID, by account.ClosedBy, reason string) {
	w.t.Helper()
	require.NoError(w.t, w.db.Transaction(func(tx *gorm.DB) error {
		u, err := account.Hold(tx, id)
		require.NoError(w.t, err)
		return account.Close(tx, u, account.RestorePoint{ClosedAt: noon, ClosedBy: by, Messages: account.DeleteMessages, Reason: &reason}, noon.Add(time.Hour))
	}))
}

func (w *world) restore(id account.ID) {
	w.t.Helper()
	require.NoError(w.t, w.db.Transaction(func(tx *gorm.DB) error {
		u, err := account.Hold(tx, id)
		require.NoError(w.t, err)
		_, err = account.Restore(tx, u, noon)
		return err
	}))
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.WithContext(w.t.Context()).Exec(statement, args...).Error)
}

// entries returns what the audit holds, the latest first.
func (w *world) entries() []audit.Entry {
	w.t.Helper()
	page, err := audit.NewService(w.db).List(w.t.Context(), w.by.User, audit.Filter{Size: 100})
	require.NoError(w.t, err)
	return page.Entries
}
