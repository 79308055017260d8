package announcement_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestReadingLowersWhatIsUnread(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann, ben := w.user("Ann"), w.user("Ben")
		sent, unsent := w.announce("Sent"), w.announce("Not sent yet")
		w.turn()
		hidden := w.announce("For admins", to(account.RoleAdmin, ""))
		waiting := w.announce("Waiting", at(noon.Add(time.Hour)))
		w.come(ann.ID)
		require.Equal(t, 2, w.inbox(ann.ID).Unread)
		w.clock.Advance(time.Minute)
		for _, id := range []announcement.ID{sent.ID, unsent.ID} {
			for _, who := range []account.User{ann, ben} {
				require.NoError(t, w.Read(t.Context(), who, id))
			}
		}
		w.clock.Advance(time.Minute)
		require.NoError(t, w.Read(t.Context(), ann, sent.ID))
		for _, who := range []account.User{ann, ben} {
			inbox := w.inbox(who.ID)
			require.Zero(t, inbox.Unread)
			for _, item := range inbox.Items {
				require.Equal(t, noon.Add(time.Minute), *item.ReadAt, "the first time counts")
			}
			for _, id := range []announcement.ID{hidden.ID, waiting.ID, 999} {
				require.ErrorIs(t, w.Read(t.Context(), who, id), announcement.ErrUnknown)
			}
		}
	})
}

func TestAllPagesTogetherAreTheList(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann := w.user("Ann")
		var want, past []announcement.ID
		for i := range 11 {
			made := w.announce(fmt.Sprint(i), at(noon.Add(time.Duration(i/3)*time.Hour))) // some go out at one moment
			want = append([]announcement.ID{made.ID}, want...)
		}
		w.clock.Advance(time.Hour)
		w.turn()
		past = want[5:]
		var all, mine []announcement.ID
		for cursor := ""; ; {
			page, err := w.All(t.Context(), w.by.User, cursor, 2)
			require.NoError(t, err)
			for _, o := range page.Items {
				all = append(all, o.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		require.Equal(t, want, all)
		for cursor := ""; ; {
			page, err := w.List(t.Context(), ann, cursor, 2)
			require.NoError(t, err)
			require.Equal(t, len(past), page.Unread)
			for _, r := range page.Items {
				mine = append(mine, r.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		require.Equal(t, past, mine)
		for _, cursor := range []string{".", "1", "1.", ".1", "+1.1", "01.1", "zzzzzzzzzzzzzz.1", "1y2p0ij32e8e7.1", "-1.1", "1.1.1"} {
			_, err := w.List(t.Context(), ann, cursor, 2)
			require.Equal(t, []string{"query.cursor"}, fieldsOf(t, err))
			_, err = w.All(t.Context(), w.by.User, cursor, 2)
			require.Equal(t, []string{"query.cursor"}, fieldsOf(t, err))
		}
	})
}

// Receipts are counted along an index that holds all that is counted, and the rows of one person are found by their key.
func TestReceiptsAreCountedAndFoundAlongAnIndex(t *testing.T) {
	db := testkit.MariaDB(t)
	w := newWorld(t, db)
	people := w.users(2)
	for range 3 {
		w.announce("Hello")
	}
	require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO users (email, email_key, nickname, nickname_key, password_hash, role, locale, share_readings, show_readings, created_at, updated_at)
			SELECT seq, seq, seq, seq, '-', 'user', 'ko', 'off', TRUE, ?, ? FROM seq_1_to_3000`, noon, noon).Error
	}))
	require.NoError(t, db.Exec("INSERT INTO announcement_receipts SELECT u.id, a.id, ?, ? FROM users u, announcements a WHERE u.id > ?", noon, noon, people[1]).Error)
	require.NoError(t, db.Exec("ANALYZE TABLE users, announcements, announcement_receipts").Error)
	plan := func(query string) (steps []string) {
		var rows []struct{ Table, Type, Key, Extra string }
		require.NoError(t, db.Raw("EXPLAIN "+query).Scan(&rows).Error)
		for _, r := range rows {
			steps = append(steps, fmt.Sprint(r.Table, " ", r.Key, " ", r.Extra))
		}
		return steps
	}
	counted := plan("SELECT announcement_id, COUNT(*), COUNT(read_at) FROM announcement_receipts WHERE announcement_id IN (2) GROUP BY announcement_id")
	require.Contains(t, counted[0], "announcement_receipts announcement_receipts_announcement")
	require.Contains(t, counted[0], "Using index")
	found := plan(fmt.Sprintf(announcement.Lacking, fmt.Sprint(people[0], ",", people[1]), "'active'", "1,2,3", "'published'", 500))
	require.True(t, slices.ContainsFunc(found, func(step string) bool { return step[:2] == "u " && step[2:9] == "PRIMARY" }), "%v", found)
	require.True(t, slices.ContainsFunc(found, func(step string) bool { return step[:2] == "r " && step[2:9] == "PRIMARY" }), "%v", found)
}
