package message_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// world is a running message service with friends who all know each other.
type world struct {
	db       *gorm.DB
	rooms    *room.Service
	messages *message.Service
	engine   *spy
	events   *testkit.Events
	people   int
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *gorm.DB) *world {
	w := &world{db: db, engine: &spy{}, events: &testkit.Events{}}
	everybody := func(*gorm.DB, account.ID, account.ID) (bool, error) { return true, nil }
	nothing := func(*gorm.DB, room.ID, account.ID) error { return nil }
	w.messages = message.NewService(db, emotion.ModeEmbedded, w.engine, w.events, time.Now, zap.NewNop())
	w.rooms = room.NewService(room.Deps{
		DB: db, AreFriends: everybody, Selections: nothing, Journal: w.messages, Events: w.events, MaxCapacity: 100, Now: time.Now,
	})
	w.start(t)
	return w
}

// start runs the writer until the test ends.
func (w *world) start(t testing.TB) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	messages := w.messages
	writer.Go(func() { _ = messages.Run(ctx) })
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
}

func (w *world) person(t testing.TB, share account.ShareReadings) account.ID {
	t.Helper()
	w.people++
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: fmt.Sprintf("p%d@example.org", w.people), Nickname: fmt.Sprintf("P%d", w.people),
		PasswordHash: "a hash", Locale: account.Korean, ShareReadings: share,
	}, time.Now())
	require.NoError(t, err)
	return u.ID
}

// pair returns two friends and their direct room.
func (w *world) pair(t testing.TB) (a, b account.ID, id room.ID) {
	t.Helper()
	a, b = w.person(t, account.ShareEveryone), w.person(t, account.ShareEveryone)
	mine, _, err := w.rooms.OpenDirect(t.Context(), a, b)
	require.NoError(t, err)
	return a, b, mine.ID
}

func (w *world) send(t *testing.T, who account.ID, id room.ID, body string) message.Message {
	t.Helper()
	sent, err := w.messages.Send(t.Context(), who, id, draft(body))
	require.NoError(t, err)
	return sent.Message
}

func (w *world) history(t *testing.T, who account.ID, id room.ID, c message.Cursor) message.Page {
	t.Helper()
	if c.Limit == 0 {
		c.Limit = message.MaxPage
	}
	page, err := w.messages.History(t.Context(), who, id, c)
	require.NoError(t, err)
	return page
}

func (w *world) freeze(t *testing.T, a, b account.ID) {
	t.Helper()
	_, err := w.rooms.SetDirectOpen(w.db.WithContext(t.Context()), a, b, false)
	require.NoError(t, err)
}

func draft(body string) message.Draft {
	return message.Draft{ClientID: uuid.NewString(), Body: body}
}

// spy is an engine that remembers what it was given, unless there is a real one to ask.
type spy struct {
	real  *emotion.Embedded
	mu    sync.Mutex
	texts []string
	then  func()
}

// meanwhile does something while the next text is read.
func (s *spy) meanwhile(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.then = do
}

func (s *spy) ReadAs(text string, bias *emotion.Bias) emotion.Reading {
	if s.real != nil {
		return s.real.ReadAs(text, bias)
	}
	s.mu.Lock()
	s.texts = append(s.texts, text)
	then := s.then
	s.then = nil
	s.mu.Unlock()
	if then != nil {
		then()
	}
	return emotion.Reading{
		Label: emotion.Joy, Confidence: 0.75, Intensity: 0.5, Labels: []emotion.Label{emotion.Joy},
		Evidence: []emotion.Span{{Start: 0, End: 1}}, Engine: "spy", Version: "1",
	}
}

func (s *spy) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.texts...)
}

// publishes waits until so many messages of a room are published: their senders are told a moment before.
func (w *world) publishes(t *testing.T, id room.ID, count int) []message.Message {
	t.Helper()
	require.Eventually(t, func() bool { return len(w.published(id)) >= count }, 10*time.Second, time.Millisecond)
	published := w.published(id)
	require.Len(t, published, count)
	return published
}

// published returns the published messages of a room, in the order of publication.
func (w *world) published(id room.ID) (list []message.Message) {
	for _, event := range w.events.All() {
		switch event := event.(type) {
		case message.Posted:
			if event.Message.Room == id {
				list = append(list, event.Message)
			}
		case message.Changed:
			if event.Message.Room == id {
				list = append(list, event.Message)
			}
		case message.Reread:
			if event.Message.Room == id {
				list = append(list, event.Message)
			}
		}
	}
	return list
}
