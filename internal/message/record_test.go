package message_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// group returns a host, a member and their room, in which two lines have been written: created and joined.
func (w *world) group(t testing.TB) (host, member account.ID, id room.ID) {
	t.Helper()
	host, member = w.person(t, account.ShareEveryone), w.person(t, account.ShareEveryone)
	mine, _, err := w.rooms.Create(t.Context(), host, room.NewRoom{Title: fmt.Sprint("Room of ", host), Capacity: 12})
	require.NoError(t, err)
	_, _, err = w.rooms.Join(t.Context(), member, mine.ID, room.Entry{})
	require.NoError(t, err)
	return host, member, mine.ID
}

// say is a step that writes lines into a room as they are.
func say(id room.ID, actor account.ID, lines ...room.Line) room.Step {
	return func(tx *gorm.DB, _ time.Time) (room.Record, error) {
		rooms, err := room.Lock(tx, []room.ID{id})
		change := room.Changed{Room: id, Change: room.ChangeSettings, State: room.Open}
		return room.Record{Room: rooms[id], Actor: actor, Lines: lines, Events: []any{change}}, err
	}
}

func TestLinesHaveTheirPlaceAmongTheMessages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, member, id := w.group(t)
		w.events.Take()
		w.send(t, member, id, "before")
		until := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
		lines := []room.Line{
			{Code: room.LineRenamed, Title: "야식 <b>"},
			{Code: room.LineExtended, Number: 2, Time: &until},
			{Code: room.LineDrawn, Users: []account.ID{host, member}},
			{Code: room.LinePhase, Phase: room.OrderStarted},
		}
		require.NoError(t, w.messages.Record(t.Context(), say(id, host, lines...)))
		w.send(t, member, id, "after")

		page := w.history(t, member, id, message.Cursor{})
		require.Len(t, page.Items, 8)
		for i, m := range page.Items {
			require.EqualValues(t, i+1, m.Seq)
			require.EqualValues(t, i+1, m.Rev)
		}
		for i, m := range page.Items[3:7] {
			require.Equal(t, message.System, m.Kind)
			require.Equal(t, &lines[i], m.Line)
			require.Equal(t, host, m.Sender)
			require.Empty(t, m.Body)
			require.Nil(t, m.Reading)
			require.Len(t, m.ClientID, 36)
		}
		require.Nil(t, page.Items[2].Line)

		nothing := func(*gorm.DB, time.Time) (room.Record, error) { return room.Record{}, nil }
		require.NoError(t, w.messages.Record(t.Context(), nothing)) // by then everything before is published
		told := w.events.All()
		require.Len(t, told, 7)
		change := room.Changed{Room: id, Change: room.ChangeSettings, State: room.Open}
		require.Equal(t, change, told[1], "the change comes before its lines")
		for i, event := range slices.Delete(told, 1, 2) {
			m := event.(message.Posted).Message
			require.Equal(t, page.Items[2+i], m)
		}
	})
}

func TestALineCanBeTheLastMessage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, member, id := w.group(t)
		list, err := w.rooms.List(t.Context(), member)
		require.NoError(t, err)
		latest, err := w.messages.Latest(t.Context(), list)
		require.NoError(t, err)
		require.Equal(t, &room.Line{Code: room.LineJoined, User: member}, latest[id].Line)
	})
}

func TestWithoutAnActorALineStandsInTheNameOfTheHost(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, member, id := w.group(t)
		_, err := w.rooms.TransferHost(t.Context(), host, id, member)
		require.NoError(t, err)
		require.NoError(t, w.messages.Record(t.Context(), say(id, 0, room.Line{Code: room.LineArrived})))
		items := w.history(t, host, id, message.Cursor{}).Items
		require.Equal(t, member, items[len(items)-1].Sender)
		noHost := func(tx *gorm.DB, now time.Time) (room.Record, error) {
			rec, err := say(id, 0, room.Line{Code: room.LineArrived})(tx, now)
			rec.Room.Host = 0
			return rec, err
		}
		require.NoError(t, w.messages.Record(t.Context(), noHost))
		items = w.history(t, host, id, message.Cursor{}).Items
		require.Equal(t, host, items[len(items)-1].Sender, "who created it")
	})
}

func TestAStepThatFailsChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t)
		before := w.history(t, host, id, message.Cursor{})
		w.events.Take()
		refused := errors.New("refused")
		err := w.messages.Record(t.Context(), func(tx *gorm.DB, now time.Time) (room.Record, error) {
			rec, err := say(id, host, room.Line{Code: room.LineClosed})(tx, now)
			require.NoError(t, err)
			require.NoError(t, tx.Exec("UPDATE rooms SET version = 99 WHERE id = ?", id).Error)
			return rec, refused
		})
		require.ErrorIs(t, err, refused)
		require.Equal(t, before, w.history(t, host, id, message.Cursor{}))
		require.Empty(t, w.events.All())
	})
}

func TestAStepMayHaveNothingToSay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t)
		before := w.history(t, host, id, message.Cursor{})
		w.events.Take()
		require.NoError(t, w.messages.Record(t.Context(), func(*gorm.DB, time.Time) (room.Record, error) { return room.Record{}, nil }))
		require.NoError(t, w.messages.Record(t.Context(), say(id, host)))
		require.Equal(t, before, w.history(t, host, id, message.Cursor{}))
		require.Len(t, w.events.All(), 1)
	})
}

func TestWhatTheRoomSaysStaysAsItIs(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t)
		_, err := w.messages.Edit(t.Context(), host, id, 1, "I was never here")
		require.ErrorIs(t, err, message.ErrSystem)
		require.ErrorIs(t, w.messages.Delete(t.Context(), host, id, 1), message.ErrSystem)
		_, err = w.messages.React(t.Context(), host, id, 1, "👍")
		require.ErrorIs(t, err, message.ErrSystem)
		page := w.history(t, host, id, message.Cursor{})
		require.EqualValues(t, 2, page.Room.LastRev)
		require.Empty(t, page.Items[0].Reactions)
	})
}

func TestWhatOneDidIsNoNewsToOneself(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, member, id := w.group(t)
		unread := func(who account.ID) int64 {
			mine, err := w.rooms.Get(t.Context(), who, id)
			require.NoError(t, err)
			return mine.Unread()
		}
		require.EqualValues(t, 1, unread(host), "somebody came")
		require.Zero(t, unread(member))
		require.NoError(t, w.messages.Record(t.Context(), say(id, member, room.Line{Code: room.LineDrawn}, room.Line{Code: room.LineDrawn})))
		require.Zero(t, unread(member))
		require.EqualValues(t, 3, unread(host))
		require.NoError(t, w.messages.Record(t.Context(), say(id, host, room.Line{Code: room.LineDrawn})))
		require.EqualValues(t, 4, unread(host), "what they have not read yet stays unread")
		require.NoError(t, w.messages.Record(t.Context(), say(id, 0, room.Line{Code: room.LineArrived})))
		require.EqualValues(t, 2, unread(member))
	})
}

func TestAStepIsCarriedOutAlsoWhenNobodyWaitsAnyMore(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.group(t)
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan struct{})
		step := func(tx *gorm.DB, now time.Time) (room.Record, error) {
			leave()
			<-gone
			return say(id, host, room.Line{Code: room.LineClosed})(tx, now)
		}
		require.ErrorIs(t, w.messages.Record(ctx, step), message.ErrNotRecorded)
		close(gone)
		w.send(t, host, id, "after") // the writer keeps the order
		items := w.history(t, host, id, message.Cursor{}).Items
		require.Equal(t, room.LineClosed, items[len(items)-2].Line.Code)
	})
}

func TestWhatWaitsWhenTheWriterEndsIsRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		idle := message.NewService(w.db, emotion.ModeEmbedded, w.engine, w.events, time.Now, zap.NewNop())
		ctx, stop := context.WithCancel(t.Context())
		stop()
		var waiting sync.WaitGroup
		waiting.Go(func() {
			err := idle.Record(t.Context(), func(*gorm.DB, time.Time) (room.Record, error) {
				t.Error("carried out after the end")
				return room.Record{}, nil
			})
			if !errors.Is(err, message.ErrNotRecorded) {
				t.Errorf("got %v", err)
			}
		})
		done := make(chan struct{})
		go func() { waiting.Wait(); close(done) }()
		require.Eventually(t, func() bool { // it may not be waiting yet
			_ = idle.Run(ctx) // ends at once, without an error
			select {
			case <-done:
				return true
			default:
				return false
			}
		}, 5*time.Second, time.Millisecond)
	})
}

func TestMembershipDecidesWhoWritesAndReadsAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, member, id := w.group(t)
		w.send(t, member, id, "hello")
		require.NoError(t, w.rooms.Kick(t.Context(), host, id, member))
		_, err := w.messages.Send(t.Context(), member, id, draft("still here?"))
		require.ErrorIs(t, err, room.ErrNotFound)
		_, err = w.messages.History(t.Context(), member, id, message.Cursor{Limit: 1})
		require.ErrorIs(t, err, room.ErrNotFound)

		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		_, err = w.messages.Send(t.Context(), host, id, draft("anybody?"))
		require.ErrorIs(t, err, room.ErrClosed)
		_, err = w.messages.React(t.Context(), host, id, 3, "👍")
		require.ErrorIs(t, err, room.ErrClosed)
		require.Len(t, w.history(t, host, id, message.Cursor{}).Items, 5, "the history stays")
	})
}
