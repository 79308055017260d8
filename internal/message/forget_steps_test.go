package message_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// interrupted remembers events, and keeps the writer waiting while it does something after the first one of a kind.
type interrupted struct {
	testkit.Events
	after func(event any) bool
	once  sync.Once
	do    func()
}

func (i *interrupted) Publish(ctx context.Context, event any) {
	i.Events.Publish(ctx, event)
	if i.after(event) {
		i.once.Do(i.do)
	}
}

// interrupt starts another writer, which is interrupted.
func (w *world) interrupt(t *testing.T, after func(event any) bool, do func()) *interrupted {
	events := &interrupted{after: after, do: do}
	w.messages = message.NewService(w.db, emotion.ModeEmbedded, w.engine, events, time.Now, zap.NewNop())
	w.messages.ForgetInSteps()
	w.start(t)
	return events
}

// halfDone tells that readings in a room are still being forgotten.
func halfDone(event any) bool {
	c, ok := event.(room.ReadingsChanged)
	return ok && c.More
}

// queued waits until a job waits for the writer.
func (w *world) queued(t *testing.T, jobs int) {
	t.Helper()
	require.Eventually(t, func() bool { return w.messages.Waiting() >= jobs }, 10*time.Second, time.Millisecond)
}

// many is more than goes in one step.
const many = 300

func TestReadingsOfAnybodyAreForgottenInOneTransaction(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		who, _, rooms := w.populate(t, 2, many)
		left := -1
		events := &interrupted{after: func(event any) bool { _, ok := event.(room.ReadingsChanged); return ok }}
		events.do = func() { left = len(w.kept(t, who)) }
		w.messages = message.NewService(w.db, emotion.ModeEmbedded, w.engine, events, time.Now, zap.NewNop())
		w.start(t)
		require.NotEmpty(t, w.kept(t, who))
		changed, err := w.messages.ForgetReadings(t.Context(), who)
		require.NoError(t, err)
		require.Equal(t, rooms, changed)
		require.Zero(t, left, "when the first is told, the last is gone")
		last := make(map[int64]bool)
		for _, event := range events.All() {
			c := event.(room.ReadingsChanged)
			last[int64(c.Room)] = !c.More
		}
		require.Equal(t, map[int64]bool{int64(rooms[0]): true, int64(rooms[1]): true}, last)
	})
}

func TestManyReadingsAreOutOfSightAtOnceAndWhatIsWrittenMeanwhileHasNone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		who, other, rooms := w.populate(t, 2, many)
		mine := func(seq int64) int64 { return seq + seq%2 } // who wrote those of even seqs
		var others sync.WaitGroup
		var corrected error
		events := w.interrupt(t, halfDone, func() { // the first 250 have lost theirs
			for _, id := range rooms {
				w.unseen(t, id, who)
			}
			for _, do := range []func() error{
				func() error { _, err := w.messages.Send(t.Context(), who, rooms[0], draft("new")); return err },
				func() error { _, err := w.messages.Send(t.Context(), other, rooms[0], draft("of another")); return err },
				func() error {
					_, err := w.messages.Edit(t.Context(), who, rooms[0], mine(7), "says something else now")
					return err
				},
				func() error {
					_, corrected = w.messages.Correct(t.Context(), who, rooms[0], mine(9), emotion.Correction{Label: emotion.Fear})
					return nil
				},
			} {
				before := w.messages.Waiting()
				others.Go(func() {
					if err := do(); err != nil {
						t.Error(err)
					}
				})
				w.queued(t, before+1)
			}
			_, err := account.NewService(w.db, room.UserChanged, w.events, time.Now).
				Update(t.Context(), who, account.Change{ShareReadings: new(account.ShareEveryone)})
			require.ErrorIs(t, err, account.ErrForgetting)
		})
		before := w.rows(t, "readings")
		changed, err := w.messages.ForgetReadings(t.Context(), who)
		require.NoError(t, err)
		others.Wait()
		require.ErrorIs(t, corrected, emotion.ErrOff)
		require.Equal(t, rooms, changed)
		require.Empty(t, w.kept(t, who))
		require.Zero(t, w.rows(t, "corrections"))
		require.Equal(t, before-2*many+1, w.rows(t, "readings"), "those of another stay, and the new one")
		require.NotContains(t, w.engine.seen(), "new")
		require.Zero(t, w.rows(t, "forgettings"))

		for i, id := range rooms {
			rev, more := int64(2*many), false
			for _, event := range events.All() {
				switch e := event.(type) {
				case room.ReadingsChanged:
					if e.Room == id && e.Rev > 0 {
						require.Equal(t, rev, e.Since)
						rev, more = e.Rev, e.More
					}
				case message.Posted:
					rev = follow(t, rev, id, e.Message)
				case message.Changed:
					rev = follow(t, rev, id, e.Message)
				case message.Reread:
					rev = follow(t, rev, id, e.Message)
				}
			}
			require.False(t, more, "the last one says that all is done")
			require.Equal(t, rev, w.history(t, other, id, message.Cursor{}).Room.LastRev, "each change was told of, in room %d", i)
		}
		require.NotNil(t, w.send(t, who, rooms[0], "as before").Reading)
	})
}

// unseen sees that nobody is shown how somebody's messages in a room were read.
func (w *world) unseen(t *testing.T, id room.ID, author account.ID) {
	t.Helper()
	list, _, err := w.messages.Since(t.Context(), id, 0)
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, m := range list {
		if m.Sender == author && m.Reading != nil {
			require.Equal(t, account.ShareOff, m.Share)
		}
	}
}

// follow sees that changes of a room are told of one after the other.
func follow(t *testing.T, rev int64, id room.ID, m message.Message) int64 {
	t.Helper()
	if m.Room != id {
		return rev
	}
	require.Equal(t, rev+1, m.Rev)
	return m.Rev
}

func TestWhatWasForgottenWhenItWasCutShortStaysForgotten(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		who, other, rooms := w.populate(t, 1, 2*many) // the step after the one where it is cut short may be under way
		node := w.secondNode(t)
		ctx, crash := context.WithCancel(t.Context())
		w.interrupt(t, halfDone, crash)
		changed, err := w.messages.ForgetReadings(ctx, who)
		require.ErrorIs(t, err, message.ErrNotRecorded)
		require.Equal(t, rooms, changed, "what is remembered of them elsewhere is wrong by now")
		require.Greater(t, w.rows(t, "readings"), int64(2*many), "the rows of some are there")
		require.Empty(t, w.kept(t, who), "and told to nobody")
		node.unseen(t, rooms[0], who)
		require.Nil(t, node.send(t, who, rooms[0], "meanwhile").Reading)
		require.Len(t, w.kept(t, other), 2*many)

		changed, err = node.messages.ForgetRest(t.Context())
		require.NoError(t, err)
		require.Equal(t, rooms, changed)
		require.Empty(t, w.kept(t, who))
		require.Len(t, w.kept(t, other), 2*many)
		require.NotNil(t, node.send(t, who, rooms[0], "as before").Reading)
		changed, err = node.messages.ForgetRest(t.Context())
		require.NoError(t, err)
		require.Empty(t, changed)
		require.Len(t, w.kept(t, who), 1)
	})
}

func TestWhatIsReadAfterAnotherNodeHasForgottenTheRestStays(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		who, _, rooms := w.populate(t, 1, 2*many)
		node := w.secondNode(t)
		w.interrupt(t, halfDone, func() {
			_, err := node.messages.ForgetRest(t.Context())
			require.NoError(t, err)
			for _, m := range node.history(t, who, rooms[0], message.Cursor{}).Items {
				if m.Sender == who {
					_, err := node.messages.Edit(t.Context(), who, rooms[0], m.Seq, "read anew")
					require.NoError(t, err)
				}
			}
		})
		_, err := w.messages.ForgetReadings(t.Context(), who)
		require.NoError(t, err)
		require.Len(t, w.kept(t, who), message.MaxPage/2)
	})
}

func TestNothingSlipsInBeforeTheLastStep(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, who, id := w.group(t)
		_, _, later := w.group(t)
		first := w.send(t, who, id, "before")
		node := w.secondNode(t)
		forgotten := make(chan error, 1)
		posted := func(event any) bool {
			_, ok := event.(message.Posted)
			return ok
		}
		w.interrupt(t, posted, func() {
			go func() {
				_, err := w.messages.ForgetReadings(t.Context(), who)
				forgotten <- err
			}()
			w.queued(t, 1) // it has looked for readings, and goes on after this
			node.send(t, who, id, "from another node")
			_, err := node.messages.Edit(t.Context(), who, id, first.Seq, "otherwise")
			require.NoError(t, err)
			_, _, err = node.rooms.Join(t.Context(), who, later, room.Entry{})
			require.NoError(t, err)
			node.send(t, who, later, "where they came meanwhile")
			require.Len(t, w.kept(t, who), 3)
		})
		w.send(t, host, id, "now")
		require.NoError(t, <-forgotten)
		require.Empty(t, w.kept(t, who))
		require.Len(t, w.kept(t, host), 1)
	})
}
