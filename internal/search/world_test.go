package search_test

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
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/testkit"
)

// world is a running message service, and a search that indexes when it is told to.
type world struct {
	db       *gorm.DB
	rooms    *room.Service
	messages *message.Service
	search   *search.Service
	limits   limit.Limiter
	log      *zap.Logger
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *gorm.DB) *world {
	w := &world{db: db, limits: limit.New(nil, false), log: zap.NewNop()}
	events := &testkit.Events{}
	everybody := func(*gorm.DB, account.ID, account.ID) (bool, error) { return true, nil }
	nothing := func(*gorm.DB, room.ID, account.ID) error { return nil }
	w.messages = message.NewService(db, emotion.ModeEmbedded, mute{}, events, time.Now, zap.NewNop())
	w.rooms = room.NewService(room.Deps{
		DB: db, AreFriends: everybody, Selections: nothing, Journal: w.messages, Events: events, MaxCapacity: 100, Now: time.Now,
	})
	w.search = search.NewService(db, w.limits, time.Now, w.log)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	writer.Go(func() { _ = w.messages.Run(ctx) })
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
	return w
}

// mute reads nothing out of a text.
type mute struct{}

func (mute) ReadAs(string, *emotion.Bias) emotion.Reading { return emotion.Reading{} }

func (w *world) person(t testing.TB) account.ID {
	t.Helper()
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: uuid.NewString() + "@example.org", Nickname: "P",
		PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, time.Now())
	require.NoError(t, err)
	return u.ID
}

// pair returns two friends and their direct room.
func (w *world) pair(t testing.TB) (a, b account.ID, id room.ID) {
	t.Helper()
	a, b = w.person(t), w.person(t)
	return a, b, w.direct(t, a, b)
}

func (w *world) direct(t testing.TB, a, b account.ID) room.ID {
	t.Helper()
	mine, _, err := w.rooms.OpenDirect(t.Context(), a, b)
	require.NoError(t, err)
	return mine.ID
}

// send returns the seqs of some messages.
func (w *world) send(t testing.TB, who account.ID, id room.ID, bodies ...string) (seqs []int64) {
	t.Helper()
	for _, m := range w.say(t, who, id, bodies...) {
		seqs = append(seqs, m.Seq)
	}
	return seqs
}

// say sends messages in one go.
func (w *world) say(t testing.TB, who account.ID, id room.ID, bodies ...string) []message.Message {
	t.Helper()
	type outcome struct {
		sent message.Sent
		err  error
	}
	results := make(chan outcome, len(bodies))
	for _, body := range bodies {
		w.messages.SendAsync(t.Context(), who, id, draft(body), func(s message.Sent, err error) { results <- outcome{s, err} })
	}
	messages := make([]message.Message, len(bodies))
	for i := range messages {
		o := <-results
		require.NoError(t, o.err)
		messages[i] = o.sent.Message
	}
	return messages
}

func draft(body string) message.Draft { return message.Draft{ClientID: uuid.NewString(), Body: body} }

// seat says whether somebody is in a room.
func (w *world) seat(t testing.TB, who account.ID, id room.ID, state room.MemberState) {
	t.Helper()
	set := w.db.Exec("UPDATE room_users SET state = ? WHERE room_id = ? AND user_id = ?", state, id, who)
	require.NoError(t, set.Error)
	require.NoError(t, w.db.Exec("UPDATE rooms SET members_rev = members_rev + 1 WHERE id = ?", id).Error)
}

// find returns the texts found in all rooms, the newest first, all pages of them.
func (w *world) find(t testing.TB, who account.ID, text string) (bodies []string) {
	t.Helper()
	for _, m := range w.findAll(t, who, search.Query{Text: text, Limit: search.MaxPage}) {
		bodies = append(bodies, m.Body)
	}
	return bodies
}

// findAll turns all pages.
func (w *world) findAll(t testing.TB, who account.ID, q search.Query) (found []message.Message) {
	t.Helper()
	for {
		page, err := w.search.Find(t.Context(), who, q)
		require.NoError(t, err)
		messages, err := w.messages.At(t.Context(), who, page.Places)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Places), q.Limit)
		found = append(found, messages...)
		if page.Next == "" {
			return found
		}
		q.Cursor = page.Next
	}
}

// index takes everything into the index, and files the words of what is full.
func (w *world) index(t testing.TB) {
	t.Helper()
	require.NoError(t, w.search.Index(t.Context(), 1))
	require.NoError(t, w.search.File(t.Context(), time.Now().Add(time.Minute)))
}

// chatter are texts that nobody looks for.
func chatter(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("filler %d 잡담", i)
	}
	return texts
}
