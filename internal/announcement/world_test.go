package announcement_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/testkit"
)

var noon = time.Date(2026, 11, 22, 3, 0, 0, 123456000, time.UTC)

const day = 24 * time.Hour

// world is a database with an admin, and a clock that the test moves.
type world struct {
	*node // one of the nodes
	t     *testing.T
	db    *gorm.DB
	clock *testkit.Clock
	by    audit.Actor // the admin at work
}

func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t *testing.T, db *gorm.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: testkit.NewClock(noon)}
	w.by = audit.Actor{User: w.user("Admin").ID, Address: "192.0.2.7"}
	require.NoError(t, account.SetRole(db.WithContext(t.Context()), w.by.User, account.RoleAdmin, noon))
	w.node = w.another()
	return w
}

// node is a service of its own, with people who are connected there.
type node struct {
	*announcement.Service
	t      *testing.T
	mu     sync.Mutex
	here   []account.ID
	sent   map[account.ID][]announcement.ID
	events []announcement.Sent
}

func (w *world) another(here ...account.ID) *node {
	n := &node{t: w.t, here: here, sent: make(map[account.ID][]announcement.ID)}
	n.Service = announcement.NewService(announcement.Deps{
		DB: w.db, Events: n, Now: w.clock.Now, Log: zap.NewNop(), Present: func() []account.ID { return n.here },
	})
	return n
}

// Publish takes what is on its way to people.
func (n *node) Publish(_ context.Context, event any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := event.(announcement.Sent)
	n.events = append(n.events, sent)
	for _, who := range sent.To {
		n.sent[who] = append(n.sent[who], sent.Announcement.ID)
	}
}

func (n *node) got(who account.ID) []announcement.ID {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.sent[who])
}

func (n *node) turn() time.Time {
	n.t.Helper()
	next, err := n.Turn(n.t.Context())
	require.NoError(n.t, err)
	return next
}

// come connects somebody.
func (n *node) come(who ...account.ID) {
	n.t.Helper()
	for _, id := range who {
		if !slices.Contains(n.here, id) {
			n.here = append(n.here, id)
		}
		n.Arrived(id)
	}
	n.turn()
}

func (w *world) user(nickname string) account.User {
	w.t.Helper()
	u, err := account.Create(w.db.WithContext(w.t.Context()), account.New{
		Email: nickname + "@example.org", Nickname: nickname, PasswordHash: "-", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, w.clock.Now())
	require.NoError(w.t, err)
	return u
}

func (w *world) users(n int) (list []account.ID) {
	w.t.Helper()
	for i := range n {
		list = append(list, w.user(fmt.Sprintf("user%d-%d", i, w.clock.Now().Unix())).ID)
	}
	return list
}

func (w *world) load(id account.ID) account.User {
	w.t.Helper()
	u, err := account.Load(w.db.WithContext(w.t.Context()), id)
	require.NoError(w.t, err)
	return u
}

func (w *world) set(who account.ID, column, value string) {
	w.t.Helper()
	require.NoError(w.t, w.db.Exec("UPDATE users SET "+column+" = ? WHERE id = ?", value, who).Error)
}

func (w *world) announce(title string, change ...func(*announcement.Draft)) announcement.Overview {
	w.t.Helper()
	d := announcement.Draft{Title: title, Body: "Everybody should know."}
	for _, c := range change {
		c(&d)
	}
	made, created, err := w.Create(w.t.Context(), w.by, d, "")
	require.NoError(w.t, err)
	require.True(w.t, created)
	return made
}

func at(when time.Time) func(*announcement.Draft) {
	return func(d *announcement.Draft) { d.At = &when }
}

func to(role account.Role, locale account.Locale) func(*announcement.Draft) {
	return func(d *announcement.Draft) { d.Audience = announcement.Audience{Role: role, Locale: locale} }
}

func (w *world) inbox(who account.ID) announcement.Inbox {
	w.t.Helper()
	inbox, err := w.List(w.t.Context(), w.load(who), "", 100)
	require.NoError(w.t, err)
	require.Empty(w.t, inbox.Next)
	return inbox
}

func titles(inbox announcement.Inbox) []string {
	list := []string{}
	for _, item := range inbox.Items {
		list = append(list, item.Title)
	}
	return list
}

func (w *world) all() []announcement.Overview {
	w.t.Helper()
	page, err := w.All(w.t.Context(), w.by.User, "", 100)
	require.NoError(w.t, err)
	return page.Items
}
