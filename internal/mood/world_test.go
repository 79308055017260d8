package mood_test

import (
	"context"
	"fmt"
	"strings"
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
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

var seoul = time.FixedZone("KST", 9*60*60)

// world is a running message service, and what tells of its readings. Its clock moves when a test moves it.
type world struct {
	db       *gorm.DB
	clock    *testkit.Clock
	accounts *account.Service
	rooms    *room.Service
	messages *message.Service
	mood     *mood.Service
	deps     mood.Deps
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db, emotion.ModeOpenAI, nil)) })
}

func newWorld(t testing.TB, db *gorm.DB, operator emotion.Mode, remote mood.Summaries) *world {
	w := &world{db: db, clock: testkit.NewClock(time.Date(2026, 11, 20, 21, 0, 0, 0, seoul))}
	events := &testkit.Events{}
	everybody := func(*gorm.DB, account.ID, account.ID) (bool, error) { return true, nil }
	nothing := func(*gorm.DB, room.ID, account.ID) error { return nil }
	w.accounts = account.NewService(db, room.UserChanged, events, time.Now)
	w.messages = message.NewService(db, operator, literal{}, events, w.clock.Now, zap.NewNop())
	w.rooms = room.NewService(room.Deps{
		DB: db, AreFriends: everybody, Selections: nothing, Journal: w.messages, Events: events, Emotion: operator, MaxCapacity: 100, Now: w.clock.Now,
		Limits: limit.New(nil, false),
	})
	w.deps = mood.Deps{DB: db, Limits: limit.New(nil, false), Mode: operator, Zone: seoul, Summaries: remote, Now: w.clock.Now, Log: zap.NewNop()}
	w.mood = mood.NewService(w.deps)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	writer.Go(func() { _ = w.messages.Run(ctx) })
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
	return w
}

// literal is an engine to which a message says what it is to be read as: "joy 0.75", and then maybe "unclear" or "love".
type literal struct{}

func (literal) ReadAs(text string, _ *emotion.Bias) emotion.Reading {
	r := emotion.Reading{Engine: "literal", Version: "1", Unclear: strings.Contains(text, "unclear"), Love: strings.Contains(text, "love")}
	_, _ = fmt.Sscan(text, &r.Label, &r.Confidence) // what says nothing is read as nothing
	r.Valence = r.Confidence - 0.5
	return r
}

func (w *world) person(t testing.TB) account.ID {
	t.Helper()
	u, err := account.Create(w.db.WithContext(t.Context()), account.New{
		Email: uuid.NewString() + "@example.org", Nickname: "P", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareEveryone,
	}, time.Now())
	require.NoError(t, err)
	return u.ID
}

func (w *world) user(t testing.TB, who account.ID) account.User {
	t.Helper()
	u, err := w.accounts.ByID(t.Context(), who)
	require.NoError(t, err)
	return u
}

func (w *world) share(t testing.TB, who account.ID, share account.ShareReadings) {
	t.Helper()
	_, err := w.accounts.Update(t.Context(), who, account.Change{ShareReadings: &share})
	require.NoError(t, err)
}

func (w *world) direct(t testing.TB, a, b account.ID) room.ID {
	t.Helper()
	mine, _, err := w.rooms.OpenDirect(t.Context(), a, b)
	require.NoError(t, err)
	return mine.ID
}

// group opens a room of the first of these people.
func (w *world) group(t testing.TB, people ...account.ID) room.ID {
	t.Helper()
	mine, _, err := w.rooms.Create(t.Context(), people[0], room.NewRoom{Title: uuid.NewString(), Capacity: 20})
	require.NoError(t, err)
	for _, p := range people[1:] {
		_, _, err := w.rooms.Join(t.Context(), p, mine.ID, room.Entry{})
		require.NoError(t, err)
	}
	return mine.ID
}

func (w *world) switchReadings(t testing.TB, who account.ID, id room.ID, to room.Readings) {
	t.Helper()
	_, err := w.rooms.Update(t.Context(), who, id, room.Update{Readings: &to}, room.Expected{})
	require.NoError(t, err)
}

func (w *world) send(t testing.TB, who account.ID, id room.ID, bodies ...string) (seqs []int64) {
	t.Helper()
	for _, body := range bodies {
		sent, err := w.messages.Send(t.Context(), who, id, message.Draft{ClientID: uuid.NewString(), Body: body})
		require.NoError(t, err)
		seqs = append(seqs, sent.Message.Seq)
	}
	return seqs
}

// history is all that was said in a room.
func (w *world) history(t testing.TB, who account.ID, id room.ID) (all []message.Message) {
	t.Helper()
	for after := int64(0); ; after = all[len(all)-1].Seq {
		page, err := w.messages.History(t.Context(), who, id, message.Cursor{After: &after, Limit: message.MaxPage})
		require.NoError(t, err)
		all = append(all, page.Items...)
		if !page.HasMore {
			return all
		}
	}
}

// of is the mood of a room for somebody.
func (w *world) of(t testing.TB, who account.ID, id room.ID, days int) mood.Timeline {
	t.Helper()
	line, err := w.mood.Of(t.Context(), w.user(t, who), id, days)
	require.NoError(t, err)
	return line
}

// last is the present bucket of it.
func (w *world) last(t testing.TB, who account.ID, id room.ID) *mood.Counts {
	t.Helper()
	buckets := w.of(t, who, id, 7).Buckets
	return buckets[len(buckets)-1].Counts
}
