package message_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// kept is everything that is kept of the readings of what somebody wrote.
func (w *world) kept(t *testing.T, who account.ID) (list []message.Kept) {
	t.Helper()
	for k, err := range w.messages.Kept(t.Context(), who) {
		require.NoError(t, err)
		list = append(list, k)
	}
	return list
}

// rows counts what a table holds.
func (w *world) rows(t *testing.T, table string) (n int64) {
	t.Helper()
	require.NoError(t, w.db.WithContext(t.Context()).Table(table).Count(&n).Error)
	return n
}

func TestForgettingErasesEveryReadingOfOnesOwnAndOfNobodyElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, guest, group := w.group(t)
		friend := w.person(t, account.ShareEveryone)
		pair, _, err := w.rooms.OpenDirect(t.Context(), guest, friend)
		require.NoError(t, err)
		_, _, left := w.group(t)
		_, _, err = w.rooms.Join(t.Context(), guest, left, room.Entry{})
		require.NoError(t, err)
		_, _, silent := w.group(t)
		_, _, err = w.rooms.Join(t.Context(), guest, silent, room.Entry{})
		require.NoError(t, err)

		w.send(t, host, group, "somebody else's")
		for i := range 3 {
			w.send(t, guest, group, "mine")
			w.send(t, friend, pair.ID, "not mine")
			said := w.send(t, guest, pair.ID, "mine too")
			w.send(t, guest, left, "and mine in a room that I leave")
			if i == 1 {
				_, err := w.messages.Correct(t.Context(), guest, pair.ID, said.Seq, emotion.Correction{Label: emotion.Fear})
				require.NoError(t, err)
			}
		}
		require.NoError(t, w.messages.Delete(t.Context(), guest, group, w.history(t, guest, group, message.Cursor{}).Room.LastSeq))
		require.NoError(t, w.rooms.Leave(t.Context(), guest, left))
		require.NoError(t, w.db.Exec("INSERT INTO calibrations (user_id, bias, corrections, updated_at) VALUES (?, '[1,0,0,0,0,0,0]', 1, ?)", guest, time.Now().UTC()).Error)

		before := map[room.ID]room.Room{}
		for _, id := range []room.ID{group, pair.ID, left, silent} {
			rooms, err := room.Lock(w.db, []room.ID{id})
			require.NoError(t, err)
			before[id] = *rooms[id]
		}
		kept := w.kept(t, guest)
		require.Len(t, kept, 2+3+1+3, "the one taken back has none, the corrected one has two")
		others := w.rows(t, "readings") - 8
		w.events.Take()

		changed, err := w.messages.ForgetReadings(t.Context(), guest)
		require.NoError(t, err)
		require.ElementsMatch(t, []room.ID{group, pair.ID, left}, changed)
		require.Empty(t, w.kept(t, guest))
		require.Equal(t, others, w.rows(t, "readings"), "nobody else's")
		require.Zero(t, w.rows(t, "corrections"))
		require.Zero(t, w.rows(t, "calibrations"))

		for id, mine := range map[room.ID]int64{group: 2, pair.ID: 3, left: 3, silent: 0} {
			rooms, err := room.Lock(w.db, []room.ID{id})
			require.NoError(t, err)
			now, was := *rooms[id], before[id]
			require.Equal(t, was.LastRev+mine, now.LastRev)
			require.Equal(t, was.LastSeq, now.LastSeq)
			require.Equal(t, mine > 0, now.ReadingsRev > was.ReadingsRev)
			require.Greater(t, now.MembersRev, was.MembersRev, "whoever remembers how they are read is wrong")
			list, more, err := w.messages.Since(t.Context(), id, was.LastRev)
			require.NoError(t, err)
			require.False(t, more)
			require.Len(t, list, int(mine), "all that had a reading, and nothing else, has changed")
			for i, m := range list {
				require.Equal(t, guest, m.Sender)
				require.Equal(t, was.LastRev+int64(i)+1, m.Rev)
				require.Nil(t, m.Reading)
				require.NotEmpty(t, m.Body, "the message itself stays")
				require.True(t, i == 0 || list[i-1].Seq < m.Seq)
			}
			event := room.ReadingsChanged{Room: id, State: room.Open, Since: was.LastRev, Rev: now.LastRev}
			if mine > 0 {
				require.Contains(t, w.events.All(), event)
			} else {
				require.NotContains(t, w.events.All(), event)
			}
		}

		again, err := w.messages.ForgetReadings(t.Context(), guest)
		require.NoError(t, err)
		require.Empty(t, again, "nothing is left to forget")
		next := w.send(t, guest, group, "what comes after is as I share it")
		require.NotNil(t, next.Reading)
		require.Equal(t, before[group].LastRev+3, next.Rev)
		require.Len(t, w.kept(t, guest), 1)
	})
}

// A thousand messages more are a statement no more.
func TestForgettingTakesASmallNumberOfStatements(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, guest, id := w.group(t)
		var statements atomic.Int64
		counting := &world{db: w.db.Session(&gorm.Session{Logger: counter{logger.Discard, &statements}})}
		counting.messages = message.NewService(counting.db, emotion.ModeEmbedded, w.engine, w.events, time.Now, zap.NewNop())
		counting.start(t)
		count := func(messages int) int64 {
			for range messages {
				w.send(t, guest, id, "hello")
			}
			before := statements.Load()
			_, err := counting.messages.ForgetReadings(t.Context(), guest)
			require.NoError(t, err)
			require.Empty(t, w.kept(t, guest))
			return statements.Load() - before
		}
		few := count(1)
		require.Positive(t, few)
		require.Equal(t, few, count(40))
	})
}

func TestKeptReadingsAreTheLedgerInTheOrderOfTheirMessages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, guest, one := w.group(t)
		_, _, two := w.group(t)
		_, _, err := w.rooms.Join(t.Context(), guest, two, room.Entry{})
		require.NoError(t, err)
		var want []message.Message
		for _, id := range []room.ID{one, two} {
			for range 3 {
				want = append(want, w.send(t, guest, id, "hello"))
			}
		}
		meant, err := w.messages.Correct(t.Context(), guest, one, want[1].Seq, emotion.Correction{Label: emotion.Sadness, Fine: "grief"})
		require.NoError(t, err)
		kept := w.kept(t, guest)
		require.Len(t, kept, 7)
		require.Equal(t, *meant.Reading, kept[2].Reading, "the author's own word comes after the guess")
		require.Equal(t, want[1].Seq, kept[2].Seq)
		for i, k := range append(kept[:2:2], kept[3:]...) {
			require.Equal(t, []int64{int64(want[i].Room), want[i].Seq}, []int64{int64(k.Room), k.Seq})
			require.Equal(t, *want[i].Reading, k.Reading)
			require.Equal(t, emotion.Display, k.Purpose)
			require.WithinDuration(t, want[i].SentAt, k.SentAt, 0)
			require.WithinDuration(t, want[i].SentAt, k.MadeAt, 0)
		}
		off := room.ReadingsOff
		host := w.history(t, guest, one, message.Cursor{}).Room.Host
		_, err = w.rooms.Update(t.Context(), host, one, room.Update{Readings: &off}, room.Expected{})
		require.NoError(t, err)
		require.Len(t, w.kept(t, guest), 7, "what is kept is told, shown or not")
		for k, err := range w.messages.Kept(t.Context(), guest) { // who has seen enough may stop
			require.NoError(t, err)
			require.Equal(t, want[0].Seq, k.Seq)
			break
		}
	})
}

func TestNobodyIsCalibratedByWhatWasForgotten(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, guest, id := w.group(t)
		yes := true
		_, err := account.NewService(w.db, room.UserChanged, w.events, time.Now).Update(t.Context(), guest, account.Change{CalibrateReadings: &yes})
		require.NoError(t, err)
		said := w.send(t, guest, id, "hello")
		_, err = w.messages.Correct(t.Context(), guest, id, said.Seq, emotion.Correction{Label: emotion.Sadness})
		require.NoError(t, err)
		learnt, err := calibration.Of(w.db, guest)
		require.NoError(t, err)
		require.NotNil(t, learnt)
		_, err = w.messages.ForgetReadings(t.Context(), guest)
		require.NoError(t, err)
		learnt, err = calibration.Of(w.db, guest)
		require.NoError(t, err)
		require.Nil(t, learnt)
	})
}

// counter counts statements: gorm tells its logger about each.
type counter struct {
	logger.Interface
	statements *atomic.Int64
}

func (c counter) Trace(context.Context, time.Time, func() (string, int64), error) {
	c.statements.Add(1)
}
