package lifecycle_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// lives makes somebody leave traces everywhere, in a room of two and in a group.
func (w *world) lives(t testing.TB, gone, other account.User) (direct, group room.ID) {
	t.Helper()
	direct = w.befriend(t, gone, other)
	group = w.group(t, "Choir of "+gone.Email, gone, other)
	for _, id := range []room.ID{direct, group} {
		said := w.says(t, gone, id, "pomegranate")
		theirs := w.says(t, other, id, gone.Nickname+" said pomegranate")
		_, err := w.messages.Correct(t.Context(), gone.ID, id, said, emotion.Correction{Label: emotion.Fear})
		require.NoError(t, err)
		_, err = w.messages.React(t.Context(), gone.ID, id, theirs, "🎉")
		require.NoError(t, err)
		_, err = w.messages.React(t.Context(), other.ID, id, said, "🎉")
		require.NoError(t, err)
	}
	for _, title := range []string{"Before it was of " + gone.Nickname, fmt.Sprint("Room ", gone.ID, " of ", strings.ToUpper(gone.Nickname))} {
		_, err := w.rooms.Update(t.Context(), gone.ID, group, room.Update{Title: &title}, room.Expected{})
		require.NoError(t, err)
	}
	third := w.person(t, "Third")
	require.NoError(t, w.friends.Block(t.Context(), gone.ID, third.ID))
	require.NoError(t, w.friends.Block(t.Context(), third.ID, gone.ID))
	w.login(t, gone)
	now := w.clock.Now()
	for _, insert := range []string{
		"INSERT INTO calibrations (user_id, bias, corrections, updated_at) VALUES (@id, '[1,0,0,0,0,0,0]', 1, @now)",
		"INSERT INTO selections (room_id, user_id, done) VALUES (@room, @id, 1)",
		"INSERT INTO announcements (id, title, body, state, publish_at, created_at, created_by) VALUES (@id, 'T', 'B', 'published', @now, @now, @id)",
		"INSERT INTO announcement_receipts (user_id, announcement_id, delivered_at) VALUES (@id, @id, @now)",
		"INSERT INTO announcement_counts (announcement_id, part, delivered, seen) VALUES (@id, 0, 1, 0)",
	} {
		require.NoError(t, w.db.Exec(insert, map[string]any{"id": gone.ID, "room": group, "now": now}).Error)
	}
	return direct, group
}

// leavesMail is what is asked for or sent after somebody closed their account, as far as it can be.
func (w *world) leavesMail(t testing.TB, gone account.User) {
	t.Helper()
	for _, insert := range []string{
		"INSERT INTO links (token_hash, user_id, purpose, created_at, expires_at) VALUES (@email, @id, 'reset', @now, @now)",
		"INSERT INTO mails (user_id, purpose, created_at, attempts, next_at) VALUES (@id, 'reset', @now, 0, @now)",
		"INSERT INTO mails (email_key, purpose, created_at, attempts, next_at) VALUES (@email, 'reset', @now, 0, @now)",
	} {
		require.NoError(t, w.db.Exec(insert, map[string]any{"id": gone.ID, "email": gone.Email, "now": w.clock.Now()}).Error)
	}
}

// traces looks for a text in every column of every table.
func (w *world) traces(t testing.TB, text string) (found []string) {
	t.Helper()
	tables, err := w.db.Migrator().GetTables()
	require.NoError(t, err)
	for _, table := range tables {
		var rows []map[string]any
		require.NoError(t, w.db.WithContext(t.Context()).Table(table).Find(&rows).Error)
		for _, row := range rows {
			for column, value := range row {
				if b, ok := value.([]byte); ok {
					value = string(b)
				}
				if strings.Contains(strings.ToLower(fmt.Sprint(value)), strings.ToLower(text)) {
					found = append(found, table+"."+column)
				}
			}
		}
	}
	return found
}

// pointsAt lists the columns of rows that still name somebody by their id.
func (w *world) pointsAt(t testing.TB, who account.ID) (found []string) {
	t.Helper()
	tables, err := w.db.Migrator().GetTables()
	require.NoError(t, err)
	for _, table := range tables {
		rows, err := w.db.WithContext(t.Context()).Table(table).Limit(1).Rows()
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, errors.Join(err, rows.Close(), rows.Err()))
		for _, name := range columns {
			names := []string{"user_id", "sender_id", "low_id", "high_id", "requester_id", "blocked_id", "creator_id", "host_id", "created_by", "actor_id"}
			if slices.Contains(names, name) && w.count(t, table, name+" = ?", who) > 0 {
				found = append(found, table+"."+name)
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestAPurgeLeavesNoTrace(t *testing.T) {
	for _, messages := range []account.Messages{account.KeepMessages, account.DeleteMessages} {
		t.Run(string(messages), func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				w.anAdmin(t, "Boss")
				gone, other := w.person(t, "Needlework"), w.person(t, "Haystack")
				direct, group := w.lives(t, gone, other)
				find := search.NewService(w.db, limit.Limiter{}, w.clock.Now, zap.NewNop())
				require.NoError(t, find.Index(t.Context(), 1))
				require.NotEmpty(t, w.traces(t, gone.Email), "or this test looks in the wrong places")

				_, err := w.Leave(t.Context(), gone.ID, messages)
				require.NoError(t, err)
				w.leavesMail(t, gone)
				before := w.history(t, other, group).Room
				w.clock.Advance(purgeAfter - time.Second)
				require.NoError(t, w.Purge(t.Context()))
				require.EqualValues(t, 1, w.count(t, "users", "id = ?", gone.ID), "not yet")
				require.Equal(t, before.LastRev, w.history(t, other, group).Room.LastRev)

				w.clock.Advance(time.Second)
				require.NoError(t, w.Purge(t.Context()))
				require.Empty(t, w.traces(t, gone.Email))
				for _, at := range w.traces(t, gone.Nickname) {
					require.Equal(t, "messages.body", at, "what others wrote is theirs")
				}
				require.Equal(t, []string{"audit.actor_id", "messages.sender_id"}, w.pointsAt(t, gone.ID), "ids that nobody has")
				require.Zero(t, w.count(t, "announcement_counts", "delivered <> 0"), "they count no more among those whom it reached")
				require.Equal(t, []audit.Action{audit.UserLeft, audit.UserPurged}, w.actions(t, gone))
				require.Subset(t, w.forgotten, []room.ID{direct, group})
				w.survives(t, gone, other, messages, direct, group)
				found, err := find.Find(t.Context(), other.ID, search.Query{Text: "pomegranate", Limit: 10})
				require.NoError(t, err)
				require.Len(t, found.Places, map[account.Messages]int{account.KeepMessages: 4, account.DeleteMessages: 2}[messages])
				again := w.person(t, "Needlework")
				require.NotEqual(t, gone.ID, again.ID)
			})
		})
	}
}

// survives checks what others see of somebody who was purged.
func (w *world) survives(t testing.TB, gone, other account.User, messages account.Messages, direct, group room.ID) {
	t.Helper()
	list, err := w.rooms.List(t.Context(), other.ID)
	require.NoError(t, err)
	require.Len(t, list, 2)
	for _, mine := range list {
		if mine.ID == direct {
			require.Equal(t, &account.Person{ID: gone.ID}, mine.Peer, "a room of two stays one")
			require.Equal(t, room.ReadOnly, mine.State)
		}
	}
	for _, id := range []room.ID{direct, group} {
		members, _, err := w.rooms.Members(t.Context(), other.ID, id)
		require.NoError(t, err)
		require.Len(t, members, 1)
		theirs := 0
		for _, m := range w.history(t, other, id).Items {
			if m.Sender != gone.ID || m.Kind != message.Text {
				continue
			}
			theirs++
			require.Nil(t, m.Reading)
			require.Equal(t, messages == account.DeleteMessages, m.Body == "")
			require.Equal(t, messages == account.DeleteMessages, len(m.Reactions) == 0)
		}
		require.Equal(t, 1, theirs)
		require.Zero(t, w.count(t, "reactions", "user_id = ?", gone.ID))
	}
	ties, err := w.friends.List(t.Context(), other.ID)
	require.NoError(t, err)
	require.Empty(t, ties)
	page, err := w.rooms.ListOpen(t.Context(), other.ID, room.Filter{Page: 1, Size: 10})
	require.NoError(t, err)
	require.Equal(t, other.ID, page.Items[0].Host.ID)
	title := fmt.Sprintf("Room %d of …", gone.ID)
	require.Equal(t, title, page.Items[0].Title)
	require.Equal(t, []string{"Before it was of …", title}, w.titles(t, other, group))
}

// titles returns which titles the history of a room tells of.
func (w *world) titles(t testing.TB, who account.User, id room.ID) (titles []string) {
	t.Helper()
	for _, m := range w.history(t, who, id).Items {
		if m.Line != nil && m.Line.Code == room.LineRenamed {
			titles = append(titles, m.Line.Title)
		}
	}
	return titles
}

func TestWhatNobodyWillReadAgainGoesWithTheLastOfThem(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.anAdmin(t, "Boss")
		a, b := w.person(t, "A"), w.person(t, "B")
		w.lives(t, a, b)
		for _, who := range []account.User{a, b} {
			_, err := w.Leave(t.Context(), who.ID, account.KeepMessages)
			require.NoError(t, err)
			w.clock.Advance(purgeAfter)
			require.NoError(t, w.Purge(t.Context()))
		}
		for _, table := range []string{"rooms", "messages", "readings", "room_users", "message_chunks"} {
			require.Zero(t, w.count(t, table, "1 = 1"), table)
		}
	})
}

func TestOnlyWhoIsDueIsPurged(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.anAdmin(t, "Boss")
		back, kept, early, half := w.person(t, "Back"), w.person(t, "Kept"), w.person(t, "Early"), w.person(t, "Half")
		friendly := w.person(t, "Friend")
		w.group(t, "Choir", half, friendly)
		for _, who := range []account.User{back, kept, early} {
			require.NoError(t, w.Deactivate(t.Context(), w.admin, who.ID, ""))
		}
		_, err := w.Restore(t.Context(), w.admin, back.ID, lifecycle.ByLink)
		require.NoError(t, err)
		require.NoError(t, w.SetPurgeDate(t.Context(), w.admin, early.ID, w.clock.Now()))
		deps := w.Deps
		deps.Rooms = deadRooms(w)
		require.NoError(t, lifecycle.NewService(deps).Deactivate(t.Context(), w.admin, half.ID, ""))
		require.NoError(t, w.SetPurgeDate(t.Context(), w.admin, half.ID, w.clock.Now()))

		require.NoError(t, w.Purge(t.Context()))
		require.EqualValues(t, 2, w.count(t, "users", "id IN ?", []account.ID{back.ID, kept.ID}))
		require.Zero(t, w.count(t, "users", "id IN ?", []account.ID{early.ID, half.ID}))
		require.EqualValues(t, 1, w.count(t, "rooms", "host_id = ?", friendly.ID), "who was not wholly out of a room has left it first")
		_, err = w.Restore(t.Context(), w.admin, early.ID, lifecycle.ByLink)
		require.ErrorIs(t, err, account.ErrUnknown)
	})
}

func TestOneNodePurgesAtATime(t *testing.T) {
	url := testkit.MariaDBURL(t)
	w := newWorld(t, testkit.Open(t, url))
	w.anAdmin(t, "Boss")
	gone := w.person(t, "Gone")
	require.NoError(t, w.Deactivate(t.Context(), w.admin, gone.ID, ""))
	w.clock.Advance(purgeAfter)
	unlock, got, err := storage.TryLock(t.Context(), testkit.Open(t, url), "purge")
	require.NoError(t, err)
	require.True(t, got)
	require.NoError(t, w.Purge(t.Context()))
	require.EqualValues(t, 1, w.count(t, "users", "id = ?", gone.ID))
	require.NoError(t, unlock())
	require.NoError(t, w.Purge(t.Context()))
	require.Zero(t, w.count(t, "users", "id = ?", gone.ID))
}

func TestSomebodyWhoCannotBePurgedIsPassedOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.anAdmin(t, "Boss")
		people := []account.User{w.person(t, "A"), w.person(t, "Stuck"), w.person(t, "B")}
		for _, p := range people {
			require.NoError(t, w.Deactivate(t.Context(), w.admin, p.ID, ""))
		}
		w.clock.Advance(purgeAfter)
		require.NoError(t, w.db.Exec("CREATE TABLE stuck (user_id BIGINT REFERENCES users (id))").Error)
		if storage.IsMySQL(w.db) {
			require.NoError(t, w.db.Exec("ALTER TABLE stuck ADD FOREIGN KEY (user_id) REFERENCES users (id)").Error)
		}
		require.NoError(t, w.db.Exec("INSERT INTO stuck VALUES (?)", people[1].ID).Error)
		require.NoError(t, w.Purge(t.Context()))
		require.Zero(t, w.count(t, "users", "id IN ?", []account.ID{people[0].ID, people[2].ID}))
		_, err := w.Restore(t.Context(), w.admin, people[1].ID, lifecycle.ByLink)
		require.ErrorIs(t, err, account.ErrState, "too late")
		require.ErrorIs(t, w.SetPurgeDate(t.Context(), w.admin, people[1].ID, w.clock.Now().Add(time.Hour)), account.ErrState)
		require.NoError(t, w.db.Exec("DELETE FROM stuck").Error)
		require.NoError(t, w.Purge(t.Context()))
		require.Zero(t, w.count(t, "users", "id = ?", people[1].ID))
		_, err = w.auth.Login(t.Context(), auth.Client{}, people[1].Email, password)
		require.ErrorIs(t, err, auth.ErrWrongCredentials)
	})
}
