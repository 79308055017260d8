package rest_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/api/openapi/openapitest"
	"github.com/emosation/emosation/api/rest"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/preview"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/standing"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

const password = "correct horse battery"

// world is the REST edge over real domains, listening, with every answer held to openapi.yaml.
type world struct {
	testkit.Stack
	echo    *echo.Echo
	url     string
	client  *http.Client
	metrics *prometheus.Registry
	online  online
	key     auth.Key
}

// settings are what a test may want otherwise.
type settings struct {
	auth.Config
	rest.Deps
	bare bool // histories come from the database only
}

func newWorld(t testing.TB, stack testkit.Stack, change ...func(*settings)) *world {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	key, err := auth.NewKey(private)
	require.NoError(t, err)
	set := settings{
		Config: auth.Config{Issuer: "http://chat.example.org", Key: key},
		Deps:   rest.Deps{PublicURL: "http://chat.example.org", IsOutage: storage.IsOutage, Now: time.Now, Log: zap.NewNop(), Emotion: rest.Emotion{Mode: emotion.ModeEmbedded}},
	}
	w := &world{Stack: stack, echo: echo.New(), metrics: prometheus.NewRegistry(), online: online{}}
	passwords, err := account.NewHasher(account.HashCost{Memory: 8, Time: 1, Threads: 1}, w.metrics)
	require.NoError(t, err)
	for _, c := range change {
		c(&set)
	}
	set.Accounts = account.NewService(stack.DB, room.UserChanged, nowhere{}, time.Now)
	set.Directory = directory.NewService(stack.DB, w.online, time.Now)
	set.Audit = audit.NewService(stack.DB)
	set.Auth = auth.NewService(stack.DB, stack.Redis, passwords, nowhere{}, time.Now, set.Config)
	set.Standing = standing.NewService(stack.DB, time.Now)
	set.Messages = message.NewService(stack.DB, emotion.ModeEmbedded, mute{}, nowhere{}, time.Now, zap.NewNop())
	if w.key = set.Key; !set.bare {
		set.Recent = message.NewRecent(stack.DB, emotion.ModeEmbedded, storage.NewCache(stack.Redis, "recent:", time.Minute, time.Now), wire.Cut, time.Now)
	}
	run(t, set.Messages)
	limits, secret := limit.New(stack.Redis, set.RateLimits), []byte("a secret of this test")
	set.Rooms = room.NewService(room.Deps{
		DB: stack.DB, AreFriends: friend.AreFriends, Selections: order.Drop, Journal: set.Messages, Events: nowhere{},
		Passwords: passwords, Limits: limits, BoxSecret: secret, Signer: set.Key, MaxCapacity: 100, Now: time.Now, Log: zap.NewNop(),
	})
	set.Limits = limits
	set.Search = search.NewService(stack.DB, limits, time.Now, zap.NewNop())
	set.Mood = mood.NewService(mood.Deps{DB: stack.DB, Limits: limits, Mode: emotion.ModeEmbedded, Zone: time.UTC, Now: time.Now, Log: zap.NewNop()})
	set.Calibration = calibration.NewService(stack.DB)
	set.Previews = preview.NewService(preview.Deps{
		DB: stack.DB, Operator: emotion.ModeEmbedded, Engine: mute{}, Messages: set.Messages, Limits: limits, Hints: limit.New(stack.Redis, true), Now: time.Now,
	})
	set.Bookings = booking.NewService(stack.DB, limits, secret, time.Now)
	set.Orders = order.NewService(stack.DB, set.Messages, nowhere{}, time.Now)
	set.Friends = friend.NewService(stack.DB, set.Rooms, w.online, nowhere{}, time.Now)
	set.Lifecycle = lifecycle.NewService(lifecycle.Deps{
		DB: stack.DB, Rooms: set.Rooms, Friends: set.Friends, Messages: set.Messages, Passwords: passwords, Events: nowhere{},
		Forget: func(context.Context, []room.ID) {}, PurgeAfter: time.Hour, Now: time.Now, Log: zap.NewNop(),
	})
	w.echo.Use(middleware.Recover())
	w.echo.Logger.SetOutput(io.Discard)
	require.NoError(t, rest.Register(w.echo, set.Deps))
	server := httptest.NewServer(w.echo)
	t.Cleanup(server.Close)
	w.url, w.client = server.URL, openapitest.Client(t, *server.Client())
	return w
}

// run lets messages be stored until the test ends.
func run(t testing.TB, messages *message.Service) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var writer sync.WaitGroup
	writer.Go(func() { _ = messages.Run(ctx) }) // ends without an error, when ctx does
	t.Cleanup(func() {
		stop()
		writer.Wait()
	})
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) { test(t, newWorld(t, s)) })
}

// embedded is enough for what depends on neither the database nor Redis.
func embedded(t testing.TB, change ...func(*settings)) *world {
	t.Helper()
	return newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, change...)
}

type nowhere struct{}

func (nowhere) Publish(context.Context, any) {}

func (nowhere) Together(fn func()) { fn() }

// mute reads nothing out of a text.
type mute struct{}

func (mute) ReadAs(string, *emotion.Bias) emotion.Reading { return emotion.Reading{} }

type online map[account.ID]bool

func (o online) Online(context.Context, []account.ID) (map[account.ID]bool, error) { return o, nil }

// request is one call; Body is text as it is, or anything else as JSON.
type request struct {
	method, path string
	body         any
	header       map[string]string
	wrong        bool // on purpose
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (w *world) do(t testing.TB, r request) answer {
	t.Helper()
	var body io.Reader
	switch b := r.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		require.NoError(t, err)
		body = bytes.NewReader(text)
	}
	path := r.path
	if !strings.HasPrefix(path, "/.well-known") {
		path = "/api/v1" + path
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, w.url+path, body)
	require.NoError(t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	if r.wrong {
		req = openapitest.Wrong(req)
	}
	response, err := w.client.Do(req)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	if len(text) > 0 {
		require.NoError(t, json.Unmarshal(text, &a.body), "%s", text)
	}
	return a
}

// fields returns the names of the fields that a problem complains of.
func (a answer) fields(t testing.TB) (names []string) {
	t.Helper()
	list, _ := a.body["fields"].([]any)
	for _, f := range list {
		field := f.(map[string]any)
		require.NotEmpty(t, field["reason"])
		names = append(names, field["field"].(string))
	}
	return names
}

func (a answer) items() []any {
	items, _ := a.body["items"].([]any)
	return items
}

// person is somebody signed in.
type person struct {
	*world
	id      int64
	access  string
	refresh string
}

func registration(email string) map[string]any {
	nickname, _, _ := strings.Cut(email, "@")
	return map[string]any{"email": email, "password": password, "nickname": nickname, "emotionConsent": true}
}

// join registers somebody and signs them in.
func (w *world) join(t testing.TB, name string) person {
	t.Helper()
	made := w.do(t, request{method: "POST", path: "/auth/register", body: registration(name + "@example.org")})
	require.Equal(t, http.StatusCreated, made.status, made.text)
	return w.login(t, name)
}

func (w *world) login(t testing.TB, name string) person {
	t.Helper()
	a := w.do(t, request{method: "POST", path: "/auth/login", body: map[string]any{
		"email": name + "@example.org", "password": password, "tokenDelivery": "body",
	}})
	require.Equal(t, http.StatusOK, a.status, a.text)
	user := a.body["user"].(map[string]any)
	return person{world: w, id: int64(user["id"].(float64)), access: a.body["accessToken"].(string), refresh: a.body["refreshToken"].(string)}
}

func (p person) do(t testing.TB, r request) answer {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + p.access}
	for name, value := range r.header {
		header[name] = value
	}
	r.header = header
	return p.world.do(t, r)
}

// proves makes a person prove their password again, so that they may do what cannot be undone.
func (p person) proves(t testing.TB) {
	t.Helper()
	a := p.call(t, "POST", "/auth/reauthentication", map[string]any{"password": password})
	require.Equal(t, http.StatusNoContent, a.status, a.text)
}

func (p person) call(t testing.TB, method, path string, body any) answer {
	t.Helper()
	return p.do(t, request{method: method, path: path, body: body})
}
