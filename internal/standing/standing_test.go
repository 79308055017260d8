package standing_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/testkit"
)

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world has people with one session each, and rooms, as rows.
type world struct {
	db *gorm.DB
	*standing.Service
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(db)) })
}

func newWorld(db *gorm.DB) *world {
	return &world{db: db, Service: standing.NewService(db, func() time.Time { return morning })}
}

func (w *world) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	require.NoError(t, w.db.Exec(statement, args...).Error)
}

func (w *world) person(t *testing.T, name string) (account.User, auth.Principal) {
	t.Helper()
	u, err := account.Create(w.db, account.New{
		Email: name + "@example.org", Nickname: name, PasswordHash: "x", Locale: account.English, ShareReadings: account.ShareSelf,
	}, morning)
	require.NoError(t, err)
	w.exec(t, "INSERT INTO sessions (user_id, user_agent, address, created_at, last_seen_at, expires_at) VALUES (?, '', '', ?, ?, ?)",
		u.ID, morning, morning, morning.Add(time.Hour))
	p := auth.Principal{User: u.ID}
	require.NoError(t, w.db.Raw("SELECT MAX(id) FROM sessions").Scan(&p.Session).Error)
	return u, p
}

func (w *world) room(t *testing.T, joined ...account.ID) (id room.ID) {
	t.Helper()
	w.exec(t, "INSERT INTO rooms (kind, state, last_seq, last_rev, members_rev, created_at) VALUES ('group', 'open', 7, 9, 3, ?)", morning)
	require.NoError(t, w.db.Raw("SELECT MAX(id) FROM rooms").Scan(&id).Error)
	for _, who := range joined {
		w.exec(t, "INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES (?, ?, 'joined', 0, 0, ?)",
			id, who, morning)
	}
	return id
}

func TestAStandingIsThePersonAndTheirSeat(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, p := w.person(t, "minji")
		_, juno := w.person(t, "juno")
		id := w.room(t, minji.ID)

		got, err := w.Of(t.Context(), p, id)
		require.NoError(t, err)
		require.Equal(t, standing.Standing{User: minji, Room: &room.Sight{
			ID: id, State: room.Open, LastSeq: 7, LastRev: 9, MembersRev: 3, CreatedAt: morning,
		}}, got)
		got, err = w.Of(t.Context(), p, 0)
		require.NoError(t, err)
		require.Equal(t, standing.Standing{User: minji}, got)
		for name, id := range map[string]room.ID{"not joined": id, "no such room": id + 1} {
			got, err = w.Of(t.Context(), juno, id)
			require.NoError(t, err, name)
			require.Equal(t, juno.User, got.User.ID)
			require.Nil(t, got.Room, name)
		}
		w.exec(t, "UPDATE sessions SET proven_at = ? WHERE id = ?", morning.Add(time.Second), p.Session)
		got, err = w.Of(t.Context(), p, 0)
		require.NoError(t, err)
		require.Equal(t, standing.Standing{User: minji, ProvenAt: morning.Add(time.Second)}, got)
		got, err = w.Of(t.Context(), juno, 0)
		require.NoError(t, err)
		require.Zero(t, got.ProvenAt)
		w.exec(t, "UPDATE room_users SET state = 'kicked' WHERE user_id = ?", minji.ID)
		got, err = w.Of(t.Context(), p, id)
		require.NoError(t, err)
		require.Nil(t, got.Room)
	})
}

func TestASessionThatDoesNotGoOnHasNoStanding(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, revoked := w.person(t, "minji")
		_, expired := w.person(t, "juno")
		_, mine := w.person(t, "sora")
		id := w.room(t, minji.ID)
		_, closed := w.person(t, "hana")
		_, restored := w.person(t, "yuri")
		w.exec(t, "UPDATE users SET state = 'deactivated' WHERE id = ?", closed.User)
		w.exec(t, "UPDATE users SET state = 'must_reset' WHERE id = ?", restored.User)
		w.exec(t, "UPDATE sessions SET revoked_at = ? WHERE id = ?", morning, revoked.Session)
		w.exec(t, "UPDATE sessions SET expires_at = ? WHERE id = ?", morning, expired.Session)
		for name, p := range map[string]auth.Principal{
			"revoked": revoked, "expired": expired, "of another": {User: minji.ID, Session: mine.Session}, "unknown": {User: minji.ID, Session: 999},
			"of a closed account": closed, "of a restored account": restored,
		} {
			for _, id := range []room.ID{0, id} {
				_, err := w.Of(t.Context(), p, id)
				require.ErrorIs(t, err, auth.ErrSessionEnded, name)
			}
		}
	})
}

// Many people ask at once about their own rooms and those of others: each gets their own answer, few statements are run.
func TestEverybodyGetsTheirOwnAnswer(t *testing.T) {
	w := newWorld(testkit.MariaDB(t))
	const people, rooms = 40, 5
	var users [people]account.User
	var principals [people]auth.Principal
	for i := range people {
		users[i], principals[i] = w.person(t, fmt.Sprint("p", i))
	}
	var ids [rooms]room.ID
	for r := range rooms {
		var joined []account.ID
		for i := r; i < people; i += rooms {
			joined = append(joined, users[i].ID)
		}
		ids[r] = w.room(t, joined...)
	}
	executed := func() (n int) {
		var name string
		require.NoError(t, w.db.Raw("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").Row().Scan(&name, &n))
		return n
	}
	before := executed()
	var asking sync.WaitGroup
	const times = 25
	for i := range people {
		asking.Go(func() {
			for n := range times {
				r := (i + n) % (rooms + 1)
				id := room.ID(0)
				if r < rooms {
					id = ids[r]
				}
				got, err := w.Of(t.Context(), principals[i], id)
				require.NoError(t, err)
				require.Equal(t, users[i], got.User)
				require.Equal(t, id != 0 && i%rooms == r, got.Room != nil)
				if got.Room != nil {
					require.Equal(t, id, got.Room.ID)
				}
			}
		})
	}
	asking.Wait()
	statements := executed() - before
	require.Positive(t, statements)
	require.Less(t, statements, people*times/4, "%d questions", people*times)
}

func TestNothingIsAnsweredFromBeforeAChange(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, p := w.person(t, "minji")
		id := w.room(t, minji.ID)
		var rev, gone atomic.Int64
		var asking sync.WaitGroup
		for range 6 {
			asking.Go(func() {
				for gone.Load() < 2 {
					known, out := rev.Load(), gone.Load() > 0
					got, err := w.Of(t.Context(), p, id)
					require.NoError(t, err)
					require.True(t, got.Room == nil || !out, "after they were removed")
					require.True(t, got.Room == nil || got.Room.LastRev >= known)
				}
			})
		}
		for n := range int64(50) {
			w.exec(t, "UPDATE rooms SET last_rev = ? WHERE id = ?", 10+n, id)
			rev.Store(10 + n)
		}
		w.exec(t, "UPDATE room_users SET state = 'kicked' WHERE room_id = ?", id)
		gone.Store(1)
		for range 20 {
			_, err := w.Of(t.Context(), p, id)
			require.NoError(t, err)
		}
		gone.Store(2)
		asking.Wait()
	})
}

func TestAStandingIsUnknownWithoutTheDatabase(t *testing.T) {
	w := newWorld(testkit.SQLite(t))
	_, p := w.person(t, "minji")
	w.exec(t, "ALTER TABLE sessions RENAME TO elsewhere")
	_, err := w.Of(t.Context(), p, 0)
	require.Error(t, err)
	require.NotErrorIs(t, err, auth.ErrSessionEnded)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.Of(ended, p, 0)
	require.ErrorIs(t, err, context.Canceled)
}
