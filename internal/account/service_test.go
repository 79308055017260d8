package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/testkit"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)

func create(t *testing.T, db *gorm.DB, email, nickname string) account.User {
	t.Helper()
	u, err := account.Create(db.WithContext(t.Context()), account.New{
		Email: email, Nickname: nickname, PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareEveryone,
	}, noon)
	require.NoError(t, err)
	return u
}

func TestAnAccountIsReadAsItWasMade(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		s := account.NewService(db, noRooms, &testkit.Events{}, time.Now)
		made := create(t, db, "MinJi@example.org", "민지")
		require.Equal(t, account.User{
			ID: made.ID, Email: "MinJi@example.org", Nickname: "민지", Role: account.RoleUser, State: account.Active, Locale: account.Korean,
			ShareReadings: account.ShareEveryone, ShowReadings: true, CreatedAt: time.Date(2026, 11, 21, 12, 0, 0, 123456000, time.UTC),
		}, made)
		read, err := s.ByID(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)

		read, hash, err := account.Credentials(db.WithContext(t.Context()), " MINJI@Example.org")
		require.NoError(t, err)
		require.Equal(t, made, read)
		require.Equal(t, "a hash", hash)
	})
}

func TestUnknownPeopleAreUnknownEverywhere(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		s := account.NewService(db, noRooms, &testkit.Events{}, time.Now)
		_, err := s.ByID(t.Context(), 7)
		require.ErrorIs(t, err, account.ErrUnknown)
		_, err = s.Update(t.Context(), 7, account.Change{ShowReadings: new(false)})
		require.ErrorIs(t, err, account.ErrUnknown)
		_, _, err = account.Credentials(db.WithContext(t.Context()), "nobody@example.org")
		require.ErrorIs(t, err, account.ErrUnknown)
		_, err = account.PasswordHash(db.WithContext(t.Context()), 7)
		require.ErrorIs(t, err, account.ErrUnknown)
	})
}

func TestAnEmailHasOneAccountWhateverItsCase(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		create(t, db, "minji@example.org", "민지")
		_, err := account.Create(db.WithContext(t.Context()), account.New{
			Email: "MinJi@EXAMPLE.org", Nickname: "other", Locale: account.English, ShareReadings: account.ShareOff,
		}, noon)
		require.ErrorIs(t, err, account.ErrEmailTaken)
	})
}

func TestUpdateChangesOnlyWhatIsNamed(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		var told testkit.Events
		s := account.NewService(db, noRooms, &told, time.Now)
		want := create(t, db, "minji@example.org", "민지")
		var steps []any
		for _, c := range []struct {
			change account.Change
			apply  func(*account.User)
		}{
			{account.Change{Nickname: new(" Minji ")}, func(u *account.User) { u.Nickname = "Minji" }},
			{account.Change{Locale: new(account.English)}, func(u *account.User) { u.Locale = account.English }},
			{account.Change{ShareReadings: new(account.ShareOff)}, func(u *account.User) { u.ShareReadings = account.ShareOff }},
			{account.Change{ShowReadings: new(false)}, func(u *account.User) { u.ShowReadings = false }},
		} {
			c.apply(&want)
			steps = append(steps, account.SettingsChanged{User: want})
			got, err := s.Update(t.Context(), want.ID, c.change)
			require.NoError(t, err)
			require.Equal(t, want, got)
			read, err := s.ByID(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, read)
		}
		require.Equal(t, steps, told.All(), "each change is told with the user as they are then")

		_, err := s.Update(t.Context(), want.ID, account.Change{ShowReadings: new(false), Nickname: new("Minji")})
		require.NoError(t, err)
		require.Len(t, told.All(), 4, "nothing is different, so nothing is told")
	})
}

func TestAWrongUpdateNamesEveryFieldAndChangesNothing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		var told testkit.Events
		s := account.NewService(db, noRooms, &told, time.Now)
		before := create(t, db, "minji@example.org", "민지")
		_, err := s.Update(t.Context(), before.ID, account.Change{
			Nickname: new("\n"), Locale: new(account.Locale("xx")), ShareReadings: new(account.ShareReadings("all")), ShowReadings: new(false),
		})
		require.ErrorIs(t, err, fault.ErrInvalid)
		var invalid *fault.Error
		require.ErrorAs(t, err, &invalid)
		var fields []string
		for _, f := range invalid.Fields {
			fields = append(fields, f.Name)
		}
		require.Equal(t, []string{"body.nickname", "body.locale", "body.shareReadings"}, fields)
		after, err := s.ByID(t.Context(), before.ID)
		require.NoError(t, err)
		require.Equal(t, before, after)
		require.Empty(t, told.All())
	})
}

func TestTheLongestNamesFitTheirColumns(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		create(t, db, "long@example.org", strings.Repeat("\ufdfa", 30))
		create(t, db, strings.Repeat("a", 64)+"@"+strings.Repeat("b", 63)+"."+strings.Repeat("c", 63)+".org", strings.Repeat("🎉", 30))
	})
}

func TestThePasswordHashIsReplaced(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		u := create(t, db, "minji@example.org", "민지")
		require.NoError(t, account.SetPasswordHash(db.WithContext(t.Context()), u.ID, "new hash", time.Now()))
		hash, err := account.PasswordHash(db.WithContext(t.Context()), u.ID)
		require.NoError(t, err)
		require.Equal(t, "new hash", hash)
	})
}

func TestAnAdminIsWhoWasMadeOne(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		db = db.WithContext(t.Context())
		minji, ben := create(t, db, "minji@example.org", "민지"), create(t, db, "ben@example.org", "Ben")
		require.NoError(t, account.SetRole(db, minji.ID, account.RoleAdmin, time.Now()))
		require.NoError(t, account.RequireAdmin(db, minji.ID))
		for _, id := range []account.ID{0, ben.ID, 999} {
			require.ErrorIs(t, account.RequireAdmin(db, id), account.ErrAdminOnly)
		}
		read, err := account.Load(db, minji.ID)
		require.NoError(t, err)
		require.Equal(t, account.RoleAdmin, read.Role)

		s := account.NewService(db, noRooms, &testkit.Events{}, time.Now)
		after, err := s.Update(t.Context(), minji.ID, account.Change{Nickname: new("Minji")})
		require.NoError(t, err)
		require.Equal(t, account.RoleAdmin, after.Role, "a change of the profile leaves it")

		require.NoError(t, account.SetRole(db, minji.ID, account.RoleUser, time.Now()))
		require.ErrorIs(t, account.RequireAdmin(db, minji.ID), account.ErrAdminOnly)
	})
}

// noRooms is for people who are in none.
func noRooms(*gorm.DB, account.User, account.User) ([]any, error) { return nil, nil }
