package announcement_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
)

func TestOnlyAdminsAnnounce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		made := w.announce("Waiting", at(noon.Add(time.Hour)))
		before := w.all()
		for _, who := range []account.ID{0, 999, w.user("Carl").ID} {
			by, draft := audit.Actor{User: who}, announcement.Draft{Title: "t", Body: "b"}
			_, _, err := w.Create(t.Context(), by, draft, "key")
			require.ErrorIs(t, err, account.ErrAdminOnly)
			_, err = w.Replace(t.Context(), by, made.ID, draft)
			require.ErrorIs(t, err, account.ErrAdminOnly)
			require.ErrorIs(t, w.Withdraw(t.Context(), by, made.ID), account.ErrAdminOnly)
			_, err = w.All(t.Context(), who, "", 1)
			require.ErrorIs(t, err, account.ErrAdminOnly)
		}
		require.Equal(t, before, w.all())
		require.Len(t, w.entries(), 1)
	})
}

func TestADraftIsStoredInItsNormalFormOrRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		made := w.announce("  Cafe\u0301 🎉  ", func(d *announcement.Draft) { d.Body = "\r\nOne\r\n\tTwo\u200d\n" })
		require.Equal(t, "Café 🎉", made.Title)
		require.Equal(t, "One\n\tTwo\u200d", made.Body)
		require.Equal(t, announcement.Published, made.State)
		require.Equal(t, noon, made.PublishAt)
		long := w.announce(strings.Repeat("가", 100), func(d *announcement.Draft) { d.Body = strings.Repeat("🎉", 2000) }, at(noon.Add(365*day)))
		require.Equal(t, announcement.Scheduled, long.State)
		past := w.announce("past", at(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)))
		require.Equal(t, noon, past.PublishAt, "what has passed is now")

		waiting := w.announce("Waiting", at(noon.Add(time.Hour)))
		before := w.all()
		far := noon.Add(367 * day)
		for name, c := range map[string]struct {
			draft  announcement.Draft
			fields []string
		}{
			"nothing":        {announcement.Draft{}, []string{"body.title", "body.body"}},
			"blank":          {announcement.Draft{Title: " \u3164", Body: "\n\u200b\t "}, []string{"body.title", "body.body"}},
			"controls":       {announcement.Draft{Title: "a\nb", Body: "a\x00b"}, []string{"body.title", "body.body"}},
			"no text":        {announcement.Draft{Title: "a\xff", Body: "a\xff"}, []string{"body.title", "body.body"}},
			"too long":       {announcement.Draft{Title: strings.Repeat("가", 101), Body: strings.Repeat("🎉", 2001)}, []string{"body.title", "body.body"}},
			"no audience":    {announcement.Draft{Title: "a", Body: "b", Audience: announcement.Audience{Role: "host", Locale: "fr"}}, []string{"body.audience.role", "body.audience.locale"}},
			"too far ahead":  {announcement.Draft{Title: "a", Body: "b", At: &far}, []string{"body.publishAt"}},
			"the end of all": {announcement.Draft{Title: "a", Body: "b", At: new(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))}, []string{"body.publishAt"}},
		} {
			t.Run(name, func(t *testing.T) {
				_, _, err := w.Create(t.Context(), w.by, c.draft, "")
				require.Equal(t, c.fields, fieldsOf(t, err))
				_, err = w.Replace(t.Context(), w.by, waiting.ID, c.draft)
				require.Equal(t, c.fields, fieldsOf(t, err))
			})
		}
		require.Equal(t, before, w.all())
	})
}

func fieldsOf(t *testing.T, err error) (list []string) {
	t.Helper()
	invalid, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, fault.Invalid, invalid.Kind)
	for _, f := range invalid.Fields {
		list = append(list, f.Name)
	}
	return list
}

func TestARepeatedKeyAnnouncesOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		draft := announcement.Draft{Title: "Once", Body: "!"}
		const tries = 8
		made, created := make([]announcement.Overview, tries), make([]bool, tries)
		failed := make([]error, tries)
		var all sync.WaitGroup
		for i := range tries {
			all.Go(func() { made[i], created[i], failed[i] = w.another().Create(t.Context(), w.by, draft, "key") })
		}
		all.Wait()
		news := 0
		for i := range tries {
			require.NoError(t, failed[i])
			require.Equal(t, made[0].ID, made[i].ID)
			if created[i] {
				news++
			}
		}
		require.Equal(t, 1, news)
		require.Len(t, w.all(), 1)
		require.Len(t, w.entries(), 1)

		boss := w.user("Boss").ID
		w.set(boss, "role", "admin")
		_, fresh, err := w.Create(t.Context(), audit.Actor{User: boss}, draft, "key")
		require.NoError(t, err)
		require.True(t, fresh, "another admin's key is another one")
	})
}

func TestOnlyWhatIsNotOutIsReplaced(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann := w.user("Ann").ID
		waiting := w.announce("Before", at(noon.Add(time.Hour)))
		later := noon.Add(2 * time.Hour)
		changed, err := w.Replace(t.Context(), w.by, waiting.ID, announcement.Draft{
			Title: "After", Body: "Changed", At: &later, Audience: announcement.Audience{Role: account.RoleUser, Locale: account.Korean},
		})
		require.NoError(t, err)
		require.Equal(t, waiting.CreatedAt, changed.CreatedAt)
		require.Equal(t, waiting.CreatedBy, changed.CreatedBy)
		require.Equal(t, announcement.Announcement{
			ID: waiting.ID, Title: "After", Body: "Changed", Audience: announcement.Audience{Role: account.RoleUser, Locale: account.Korean},
			State: announcement.Scheduled, PublishAt: later, CreatedAt: noon,
		}, changed.Announcement)
		w.clock.Advance(time.Hour)
		w.come(ann)
		require.Empty(t, w.got(ann), "its time is another one now")

		now, err := w.Replace(t.Context(), w.by, waiting.ID, announcement.Draft{Title: "Now", Body: "!"})
		require.NoError(t, err)
		require.Equal(t, announcement.Published, now.State)
		require.Equal(t, noon.Add(time.Hour), now.PublishAt)
		require.Empty(t, now.Audience)
		w.turn()
		require.Len(t, w.got(ann), 1)

		draft := announcement.Draft{Title: "Too late", Body: "!"}
		_, err = w.Replace(t.Context(), w.by, waiting.ID, draft)
		require.ErrorIs(t, err, announcement.ErrState)
		gone := w.announce("Gone", at(later))
		require.NoError(t, w.Withdraw(t.Context(), w.by, gone.ID))
		_, err = w.Replace(t.Context(), w.by, gone.ID, draft)
		require.ErrorIs(t, err, announcement.ErrState)
		_, err = w.Replace(t.Context(), w.by, 999, draft)
		require.ErrorIs(t, err, announcement.ErrUnknown)
	})
}

func (w *world) entries() []audit.Entry {
	w.t.Helper()
	page, err := audit.NewService(w.db).List(w.t.Context(), w.by.User, audit.Filter{Size: 100})
	require.NoError(w.t, err)
	return page.Entries
}

func TestTheAuditTellsWhatAdminsAnnounced(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		later := noon.Add(time.Hour)
		made := w.announce("One", at(later))
		_, err := w.Replace(t.Context(), w.by, made.ID, announcement.Draft{Title: "Two", Body: "Everybody should know.", At: &later})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, w.Withdraw(t.Context(), w.by, made.ID))
		}
		var told [][]string
		for _, e := range w.entries() {
			require.Equal(t, audit.Target{Type: audit.Announcement, ID: int64(made.ID)}, e.Target)
			require.Equal(t, w.by.User, e.Actor.ID)
			require.Equal(t, w.by.Address, e.Address)
			entry := []string{string(e.Action)}
			for _, c := range e.Changes {
				before := "-"
				if c.Before != nil {
					before = *c.Before
				}
				entry = append(entry, c.Field+": "+before+" > "+*c.After)
			}
			told = append(told, entry)
		}
		require.Equal(t, [][]string{
			{"announcement.withdrawn"}, // which had no effect
			{"announcement.withdrawn", "state: scheduled > withdrawn"},
			{"announcement.replaced", "title: One > Two"},
			{
				"announcement.created", "title: - > One", "body: - > Everybody should know.", "role: - > ", "locale: - > ",
				"publishAt: - > 2026-11-22T04:00:00.123456Z", "state: - > scheduled",
			},
		}, told)
	})
}

func TestAdminsSeeWhomAnAnnouncementReached(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		people := w.users(3)
		first := w.announce("First")
		w.come(people[:2]...)
		require.NoError(t, w.Read(t.Context(), w.load(people[0]), first.ID))
		require.NoError(t, w.Read(t.Context(), w.load(people[0]), first.ID), "once more changes nothing")
		second := w.announce("Second")
		require.NoError(t, w.Read(t.Context(), w.load(people[2]), second.ID))
		w.come(people[2])
		require.Equal(t, []announcement.ID{first.ID}, w.got(people[2]), "what was read is not sent any more")

		list := w.all()
		require.Equal(t, []announcement.ID{second.ID, first.ID}, []announcement.ID{list[0].ID, list[1].ID})
		require.Equal(t, []int64{3, 1, 3, 1}, []int64{list[0].Delivered, list[0].Read, list[1].Delivered, list[1].Read})
		require.Equal(t, &account.Person{ID: w.by.User, Nickname: "Admin"}, list[0].CreatedBy)

		boss := w.user("Boss").ID
		w.set(boss, "role", "admin")
		require.NoError(t, w.db.Exec("DELETE FROM users WHERE id = ?", w.by.User).Error)
		w.by.User = boss
		require.Nil(t, w.all()[0].CreatedBy, "their account is gone")
		require.EqualValues(t, 3, w.all()[0].Delivered)
	})
}
