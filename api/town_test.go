package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// town is a running server with an admin, and with people and places as a test needs them.
type town struct {
	running
	stack    testkit.Stack
	settings []string
	client   *http.Client
	auth     *auth.Service // beside the server's, on the same database and with the same key
	admin    *person
	made     atomic.Int64
}

func newTown(t *testing.T, stack testkit.Stack, now func() time.Time, more ...string) *town {
	t.Helper()
	w := &town{stack: stack, settings: stackSettings(t, stack, more...), client: contractClient(t)}
	cfg, err := config.Load(w.settings)
	require.NoError(t, err)
	signing, err := cfg.SigningKey()
	require.NoError(t, err)
	key, err := auth.NewKey(signing)
	require.NoError(t, err)
	cheap, err := account.NewHasher(account.HashCost{Memory: 8, Time: 1, Threads: 1}, prometheus.NewRegistry())
	require.NoError(t, err)
	w.auth = auth.NewService(stack.DB, stack.Redis, cheap, nowhere{}, time.Now, auth.Config{Issuer: cfg.PublicURL, Key: key})
	w.running = startAt(t, w.settings, now)
	w.admin = w.person(t, "admin")
	w.grant(t, w.admin, account.RoleAdmin)
	return w
}

// grant gives somebody a role, as only an operator can.
func (w *town) grant(t *testing.T, p *person, role account.Role) {
	t.Helper()
	require.NoError(t, account.SetRole(w.stack.DB, account.ID(p.id), role, time.Now()))
}

// serverTown is a town on MariaDB and Redis.
func serverTown(t *testing.T) *town {
	t.Helper()
	return newTown(t, serverStack(t), time.Now)
}

func serverStack(t *testing.T) testkit.Stack {
	t.Helper()
	s := testkit.Stack{Name: "mariadb+redis", DatabaseURL: testkit.MariaDBURL(t), RedisURL: testkit.RedisURL(t)}
	s.DB, s.Redis = testkit.Open(t, s.DatabaseURL), testkit.OpenRedis(t, s.RedisURL)
	return s
}

// secondNode starts another server beside a town's, on the same database and Redis.
func (w *town) secondNode(t *testing.T) running {
	t.Helper()
	return start(t, w.settings)
}

type nowhere struct{}

func (nowhere) Publish(context.Context, any) {}

// person is somebody signed in. Their password costs little, so that there can be many of them.
func (w *town) person(t *testing.T, nickname string) *person {
	t.Helper()
	p := &person{url: w.url, http: w.client, email: uuid.NewString() + "@example.org"}
	from := auth.Client{Address: "127.0.0.1"}
	user, err := w.auth.Register(t.Context(), from, auth.Registration{
		Email: p.email, Password: testPassword, Nickname: nickname, Locale: account.English, EmotionConsent: true,
	})
	require.NoError(t, err)
	tokens, err := w.auth.Login(t.Context(), from, p.email, testPassword)
	require.NoError(t, err)
	p.id, p.token, p.refresh = int64(user.ID), tokens.Access, tokens.Refresh
	return p
}

func (w *town) people(t *testing.T, n int) []*person {
	t.Helper()
	list := make([]*person, n)
	for i := range list {
		list[i] = w.person(t, fmt.Sprintf("person %d", i+1))
	}
	return list
}

func storeInput() map[string]any {
	return map[string]any{
		"name": "Moon Kitchen", "category": "korean", "address": "Moon Street 1", "lat": 37.5, "lng": 127.01, "minOrder": 10_000, "deliveryFee": 3_000,
	}
}

func dish(name string, price int64) map[string]any {
	return map[string]any{"section": "Soups", "name": name, "price": price}
}

// store opens a store with dishes of these prices.
func (w *town) store(t *testing.T, prices ...int64) (store int64, dishes []int64) {
	t.Helper()
	store = decoded[openapi.Store](t, w.admin.must(t, http.MethodPost, "/admin/stores", storeInput())).Id
	for i, price := range prices {
		body := w.admin.must(t, http.MethodPost, "/admin/stores/"+itoa(store)+"/menu", dish(fmt.Sprintf("Dish %d", i+1), price))
		dishes = append(dishes, decoded[openapi.MenuItem](t, body).Id)
	}
	return store, dishes
}

// boxInput is a box in a neighbourhood of its own.
func (w *town) boxInput() map[string]any {
	n := w.made.Add(1)
	return map[string]any{"name": fmt.Sprintf("Box %d", n), "zip": fmt.Sprint(90_000 + n), "address": "Moon Street 2", "lat": 37.5, "lng": 127.01}
}

// box puts up a box; whoever has the key is the box.
func (w *town) box(t *testing.T) (box openapi.Box, key map[string]string) {
	t.Helper()
	box = decoded[openapi.Box](t, w.admin.must(t, http.MethodPost, "/admin/boxes", w.boxInput()))
	w.admin.proves(t)
	secret := decoded[openapi.BoxKey](t, w.admin.must(t, http.MethodPost, "/admin/boxes/"+itoa(box.Id)+"/key", nil)).Key
	return box, map[string]string{"X-Box-Key": secret}
}

// proves makes a person prove their password again, so that they may do what cannot be undone.
func (p *person) proves(t testing.TB) {
	t.Helper()
	p.must(t, http.MethodPost, "/auth/reauthentication", map[string]any{"password": testPassword})
}

// machine is a caller who is not signed in.
func (w *town) machine() *person { return &person{url: w.url, http: w.client} }

func newRoom(capacity int) map[string]any {
	return map[string]any{"kind": "group", "title": "Room " + uuid.NewString(), "capacity": capacity}
}

func newPickup(store, box int64, capacity int) map[string]any {
	r := newRoom(capacity)
	r["pickup"] = map[string]any{"storeId": store, "boxId": box}
	return r
}

// opens creates a room.
func (p *person) opens(t testing.TB, room map[string]any) openapi.Room {
	t.Helper()
	return decoded[openapi.Room](t, p.must(t, http.MethodPost, "/rooms", room))
}

func (p *person) joins(t testing.TB, room int64) {
	t.Helper()
	p.must(t, http.MethodPost, at(room, "/members"), nil)
}

func (p *person) leaves(t testing.TB, room int64) {
	t.Helper()
	p.must(t, http.MethodDelete, at(room, "/members/me"), nil)
}

func (p *person) kicks(t testing.TB, room int64, user *person) {
	t.Helper()
	p.must(t, http.MethodDelete, at(room, "/members/"+itoa(user.id)), nil)
}

func (p *person) sees(t testing.TB, room int64) openapi.Room {
	t.Helper()
	return decoded[openapi.Room](t, p.must(t, http.MethodGet, at(room, ""), nil))
}

func (p *person) members(t testing.TB, room int64) []openapi.Member {
	t.Helper()
	return decoded[openapi.MemberList](t, p.must(t, http.MethodGet, at(room, "/members"), nil)).Items
}

func at(room int64, path string) string { return "/rooms/" + itoa(room) + path }

// codes returns what the system lines of a history say, in order.
func codes(history []openapi.Message) (list []openapi.LineCode) {
	for _, m := range history {
		if m.Line != nil {
			list = append(list, m.Line.Code)
		}
	}
	return list
}

// count counts the rows of a table that fit.
func count(t testing.TB, db *gorm.DB, table, where string, args ...any) int64 {
	t.Helper()
	var n int64
	require.NoError(t, db.Table(table).Where(where, args...).Count(&n).Error)
	return n
}
