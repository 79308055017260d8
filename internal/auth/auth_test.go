package auth_test

import (
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

const (
	issuer   = "https://chat.example.org"
	password = "correct horse battery"
)

var (
	cheap   = account.HashCost{Memory: 8, Time: 1, Threads: 1}
	browser = auth.Client{Address: "192.0.2.7", UserAgent: "Browser/1"}
)

// world is one node on a stack of its own, with a clock that stands until it is moved.
type world struct {
	testkit.Stack
	*auth.Service
	metrics *prometheus.Registry
	clock   *testkit.Clock
	events  *testkit.Events
	mails   *mail.Service
	letters *letters
}

// letters are the mails that were sent.
type letters struct{ sent []smtp.Message }

func (l *letters) Send(_ context.Context, m smtp.Message) error {
	l.sent = append(l.sent, m)
	return nil
}

func newWorld(t *testing.T, stack testkit.Stack, change ...func(*auth.Config)) *world {
	t.Helper()
	key, _ := newKey(t)
	w := &world{Stack: stack, metrics: prometheus.NewRegistry(), clock: testkit.NewClock(time.Now().UTC()), events: &testkit.Events{}, letters: &letters{}}
	passwords, err := account.NewHasher(cheap, w.metrics)
	require.NoError(t, err)
	w.mails, err = mail.NewService(mail.Deps{
		DB: stack.DB, Sender: w.letters, PublicURL: issuer, Now: w.clock.Now, Metrics: prometheus.NewRegistry(), Log: zap.NewNop(),
	})
	require.NoError(t, err)
	cfg := auth.Config{Issuer: issuer, Key: key, Mails: w.mails}
	for _, c := range change {
		c(&cfg)
	}
	w.Service = auth.NewService(stack.DB, stack.Redis, passwords, w.events, w.clock.Now, cfg)
	return w
}

func newKey(t testing.TB) (auth.Key, ed25519.PrivateKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	key, err := auth.NewKey(private)
	require.NoError(t, err)
	return key, private
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) { test(t, newWorld(t, s)) })
}

// hashes returns how many passwords were computed.
func (w *world) hashes(t *testing.T) int {
	families, err := w.metrics.Gather()
	require.NoError(t, err)
	return int(families[0].GetMetric()[0].GetCounter().GetValue())
}

// login registers a person, if need be, and starts a session.
func (w *world) login(t *testing.T, email string) (auth.Tokens, auth.Principal) {
	t.Helper()
	_, err := w.Register(t.Context(), browser, registration(email))
	if err != nil {
		require.ErrorIs(t, err, account.ErrEmailTaken)
	}
	tokens, err := w.Login(t.Context(), browser, email, password)
	require.NoError(t, err)
	p, err := w.Authenticate(t.Context(), tokens.Access)
	require.NoError(t, err)
	return tokens, p
}

func registration(email string) auth.Registration {
	return auth.Registration{Email: email, Password: password, Nickname: "민지", EmotionConsent: true}
}

// lostRedis returns a client that reaches no Redis any more.
func lostRedis(t *testing.T) rueidis.Client {
	t.Helper()
	client, closed, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	closed()
	return client
}

// fields returns the names of the fields that an error complains of.
func fields(t *testing.T, err error) (names []string) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	for _, field := range f.Fields {
		require.NotEmpty(t, field.Reason)
		names = append(names, field.Name)
	}
	return names
}
