package audit_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

var noon = time.Date(2026, 11, 22, 3, 0, 0, 123456000, time.UTC)

// world is a database with two admins who do things.
type world struct {
	*audit.Service
	t         *testing.T
	db        *gorm.DB
	ann, bora account.ID
}

func eachWorld(t *testing.T, test func(t *testing.T, w world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		w := world{Service: audit.NewService(db), t: t, db: db}
		w.ann, w.bora = w.user("Ann", account.RoleAdmin), w.user("Bora", account.RoleAdmin)
		test(t, w)
	})
}

func (w world) user(nickname string, role account.Role) account.ID {
	w.t.Helper()
	u, err := account.Create(w.db.WithContext(w.t.Context()), account.New{
		Email: nickname + "@example.org", Nickname: nickname, PasswordHash: "-", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, noon)
	require.NoError(w.t, err)
	require.NoError(w.t, account.SetRole(w.db.WithContext(w.t.Context()), u.ID, role, noon))
	return u.ID
}

func (w world) write(by audit.Actor, action audit.Action, target audit.Target, at time.Time, changes ...audit.Change) {
	w.t.Helper()
	require.NoError(w.t, audit.Write(w.db.WithContext(w.t.Context()), by, action, target, at, changes...))
}

func (w world) list(f audit.Filter) audit.Page {
	w.t.Helper()
	if f.Size == 0 {
		f.Size = 100
	}
	page, err := w.List(w.t.Context(), w.ann, f)
	require.NoError(w.t, err)
	return page
}

func TestAnEntryTellsWhoDidWhatToWhatWhenAndFromWhere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		role := audit.Became("role", account.RoleUser, account.RoleAdmin)
		w.write(audit.Actor{User: w.ann, Address: "2001:db8::1"}, audit.UserRoleChanged, audit.Target{Type: audit.User, ID: 7}, noon.Add(999), role...)
		w.write(audit.Actor{}, audit.AdminCreated, audit.Target{Type: audit.User, ID: int64(w.ann)}, noon.Add(time.Second))
		page := w.list(audit.Filter{})
		require.Empty(t, page.Next)
		before, after := "user", "admin"
		require.Equal(t, []audit.Entry{
			{ID: 2, At: noon.Add(time.Second), Action: audit.AdminCreated, Target: audit.Target{Type: audit.User, ID: int64(w.ann)}, Changes: []audit.Change{}},
			{
				ID: 1, At: noon, Actor: &account.Person{ID: w.ann, Nickname: "Ann"}, Action: audit.UserRoleChanged,
				Target: audit.Target{Type: audit.User, ID: 7}, Changes: []audit.Change{{Field: "role", Before: &before, After: &after}}, Address: "2001:db8::1",
			},
		}, page.Entries)
	})
}

func TestWhoHasLeftHasNoNameInTheAudit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.write(audit.Actor{User: w.bora}, audit.BoxCreated, audit.Target{Type: audit.Box, ID: 1}, noon)
		w.write(audit.Actor{User: 999}, audit.BoxDeleted, audit.Target{Type: audit.Box, ID: 1}, noon)
		require.NoError(t, w.db.Exec("UPDATE users SET nickname = '' WHERE id = ?", w.bora).Error)
		entries := w.list(audit.Filter{}).Entries
		require.Equal(t, &account.Person{ID: 999}, entries[0].Actor, "their account is gone")
		require.Equal(t, &account.Person{ID: w.bora}, entries[1].Actor, "their account is closed")
	})
}

func TestWhatIsWrittenHappensWithWhatItTellsOfOrNotAtAll(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		failed := errors.New("it failed")
		err := storage.Tx(t.Context(), w.db, func(tx *gorm.DB) error {
			require.NoError(t, audit.Write(tx, audit.Actor{User: w.ann}, audit.UserViewed, audit.Target{Type: audit.User, ID: 1}, noon))
			return failed
		})
		require.ErrorIs(t, err, failed)
		require.Empty(t, w.list(audit.Filter{}).Entries)
	})
}

// A proxy may name any nonsense as the address of a client.
func TestAnyAddressFits(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, address := range []string{strings.Repeat("가", 100), "\xff::1"} {
			w.write(audit.Actor{User: w.ann, Address: address}, audit.UserViewed, audit.Target{Type: audit.User, ID: 1}, noon)
		}
		entries := w.list(audit.Filter{}).Entries
		require.Equal(t, "\ufffd::1", entries[0].Address)
		require.Equal(t, strings.Repeat("가", 64), entries[1].Address)
	})
}

func TestOnlyAdminsReadTheAudit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, who := range []account.ID{0, 999, w.user("Carl", account.RoleUser)} {
			_, err := w.List(t.Context(), who, audit.Filter{Size: 1})
			require.ErrorIs(t, err, account.ErrAdminOnly)
		}
	})
}

// The pages of every filter, one after the other, are what the filter fits, the latest first.
func TestAllPagesTogetherAreWhatTheFilterFits(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		random := rand.New(rand.NewPCG(1, 2))
		actions := []audit.Action{audit.BoxCreated, audit.BoxDeleted, audit.StoreCreated}
		kinds := []audit.TargetType{audit.Box, audit.Store}
		for range 60 {
			w.write(audit.Actor{User: []account.ID{0, w.ann, w.bora}[random.IntN(3)]}, actions[random.IntN(3)],
				audit.Target{Type: kinds[random.IntN(2)], ID: 1 + random.Int64N(2)}, noon.Add(time.Duration(random.IntN(8))*time.Second))
		}
		all := w.list(audit.Filter{}).Entries
		require.Len(t, all, 60)
		require.True(t, slices.IsSortedFunc(all, func(a, b audit.Entry) int {
			if c := b.At.Compare(a.At); c != 0 {
				return c
			}
			return int(b.ID - a.ID)
		}))
		from, to := noon.Add(2*time.Second), noon.Add(5*time.Second)
		justAfter, early, late := from.Add(1), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -10*3600))
		for name, f := range map[string]audit.Filter{
			"everything":        {},
			"actor":             {Actor: w.bora},
			"action":            {Action: audit.BoxDeleted},
			"kind":              {Target: audit.Target{Type: audit.Store}},
			"target":            {Target: audit.Target{Type: audit.Store, ID: 2}},
			"id":                {Target: audit.Target{ID: 2}},
			"span":              {From: &from, To: &to},
			"a bit later":       {From: &justAfter, To: &to},
			"the whole of time": {From: &early, To: &late},
			"before all time":   {To: &early},
			"all of it":         {Actor: w.ann, Action: audit.BoxCreated, Target: audit.Target{Type: audit.Box, ID: 1}, From: &from, To: &to},
			"nothing":           {Actor: 999},
		} {
			t.Run(name, func(t *testing.T) {
				var want, got []int64
				for _, e := range all {
					if fits(f, e) {
						want = append(want, e.ID)
					}
				}
				f.Size = 3
				for {
					page := w.list(f)
					require.LessOrEqual(t, len(page.Entries), 3)
					for _, e := range page.Entries {
						got = append(got, e.ID)
					}
					if f.Cursor = page.Next; f.Cursor == "" {
						break
					}
				}
				require.Equal(t, want, got)
			})
		}
	})
}

// fits is the filter without SQL.
func fits(f audit.Filter, e audit.Entry) bool {
	return (f.Actor == 0 || e.Actor != nil && e.Actor.ID == f.Actor) && (f.Action == "" || e.Action == f.Action) &&
		(f.Target.Type == "" || e.Target.Type == f.Target.Type) && (f.Target.ID == 0 || e.Target.ID == f.Target.ID) &&
		(f.From == nil || !e.At.Before(*f.From)) && (f.To == nil || e.At.Before(*f.To))
}

func TestACursorThatNoPageGaveIsRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, cursor := range []string{".", "1", "1.", ".1", "x y.1", "1.1.1", "+1.1", "01.1", "zzzzzzzzzzzz.1", "1y2p0ij32e8e7.1", fmt.Sprint(1<<62) + ".1"} {
			_, err := w.List(t.Context(), w.ann, audit.Filter{Size: 1, Cursor: cursor})
			invalid, ok := errors.AsType[*fault.Error](err)
			require.True(t, ok, "%q: %v", cursor, err)
			require.Equal(t, "query.cursor", invalid.Fields[0].Name)
		}
	})
}

func TestOnlyWhatIsDifferentIsAChange(t *testing.T) {
	before := []audit.Fact{{Field: "name", Value: "a"}, {Field: "zip", Value: "1"}}
	after := []audit.Fact{{Field: "name", Value: "b"}, {Field: "zip", Value: "1"}}
	a, b, one := "a", "b", "1"
	require.Equal(t, []audit.Change{{Field: "name", Before: &a, After: &b}}, audit.Between(before, after))
	require.Equal(t, []audit.Change{{Field: "name", After: &b}, {Field: "zip", After: &one}}, audit.Between(nil, after))
	require.Empty(t, audit.Between(after, after))
	require.Empty(t, audit.Became("role", account.RoleUser, account.RoleUser))
}
