package mail_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/emosation/emosation/internal/testkit/mailbox"
)

const site = "https://chat.example.org"

var morning = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)

// pigeons take mails, unless they are told to fail.
type pigeons struct {
	mu    sync.Mutex
	sent  []smtp.Message
	fails func(m smtp.Message) error
}

func (p *pigeons) Send(_ context.Context, m smtp.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails != nil {
		if err := p.fails(m); err != nil {
			return err
		}
	}
	p.sent = append(p.sent, m)
	return nil
}

// world is one node with a clock that stands until it is moved.
type world struct {
	*mail.Service
	db      *gorm.DB
	clock   *testkit.Clock
	pigeons *pigeons
	logs    *observer.ObservedLogs
}

func newWorld(t *testing.T, db *gorm.DB) *world {
	t.Helper()
	w := &world{db: db, clock: testkit.NewClock(morning), pigeons: &pigeons{}}
	core, logs := observer.New(zap.DebugLevel)
	w.logs = logs
	w.Service = node(t, w, w.pigeons, zap.New(core))
	return w
}

// node is another service on the same database and clock.
func node(t *testing.T, w *world, sender interface {
	Send(ctx context.Context, m smtp.Message) error
}, log *zap.Logger) *mail.Service {
	t.Helper()
	s, err := mail.NewService(mail.Deps{
		DB: w.db, Sender: sender, PublicURL: site, Now: w.clock.Now, Metrics: prometheus.NewRegistry(), Log: log,
	})
	require.NoError(t, err)
	return s
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func (w *world) person(t *testing.T, email string, locale account.Locale) account.User {
	t.Helper()
	u, err := account.Create(w.db, account.New{Email: email, Nickname: "민지", PasswordHash: "x", Locale: locale, ShareReadings: account.ShareOff}, morning)
	require.NoError(t, err)
	return u
}

func (w *world) put(t *testing.T, u account.User, column string, value any) {
	t.Helper()
	require.NoError(t, w.db.Table("users").Where("id = ?", u.ID).Update(column, value).Error)
}

func (w *world) deliver(t *testing.T) {
	t.Helper()
	require.NoError(t, w.Deliver(t.Context()))
}

func (w *world) count(t *testing.T, table string) (n int64) {
	t.Helper()
	require.NoError(t, w.db.Table(table).Count(&n).Error)
	return n
}

var link = regexp.MustCompile(`(?m)^` + site + `/(reset|verify)#token=([A-Z2-7]{26})$`)

// token returns what the link of a mail carries.
func token(t *testing.T, m smtp.Message) string {
	t.Helper()
	found := link.FindAllStringSubmatch(m.Text, -1)
	require.Len(t, found, 1, m.Text)
	return found[0][2]
}

func TestAMailIsSentOnceAfterTheCommitThatPromisedIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		changed := errors.New("changed my mind")
		require.ErrorIs(t, w.db.Transaction(func(tx *gorm.DB) error {
			require.NoError(t, w.Post(tx, minji.ID, mail.Verify))
			return changed
		}), changed)
		w.deliver(t)
		require.Empty(t, w.pigeons.sent)

		require.NoError(t, w.db.Transaction(func(tx *gorm.DB) error { return w.Post(tx, minji.ID, mail.Verify) }))
		w.clock.Advance(time.Second)
		w.deliver(t)
		w.clock.Advance(48 * time.Hour)
		w.deliver(t)
		require.Len(t, w.pigeons.sent, 1)
		got := w.pigeons.sent[0]
		require.Equal(t, "minji@example.org", got.To)
		require.Equal(t, "ko", got.Language)
		require.Equal(t, morning.Add(time.Second), got.Date)
		require.Zero(t, w.count(t, "mails"))
		require.EqualValues(t, 1, w.count(t, "links"))
	})
}

func TestEveryMailSaysWhatItIsFor(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	for i, c := range []struct {
		purpose mail.Purpose
		locale  account.Locale
		state   account.State
		path    string
		subject string
		text    []string
	}{
		{mail.Verify, account.Korean, account.Active, "verify", "Emosation 이메일 주소를 확인해 주세요", []string{"3일 안에"}},
		{mail.Verify, account.English, account.Active, "verify", "Confirm your e-mail address for Emosation", []string{"within three days"}},
		{mail.Reset, account.Korean, account.Active, "reset", "Emosation 비밀번호를 새로 정해 주세요", []string{"1시간 안에", "비밀번호는 그대로예요"}},
		{mail.Reset, account.English, account.Active, "reset", "Set a new password for Emosation", []string{"within an hour", "your password stays as it is"}},
		{mail.Restore, account.Korean, account.MustReset, "reset", "Emosation 계정이 복구되었어요", []string{"3일 안에"}},
		{mail.Restore, account.English, account.MustReset, "reset", "Your Emosation account is back", []string{"within three days"}},
	} {
		u := w.person(t, fmt.Sprintf("u%d@example.org", i), c.locale)
		w.put(t, u, "state", c.state)
		require.NoError(t, w.Post(w.db, u.ID, c.purpose))
		w.deliver(t)
		require.Len(t, w.pigeons.sent, i+1)
		got := w.pigeons.sent[i]
		require.Equal(t, c.subject, got.Subject)
		require.Equal(t, string(c.locale), got.Language)
		require.Contains(t, got.Text, "chat.example.org")
		require.Contains(t, got.Text, "/"+c.path+"#token=")
		for _, part := range c.text {
			require.Contains(t, got.Text, part)
		}
		require.NotContains(t, got.Text+got.Subject, "%!", "a text lacks something")
		require.NotContains(t, got.Text+got.Subject, u.Nickname)
		found, err := mail.Find(w.db, token(t, got), w.clock.Now(), c.purpose)
		require.NoError(t, err)
		require.Equal(t, u.ID, found.User)
		require.Equal(t, c.purpose, found.Purpose)
	}
}

func TestAMailThatNobodyNeedsAnyMoreIsNotSent(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		for _, c := range []struct {
			purpose  mail.Purpose
			state    account.State
			verified bool
			sent     bool
		}{
			{mail.Verify, account.Active, false, true},
			{mail.Verify, account.Active, true, false},
			{mail.Verify, account.MustReset, false, false},
			{mail.Verify, account.Deactivated, false, false},
			{mail.Reset, account.Active, false, true},
			{mail.Reset, account.MustReset, true, true},
			{mail.Reset, account.Deactivated, true, false},
			{mail.Restore, account.MustReset, false, true},
			{mail.Restore, account.Active, false, false},
			{mail.Restore, account.Deactivated, false, false},
		} {
			w.pigeons.sent = nil
			w.put(t, minji, "state", c.state)
			w.put(t, minji, "email_verified_at", map[bool]any{false: nil, true: morning}[c.verified])
			require.NoError(t, w.Post(w.db, minji.ID, c.purpose))
			w.deliver(t)
			require.Equal(t, c.sent, len(w.pigeons.sent) == 1, "%+v", c)
			require.Zero(t, w.count(t, "mails"))
		}
	})
}

func TestWhoseEmailItIsIsLookedUpWhenItIsSent(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.person(t, "MinJi@example.org", account.Korean)
		require.NoError(t, w.PostTo(t.Context(), " minji@EXAMPLE.org", mail.Reset))
		require.NoError(t, w.PostTo(t.Context(), "nobody@example.org", mail.Reset))
		require.EqualValues(t, 2, w.count(t, "mails"))
		w.deliver(t)
		require.Len(t, w.pigeons.sent, 1)
		require.Equal(t, "MinJi@example.org", w.pigeons.sent[0].To)
		require.Zero(t, w.count(t, "mails"))

		w.pigeons.fails = func(smtp.Message) error { return errors.New("it rains") }
		require.NoError(t, w.PostTo(t.Context(), "minji@example.org", mail.Reset))
		w.deliver(t)
		var named int64
		require.NoError(t, w.db.Table("mails").Where("email_key IS NOT NULL").Count(&named).Error)
		require.Zero(t, named, "from then on it goes with its owner")
		require.NoError(t, w.db.Exec("DELETE FROM users").Error)
		require.Zero(t, w.count(t, "mails"))
	})
}

func TestAMailThatCannotBeSentIsTriedForADay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno := w.person(t, "minji@example.org", account.Korean), w.person(t, "juno@example.org", account.English)
		tries := map[string]int{}
		w.pigeons.fails = func(m smtp.Message) error {
			tries[m.To]++
			if m.To == "juno@example.org" && w.clock.Now().Sub(morning) > 20*time.Minute {
				return nil
			}
			return errors.New("mail relay: answered 451")
		}
		require.NoError(t, w.Post(w.db, minji.ID, mail.Reset))
		require.NoError(t, w.Post(w.db, juno.ID, mail.Reset))
		w.deliver(t)
		w.deliver(t)
		require.Equal(t, map[string]int{"minji@example.org": 1, "juno@example.org": 1}, tries, "it rests first")
		w.clock.Advance(time.Minute)
		w.deliver(t)
		require.Equal(t, 2, tries["minji@example.org"])
		for range 60 {
			w.clock.Advance(15 * time.Minute)
			w.deliver(t)
		}
		require.Len(t, w.pigeons.sent, 1)
		require.Equal(t, "juno@example.org", w.pigeons.sent[0].To)
		require.EqualValues(t, 1, w.count(t, "mails"))
		require.Greater(t, tries["minji@example.org"], 60)
		w.clock.Advance(10 * time.Hour)
		w.deliver(t)
		require.Zero(t, w.count(t, "mails"), "it is given up")
		require.Equal(t, 1, w.logs.FilterMessage("a mail was given up").Len())
		for _, entry := range w.logs.All() {
			require.NotContains(t, fmt.Sprint(entry.Message, entry.ContextMap()), "@", "logs outlive accounts")
		}
	})
}

func TestARefusedMailIsGivenUpAtOnceAndHoldsUpNobody(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno := w.person(t, "minji@example.org", account.Korean), w.person(t, "juno@example.org", account.English)
		w.pigeons.fails = func(m smtp.Message) error {
			if m.To == "minji@example.org" {
				return fmt.Errorf("mail relay: %w", smtp.ErrRefused)
			}
			return nil
		}
		require.NoError(t, w.Post(w.db, minji.ID, mail.Reset))
		require.NoError(t, w.Post(w.db, juno.ID, mail.Reset))
		w.deliver(t)
		require.Len(t, w.pigeons.sent, 1)
		require.Zero(t, w.count(t, "mails"))
	})
}

// A node that dies while it sends leaves its mail to another one, which sends it at most a second time.
func TestACrashSendsAMailTwiceAtMostAndNeverNotAtAll(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		require.NoError(t, w.Post(w.db, minji.ID, mail.Reset))
		ctx, crash := context.WithCancel(t.Context())
		dying := node(t, w, senderFunc(func(smtp.Message) error {
			crash()
			return errors.New("the connection broke")
		}), zap.NewNop())
		require.ErrorIs(t, dying.Deliver(ctx), context.Canceled)
		require.EqualValues(t, 1, w.count(t, "mails"))

		w.deliver(t)
		require.Empty(t, w.pigeons.sent, "it may be on its way still")
		w.clock.Advance(2 * time.Minute)
		w.deliver(t)
		require.Len(t, w.pigeons.sent, 1)
		w.clock.Advance(time.Hour)
		w.deliver(t)
		require.Len(t, w.pigeons.sent, 1)
	})
}

type senderFunc func(smtp.Message) error

func (f senderFunc) Send(_ context.Context, m smtp.Message) error { return f(m) }

func TestAMailThatArrivedIsForgottenEvenWhenTheProgramEnds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		require.NoError(t, w.Post(w.db, minji.ID, mail.Reset))
		ctx, stop := context.WithCancel(t.Context())
		ending := node(t, w, senderFunc(func(smtp.Message) error {
			stop()
			return nil
		}), zap.NewNop())
		require.NoError(t, ending.Deliver(ctx))
		require.Zero(t, w.count(t, "mails"))
	})
}

func TestNodesShareTheMails(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const people = 60
		for i := range people {
			u := w.person(t, fmt.Sprintf("u%d@example.org", i), account.English)
			require.NoError(t, w.Post(w.db, u.ID, mail.Verify))
		}
		var all sync.WaitGroup
		for range 4 {
			s := node(t, w, w.pigeons, zap.NewNop())
			all.Go(func() {
				if err := s.Deliver(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.deliver(t)
		to := map[string]int{}
		for _, m := range w.pigeons.sent {
			to[m.To]++
		}
		require.Len(t, to, people)
		require.Len(t, w.pigeons.sent, people, "each once")
	})
}

func TestMailsWaitForARelayThatIsDown(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	first, err := mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	relay, err := smtp.Open(first.URL(), "chat@example.org", nil)
	require.NoError(t, err)
	require.NoError(t, first.Stop())
	s := node(t, w, relay, zap.NewNop())
	minji := w.person(t, "minji@example.org", account.Korean)
	require.NoError(t, s.Post(w.db, minji.ID, mail.Verify))
	require.NoError(t, s.Deliver(t.Context()))
	require.EqualValues(t, 1, w.count(t, "mails"))

	again, err := mailbox.Start(mailbox.Options{Address: first.Address})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, again.Stop()) })
	w.clock.Advance(time.Minute)
	require.NoError(t, s.Deliver(t.Context()))
	require.Len(t, again.Mails(), 1)
	require.Equal(t, "Emosation 이메일 주소를 확인해 주세요", again.Mails()[0].Subject)
	require.Equal(t, fmt.Sprintf("<verify-1-%d@example.org>", morning.Unix()), again.Mails()[0].Header.Get("Message-ID"))
	require.Zero(t, w.count(t, "mails"))
}

func TestThereAreNoMailsWithoutASender(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	minji := w.person(t, "minji@example.org", account.Korean)
	for _, s := range []*mail.Service{nil, node(t, w, nil, zap.NewNop())} {
		require.False(t, s.Available())
		require.ErrorIs(t, s.Post(w.db, minji.ID, mail.Reset), mail.ErrUnavailable)
	}
	require.True(t, w.Available())
	require.Zero(t, w.count(t, "mails"))
}

func TestMailsAreSentWhileTheProgramRuns(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	minji := w.person(t, "minji@example.org", account.Korean)
	require.NoError(t, w.Post(w.db, minji.ID, mail.Verify))
	require.NoError(t, w.db.Exec("INSERT INTO links (token_hash, user_id, purpose, created_at, expires_at) VALUES ('old', ?, 'reset', ?, ?)", minji.ID, morning, morning).Error)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	require.Eventually(t, func() bool { return w.count(t, "mails") == 0 }, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool { return w.count(t, "links") == 1 }, 10*time.Second, 5*time.Millisecond)
	stop()
	running.Wait()
	require.Len(t, w.pigeons.sent, 1)
}

func TestWhatBecomesOfMailsIsCounted(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	registry := prometheus.NewRegistry()
	s, err := mail.NewService(mail.Deps{DB: w.db, Sender: w.pigeons, PublicURL: site, Now: w.clock.Now, Metrics: registry, Log: zap.NewNop()})
	require.NoError(t, err)
	minji := w.person(t, "minji@example.org", account.Korean)
	require.NoError(t, s.Post(w.db, minji.ID, mail.Verify))
	require.NoError(t, s.PostTo(t.Context(), "nobody@example.org", mail.Reset))
	require.NoError(t, s.Deliver(t.Context()))
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_mails_total Mails by what became of them: sent, put off to be tried again, given up, or needless by then.
# TYPE emosation_mails_total counter
emosation_mails_total{purpose="reset",result="given_up"} 0
emosation_mails_total{purpose="reset",result="needless"} 1
emosation_mails_total{purpose="reset",result="put_off"} 0
emosation_mails_total{purpose="reset",result="sent"} 0
emosation_mails_total{purpose="restore",result="given_up"} 0
emosation_mails_total{purpose="restore",result="needless"} 0
emosation_mails_total{purpose="restore",result="put_off"} 0
emosation_mails_total{purpose="restore",result="sent"} 0
emosation_mails_total{purpose="verify",result="given_up"} 0
emosation_mails_total{purpose="verify",result="needless"} 0
emosation_mails_total{purpose="verify",result="put_off"} 0
emosation_mails_total{purpose="verify",result="sent"} 1
`), "emosation_mails_total"))
}
