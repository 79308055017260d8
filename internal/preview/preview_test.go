package preview_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/preview"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// world is two people in a room of two, and another whom nobody knows.
type world struct {
	testkit.Stack
	rooms    *room.Service
	messages *message.Service
	engine   *spy
	a, b, c  account.User
	room     room.ID
}

// spy counts what the real engine reads.
type spy struct {
	*emotion.Embedded
	mu   sync.Mutex
	read int
}

// ReadAs implements the engine.
func (s *spy) ReadAs(text string, bias *emotion.Bias) emotion.Reading {
	s.mu.Lock()
	s.read++
	s.mu.Unlock()
	return s.Embedded.ReadAs(text, bias)
}

func newWorld(t *testing.T, stack testkit.Stack) *world {
	t.Helper()
	engine, err := emotion.NewEmbedded()
	require.NoError(t, err)
	w := &world{Stack: stack, engine: &spy{Embedded: engine}}
	events := &testkit.Events{}
	w.messages = message.NewService(stack.DB, emotion.ModeEmbedded, w.engine, events, time.Now, zap.NewNop())
	w.rooms = room.NewService(room.Deps{
		DB: stack.DB, AreFriends: func(*gorm.DB, account.ID, account.ID) (bool, error) { return true, nil }, Journal: w.messages, Events: events,
		MaxCapacity: 100, Now: time.Now,
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	writer.Go(func() { _ = w.messages.Run(ctx) }) // ends without an error, when ctx does
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
	people := make([]account.User, 3)
	for i := range people {
		people[i], err = account.Create(stack.DB, account.New{
			Email: fmt.Sprintf("p%d@example.org", i), Nickname: fmt.Sprintf("P%d", i), PasswordHash: "a hash", Locale: account.English,
			ShareReadings: account.ShareEveryone,
		}, time.Now())
		require.NoError(t, err)
		people[i].ShowReadings = true
	}
	w.a, w.b, w.c = people[0], people[1], people[2]
	mine, _, err := w.rooms.OpenDirect(t.Context(), w.a.ID, w.b.ID)
	require.NoError(t, err)
	w.room = mine.ID
	return w
}

func (w *world) service(operator emotion.Mode, limited bool, after time.Duration) *preview.Service {
	return preview.NewService(preview.Deps{
		DB: w.DB, Operator: operator, Engine: w.engine, Messages: w.messages, Limits: limit.New(w.Redis, limited), Hints: limit.New(w.Redis, true),
		Now: func() time.Time { return time.Now().Add(after) },
	})
}

func (w *world) says(t *testing.T, who account.User, body string) {
	t.Helper()
	_, err := w.messages.Send(t.Context(), who.ID, w.room, message.Draft{ClientID: uuid.NewString(), Body: body})
	require.NoError(t, err)
}

const furious = "I am so angry with you, I hate this"

func TestNoEngineReadsADraftThatMayNotBeRead(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newWorld(t, stack)
		silent := w.a
		silent.ShareReadings = account.ShareOff
		open, off := w.service(emotion.ModeEmbedded, false, 0), w.service(emotion.ModeOff, false, 0)
		refused := func(s *preview.Service, who account.User, id room.ID, text string, want error) {
			t.Helper()
			_, err := s.Read(t.Context(), who, id, text)
			require.ErrorIs(t, err, want)
		}
		refused(off, w.a, 0, "hello", emotion.ErrOff)
		refused(off, w.a, w.room, "hello", emotion.ErrOff)
		refused(open, silent, 0, "hello", emotion.ErrOff)
		refused(open, silent, w.room, "hello", emotion.ErrOff)
		refused(open, w.c, w.room, "hello", room.ErrNotFound)
		refused(open, w.a, 1<<40, "hello", room.ErrNotFound)
		refused(open, w.a, w.room, " \u3164\n", fault.ErrInvalid)
		require.NoError(t, w.DB.Exec("UPDATE rooms SET readings = 'off' WHERE id = ?", w.room).Error)
		refused(open, w.a, w.room, "hello", emotion.ErrOff)
		require.NoError(t, w.DB.Exec("UPDATE rooms SET readings = 'local' WHERE id = ?", w.room).Error)
		require.Zero(t, w.engine.read)

		_, err := open.Read(t.Context(), w.a, w.room, "hello")
		require.NoError(t, err)
		require.Equal(t, 1, w.engine.read)
		_, err = w.rooms.SetDirectOpen(stack.DB, w.a.ID, w.b.ID, false)
		require.NoError(t, err)
		refused(open, w.a, w.room, "hello", room.ErrReadOnly)
		require.Equal(t, 1, w.engine.read)
	})
}

func TestPreviewsAreForThosePausingInTheirTyping(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newWorld(t, stack)
		s := w.service(emotion.ModeEmbedded, true, 0)
		var err error
		for range 40 { // more than are allowed at once, and in the time that takes
			if _, err = s.Read(t.Context(), w.a, 0, "hello"); err != nil {
				break
			}
		}
		require.ErrorIs(t, err, limit.ErrTooMany)
		_, err = s.Read(t.Context(), w.b, 0, "hello")
		require.NoError(t, err, "others are counted by themselves")
	})
}

func TestAHintIsGivenOnceToWhoeverDraftsInAQuarrel(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		w := newWorld(t, stack)
		s := w.service(emotion.ModeEmbedded, false, 0)
		tense := func(s *preview.Service, who account.User, id room.ID, text string) bool {
			t.Helper()
			p, err := s.Read(t.Context(), who, id, text)
			require.NoError(t, err)
			return p.Tense
		}
		require.False(t, tense(s, w.a, w.room, furious), "nobody has quarrelled yet")
		w.says(t, w.a, furious)
		w.says(t, w.b, "You make me furious! I am really angry")
		require.False(t, tense(s, w.a, w.room, "see you at seven, thank you"), "who is calm needs no hint")
		require.False(t, tense(s, w.a, 0, furious), "nobody knows where")
		unseeing := w.a
		unseeing.ShowReadings = false
		require.False(t, tense(s, unseeing, w.room, furious), "it would tell of readings that they do not want to see")
		require.False(t, tense(w.service(emotion.ModeEmbedded, false, time.Hour), w.a, w.room, furious), "an hour later")

		require.True(t, tense(s, w.a, w.room, furious))
		require.False(t, tense(s, w.a, w.room, furious), "once is enough for now")
		require.True(t, tense(s, w.b, w.room, furious), "the other one has had no hint")
		require.False(t, tense(s, w.b, w.room, furious))
	})
}
