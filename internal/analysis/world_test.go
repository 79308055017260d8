package analysis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

const (
	model = "large-1"
	soon  = 30 * time.Second // what a test waits for at most
	poll  = 5 * time.Millisecond
)

// world is people in rooms of one database.
type world struct {
	db     *gorm.DB
	redis  rueidis.Client
	epoch  string
	events *testkit.Events
	people int
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) { test(t, newWorld(s.DB, s.Redis)) })
}

func newWorld(db *gorm.DB, redis rueidis.Client) *world {
	return &world{db: db, redis: redis, epoch: "first", events: &testkit.Events{}}
}

// node is one of the processes: it sends messages, and reads them while its workers run.
type node struct {
	*world
	rooms    *room.Service
	messages *message.Service
	queue    *analysis.Queue
	service  *analysis.Service
	engine   *fake
	ledger   *ledger
	registry *prometheus.Registry
}

// mind is any engine.
type mind interface {
	Read(ctx context.Context, c openai.Conversation) ([]openai.Result, error)
	Breaker() openai.Breaker
	Latency() openai.Latency
}

// quiet returns a node whose workers do not run.
func (w *world) quiet(t testing.TB, engine *fake) *node {
	t.Helper()
	n := w.with(t, engine)
	n.engine = engine
	return n
}

// with is quiet for any engine.
func (w *world) with(t testing.TB, engine mind) *node {
	t.Helper()
	n := &node{world: w, ledger: &ledger{}, registry: prometheus.NewRegistry()}
	metrics, err := analysis.NewMetrics(n.registry)
	require.NoError(t, err)
	embedded, err := emotion.NewEmbedded()
	require.NoError(t, err)
	n.queue = analysis.NewQueue(w.redis, w.epoch, metrics, zap.NewNop())
	n.messages = message.NewService(w.db, emotion.ModeOpenAI, embedded, n.queue.Listen(w.events), time.Now, zap.NewNop())
	everybody := func(*gorm.DB, account.ID, account.ID) (bool, error) { return true, nil }
	nothing := func(*gorm.DB, room.ID, account.ID) error { return nil }
	n.rooms = room.NewService(room.Deps{
		DB: w.db, AreFriends: everybody, Selections: nothing, Journal: n.messages, Events: w.events, MaxCapacity: 100, Now: time.Now,
	})
	n.service = analysis.NewService(analysis.Deps{
		DB: w.db, Queue: n.queue, Engine: engine, Ledger: n.ledger, Messages: n.messages, Metrics: metrics,
		Host: "api.example", Model: model, Now: time.Now, Log: zap.NewNop(),
	})
	n.service.Hurry()
	run(t, n.messages.Run)
	run(t, n.queue.Run)
	return n
}

// node returns one whose workers run.
func (w *world) node(t testing.TB, engine *fake) *node {
	t.Helper()
	n := w.quiet(t, engine)
	run(t, n.service.Run)
	return n
}

// run runs a worker until stop is called or the test ends.
func run(t testing.TB, worker func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = worker(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
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

// pair returns two friends and their room.
func (n *node) pair(t testing.TB) (a, b account.ID, id room.ID) {
	t.Helper()
	a, b = n.person(t, account.ShareEveryone), n.person(t, account.ShareEveryone)
	mine, _, err := n.rooms.OpenDirect(t.Context(), a, b)
	require.NoError(t, err)
	return a, b, mine.ID
}

func (n *node) send(t testing.TB, who account.ID, id room.ID, body string) message.Message {
	t.Helper()
	sent, err := n.messages.Send(t.Context(), who, id, message.Draft{ClientID: uuid.NewString(), Body: body})
	require.NoError(t, err)
	return sent.Message
}

// settings changes columns of a row as another part of the program would.
func (w *world) set(t testing.TB, table string, id any, column string, value any) {
	t.Helper()
	require.NoError(t, w.db.WithContext(t.Context()).Table(table).Where("id = ?", id).Update(column, value).Error)
}

// engineOf returns what made the reading of a message, or nothing without one.
func (w *world) engineOf(t testing.TB, id room.ID, seq int64) string {
	t.Helper()
	readings, err := emotion.LoadReadings(w.db.WithContext(t.Context()), int64(id), []int64{seq})
	require.NoError(t, err)
	return readings[seq].Engine
}

// improved waits until the remote engine's reading of a message is stored.
func (w *world) improved(t testing.TB, id room.ID, seq int64) {
	t.Helper()
	require.Eventually(t, func() bool { return w.engineOf(t, id, seq) == emotion.RemoteEngine }, soon, poll, "message %d", seq)
}

// done waits until nothing waits, and nobody works, any more.
func (n *node) done(t testing.TB) {
	t.Helper()
	require.Eventually(t, func() bool {
		size, err := n.queue.Size(t.Context())
		return err == nil && size == 0 && n.turns(t) == 0
	}, soon, poll)
}

// turns returns how many there are, those included that somebody has.
func (n *node) turns(t testing.TB) int64 {
	t.Helper()
	turns, err := n.redis.Do(t.Context(), n.redis.B().Xlen().Key(n.queue.TurnsKey()).Build()).AsInt64()
	require.NoError(t, err)
	return turns
}

// queued waits until so many messages wait.
func (n *node) queued(t testing.TB, want int) {
	t.Helper()
	require.Eventually(t, func() bool {
		size, err := n.queue.Size(t.Context())
		return err == nil && size == int64(want)
	}, soon, poll)
}

// counted is how many messages had an outcome.
func (n *node) counted(t testing.TB, outcome string) int64 {
	t.Helper()
	families, err := n.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if labels := m.GetLabel(); len(labels) == 1 && labels[0].GetValue() == outcome {
				return int64(m.GetCounter().GetValue())
			}
		}
	}
	t.Fatalf("nobody counts %q; %v", outcome, testutil.CollectAndCount(n.registry))
	return 0
}

// reread returns the seqs of a room whose better readings were published, in that order.
func (w *world) reread(id room.ID) (seqs []int64) {
	for _, event := range w.events.All() {
		if e, ok := event.(message.Reread); ok && e.Message.Room == id {
			seqs = append(seqs, e.Message.Seq)
		}
	}
	return seqs
}

// fake is an engine whose answers a test makes. It finds everything surprising.
type fake struct {
	// meanwhile, if set, is called while the engine thinks; what it returns in the place of nil is the answer.
	meanwhile func(ctx context.Context, c openai.Conversation) ([]openai.Result, error)

	mu            sync.Mutex
	open          bool
	asked         []openai.Conversation
	running, most int
}

func (f *fake) Read(ctx context.Context, c openai.Conversation) ([]openai.Result, error) {
	f.mu.Lock()
	f.asked = append(f.asked, c)
	f.running++
	f.most = max(f.most, f.running)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.running--
		f.mu.Unlock()
	}()
	if f.meanwhile != nil {
		if results, err := f.meanwhile(ctx, c); results != nil || err != nil {
			return results, err
		}
	}
	return answers(c), nil
}

func answers(c openai.Conversation) []openai.Result {
	results := make([]openai.Result, len(c.Messages))
	for i, line := range c.Messages {
		results[i] = openai.Result{Number: line.Number, Reading: emotion.Reading{
			Label: emotion.Surprise, Confidence: 0.9, Labels: []emotion.Label{emotion.Surprise}, Engine: emotion.RemoteEngine, Version: model,
		}}
	}
	return results
}

func (f *fake) Breaker() openai.Breaker {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open {
		return openai.Open
	}
	return openai.Closed
}

func (f *fake) trip(open bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = open
}

func (f *fake) Latency() openai.Latency {
	return openai.Latency{P50: time.Second, P95: 3 * time.Second}
}

// calls returns the texts of each question.
func (f *fake) calls() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([][]string, len(f.asked))
	for i, c := range f.asked {
		list[i] = texts(c.Messages)
	}
	return list
}

func texts(lines []openai.Line) (list []string) {
	for _, line := range lines {
		list = append(list, line.Text)
	}
	return list
}

// times returns how often the engine was asked about a text.
func (f *fake) times(text string) (n int) {
	for _, call := range f.calls() {
		for _, asked := range call {
			if asked == text {
				n++
			}
		}
	}
	return n
}

// seen is all that the engine was given.
func (f *fake) seen() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all strings.Builder
	for _, c := range f.asked {
		fmt.Fprintln(&all, texts(c.Context), texts(c.Messages))
	}
	return all.String()
}

// ledger remembers what it is told.
type ledger struct {
	mu   sync.Mutex
	fell int64
	down bool
}

func (l *ledger) Fell(_ context.Context, n int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return context.DeadlineExceeded
	}
	l.fell += int64(n)
	return nil
}

func (l *ledger) Today(context.Context) (openai.Today, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return openai.Today{Fallbacks: l.fell, Left: 1}, nil
}

func (l *ledger) fallen() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fell
}
