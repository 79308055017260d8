package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// hall is some rooms with the same messages, of one person.
type hall struct {
	db  *gorm.DB
	who account.ID
	*Service
}

func newHall(t *testing.T, db *gorm.DB, rooms, messages int) *hall {
	t.Helper()
	who, err := account.Create(db, account.New{
		Email: "a@example.org", Nickname: "A", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, time.Now())
	require.NoError(t, err)
	now := time.Now().UTC().Truncate(time.Microsecond)
	for id := 1; id <= rooms; id++ {
		require.NoError(t, db.Exec("INSERT INTO rooms (id, kind, state, last_seq, last_rev, created_at) VALUES (?, 'group', 'open', ?, ?, ?)",
			id, messages, messages, now).Error)
		require.NoError(t, db.Exec("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES (?, ?, 'joined', 0, 0, ?)",
			id, who.ID, now).Error)
		var values []string
		for seq := 1; seq <= messages; seq++ {
			at := now.Add(time.Duration(seq) * time.Millisecond).Format("2006-01-02 15:04:05.000000")
			values = append(values, fmt.Sprintf("(%d, %d, %d, 'text', %d, 'c%d', 'word%d', '%s')", id, seq, seq, who.ID, seq, seq, at))
		}
		require.NoError(t, db.Exec("INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) VALUES "+strings.Join(values, ",")).Error)
	}
	return &hall{db: db, who: who.ID, Service: NewService(db, limit.New(nil, false), time.Now, zap.NewNop())}
}

// say changes what a message says, as the writer of messages does, or adds one.
func (h *hall) say(t *testing.T, id room.ID, seq int64, body string) {
	t.Helper()
	require.NoError(t, h.db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("UPDATE rooms SET last_rev = last_rev + 1, last_seq = CASE WHEN last_seq < ? THEN ? ELSE last_seq END WHERE id = ?", seq, seq, id).Error; err != nil {
			return err
		}
		changed := tx.Exec("UPDATE messages SET body = ?, rev = (SELECT last_rev FROM rooms WHERE id = ?) WHERE room_id = ? AND seq = ?", body, id, id, seq)
		if changed.Error != nil || changed.RowsAffected > 0 {
			return changed.Error
		}
		return tx.Exec(`INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at)
			SELECT id, ?, last_rev, 'text', ?, ?, ?, ? FROM rooms WHERE id = ?`, seq, h.who, fmt.Sprint("c", seq), body, time.Now().UTC(), id).Error
	}))
}

func (h *hall) find(t *testing.T, text string) []Place {
	t.Helper()
	page, err := h.Find(t.Context(), h.who, Query{Text: text, Limit: MaxPage})
	require.NoError(t, err)
	return page.Places
}

func TestWhatIsRememberedFollowsEveryChange(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		h := newHall(t, db, 2, chunkSize+40)
		require.NoError(t, h.Index(t.Context(), 30))
		require.Len(t, h.find(t, "word77"), 2, "in a chunk")
		require.Len(t, h.find(t, fmt.Sprint("word", chunkSize+30)), 2, "after the chunks")

		h.say(t, 1, 77, "otherwise")
		h.say(t, 2, chunkSize+30, "otherwise")
		h.say(t, 2, chunkSize+41, "otherwise")
		require.Equal(t, []Place{{2, 77}}, h.find(t, "word77"))
		require.ElementsMatch(t, []Place{{1, 77}, {2, chunkSize + 30}, {2, chunkSize + 41}}, h.find(t, "otherwise"))

		page, read, err := h.memory.refresh(db, []roomState{{id: 1, lastSeq: chunkSize + 40, lastRev: chunkSize + 41}})
		require.NoError(t, err)
		require.Len(t, page, 1)
		require.Zero(t, read, "nothing is read again")
	})
}

// A message keeps what it says while it gets another rev by a reading or a reaction.
func TestWhatChangesWhileItIsLookedUpIsFound(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		h := newHall(t, db, 1, 20)
		require.Empty(t, h.find(t, "otherwise"))
		h.say(t, 1, 21, "otherwise")
		rooms, err := loadRooms(db, h.who, 0)
		require.NoError(t, err)
		h.say(t, 1, 21, "otherwise still")
		v, _, err := h.memory.refresh(db, rooms)
		require.NoError(t, err)
		q, err := parse("otherwise")
		require.NoError(t, err)
		_, places := h.memory.list(v, q.bits)
		require.Equal(t, []Place{{1, 21}}, places)
	})
}

func TestImprintsThatWereOvertakenAreNotKept(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		h := newHall(t, db, 1, chunkSize)
		require.NoError(t, h.Index(t.Context(), 1))
		rooms, err := loadRooms(db, h.who, 0)
		require.NoError(t, err)
		v, _, err := h.memory.refresh(db, rooms)
		require.NoError(t, err)
		stale, err := loadImprints(db, v[1].chunks) // one search has read this
		require.NoError(t, err)
		h.say(t, 1, 5, "otherwise")
		rooms, err = loadRooms(db, h.who, 0)
		require.NoError(t, err)
		_, _, err = h.memory.refresh(db, rooms) // and another one has gone on
		require.NoError(t, err)
		h.memory.keep(v, stale, map[room.ID]int64{1: chunkSize})
		require.Nil(t, h.memory.rooms[1].chunks[0].imprints)
		require.NoError(t, db.Transaction(func(tx *gorm.DB) error { return Changed(tx, 1, 5) }))
		require.Equal(t, []Place{{1, 5}}, h.find(t, "otherwise"))
	})
}

func TestMemoryIsBounded(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		h := newHall(t, db, 12, chunkSize)
		require.NoError(t, h.Index(t.Context(), 1))
		h.memory = newMemory(3 * chunkSize * imprintSize)
		var searches errgroup.Group
		for range 4 {
			searches.Go(func() error {
				for id := range room.ID(12) {
					page, err := h.Find(t.Context(), h.who, Query{Text: "word200", Room: id + 1, Limit: 10})
					if err != nil || len(page.Places) != 1 {
						return fmt.Errorf("found %v in room %d: %w", page.Places, id+1, err)
					}
				}
				return nil
			})
		}
		require.NoError(t, searches.Wait())
		require.LessOrEqual(t, h.memory.bytes, 7*chunkSize*imprintSize, "what it may hold, and what four searches added")
		held := 0
		for _, r := range h.memory.rooms {
			held += len(r.tail)
			for _, c := range r.chunks {
				held += len(c.imprints)
			}
		}
		require.Equal(t, held, h.memory.bytes)
	})
}
