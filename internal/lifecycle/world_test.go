package lifecycle_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

const (
	password   = "correct horse battery"
	purgeAfter = 30 * 24 * time.Hour
)

// world is one node: all that an account has to do with, on one database.
type world struct {
	*lifecycle.Service
	db       *gorm.DB
	auth     *auth.Service
	friends  *friend.Service
	rooms    *room.Service
	messages *message.Service
	events   *testkit.Events
	clock    *testkit.Clock
	people   int
	admin    audit.Actor

	mu        sync.Mutex
	forgotten []room.ID
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *gorm.DB) *world {
	t.Helper()
	w := &world{db: db, events: &testkit.Events{}, clock: testkit.NewClock(time.Now().UTC().Truncate(time.Microsecond))}
	passwords, err := account.NewHasher(account.HashCost{Memory: 8, Time: 1, Threads: 1}, prometheus.NewRegistry())
	require.NoError(t, err)
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	key, err := auth.NewKey(private)
	require.NoError(t, err)
	mails, err := mail.NewService(mail.Deps{
		DB: db, Sender: nowhere{}, PublicURL: "http://localhost", Now: w.clock.Now, Metrics: prometheus.NewRegistry(), Log: zap.NewNop(),
	})
	require.NoError(t, err)
	redis := testkit.OpenRedis(t, "embedded")
	w.auth = auth.NewService(db, redis, passwords, w.events, w.clock.Now, auth.Config{Issuer: "http://localhost", Key: key, Mails: mails})
	w.messages = message.NewService(db, emotion.ModeEmbedded, reader{}, w.events, w.clock.Now, zap.NewNop())
	w.rooms = room.NewService(room.Deps{
		DB: db, AreFriends: friend.AreFriends, Selections: order.Drop, Journal: w.messages, Events: w.events, Passwords: passwords, Signer: key,
		Emotion: emotion.ModeEmbedded, Limits: limit.Limiter{}, BoxSecret: []byte("a secret of these tests"), MaxCapacity: 100, Now: w.clock.Now, Log: zap.NewNop(),
	})
	w.friends = friend.NewService(db, w.rooms, offline{}, w.events, w.clock.Now)
	w.Service = lifecycle.NewService(lifecycle.Deps{
		DB: db, Rooms: w.rooms, Friends: w.friends, Messages: w.messages, Mails: mails, Passwords: passwords, Events: w.events,
		Forget: w.forget, PurgeAfter: purgeAfter, Now: w.clock.Now, Log: zaptest.NewLogger(t, zaptest.Level(zap.ErrorLevel)),
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	writer.Go(func() { _ = w.messages.Run(ctx) })
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
	return w
}

func (w *world) forget(_ context.Context, rooms []room.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forgotten = append(w.forgotten, rooms...)
}

// person registers somebody.
func (w *world) person(t testing.TB, nickname string) account.User {
	t.Helper()
	w.people++
	u, err := w.auth.Register(t.Context(), auth.Client{Address: "192.0.2.1"}, auth.Registration{
		Email: fmt.Sprintf("p%d@example.org", w.people), Password: password, Nickname: nickname, EmotionConsent: true,
	})
	require.NoError(t, err)
	return u
}

// anAdmin makes somebody an admin who acts from then on.
func (w *world) anAdmin(t testing.TB, nickname string) account.User {
	t.Helper()
	u := w.person(t, nickname)
	require.NoError(t, account.SetRole(w.db.WithContext(t.Context()), u.ID, account.RoleAdmin, w.clock.Now()))
	w.admin = audit.Actor{User: u.ID, Address: "192.0.2.9"}
	return u
}

func (w *world) login(t testing.TB, u account.User) (auth.Tokens, auth.Principal) {
	t.Helper()
	tokens, err := w.auth.Login(t.Context(), auth.Client{Address: "192.0.2.1"}, u.Email, password)
	require.NoError(t, err)
	p, err := w.auth.Authenticate(t.Context(), tokens.Access)
	require.NoError(t, err)
	return tokens, p
}

// befriend makes two people friends and returns their room.
func (w *world) befriend(t testing.TB, a, b account.User) room.ID {
	t.Helper()
	_, _, err := w.friends.Request(t.Context(), a.ID, b.ID)
	require.NoError(t, err)
	_, err = w.friends.Accept(t.Context(), b.ID, a.ID)
	require.NoError(t, err)
	mine, _, err := w.rooms.OpenDirect(t.Context(), a.ID, b.ID)
	require.NoError(t, err)
	return mine.ID
}

// group makes a room of these people, of whom the first is the host.
func (w *world) group(t testing.TB, title string, members ...account.User) room.ID {
	t.Helper()
	mine, _, err := w.rooms.Create(t.Context(), members[0].ID, room.NewRoom{Title: title, Capacity: 10})
	require.NoError(t, err)
	for _, m := range members[1:] {
		w.clock.Advance(time.Second)
		_, _, err := w.rooms.Join(t.Context(), m.ID, mine.ID, room.Entry{})
		require.NoError(t, err)
	}
	return mine.ID
}

func (w *world) says(t testing.TB, who account.User, id room.ID, body string) int64 {
	t.Helper()
	sent, err := w.messages.Send(t.Context(), who.ID, id, message.Draft{ClientID: uuid.NewString(), Body: body})
	require.NoError(t, err)
	return sent.Message.Seq
}

func (w *world) history(t testing.TB, who account.User, id room.ID) message.Page {
	t.Helper()
	page, err := w.messages.History(t.Context(), who.ID, id, message.Cursor{Limit: message.MaxPage})
	require.NoError(t, err)
	return page
}

// count counts the rows of a table that meet a condition.
func (w *world) count(t testing.TB, table, condition string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, w.db.WithContext(t.Context()).Table(table).Where(condition, args...).Count(&n).Error)
	return n
}

// actions lists what the audit says about somebody, in order.
func (w *world) actions(t testing.TB, about account.User) (actions []audit.Action) {
	t.Helper()
	err := w.db.WithContext(t.Context()).Table("audit").Where("target_type = 'user' AND target_id = ?", about.ID).Order("id").Pluck("action", &actions).Error
	require.NoError(t, err)
	return actions
}

// nowhere sends mails to nobody.
type nowhere struct{}

func (nowhere) Send(context.Context, smtp.Message) error { return nil }

// reader reads joy into everything.
type reader struct{}

func (reader) ReadAs(string, *emotion.Bias) emotion.Reading {
	return emotion.Reading{Label: emotion.Joy, Confidence: 0.9, Engine: emotion.EmbeddedEngine, Version: "test"}
}

type offline struct{}

func (offline) Online(context.Context, []account.ID) (map[account.ID]bool, error) { return nil, nil }
